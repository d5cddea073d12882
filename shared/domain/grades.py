"""Grades and standing: which grade a figure earns, whether the bands leave a gap, who stands where."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

from shared.domain.hundredths import cents
from shared.domain.rules import Band, Standing

# A band as whole hundredths, both ends included; None is open.
Ends = tuple[int | None, int | None]


def ends_of(band: Band) -> Ends:
    """Return a band's first and last hundredth; figures have two places, so "below 90" ends at 89.99."""
    low = None if band.low is None else cents(band.low) + (0 if band.low_included else 1)
    high = None if band.high is None else cents(band.high) - (0 if band.high_included else 1)
    return low, high


def grades_of(bands: Sequence[Band], points: Decimal) -> list[str]:
    """Return the grades of a published figure: exactly one in a sound book that has grades."""
    figure = cents(points)
    return [band.name for band in bands if within(ends_of(band), figure)]


def within(ends: Ends, figure: int) -> bool:
    """Whether a figure in hundredths lies between the ends."""
    low, high = ends
    return (low is None or figure >= low) and (high is None or figure <= high)


def grade_of(bands: Sequence[Band], points: Decimal) -> str | None:
    """Return the grade of a published figure; None where the book has no grades."""
    return next(iter(grades_of(bands, points)), None)


def stretches(bands: Sequence[Band]) -> list[tuple[Ends, list[Band]]]:
    """Cut the line of all figures where a band begins or ends; return each stretch with its bands."""
    ends = [ends_of(band) for band in bands]
    cuts = {low for low, _ in ends if low is not None} | {high + 1 for _, high in ends if high is not None}
    edges: list[int | None] = [None, *sorted(cuts), None]
    pieces: list[tuple[Ends, list[Band]]] = []
    for low, after in pairwise(edges):
        piece = (low, None if after is None else after - 1)
        pieces.append((piece, [band for band, end in zip(bands, ends, strict=True) if _covers(end, piece)]))
    return pieces


def _covers(ends: Ends, piece: Ends) -> bool:
    low_enough = ends[0] is None or (piece[0] is not None and ends[0] <= piece[0])
    high_enough = ends[1] is None or (piece[1] is not None and ends[1] >= piece[1])
    return low_enough and high_enough


def ranks(figures: Mapping[str, int]) -> dict[str, int]:
    """Return each key's rank, the highest figure first; ties share (1, 2, 2, 4)."""
    places: dict[int, int] = {}
    for place, figure in enumerate(sorted(figures.values(), reverse=True), start=1):
        places.setdefault(figure, place)
    return {key: places[figure] for key, figure in figures.items()}


def first_and_last(standing: Standing, figures: Mapping[str, Decimal]) -> tuple[set[str], set[str]]:
    """Return who is among the first and who among the last; all who tie at an edge are in."""
    order = sorted(figures.values(), reverse=True)
    first, last = order[: standing.first], order[::-1][: standing.last]
    return (
        {key for key, figure in figures.items() if first and figure >= first[-1]},
        {key for key, figure in figures.items() if last and figure <= last[-1]},
    )
