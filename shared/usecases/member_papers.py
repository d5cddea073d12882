"""A member's papers, each for the member themselves and for the officers who keep the record."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import see
from shared.db.members import Member
from shared.db.units import Group, Unit
from shared.domain.errors import NotFound, NotNow
from shared.domain.windows import local_day
from shared.domain.wording import day
from shared.papers import appraisals
from shared.papers.layouts import Paper
from shared.usecases.dossier_papers import (
    application_of,
    booklet_of,
    card_of,
    entries_of,
    record_of,
    see_dossier,
    statement_of,
)
from shared.usecases.wishes import Wish
from shared.usecases.yearbooks import Yearbook

# The newest opinion on each claim; what was taken back is not printed.
_CLAIMED = text("""
SELECT c.member_id, c.item, c.happened_on, c.text, c.points, c.decision, c.reason, o.done, o.quality FROM claim c
LEFT JOIN LATERAL (SELECT o.done, o.quality FROM opinion o WHERE o.county_id = c.county_id AND o.claim_id = c.id
                   ORDER BY o.given_at DESC LIMIT 1) o ON true
WHERE c.county_id = :county AND c.round_id = :round AND c.state NOT IN ('draft', 'withdrawn')
  AND (CAST(:member AS uuid) IS NULL OR c.member_id = CAST(:member AS uuid))
ORDER BY c.member_id, c.happened_on, c.number
""")


def dossier(session: Session, actor: Actor, member_id: UUID, wish: Wish) -> tuple[Yearbook, Row[Any]]:
    """Return a member's year, and the member in it."""
    year = see_dossier(session, actor, member_id, wish.year_of(), wish.now)
    person = next((one for one in year.people if one.id == member_id), None)
    if person is None:
        raise NotFound(f"{year.year} 年没有这位党员的积分。")
    return year, person


def statement(session: Session, actor: Actor, member_id: UUID, wish: Wish) -> Paper:
    """积分明细表."""
    year, person = dossier(session, actor, member_id, wish)
    _, entries = entries_of(session, actor.county_id, year.unit.id, str(year.year), member_id)
    return statement_of(year, person, entries, local_day(wish.now))


def record_sheet(session: Session, actor: Actor, member_id: UUID, wish: Wish) -> Paper:
    """积分管理记录表."""
    year, person = dossier(session, actor, member_id, wish)
    _, entries = entries_of(session, actor.county_id, year.unit.id, str(year.year), member_id)
    return record_of(year, person, entries, f"{year.year}年度")


def card(session: Session, actor: Actor, member_id: UUID, wish: Wish) -> Paper:
    """积分登记卡."""
    return card_of(*dossier(session, actor, member_id, wish), wish.address)


def booklet(session: Session, actor: Actor, member_id: UUID, wish: Wish) -> Paper:
    """积分管理手册."""
    return booklet_of(*dossier(session, actor, member_id, wish), local_day(wish.now))


def application(session: Session, actor: Actor, member_id: UUID, wish: Wish) -> Paper:
    """积分申请表 of the newest round: with what has been claimed, else to be filled in by hand."""
    year, person = dossier(session, actor, member_id, wish)
    open_one = newest(year)
    deeds = claimed(session, actor, open_one.id, member_id).get(member_id, ())
    address = f"{wish.address}/rounds/{open_one.id}/paper"
    return application_of(year, person, open_one.period, deeds, address)


def newest(year: Yearbook) -> Row[Any]:
    """Return the year's newest round; NotNow before the first has begun."""
    rounds = [one for one in year.rounds if len(one.period) > 4]
    if not rounds:
        raise NotNow(f"{year.year} 年还没有开始的周期。")
    return rounds[-1]


def claimed(
    session: Session, actor: Actor, round_id: UUID, member_id: UUID | None = None
) -> Mapping[UUID, Sequence[Row[Any]]]:
    """Return a round's claims by member, each with the leader's last opinion."""
    where = {"county": actor.county_id, "round": round_id, "member": member_id}
    found: dict[UUID, list[Row[Any]]] = {}
    for row in session.execute(_CLAIMED, where):
        found.setdefault(row.member_id, []).append(row)
    return found


def exemption(session: Session, actor: Actor, member_id: UUID, wish: Wish) -> Paper:  # noqa: ARG001 - as every paper
    """不参加积分制管理党员审批表: filled in where it has been decided, otherwise to be filled in."""
    member = see(session, actor, Action.MEMBER_SEE, Member, member_id)
    group = session.get(Group, (actor.county_id, member.group_id)) if member.group_id else None
    return appraisals.Exemption(
        unit=session.get_one(Unit, (actor.county_id, member.unit_id)).name,
        name=member.name,
        number=member.member_no,
        group=group.name if group else "",
        member_class=member.class_,
        joined=day(member.present_from) if member.present_from else "",
        since=member.exempt_from,
        until=member.exempt_to,
        minute=member.exempt_minute or "",
    ).paper()
