"""Endpoints: how a handler of the JSON API says what it serves: which action, what it takes, what it answers."""

from dataclasses import dataclass
from typing import Any

from msgspec import Struct

from services.api.web.permissions import KEY, SIGNED_IN, WITHOUT_TOKEN
from shared.authz.actions import Action

SHAPE = "shape"
PREFIX = "/api/"


@dataclass(frozen=True, slots=True)
class Shape:
    """What an endpoint is in one line, what it answers and takes, and its query's parameters, each in words."""

    summary: str
    answer: Any
    body: type[Struct] | None = None
    status: int = 200
    queries: tuple[tuple[str, str], ...] = ()


def reads(action: Action | None, summary: str, answer: Any, **queries: str) -> dict[str, Any]:
    """Return the `opt` of an endpoint that only reads; None for what every token may ask."""
    declared = SIGNED_IN[KEY] if action is None else action
    return {KEY: declared, WITHOUT_TOKEN: True, SHAPE: Shape(summary, answer, queries=tuple(queries.items()))}


def acts(
    action: Action, summary: str, answer: Any, body: type[Struct] | None = None, status: int = 200
) -> dict[str, Any]:
    """Return the `opt` of an endpoint that does something, once for each key that it is called with."""
    return {KEY: action, WITHOUT_TOKEN: True, SHAPE: Shape(summary, answer, body, status)}
