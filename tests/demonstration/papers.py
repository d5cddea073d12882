"""Every paper of every book, printed and read back: each figure is in PDF and Excel, and is the ledger's."""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from services.cli.papers import Desk, desk
from shared.db.session import connect
from shared.papers.layouts import Facts, Paper, Table, in_words
from shared.papers.prints import pdf_of
from shared.papers.workbooks import workbook_of
from shared.usecases.papers import KINDS, paper_of
from tests.demonstration.conftest import Played
from tests.papers.reading import sheets, words

ADDRESS = "https://jifen.example"
# Of the township's branches, which are all of one book, the first two.
_UNITS = """
SELECT u.id FROM (
    SELECT DISTINCT r.unit_id, b.name, row_number() OVER (PARTITION BY b.name ORDER BY r.unit_id) AS nth
    FROM (SELECT DISTINCT unit_id, book_id FROM round WHERE county_id = :county) r
    JOIN issued_book b ON b.id = r.book_id) n
JOIN unit u ON u.id = n.unit_id WHERE n.nth <= 2 ORDER BY u.code
"""
_OF_ROUND = """
SELECT m.name, sum(e.points) FILTER (WHERE e.scope = 'round') AS points, sum(e.points) AS all_points
FROM ledger_entry e JOIN member m ON m.id = e.member_id
WHERE e.county_id = :county AND e.round_id = :round GROUP BY m.id, m.name
"""
_OF_YEAR = """
SELECT m.member_no, sum(e.points) AS points FROM ledger_entry e JOIN member m ON m.id = e.member_id
JOIN round r ON r.id = e.round_id
WHERE e.county_id = :county AND e.unit_id = :unit AND e.scope = 'round' AND r.period LIKE :year
GROUP BY m.member_no
"""
_POSTED = """
SELECT n.points FROM notice_line n JOIN round r ON r.id = n.round_id
WHERE n.county_id = :county AND n.notice_id = :notice AND length(r.period) > 4
"""
_ANNUAL = """
SELECT m.name, a.year_points, a.annual_points FROM annual_line a
JOIN line l ON l.id = a.line_id AND l.edition = a.edition JOIN member m ON m.id = a.member_id
WHERE a.county_id = :county AND l.round_id = :round
"""


def every_figure_of_every_paper_is_printed_and_written(played: Played, folder: Path) -> None:
    seen: set[str] = set()
    for unit_id in _units(played):
        with desk(connect(played.urls.app), played.county_id, unit_id, ADDRESS) as at:
            for name, kind in KINDS.items():
                papers = list(at.papers(name))
                if papers:
                    seen.add(name)
                    _read_back(kind.form, papers)

    # What only somebody's own wish brings about is told of in tests/usecases.
    assert seen >= {
        name
        for name, kind in KINDS.items()
        if kind.of in {"member", "round", "year", "notice", "filing", "half_year"}
    }


def what_is_printed_of_a_round_is_what_the_ledger_says(played: Played, folder: Path) -> None:
    for unit_id in _units(played):
        with desk(connect(played.urls.app), played.county_id, unit_id, ADDRESS) as at:
            for round_id in at.rows["round"]:
                entered = played.rows(_OF_ROUND, round=round_id)
                overview = _table(_made(at, "overview", round_id))
                lines = Counter((str(row[1]), row[7]) for row in overview.rows if row[7])
                assert lines >= Counter((one.name, one.points) for one in entered if one.points)
                ledger = _table(_made(at, "ledger", round_id))
                assert _sum(ledger, 5) + _sum(ledger, 6) == sum((one.all_points for one in entered), Decimal(0))


def what_a_member_takes_home_is_what_the_ledger_says(played: Played, folder: Path) -> None:
    for unit_id in _units(played):
        with desk(connect(played.urls.app), played.county_id, unit_id, ADDRESS) as at:
            # The newest year that has ended, as the command prints it.
            year = "2025%" if at.rows["year"] else "2026%"
            found = played.rows(_OF_YEAR, unit=unit_id, year=year)
            entered = {one.member_no: one.points for one in found}
            for paper in at.papers("statement"):
                facts = _facts(paper)
                assert facts["已登记入账"] == entered.get(facts["编　号"], Decimal("0.00"))


def what_hangs_and_what_the_year_comes_to_are_what_was_sealed(played: Played, folder: Path) -> None:
    for unit_id in _units(played):
        with desk(connect(played.urls.app), played.county_id, unit_id, ADDRESS) as at:
            for notice_id in at.rows["notice"]:
                posted = Counter(one.points for one in played.rows(_POSTED, notice=notice_id))
                if posted:
                    assert Counter(row[-1] for row in _table(_made(at, "poster", notice_id)).rows) == posted
            for round_id in at.rows["year"]:
                rows = _table(_made(at, "register", round_id)).rows
                annual = played.rows(_ANNUAL, round=round_id)
                width = len(rows[0])
                assert Counter((row[1], row[width - 7], row[width - 3]) for row in rows) == Counter(
                    map(tuple, annual)
                )


def _units(played: Played) -> list[UUID]:
    return [one.id for one in played.rows(_UNITS)]


def _made(at: Desk, name: str, row_id: UUID) -> Paper:
    return paper_of(at.session, at.actor, name, row_id, at.wish)


def _read_back(form: str, papers: Sequence[Paper]) -> None:
    wanted = Counter(figure for paper in papers for figure in _figures(paper))
    printed, written = words(pdf_of(papers)), Counter(sheets(workbook_of(papers)))
    for figure, times in wanted.items():
        assert printed.count(in_words(figure)) >= times, (form, figure)
        assert written[float(figure)] >= times, (form, figure)


def _figures(paper: Paper) -> Iterator[Decimal]:
    """Every figure that is points, from wherever it stands on a paper."""
    for part in paper.parts:
        rows: list[Sequence[Any]] = [*part.rows, part.sums] if isinstance(part, Table) else []
        rows += [[cell for _, cell in part.pairs]] if isinstance(part, Facts) else []
        yield from (cell for row in rows for cell in row if isinstance(cell, Decimal))


def _table(paper: Paper) -> Table:
    return next(part for part in paper.parts if isinstance(part, Table))


def _facts(paper: Paper) -> dict[str, Any]:
    return {label: cell for part in paper.parts if isinstance(part, Facts) for label, cell in part.pairs}


def _sum(table: Table, place: int) -> Decimal:
    column = (row[place] for row in table.rows)
    return sum((cell for cell in column if isinstance(cell, Decimal)), Decimal(0))


FACTS = (
    every_figure_of_every_paper_is_printed_and_written,
    what_is_printed_of_a_round_is_what_the_ledger_says,
    what_a_member_takes_home_is_what_the_ledger_says,
    what_hangs_and_what_the_year_comes_to_are_what_was_sealed,
)
