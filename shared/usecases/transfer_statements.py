"""Transfer statements: what the old branch's ledger says of the year, sealed, and how it counts in the new one."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold
from shared.db.clock import read_clock
from shared.db.members import Member
from shared.db.session import enter
from shared.db.transfers import Transfer, TransferStatement, statements_into
from shared.db.units import Unit
from shared.domain.transfers import Carried, TransferState, carried
from shared.usecases.books import book_of
from shared.usecases.carry_out import remark
from shared.usecases.messages import Audience, tell
from shared.usecases.packages import package_digest
from shared.usecases.seals import last_seal

DRAW_UP = "draw_up"

_ROUNDS = text("""
SELECT r.period, b.name AS book, coalesce(sum(e.points) FILTER (WHERE e.scope = 'round'), 0.00)::text AS points,
       coalesce(sum(e.points) FILTER (WHERE e.scope = 'year'), 0.00)::text AS bonus,
       coalesce(jsonb_agg(DISTINCT e.item) FILTER (WHERE e.kind = 'event' AND t.id IS NULL), '[]') AS items,
       coalesce(max(e.edition), max(l.edition)) AS edition
FROM line l JOIN round r ON r.county_id = l.county_id AND r.id = l.round_id
JOIN issued_book b ON b.county_id = r.county_id AND b.id = r.book_id
LEFT JOIN ledger_entry e ON e.county_id = l.county_id AND e.line_id = l.id
LEFT JOIN ledger_entry t ON t.county_id = e.county_id AND t.reverses_id = e.id
WHERE l.county_id = :county AND l.member_id = :member AND length(r.period) > 4
  AND extract(year FROM r.first_day) = :year AND (l.state = 'settled' OR e.id IS NOT NULL)
GROUP BY r.period, b.name ORDER BY r.period
""")
# What the branch has graded, each year once, as it settled: a ladder that climbs over years goes on elsewhere.
_GRADES = text("""
SELECT a.year, a.grade FROM annual_line a
JOIN line l ON l.county_id = a.county_id AND l.id = a.line_id AND l.edition = a.edition
WHERE a.county_id = :county AND a.member_id = :member AND l.state = 'settled' AND a.grade IS NOT NULL
UNION ALL
SELECT b.year, b.grade FROM balance b
WHERE b.county_id = :county AND b.member_id = :member AND b.struck_at IS NULL AND b.grade IS NOT NULL
ORDER BY year
""")
_DEEDS = text("""
SELECT d.id::text AS id, r.period, r.book_id, b.name AS book, d.happened_on::text AS day, d.item,
       d.points::text AS points,
       d.replaces_id::text AS replaces, d.decision, d.came
FROM (
    SELECT c.id, c.round_id, c.happened_on, c.item, c.points, c.replaces_id, c.decision, c.filed_at AS came
    FROM claim c WHERE c.county_id = :county AND c.member_id = :member AND c.state IN ('accepted', 'confirmed')
    UNION ALL
    SELECT e.id, e.round_id, e.happened_on, e.item, e.points, NULL, e.decision, e.entered_at
    FROM record e WHERE e.county_id = :county AND e.member_id = :member AND e.struck_at IS NULL
) d JOIN round r ON r.county_id = :county AND r.id = d.round_id
JOIN issued_book b ON b.county_id = r.county_id AND b.id = r.book_id
WHERE extract(year FROM r.first_day) = :year ORDER BY d.happened_on, d.came, d.id
""")
# Rounds that had ended when the member left and have not come to the ledger yet.
_PENDING = text("""
SELECT r.period FROM round r
LEFT JOIN line l ON l.county_id = r.county_id AND l.round_id = r.id AND l.member_id = :member
WHERE r.county_id = :county AND r.unit_id = :unit AND length(r.period) > 4 AND r.last_day < :moved_on
  AND extract(year FROM r.first_day) = :year AND r.last_day >= :since
  AND (l.state <> 'settled' OR (l.id IS NULL AND r.state = 'collecting'))
ORDER BY r.period
""")
# What settles in a branch after a member has left it follows in a statement of its own.
_AWAITED = text("""
INSERT INTO deadline (county_id, id, unit_id, subject_kind, subject_id, stage, command, rung, due_at, try_at,
                      attempts)
