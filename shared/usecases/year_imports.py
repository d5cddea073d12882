"""Year imports: a year that somebody has kept in a workbook, scored under a rule book, beside what they had."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import require, see
from shared.db.imports import Import
from shared.db.rules import Adoption, IssuedBook
from shared.domain.admission import WORDS
from shared.domain.awards import YearScore
from shared.domain.cells import identity_like
from shared.domain.errors import Invalid, NotFound
from shared.domain.imports import (
    IMPORT,
    Column,
    Grid,
    ImportCommand,
    ImportKind,
    Reading,
    heading_line,
    match_columns,
    missing,
    read_row,
)
from shared.domain.rules import RuleBook
from shared.domain.scoring import score
from shared.domain.year_lists import EVENTS, LISTS, MEMBERS, RESULTS, Difference, YearBook, differences, read_year
from shared.usecases.books import book_of
from shared.usecases.carry_out import step
from shared.usecases.rehearsals import is_note
from shared.usecases.rules import load_book, shipped_books
from shared.usecases.uploads import MASK

NEEDED = (MEMBERS, EVENTS, RESULTS)


@dataclass(frozen=True, slots=True)
class TriedYear:
    """A year from a workbook as the book scores it, beside what they had."""

    made: Import
    book: RuleBook
    year: YearBook
    scored: YearScore
    differing: Sequence[Difference]
    refused: Sequence[tuple[str, str]]

    @property
    def alike(self) -> int:
        """How many members have the same figures in both."""
        return len(self.scored.members) - len({one.member_no for one in self.differing} & self.year.numbers)


def sheets_of(actor: Actor) -> Mapping[str, Sequence[Column]]:
    """Return the sheets of a year's workbook and their columns, for whoever may bring one."""
    require(actor, Action.MEMBER_IMPORT)
    return LISTS


def books_to_try(session: Session, actor: Actor) -> Mapping[str, str]:
    """Return the books under which a year may be scored, by key: those that the unit uses, and those that ship."""
    require(actor, Action.MEMBER_IMPORT)
    used = (
        select(IssuedBook.id, IssuedBook.name, IssuedBook.version)
        .join(Adoption, (Adoption.county_id == IssuedBook.county_id) & (Adoption.book_id == IssuedBook.id))
        .where(Adoption.county_id == actor.county_id, Adoption.unit_id == actor.unit_id)
        .order_by(Adoption.since.desc())
    )
    own = {str(row.id): f"本单位在用的 {row.name} 第 {row.version} 版" for row in session.execute(used)}
    return own | {name: f"随系统提供的 {name}" for name in shipped_books()}


def try_year(
    session: Session, actor: Actor, name: str, sheets: Mapping[str, Grid], book: str, year: int, now: datetime
) -> Import:
    """Take a workbook in; Invalid with every sheet's fault where it cannot be used. Nothing else ever changes."""
    if book not in books_to_try(session, actor):
        raise Invalid("请从名单里选择积分细则。")
    faults = [f"工作簿里没有名为“{sheet}”的表。" for sheet in NEEDED if sheet not in sheets]
    for sheet, columns in LISTS.items():
        if sheet in sheets and heading_line(sheets[sheet], columns) is None:
            faults.append(f"“{sheet}”表没有找到表头：第一行要写明每一列是什么。")
    if faults:
        raise Invalid(*faults)
    made = Import(
        county_id=actor.county_id,
        unit_id=actor.unit_id,
        state=IMPORT.initial,
        kind=ImportKind.YEAR,
        name=name[:200],
        file={"book": book, "year": year},
        lines={sheet: _lines(sheets[sheet]) for sheet in LISTS if sheet in sheets},
        places={},
        counts={},
        made_by=actor.person_id,
        made_at=now,
    )
    session.add(made)
    session.flush()
    step(session, actor, made, IMPORT, ImportCommand.CHECK, now)
    return made


def _lines(grid: Grid) -> list[tuple[int, list[str]]]:
    return [(line, [MASK if identity_like(cell) else cell for cell in cells]) for line, cells in grid.lines]


def see_tried_year(session: Session, actor: Actor, import_id: UUID) -> TriedYear:
    """Return a year that was taken in, scored anew, with every difference."""
    made = see(session, actor, Action.MEMBER_IMPORT, Import, import_id)
    if made.kind != ImportKind.YEAR:
        raise NotFound("没有这次试算。")
    if MEMBERS not in made.lines:
        raise NotFound("试算用的表格只保留八天，请重新上传。")
    book = _book(session, actor, made.file["book"])
    titles = {item.title: item.id for item in book.items.values()}
    year = read_year({sheet: _readings(sheet, lines) for sheet, lines in made.lines.items()}, titles)
    appraisals = year.appraisals if book.appraisal_results else {}
    scored = score(book, made.file["year"], year.members, year.events, appraisals)
    refused = [(number, WORDS[code]) for number, code in scored.rejected]
    return TriedYear(made, book, year, scored, differences(scored, year), refused)


def _book(session: Session, actor: Actor, key: str) -> RuleBook:
    return load_book(key) if key in shipped_books() else book_of(session, actor.county_id, UUID(key))


def _readings(sheet: str, lines: Sequence[tuple[int, Sequence[str]]]) -> list[Reading]:
    columns = LISTS[sheet]
    grid = Grid(sheet, lines)
    heading = heading_line(grid, columns) or 0
    places = match_columns(lines[heading][1], columns, {})
    below = [(line, cells) for line, cells in lines[heading + 1 :] if not is_note(cells)]
    readings = [read_row(line, cells, columns, places) for line, cells in below]
    for title in missing(columns, places):
        if readings:
            readings[0].fault("", f"“{sheet}”表没有“{title}”这一列", "加上这一列再上传")
    return readings


def see_tried_years(session: Session, actor: Actor) -> Sequence[Import]:
    """Return the years that the unit has tried, newest first."""
    require(actor, Action.MEMBER_IMPORT)
    there = select(Import).filter_by(county_id=actor.county_id, unit_id=actor.unit_id, kind=ImportKind.YEAR)
    return session.scalars(there.order_by(Import.made_at.desc(), Import.id).limit(30)).all()
