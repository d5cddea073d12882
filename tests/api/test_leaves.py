"""Long lists are cut into pages; an address that asks for one that is not there is shown the nearest."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from services.api.web.leaves import leaf

ROWS = list(range(802))


@pytest.mark.parametrize(
    ("asked", "page", "first"),
    [
        ("", 1, 0),
        ("1", 1, 0),
        ("2", 2, 100),
        ("9", 9, 800),
        ("10", 9, 800),
        ("0", 1, 0),
        ("-3", 1, 0),
        ("x", 1, 0),
    ],
)
def test_a_page_of_802_rows_is_shown_and_never_none(asked: str, page: int, first: int) -> None:
    request = cast(Any, SimpleNamespace(query_params={"page": asked} if asked else {}))

    found = leaf(request, ROWS, "/goals")

    assert (found.number, found.pages, found.page, found.rows[0]) == (802, 9, page, first)
    assert len(found.rows) <= 100
    assert leaf(request, [], "/goals").pages == 1
