"""Deed imports: what happened in a round from one sheet, as records that officers enter or as claims on paper."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import see
from shared.db.claims import Claim, Record
from shared.db.clock import read_clock
from shared.db.imports import Import, ImportRow
from shared.db.members import Member
from shared.db.rounds import Round
from shared.domain.cells import plain
from shared.domain.claims import ClaimState
from shared.domain.deed_lists import DEED_LIST, WHO
from shared.domain.deeds import Deed
from shared.domain.errors import NotFound, NotNow
from shared.domain.imports import Column, Outcome, Reading
from shared.domain.rules import AGAINST, RuleBook
from shared.usecases.books import book_of
from shared.usecases.claims import draft_claim, submit_claim
from shared.usecases.deeds import entry_faults
from shared.usecases.importers import Checked, Importer, note_kept, rows_of
from shared.usecases.records import enter_records, record_faults, strike_record
from shared.usecases.registers import items_on, see_sheet

Known = tuple[UUID, str, date, str]
Entered = tuple[Known, Decimal | None]
Entries = dict[Known, Decimal | None]


class Sheet:
    """A round, its book, who is in the branch, and what has been entered already."""

    def __init__(self, session: Session, actor: Actor, made: Import) -> None:
        if made.round_id is None:
            raise NotFound("没有说明导入到哪一期。")
        self.round: Round = see(session, actor, Action.RECORD_ENTER, Round, made.round_id)
        self.book: RuleBook = book_of(session, made.county_id, self.round.book_id)
        self.items = {item.title: item.id for item in self.book.items.values()} | {
            key: key for key in self.book.items
        }
        here = select(Member).filter_by(county_id=made.county_id, unit_id=self.round.unit_id)
        self.members = session.scalars(here).all()
        self.now = read_clock(session, made.county_id)

    def member(self, reading: Reading) -> Member | None:
        """Return whom a row means; faults are noted."""
        number, name = reading.values.get("member_no"), reading.values.get("name")
        found = [one for one in self.members if (number is None or one.member_no == number) and one.name == name]
        if len(found) == 1:
            return found[0]
        if found:
            reading.fault("member_no", f"名册上有 {len(found)} 位{name}", "填上编号")
        elif number:
            reading.fault("member_no", f"名册上没有编号 {number} 的{name}", "核对编号和姓名")
        else:
            reading.fault("name", f"名册上没有{name}", "核对姓名")
        return None

    def deed(self, reading: Reading) -> Deed | None:
        """Return what a row says was done."""
        values = reading.values
        item = self.items.get(values["item"])
        if item is None:
            reading.fault("item", f"积分细则里没有“{values['item']}”", "从模板的下拉表里选，名称与细则一致")
            return None
        points = Decimal(values["points"]) if "points" in values else None
        day = date.fromisoformat(values["happened_on"])
        return Deed(item, day, values["text"], points, decision=values.get("decision"))


def columns(_: Actor) -> Sequence[Column]:
    """Return the columns."""
    return DEED_LIST


def prepared(session: Session, actor: Actor, round_id: UUID, claims: bool) -> tuple[list[Column], list[list[str]]]:
    """Return the columns with the items of the round's book to choose from, and a row for each member."""
    sheet = see_sheet(session, actor, round_id)
    good, bad = items_on(sheet.book, sheet.round.last_day)
    titles = tuple(item.title for item in (good if claims else [*good, *bad]))
    made = [replace(one, choices=titles) if one.key == "item" else one for one in DEED_LIST]
    return made, [[row.member_no, row.name] for row in everybody(session, sheet.round)]


def everybody(session: Session, round_: Round) -> Sequence[Member]:
    """Return the members who are in the branch at some time of the round, by strokes."""
    here = select(Member).filter_by(county_id=round_.county_id, unit_id=round_.unit_id)
    members = session.scalars(here.order_by(Member.name_sort, Member.id)).all()
    return [
        one
        for one in members
        if (one.present_from or date.min) <= round_.last_day and (one.present_to or date.max) >= round_.first_day
    ]


def _check(
    session: Session,
    actor: Actor,
    made: Import,
    readings: Sequence[Reading],
    entered: Callable[[Session, Round], Iterator[Entered]],
    claims: bool,
) -> list[Checked]:
    sheet = Sheet(session, actor, made)
    known = dict(entered(session, sheet.round))
    return [_checked(sheet, actor, reading, known, claims) for reading in readings]


def _checked(sheet: Sheet, actor: Actor, reading: Reading, known: Entries, claims: bool) -> Checked:
    title = reading.values.get("name", "")
    if set(reading.values) <= WHO:
        # A row of the template in which nothing was filled in.
        return Checked(reading.line, Outcome.UNCHANGED, title)
    member = None if reading.faults else sheet.member(reading)
    deed = None if member is None else sheet.deed(reading)
    if member is not None and deed is not None:
        same: Known = (member.id, deed.item, deed.happened_on, plain(deed.text))
        if same in known:
            return _entered(reading, title, known[same], deed.points)
        known[same] = deed.points
        for said in _faults(sheet, actor, member, deed, claims):
            reading.fault("item", said.rstrip("。"), "改好再上传")
    if reading.faults or member is None or deed is None:
        return Checked(reading.line, Outcome.WRONG, title, faults=reading.faults)
    after = {**reading.values, "item_id": deed.item, "member_id": str(member.id)}
    return Checked(reading.line, Outcome.NEW, title, member.unit_id, after=after)


