"""Taken imports: an appraisal that the unit already runs feeds the item that names it, once for each member."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import see
from shared.db.claims import Record
from shared.db.imports import Import, ImportRow
from shared.db.members import Member
from shared.db.rounds import Round
from shared.domain.deeds import Deed
from shared.domain.errors import Invalid
from shared.domain.imports import Column, Outcome, Reading
from shared.domain.rules import AGAINST, Item, RuleBook
from shared.domain.taken_lists import TAKEN_LIST, points_taken, result_of
from shared.domain.windows import local_day
from shared.usecases.books import book_of
from shared.usecases.deed_imports import Sheet, everybody, strike
from shared.usecases.deeds import entry_faults
from shared.usecases.importers import Checked, Importer, rows_of
from shared.usecases.records import enter_records


def sources_of(book: RuleBook, day: date) -> Mapping[str, Item]:
    """Return the items in force on a day that take their figures from another appraisal, by number."""
    return {
        item.id: item
        for item in book.items.values()
        if item.taken_from and (item.starts or day) <= day <= (item.ends or day)
    }


def see_sources(session: Session, actor: Actor, round_id: UUID) -> Mapping[str, Item]:
    """Return what may be taken over into a round, for whoever enters its records."""
    round_ = see(session, actor, Action.RECORD_ENTER, Round, round_id)
    return sources_of(book_of(session, actor.county_id, round_.book_id), round_.last_day)


def prepared_results(session: Session, actor: Actor, round_id: UUID) -> list[list[str]]:
    """Return a row for each member of the round."""
    round_ = see(session, actor, Action.RECORD_ENTER, Round, round_id)
    return [[one.member_no, one.name] for one in everybody(session, round_)]


def columns(_: Actor) -> Sequence[Column]:
    """Return the columns."""
    return TAKEN_LIST


def check(session: Session, actor: Actor, made: Import, readings: Sequence[Reading]) -> list[Checked]:
    """Say of every row whether it may be taken over, and whether it has been."""
    sheet = Sheet(session, actor, made)
    item = sources_of(sheet.book, sheet.round.last_day).get(made.file.get("item", ""))
    if item is None:
        raise Invalid("请选择导入的是哪一项考核的结果。")
    taken = {record.member_id: record.points for record in session.scalars(_taken(sheet.round, item))}
    seen: set[UUID] = set()
    return [_checked(sheet, actor, item, reading, taken, seen) for reading in readings]


def _taken(round_: Round, item: Item) -> Select[tuple[Record]]:
    there = select(Record).filter_by(county_id=round_.county_id, round_id=round_.id, item=item.id, struck_at=None)
    return there.where(Record.origin.is_not(None), Record.decision.is_(None))


def _checked(
    sheet: Sheet,
    actor: Actor,
    item: Item,
    reading: Reading,
    taken: Mapping[UUID, Decimal | None],
    seen: set[UUID],
) -> Checked:
    title = reading.values.get("name", "")
    member = None if reading.faults else sheet.member(reading)
    if member is None:
        return Checked(reading.line, Outcome.WRONG, title, faults=reading.faults)
    result = Decimal(reading.values["points"])
    if member.id in seen:
        reading.fault("name", f"{member.name}在表里有两行", "一个人只留一行")
    seen.add(member.id)
    day = _day(sheet, reading)
    asked = points_taken(item, result)
    before = result_of(item, taken[member.id]) if member.id in taken else None
    if before is not None and before != result:
        said = f"{member.name}的这项结果已经导入，是 {before} 分"
        reading.fault("points", said, "每期只导入一次；导错的先在登记里撤销那一条，再导入")
    elif asked is not None and before is None:
        for said in _faults(sheet, actor, member, item, _deed(item, day, asked, result)):
            reading.fault("points", said.rstrip("。"), "改好再上传")
    if reading.faults:
        return Checked(reading.line, Outcome.WRONG, title, faults=reading.faults)
    if asked is None or before is not None:
        return Checked(reading.line, Outcome.UNCHANGED, title)
    after = {"points": str(result), "happened_on": day.isoformat(), "item": f"{item.title}（{item.taken_from}）"}
    return Checked(reading.line, Outcome.NEW, title, member.unit_id, after=after | {"member_id": str(member.id)})


def _day(sheet: Sheet, reading: Reading) -> date:
    if "happened_on" in reading.values:
        return date.fromisoformat(reading.values["happened_on"])
    return min(sheet.round.last_day, local_day(sheet.now))


def _deed(item: Item, day: date, asked: Decimal, result: Decimal) -> Deed:
    return Deed(item.id, day, f"{item.taken_from}结果 {result} 分", asked, origin=item.taken_from)


def _faults(sheet: Sheet, actor: Actor, member: Member, item: Item, deed: Deed) -> list[str]:
    if deed.points is not None and deed.points < 0:
        return [f"结果超过了“{item.title}”的 {item.points} 分。"]
    faults = entry_faults(deed, sheet.book, member, sheet.round, sheet.now)
    if actor.member_id == member.id and item.kind not in AGAINST:
        faults.append("不能给自己导入加分，请由其他同志办理。")
    return faults


def take(session: Session, actor: Actor, made: Import, after: int, to: int, now: datetime) -> None:
    """Enter the rows as records with their origin, all between the two lines or none."""
    rows = [row for row in rows_of(session, made, Outcome.NEW) if after < row.line <= to]
    if not rows:
        return
    sheet = Sheet(session, actor, made)
    item = sheet.book.items[made.file["item"]]
    deeds = list(_deeds(item, rows))
    for row, record in zip(rows, enter_records(session, actor, sheet.round.id, deeds, now), strict=True):
        row.target_id = record.id


def _deeds(item: Item, rows: Sequence[ImportRow]) -> Iterator[tuple[UUID, Deed]]:
    for row in rows:
        result, day = Decimal(row.after["points"]), date.fromisoformat(row.after["happened_on"])
        asked = points_taken(item, result)
        assert asked is not None
        yield UUID(row.after["member_id"]), _deed(item, day, asked, result)


TAKEN = Importer(Action.RECORD_ENTER, "考核结果", columns, check, take, strike, of_round=True)
