"""Printing a township's pages of the ledger, one for each member, as one PDF; at three sizes, and how it grows."""

import time
from datetime import date, timedelta
from decimal import Decimal

from benchmarks.figures import Figure, growth, median
from shared.papers.layouts import Paper
from shared.papers.ledger import Entry, RecordSheet
from shared.papers.prints import pdf_of

MEMBERS = 802
ENTRIES = 8
DAY = date(2026, 1, 5)
TIMES = 3


def measure(members: int = MEMBERS) -> list[Figure]:
    """Print a quarter of them, half of them and all, three times; fonts are read before, as every process does."""
    pdf_of(_pages(1, "0"))
    sizes = [max(1, members // 4), max(1, members // 2), members]
    seconds = {size: median([_printed_in(size, f"{size}-{n}") for n in range(TIMES)]) for size in sizes}
    a_page = {size: 1000 * taken / size for size, taken in seconds.items()}
    detail = {"pages": members, "entries": members * ENTRIES}
    title = f"打印 {members} 页管理记录表"
    return [
        Figure("papers", title, seconds[members], "秒", 10, at_most=True, detail=detail),
        growth("papers_growth", "打印，每页用时，全部比四分之一", a_page, "毫秒", 1.25),
    ]


def _printed_in(members: int, run: str) -> float:
    """Return the seconds from figures to file; AssertionError where it is none.

    `run` stands in every text: Typst remembers what it has set before.
    """
    pages = _pages(members, run)
    begun = time.monotonic()
    made = pdf_of(pages)
    taken = time.monotonic() - begun
    if not made.startswith(b"%PDF"):
        raise AssertionError("no PDF")
    return taken


def _pages(members: int, run: str) -> list[Paper]:
    return [
        RecordSheet(
            "某乡某村党支部",
            f"第{n % 4 + 1}党小组",
            f"党员{run}-{n}",
            f"{run}-{n:03d}",
            "普通党员",
            "2026年第一季度",
            _entries(n, run),
        ).paper()
        for n in range(members)
    ]


def _entries(member: int, run: str) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            name=f"党员{member}",
            period="2026年第一季度",
            entered_on=DAY + timedelta(days=100),
            happened_on=DAY + timedelta(days=n * 9),
            reason=f"参加第{n + 1}次公益服务（{run}-{member}）",
            points=Decimal(n % 5) - Decimal("0.50"),
            for_year=False,
            decided_by="",
        )
        for n in range(ENTRIES)
    )
