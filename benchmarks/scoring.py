"""Scoring a year of many members under the county plan, in plain Python, branch after branch."""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from benchmarks.counties import shipped
from benchmarks.figures import Figure, median
from shared.domain.records import EventRecord, MemberClass, MemberRecord
from shared.domain.scoring import score

TIMES = 3
AT_ONCE = 5_000
EVENTS = 8
YEAR = 2026


def measure(members: int) -> list[Figure]:
    """Score so many members, in batches; the records are made outside the time."""
    scored_in(AT_ONCE)
    rates = [members / scored_in(members) for _ in range(TIMES)]
    detail = {"members": members, "events": members * EVENTS, "rates": rates}
    return [Figure("score", "计分", median(rates), "人/秒", 20_000, detail=detail)]


def scored_in(number: int) -> float:
    """Return the seconds that scoring so many members takes; AssertionError where one is missing."""
    book = shipped().book
    taken, done = 0.0, 0
    for start in range(0, number, AT_ONCE):
        members, events = _records(start, min(number, start + AT_ONCE))
        with _many_objects():
            begun = time.monotonic()
            scored = score(book, YEAR, members, events)
            taken += time.monotonic() - begun
        done += sum(one.year_points is not None for one in scored.members)
    if done != number:
        raise AssertionError(f"{number} members, {done} scored")
    return taken


def _records(start: int, end: int) -> tuple[list[MemberRecord], list[EventRecord]]:
    items = [item for item in shipped().book.items.values() if item.points is not None][:EVENTS]
    members = [MemberRecord(f"M{n}", MemberClass.ORDINARY, date(1970, 5, 1)) for n in range(start, end)]
    day = date(YEAR, 1, 1)
    events = [
        EventRecord(f"{member.number}-{n}", day + timedelta(days=45 * n), member.number, item.id)
        for member in members
        for n, item in enumerate(items)
    ]
    return members, events


@contextmanager
def _many_objects() -> Iterator[None]:
    """The collector of circles finds none here, and looks through a million awards each time."""
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()