SELECT t.county_id, gen_random_uuid(), t.unit_id, 'transfer', t.id, t.stage, :command,
       (SELECT count(*) FROM deadline d WHERE d.county_id = t.county_id AND d.subject_id = t.id), :at, :at, 0
FROM transfer t WHERE t.county_id = :county AND t.state = 'accepted' AND t.unit_id = ANY(ARRAY(
    SELECT DISTINCT l.unit_id FROM line l WHERE l.county_id = :county AND l.id = ANY(CAST(:lines AS uuid[]))))
  AND t.member_id = ANY(ARRAY(
    SELECT l.member_id FROM line l WHERE l.county_id = :county AND l.id = ANY(CAST(:lines AS uuid[]))))
""")


def act_between(session: Session, actor: Actor, transfer: Transfer) -> None:
    """Enter both ends of a transfer for the rest of this transaction: neither may write the other's half alone."""
    ends = (actor.unit_id, transfer.unit_id, transfer.to_unit_id)
    enter(session, actor.county_id, ends, actor.person_id)


def follow(session: Session, county_id: UUID, lines: Sequence[UUID], at: datetime) -> None:
    """Let the clock draw up a statement for whoever has left since, now that these lines have settled."""
    if lines:
        session.execute(_AWAITED, {"county": county_id, "lines": list(lines), "command": DRAW_UP, "at": at})


def draw_up_again(session: Session, actor: Actor, transfer_id: UUID, at: datetime) -> None:
    """Draw up a statement by the clock, in the old branch, and tell the new one what it has brought."""
    transfer = hold(session, actor, Action.TRANSFER_DRAW_UP, Transfer, transfer_id)
    act_between(session, actor, transfer)
    draw_up(session, actor, transfer, at)


def draw_up(session: Session, actor: Actor, transfer: Transfer, at: datetime) -> None:
    """Seal what the old branch says of the member's year, unless nothing has changed; both ends are entered.

    Whoever has gone on to a third branch takes it along there.
    """
    if transfer.moved_on is None or transfer.to_member_id is None:
        raise AssertionError(f"transfer {transfer.id} is not accepted")
    package = _package(session, transfer, transfer.moved_on)
    digest = package_digest(package)
    before = _of(session, transfer)
    if before and before[-1].digest == digest:
        return
    last = last_seal(session, transfer.county_id, transfer.unit_id)
    statement = TransferStatement(
        county_id=transfer.county_id,
        unit_id=transfer.unit_id,
        to_unit_id=transfer.to_unit_id,
        transfer_id=transfer.id,
        to_member_id=transfer.to_member_id,
        number=len(before) + 1,
        year=transfer.moved_on.year,
        package=package,
        digest=digest,
        head=last.head if last else "",
        sealed_at=read_clock(session, transfer.county_id),
    )
    session.add(statement)
    session.flush()
    remark(session, actor, transfer, DRAW_UP, at, note=f"第 {statement.number} 份，校验码 {digest[:8]}")
    _go_on(session, actor, transfer, statement, at)


def _go_on(session: Session, actor: Actor, transfer: Transfer, statement: TransferStatement, at: datetime) -> None:
    if statement.number > 1:
        said = f"{transfer.name}从原支部带来的积分有补充（第 {statement.number} 份转接单），请核对。"
        to = Audience(roles=["secretary"], steps=[Action.TRANSFER_ACCEPT])
        tell(session, actor, transfer.to_unit_id, "transfer", transfer.id, said, to, at)
    onward = session.query(Transfer).filter_by(county_id=transfer.county_id, member_id=transfer.to_member_id)
    for next_one in onward.filter_by(state=TransferState.ACCEPTED):
        act_between(session, actor, next_one)
        draw_up(session, actor, next_one, at)
        act_between(session, actor, transfer)


