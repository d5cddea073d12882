"""Leaves: a long list cut into the pages that its address numbers, as many rows each as anybody reads at once."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

from services.api.web.envelope import Asked

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Leaf(Generic[T]):
    """A page of a list of `number` rows; `address` ends where the number of a page goes."""

    rows: Sequence[T]
    number: int
    page: int
    pages: int
    address: str


def leaf(request: Asked, rows: Sequence[T], at: str, most: int = 100) -> Leaf[T]:
    """Return the page of the list at `at` that is asked for; where there is no such page, the nearest."""
    asked = 1
    with suppress(ValueError):
        asked = int(request.query_params.get("page", "1"))
    pages = max(1, -(-len(rows) // most))
    page = min(max(asked, 1), pages)
    return Leaf(rows[(page - 1) * most : page * most], len(rows), page, pages, f"{at}?page=")
