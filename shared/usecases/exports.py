"""Exports: what an import brings in, as it stands, in its own columns; sent back it changes nothing."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import require, see
from shared.db.balances import balances_of
from shared.db.claims import Claim, Record
from shared.db.members import Member
from shared.db.rounds import Round
from shared.db.units import Unit
from shared.domain.claims import ClaimState
from shared.domain.errors import NotFound
from shared.domain.imports import Column, ImportKind
from shared.domain.periods import day_in_words
from shared.domain.rule_words import number
from shared.domain.rules import RuleBook
from shared.usecases.books import book_of
from shared.usecases.carry_out import remark, remark_ids
from shared.usecases.imports import importer_of
from shared.usecases.looks import LOOK
from shared.usecases.registers import needs_points
from shared.usecases.roster_imports import roster_rows

TAKE_OUT = "take_out"
Values = Mapping[str, str]
Entry = Claim | Record


class Listed(NamedTuple):
    """A list as it is handed out: its name, its columns, and a row of cells for each thing in it."""

    noun: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]


def list_out(session: Session, actor: Actor, kind: str, now: datetime) -> Listed:
    """Return a roster, or the years before the system; who takes it is written down."""
    if kind not in LISTS:
        raise NotFound("没有这一种表可以取出。")
    importer = importer_of(kind)
    require(actor, importer.action)
    values = LISTS[ImportKind(kind)](session, actor, now)
    unit = session.get_one(Unit, (actor.county_id, actor.unit_id))
    return _listed(session, actor, kind, values, unit, now)


def deeds_out(session: Session, actor: Actor, round_id: UUID, kind: str, now: datetime) -> Listed:
    """Return what has been entered in a round, or claimed; who takes it is written down, with each member too."""
    if kind not in DEEDS:
        raise NotFound("没有这一种表可以取出。")
    round_ = see(session, actor, Action.RECORD_ENTER, Round, round_id)
    rows = _deeds(session, round_, DEEDS[ImportKind(kind)])
    book = book_of(session, round_.county_id, round_.book_id)
    _looked(session, actor, [member for member, _ in rows], now)
    return _listed(session, actor, kind, [_deed(book, *row) for row in rows], round_, now)


def _listed(
    session: Session, actor: Actor, kind: str, values: Sequence[Values], of: Unit | Round, now: datetime
) -> Listed:
    importer = importer_of(kind)
    columns = [column for column in importer.columns(actor) if column.note]
    remark(session, actor, of, TAKE_OUT, now, note=f"{importer.noun} {len(values)} 行")
    rows = [[one.get(column.key, "") for column in columns] for one in values]
    return Listed(importer.noun, columns, rows)


def _looked(session: Session, actor: Actor, members: Sequence[Member], now: datetime) -> None:
    """A list of points is a look at each member's."""
    others = {one.id: one.unit_id for one in members if one.id != actor.member_id}
    remark_ids(session, actor, "member", [(unit, one) for one, unit in others.items()], LOOK, now)


def _balances(session: Session, actor: Actor, now: datetime) -> list[Values]:
    here = select(Member).filter_by(county_id=actor.county_id, unit_id=actor.unit_id)
    members = {one.id: one for one in session.scalars(here)}
    found = balances_of(session, actor.county_id, list(members))
    _looked(session, actor, [members[one.member_id] for one in found], now)
    in_order = sorted(found, key=lambda one: (members[one.member_id].member_no, one.year))
    return [
        {
            **_who(members[one.member_id]),
            "year": str(one.year),
            "points": number(one.points),
            "grade": one.grade or "",
        }
        for one in in_order
    ]


def _roster(session: Session, actor: Actor, _: datetime) -> list[Values]:
    return [{key: _written(key, value) for key, value in row.items()} for row in roster_rows(session, actor)]


def _written(key: str, value: object) -> str:
    if key == "probationary":
        return "是" if value == "yes" else "否"
    return str(value or "")


def _deeds(session: Session, round_: Round, kind: type[Entry]) -> Sequence[tuple[Member, Entry]]:
    """The entries of a round that stand, by member and day."""
    stands: ColumnElement[bool] = (
        Record.struck_at.is_(None)
        if kind is Record
        else Claim.state.not_in((ClaimState.DRAFT, ClaimState.WITHDRAWN))
    )
    found = (
        select(Member, kind)
        .join(kind, (kind.county_id == Member.county_id) & (kind.member_id == Member.id))
        .where(kind.county_id == round_.county_id, kind.round_id == round_.id, stands)
        .order_by(Member.member_no, kind.happened_on, kind.id)
    )
    return [(member, entry) for member, entry in session.execute(found)]


def _deed(book: RuleBook, member: Member, entry: Entry) -> Values:
    item = book.items[entry.item]
    same = sum(one.title == item.title for one in book.items.values())
    points = entry.points if needs_points(item) else None
    return {
        **_who(member),
        "item": item.title if same == 1 else item.id,
        "happened_on": day_in_words(entry.happened_on),
        "text": entry.text,
        "points": "" if points is None else number(points),
        "decision": entry.decision or "",
    }


def _who(member: Member) -> Values:
    return {"member_no": member.member_no, "name": member.name}


LISTS: Mapping[ImportKind, Callable[[Session, Actor, datetime], list[Values]]] = {
    ImportKind.ROSTER: _roster,
    ImportKind.BALANCES: _balances,
}
DEEDS: Mapping[ImportKind, type[Entry]] = {ImportKind.RECORDS: Record, ImportKind.CLAIMS: Claim}
