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
    """What an endpoint is in one line, what it answers and takes, and its query's parameters, each in words.

    `files`: it takes a form with files instead of a body; `media`: it answers one file of these kinds.
    """

    summary: str
    answer: Any
    body: type[Struct] | None = None
    status: int = 200
    queries: tuple[tuple[str, str], ...] = ()
    files: bool = False
    media: tuple[str, ...] = ()

    @property
    def conditional(self) -> bool:
        """Whether it changes something that there is already, so that If-Match can be asked of it."""
        return self.status == 200 and not self.files


def reads(action: Action | None, summary: str, answer: Any, **queries: str) -> dict[str, Any]:
    """Return the `opt` of an endpoint that only reads; None for what every token may ask."""
    declared = SIGNED_IN[KEY] if action is None else action
    return {KEY: declared, WITHOUT_TOKEN: True, SHAPE: Shape(summary, answer, queries=tuple(queries.items()))}


def acts(
    action: Action, summary: str, answer: Any, body: type[Struct] | None = None, status: int = 200
) -> dict[str, Any]:
    """Return the `opt` of an endpoint that does something, once for each key that it is called with."""
    return {KEY: action, WITHOUT_TOKEN: True, SHAPE: Shape(summary, answer, body, status)}


def takes_files(action: Action, summary: str, answer: Any) -> dict[str, Any]:
    """Return the `opt` of an endpoint that takes files, once for each key that it is called with."""
    return {KEY: action, WITHOUT_TOKEN: True, SHAPE: Shape(summary, answer, status=201, files=True)}


def hands_out(action: Action, summary: str, media: tuple[str, ...]) -> dict[str, Any]:
    """Return the `opt` of an endpoint that answers with one file of these kinds."""
    return {KEY: action, WITHOUT_TOKEN: True, SHAPE: Shape(summary, None, media=media)}