def _entered(reading: Reading, title: str, there: Decimal | None, points: Decimal | None) -> Checked:
    """What has been entered is not entered twice, nor changed from a list: it has its own way to be struck."""
    if points is None or there is None or points == there:
        return Checked(reading.line, Outcome.UNCHANGED, title)
    reading.fault("points", f"同一件事已经有了，是 {there:f} 分", "要改的先撤销或撤回那一件，再重新登记、申报")
    return Checked(reading.line, Outcome.WRONG, title, faults=reading.faults)


def _faults(sheet: Sheet, actor: Actor, member: Member, deed: Deed, claims: bool) -> list[str]:
    faults = entry_faults(deed, sheet.book, member, sheet.round, sheet.now)
    item = sheet.book.items[deed.item]
    if not claims:
        faults += record_faults(deed, sheet.book)
        if actor.member_id == member.id and item.kind not in AGAINST:
            faults.append("不能给自己登记加分，请自己申报或由其他同志登记。")
    elif item.kind in AGAINST:
        faults.append(f"“{item.title}”由支部登记，不用申报。")
    return faults


def _deeds(rows: Sequence[ImportRow]) -> Iterator[tuple[ImportRow, UUID, Deed]]:
    for row in rows:
        values: dict[str, Any] = row.after
        points = Decimal(values["points"]) if "points" in values else None
        day = date.fromisoformat(values["happened_on"])
        deed = Deed(values["item_id"], day, values["text"], points, decision=values.get("decision"))
        yield row, UUID(values["member_id"]), deed


def _between(session: Session, made: Import, after: int, to: int) -> list[ImportRow]:
    return [row for row in rows_of(session, made, Outcome.NEW) if after < row.line <= to]


def _round(made: Import) -> UUID:
    if made.round_id is None:
        raise NotFound("没有说明导入到哪一期。")
    return made.round_id


def check_records(session: Session, actor: Actor, made: Import, readings: Sequence[Reading]) -> list[Checked]:
    """Say of every row whether it may be entered, and whether it has been."""
    return _check(session, actor, made, readings, _records, claims=False)


def _records(session: Session, round_: Round) -> Iterator[Entered]:
    of_round = select(Record).filter_by(county_id=round_.county_id, round_id=round_.id, struck_at=None)
    for one in session.scalars(of_round):
        yield (one.member_id, one.item, one.happened_on, plain(one.text)), one.points


def enter(session: Session, actor: Actor, made: Import, after: int, to: int, now: datetime) -> None:
    """Enter the rows as records, all between the two lines or none."""
    found = list(_deeds(_between(session, made, after, to)))
    deeds = [(member, deed) for _, member, deed in found]
    records = enter_records(session, actor, _round(made), deeds, now) if deeds else []
    for (row, _, _), record in zip(found, records, strict=True):
        row.target_id = record.id


def strike(session: Session, actor: Actor, made: Import, now: datetime) -> None:
    """Strike the records again, with the reason; they stay to be seen."""
    for row in rows_of(session, made, Outcome.NEW):
        if row.target_id is not None:
            try:
                strike_record(session, actor, row.target_id, f"撤销导入：{made.name}", now)
            except NotNow as refusal:
                note_kept(session, made, [row.line], str(refusal))


def check_claims(session: Session, actor: Actor, made: Import, readings: Sequence[Reading]) -> list[Checked]:
    """Say of every row whether it may be claimed, and whether it has been, on paper or otherwise."""
    return _check(session, actor, made, readings, _claims, claims=True)


def _claims(session: Session, round_: Round) -> Iterator[Entered]:
    of_round = select(Claim).filter_by(county_id=round_.county_id, round_id=round_.id)
    for one in session.scalars(of_round.where(Claim.state != ClaimState.WITHDRAWN)):
        yield (one.member_id, one.item, one.happened_on, plain(one.text)), one.points


def claim(session: Session, actor: Actor, made: Import, after: int, to: int, now: datetime) -> None:
    """Hand the rows in as claims for their members; both names stand with each."""
    for row, member, deed in _deeds(_between(session, made, after, to)):
        drafted = draft_claim(session, actor, _round(made), member, deed, now)
        submit_claim(session, actor, drafted.id, now)
        row.target_id = drafted.id


def leave(session: Session, _: Actor, made: Import, __: datetime) -> None:
    """A claim that was handed in is its member's: they withdraw it themselves."""
    lines = [row.line for row in rows_of(session, made, Outcome.NEW)]
    note_kept(session, made, lines, "已经代为提交，要撤回请本人在“我的申报”里撤回")


RECORDS = Importer(Action.RECORD_ENTER, "登记", columns, check_records, enter, strike, of_round=True)
CLAIMS = Importer(Action.RECORD_ENTER, "纸质申报", columns, check_claims, claim, leave, of_round=True)
