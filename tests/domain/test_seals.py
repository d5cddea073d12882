"""Seals: two different contents never have the same bytes, and the chain holds every link before."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.domain.seals import FIRST, canonical, digest, head

NOTICE = UUID(int=7)
POINTS = some.decimals(-9999, 9999, places=2, allow_nan=False)
# A seal's columns have one type each, so a text and a number never stand in the same place.
ROW = some.tuples(
    some.uuids(),
    some.one_of(some.none(), some.text(alphabet="0123456789:|-\n甲", max_size=8)),
    some.one_of(some.none(), POINTS),
    some.integers(0, 999),
    some.one_of(some.none(), some.dates(date(1990, 1, 1))),
)
BATCHES = some.lists(some.lists(ROW, max_size=3), min_size=2, max_size=2)


def sealed(batches: list[list[tuple[object, ...]]]) -> bytes:
    """The bytes of two batches."""
    return canonical(NOTICE, zip(("lines", "awards"), batches, strict=True))  # type: ignore[arg-type]


@given(BATCHES, BATCHES)
def test_two_contents_have_the_same_bytes_only_if_they_are_the_same(
    one: list[list[tuple[object, ...]]], other: list[list[tuple[object, ...]]]
) -> None:
    assert (sealed(one) == sealed(other)) is (one == other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([[("a|1:b",)], []], [[("a", "b")], []]),  # a separator inside a text
        ([[("a",), ("b",)], []], [[("a\n1:b",)], []]),  # a row inside a text
        ([[("a",)], []], [[], [("a",)]]),  # another batch
        ([[(None,)], []], [[("-",)], []]),  # nothing is not a dash
        ([[("",)], []], [[(None,)], []]),
    ],
)
def test_no_text_passes_for_another_row_or_field(
    one: list[list[tuple[object, ...]]], other: list[list[tuple[object, ...]]]
) -> None:
    assert sealed(one) != sealed(other)


def test_how_a_figure_is_stored_does_not_matter_but_a_cent_does() -> None:
    assert sealed([[(Decimal(2),)], []]) == sealed([[(Decimal("2.00"),)], []])
    assert sealed([[(Decimal(2),)], []]) != sealed([[(Decimal("2.01"),)], []])


def test_the_first_seal_follows_as_many_noughts_as_a_digest_has() -> None:
    assert "0" * len(digest("sha256", b"")) == FIRST


def test_another_notice_has_another_digest() -> None:
    assert canonical(UUID(int=1), []) != canonical(UUID(int=2), [])


@given(some.lists(some.binary(max_size=4), min_size=1, max_size=6), some.data())
def test_a_change_in_any_link_changes_the_head(contents: list[bytes], data: some.DataObject) -> None:
    place = data.draw(some.integers(0, len(contents) - 1))
    changed = [*contents[:place], contents[place] + b"!", *contents[place + 1 :]]

    assert _chain(contents) != _chain(changed)
    assert _chain(contents) != _chain(contents[:-1])


def _chain(contents: list[bytes]) -> str:
    last = FIRST
    for seq, content in enumerate(contents, 1):
        last = head("sha256", seq, last, digest("sha256", content))
    return last
