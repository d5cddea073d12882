"""Scoring a year of many members under the county plan, in plain Python, branch after branch."""

import time
from datetime import date, timedelta

from benchmarks.counties import shipped
from benchmarks.figures import Figure
from services.cli.score import many_objects
from shared.domain.records import EventRecord, MemberClass, MemberRecord
from shared.domain.scoring import score

AT_ONCE = 5_000
EVENTS = 8
YEAR = 2026
BOOK = shipped().book


def measure(members: int) -> list[Figure]:
    """Score so many members, in batches, each timed by itself; the records are made outside the time."""
    _scored_in(0, AT_ONCE)
    starts = range(0, members, AT_ONCE)
    seconds = [_scored_in(start, min(members, start + AT_ONCE)) for start in starts]
    detail = {"members": members, "events": members * EVENTS, "seconds": sum(seconds)}
    return [Figure("score", "计分", members / sum(seconds), "人/秒", 20_000, detail=detail)]


def _scored_in(start: int, end: int) -> float:
    """Return the seconds that scoring these members takes; AssertionError where one is missing."""
    members, events = _records(start, end)
    with many_objects():
        begun = time.monotonic()
        scored = score(BOOK, YEAR, members, events)
        taken = time.monotonic() - begun
    if sum(one.year_points is not None for one in scored.members) != end - start:
        raise AssertionError(f"{end - start} members, not all scored")
    return taken


def _records(start: int, end: int) -> tuple[list[MemberRecord], list[EventRecord]]:
    items = [item for item in BOOK.items.values() if item.points is not None][:EVENTS]
    members = [MemberRecord(f"M{n}", MemberClass.ORDINARY, date(1970, 5, 1)) for n in range(start, end)]
    day = date(YEAR, 1, 1)
    events = [
        EventRecord(f"{member.number}-{n}", day + timedelta(days=45 * n), member.number, item.id)
        for member in members
        for n, item in enumerate(items)
    ]
    return members, events