def came_with(
    session: Session, county_id: UUID, unit_id: UUID, year: int, by: datetime | None = None
) -> Mapping[UUID, Carried]:
    """Return what members brought into a branch in a year, by member: the newest, or that of an instant."""
    newest = {
        one.to_member_id: one
        for one in statements_into(session, county_id, unit_id, year)
        if by is None or one.sealed_at <= by
    }
    return {member_id: carried(one.package) for member_id, one in newest.items()}


def grades_brought(session: Session, county_id: UUID, unit_id: UUID, year: int) -> Mapping[UUID, Sequence[str]]:
    """Return the grades that other branches gave those who have come into one, of the years before this one."""
    return {
        member_id: [grade for of, grade in sorted(carried(package).grades.items()) if of < year]
        for member_id, package in _brought(session, county_id, unit_id).items()
    }


def graded_elsewhere(session: Session, county_id: UUID, unit_id: UUID, year: int) -> set[UUID]:
    """Return who has left a branch for another one in a year: who is there on 31 December grades them."""
    gone = select(Transfer.member_id).filter_by(county_id=county_id, unit_id=unit_id, state=TransferState.ACCEPTED)
    return set(session.scalars(gone.where(Transfer.moved_on <= date(year, 12, 31))))


def _brought(session: Session, county_id: UUID, unit_id: UUID) -> dict[UUID, Mapping[str, Any]]:
    """Return the newest statement of each member who came into a branch, in whatever year."""
    came = select(TransferStatement).filter_by(county_id=county_id, to_unit_id=unit_id)
    return {one.to_member_id: one.package for one in session.scalars(came.order_by(TransferStatement.number))}


def _graded(package: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    return list((package or {}).get("grades", ()))


def _of(session: Session, transfer: Transfer) -> list[TransferStatement]:
    own = session.query(TransferStatement).filter_by(county_id=transfer.county_id, transfer_id=transfer.id)
    return own.order_by(TransferStatement.number).all()


def _package(session: Session, transfer: Transfer, moved_on: date) -> dict[str, Any]:
    """Return the statement: own rounds and deeds, and before them those that had come from elsewhere."""
    member = session.get_one(Member, (transfer.county_id, transfer.member_id))
    names = {one.id: one.name for one in session.query(Unit).filter_by(county_id=transfer.county_id)}
    of_year = {"county": transfer.county_id, "member": member.id, "year": moved_on.year}
    own = {"unit": names[transfer.unit_id], "unit_id": str(transfer.unit_id)}
    brought = [
        one
        for one in statements_into(session, transfer.county_id, transfer.unit_id, moved_on.year)
        if one.to_member_id == member.id
    ]
    nothing: dict[str, Any] = {"rounds": [], "deeds": [], "pending": [], "present_from": _day(member)}
    before = brought[-1].package if brought else nothing
    earlier = _brought(session, transfer.county_id, transfer.unit_id).get(member.id)
    there = {"unit": transfer.unit_id, "moved_on": moved_on, "since": member.present_from or date.min}
    pending = session.scalars(_PENDING, {**of_year, **there})
    return {
        "name": member.name,
        "member_no": member.member_no,
        "from": names[transfer.unit_id],
        "to": names[transfer.to_unit_id],
        "moved_on": moved_on.isoformat(),
        "year": moved_on.year,
        "present_from": before["present_from"],
        "pending": [*before["pending"], *pending],
        "grades": [*_graded(earlier), *_rows(session.execute(_GRADES, of_year), own)],
        "rounds": [*before["rounds"], *_rows(session.execute(_ROUNDS, of_year), own)],
        "deeds": [*before["deeds"], *_deeds(session, transfer, session.execute(_DEEDS, of_year).all(), own)],
    }


def _day(member: Member) -> str | None:
    return member.present_from.isoformat() if member.present_from else None


def _rows(found: Iterable[Row[Any]], own: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{**row._mapping, **own} for row in found]


def _deeds(
    session: Session, transfer: Transfer, found: Iterable[Row[Any]], own: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return the deeds with the titles of their items, for whoever has not the book at hand."""
    made = []
    for row in found:
        kept = {**row._mapping, **own, "came": row.came.isoformat()}
        item = book_of(session, transfer.county_id, kept.pop("book_id")).items.get(row.item)
        made.append({**kept, "title": item.title if item else row.item})
    return made
