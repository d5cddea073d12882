"""Balance imports: years before the system are brought in as one sealed statement; the members are told."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.db.balances import Balance, balances_of
from shared.db.clock import read_clock
from shared.db.imports import Import, ImportRow
from shared.db.members import Member
from shared.db.rounds import Round
from shared.db.rules import book_for
from shared.domain.balance_lists import BALANCE_LIST
from shared.domain.errors import NotNow
from shared.domain.imports import Column, Outcome, Reading
from shared.domain.windows import local_day
from shared.usecases.books import book_of
from shared.usecases.carry_out import remark_all
from shared.usecases.importers import Checked, Importer, rows_of
from shared.usecases.messages import Audience, tell
from shared.usecases.packages import package_digest

Known = dict[tuple[UUID, int], tuple[Decimal, str | None]]


class _List:
    """The branch's members, its grades, the first year that it counts here, and what has been brought in."""

    def __init__(self, session: Session, actor: Actor) -> None:
        here = select(Member).filter_by(county_id=actor.county_id, unit_id=actor.unit_id)
        self.members = session.scalars(here).all()
        today = local_day(read_clock(session, actor.county_id))
        first = select(func.min(Round.first_day)).filter_by(county_id=actor.county_id, unit_id=actor.unit_id)
        self.first = (session.scalar(first) or today).year
        issued = book_for(session, actor.county_id, actor.unit_id, today)
        if issued is None:
            raise NotNow("本单位还没有施行的积分细则，等次对不上；先采用细则再导入。")
        self.grades = {band.name for band in book_of(session, actor.county_id, issued.id).bands}
        there = balances_of(session, actor.county_id, [one.id for one in self.members])
        self.known: Known = {(one.member_id, one.year): (one.points, one.grade) for one in there}

    def member(self, values: Mapping[str, str]) -> Member | None:
        """Return the one member whom a row means."""
        number = values.get("member_no")
        named = [one for one in self.members if one.name == values["name"]]
        found = [one for one in named if number in {None, one.member_no}]
        return found[0] if len(found) == 1 else None


def columns(_: Actor) -> Sequence[Column]:
    """Return the columns."""
    return BALANCE_LIST


def check(session: Session, actor: Actor, made: Import, readings: Sequence[Reading]) -> list[Checked]:  # noqa: ARG001
    """Say of every row whether it may be brought in, and whether it has been."""
    known = _List(session, actor)
    return [_checked(known, actor, reading) for reading in readings]


def _checked(known: _List, actor: Actor, reading: Reading) -> Checked:
    values, title = reading.values, reading.values.get("name", "")
    member = None if reading.faults else known.member(values)
    if member is None:
        if not reading.faults:
            reading.fault("name", f"名册上没有这一位{title}，或者有几位同名", "核对编号和姓名")
        return Checked(reading.line, Outcome.WRONG, title, faults=reading.faults)
    year, grade = int(values["year"]), values.get("grade")
    figures, before = (Decimal(values["points"]), grade), known.known.get((member.id, year))
    if before == figures:
        return Checked(reading.line, Outcome.UNCHANGED, title)
    _refuse(known, reading, member.id == actor.member_id, before)
    if reading.faults:
        return Checked(reading.line, Outcome.WRONG, title, faults=reading.faults)
    known.known[member.id, year] = figures
    return Checked(reading.line, Outcome.NEW, title, member.unit_id, person_id=member.person_id,
                   after={**values, "member_id": str(member.id)})  # fmt: skip


def _refuse(known: _List, reading: Reading, own: bool, before: tuple[Decimal, str | None] | None) -> None:
    """Note every fault of a row that would be new."""
    values = reading.values
    year, grade = int(values["year"]), values.get("grade")
    if year >= known.first:
        reading.fault("year", f"{year} 年在本系统里计分", f"只导入 {known.first} 年以前的")
    if grade is not None and grade not in known.grades:
        reading.fault("grade", f"细则里没有等次“{grade}”", f"写{'、'.join(sorted(known.grades)) or '空着'}")
    if own:
        reading.fault("name", "不能导入自己的积分", "请由其他同志办理")
    if before is not None:
        reading.fault("points", f"{values['name']} {year} 年已经导入，是 {before[0]} 分", "导错的先撤销那一次导入")


def bring_in(session: Session, actor: Actor, made: Import, after: int, to: int, now: datetime) -> None:
    """Write the rows down under one seal, and tell each member what stands there of them."""
    rows = [row for row in rows_of(session, made, Outcome.NEW) if after < row.line <= to]
    digest = package_digest({"source": made.name, "rows": [row.after for row in rows]})
    balances = [_balance(actor, made, row, digest, now) for row in rows]
    session.add_all(balances)
    remark_all(session, actor, balances, "enter", now, note=f"{made.name} {digest[:16]}")
    for row, one in zip(rows, balances, strict=True):
        row.target_id = one.id
    told = [row.person_id for row in rows if row.person_id]
    if told:
        said = "启用本系统以前的年度积分已经登记在“我的积分”，请核对；不对的请告诉支部。"
        tell(session, actor, made.unit_id, "balance", made.id, said, Audience(sorted(set(told), key=str)), now)


def _balance(actor: Actor, made: Import, row: ImportRow, digest: str, now: datetime) -> Balance:
    return Balance(
        county_id=actor.county_id,
        unit_id=made.unit_id,
        member_id=UUID(row.after["member_id"]),
        import_id=made.id,
        year=int(row.after["year"]),
        points=Decimal(row.after["points"]),
        grade=row.after.get("grade"),
        source=made.name,
        digest=digest,
        entered_by=actor.person_id,
        entered_at=now,
    )


def strike(session: Session, actor: Actor, made: Import, now: datetime) -> None:
    """Strike what was brought in; it stays to be seen in the history."""
    own = select(Balance).filter_by(county_id=actor.county_id, import_id=made.id, struck_at=None)
    balances = session.scalars(own.order_by(Balance.id)).all()
    for one in balances:
        one.struck_at, one.struck_reason = now, f"撤销导入：{made.name}"
    remark_all(session, actor, balances, "strike", now, note=made.name)


BALANCES = Importer(Action.RECORD_ENTER, "以前年度的积分", columns, check, bring_in, strike)
