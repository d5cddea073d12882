"""Paging: a list in pages, each beginning after the last row of the one before, whatever has come in since."""

from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from litestar.di import NamedDependency
from litestar.params import SkipValidation

from services.api.v1.problems import Unreadable
from services.api.v1.shapes import Page
from services.api.web.envelope import Asked

T = TypeVar("T")
S = TypeVar("S")
MOST, USUAL = 200, 50
WRONG = "游标不对：请原样使用上一页给出的 next，或者从头读。"


class Wanted(NamedTuple):
    """Which page is asked for."""

    after: str
    limit: int


def provide_paging(request: Asked) -> Wanted:
    """Return which page is asked for; Unreadable where the number or the cursor is none."""
    limit, cursor = request.query_params.get("limit", str(USUAL)), request.query_params.get("cursor", "")
    if not (limit.isascii() and limit.isdigit() and len(limit) < 4 and 1 <= int(limit) <= MOST):
        raise Unreadable(f"limit 应是 1 到 {MOST} 的整数。")
    try:
        after = b64decode(cursor.encode(), b"-_", validate=True).decode("ascii") if cursor else ""
    except ValueError as fault:
        raise Unreadable(WRONG) from fault
    return Wanted(after, int(limit))


def paged(asked: Wanted, rows: Sequence[T], name: Callable[[T], object], show: Callable[[T], S]) -> Page[S]:
    """Return a page of rows that are in an order of their own; `name` says which row is which."""
    names = [str(name(row)) for row in rows]
    if asked.after and asked.after not in names:
        raise Unreadable(WRONG)
    start = names.index(asked.after) + 1 if asked.after else 0
    shown = rows[start : start + asked.limit]
    more = start + asked.limit < len(rows)
    last = urlsafe_b64encode(names[start + len(shown) - 1].encode()).decode() if more else None
    return Page([show(row) for row in shown], last)


Paging = NamedDependency[SkipValidation[Wanted]]
