"""Rosters: a branch's members as its officers find them, by name or number, and what is theirs to do for one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import able, may, require, see
from shared.db.members import Member, Person
from shared.db.rounds import Round
from shared.db.units import Group
from shared.domain.rounds import RoundState
from shared.domain.transfers import LEFT, Leaving
from shared.usecases.dossiers import own_claims

PAGE = 100
NARROW = frozenset({"group_leader", "contact", "member"})

_FOUND = """
FROM member m
LEFT JOIN party_group g ON g.county_id = m.county_id AND g.id = m.group_id
LEFT JOIN person c ON c.county_id = m.county_id AND c.id = m.contact_id
WHERE m.county_id = :county AND m.unit_id = :unit AND (:whole OR m.group_id = CAST(:group AS uuid)
    OR m.contact_id = :person)
  AND (:wanted = '' OR strpos(m.name, :wanted) > 0 OR strpos(m.member_no, :wanted) > 0)
"""
_MEMBERS = """
SELECT m.id, m.name, m.member_no, m.class, m.probationary, m.present_to, m.left_as, m.group_id,
       g.name AS group_name, c.name AS contact {found}
ORDER BY m.present_to IS NOT NULL, m.name_sort, m.id LIMIT :most OFFSET :skip
"""
_SHOWN = text(_MEMBERS.format(found=_FOUND))
_COUNT = text(f"SELECT count(*) {_FOUND}")


@dataclass(frozen=True, slots=True)
class Roster:
    """A page of a branch's members, those who have left last; `wanted` is what was looked for."""

    members: Sequence[Row[Any]]
    wanted: str
    number: int
    page: int
    last: int

    def left(self, one: Row[Any]) -> str:
        """How somebody has left: 已转到本县其他支部."""
        return left_in_words(one.left_as)


@dataclass(frozen=True, slots=True)
class Particular:
    """A member before an officer: who they are, what they have claimed, and what may be done for them.

    `taking` is the round that takes claims now.
    """

    member: Member
    person: Person
    group: Group | None
    contact: Person | None
    claims: Sequence[Any]
    taking: Round | None
    able: frozenset[Action]

    @property
    def left(self) -> str:
        """How they have left."""
        return left_in_words(self.member.left_as)


def see_roster(session: Session, actor: Actor, wanted: str = "", page: int = 1) -> Roster:
    """Return the members whom this actor may see, by strokes, a page of a hundred."""
    require(actor, Action.MEMBER_SEE)
    given: dict[str, Any] = {
        "county": actor.county_id,
        "unit": actor.unit_id,
        "whole": able(actor, Action.MEMBER_SEE, NARROW),
        "group": actor.group_id if "group_leader" in actor.roles else None,
        "person": actor.person_id,
        "wanted": wanted.strip(),
    }
    number = session.scalar(_COUNT, given) or 0
    last = max(1, -(-number // PAGE))
    page = min(max(page, 1), last)
    rows = session.execute(_SHOWN, {**given, "most": PAGE, "skip": (page - 1) * PAGE}).all()
    return Roster(rows, wanted, number, page, last)


def see_member(session: Session, actor: Actor, member_id: UUID) -> Particular:
    """Return a member for whoever may see them on the roster."""
    member = see(session, actor, Action.MEMBER_SEE, Member, member_id)
    asked = (
        Action.CLAIM_SEE,
        Action.CLAIM_DRAFT,
        Action.STATEMENT_SEE,
        Action.ACCOUNT_HAND_CODE,
        Action.CARD_ISSUE,
        Action.PROXY_ACT,
        Action.TRANSFER_PROPOSE,
        Action.MEMBER_LEAVE,
        Action.PROBATION_DECIDE,
        Action.EXEMPTION_RECORD,
        Action.RECORD_REPORT,
    )
    able = frozenset(action for action in asked if may(actor, action, member))
    own = member.person_id == actor.person_id
    return Particular(
        member=member,
        person=session.get_one(Person, (actor.county_id, member.person_id)),
        group=session.get(Group, (actor.county_id, member.group_id)) if member.group_id else None,
        contact=session.get(Person, (actor.county_id, member.contact_id)) if member.contact_id else None,
        claims=own_claims(session, actor, member.id) if Action.CLAIM_SEE in able else (),
        taking=_taking(session, actor),
        able=able - {Action.PROXY_ACT, Action.RECORD_REPORT} if own else able,
    )


def left_in_words(left_as: str | None) -> str:
    """Return how somebody has left a branch, in a word or two."""
    return f"已{LEFT[Leaving(left_as)]}" if left_as else "已离开"


def groups_of(session: Session, actor: Actor) -> Sequence[Group]:
    """Return the party groups of the acting branch, in order."""
    require(actor, Action.MEMBER_SEE)
    own = select(Group).filter_by(county_id=actor.county_id, unit_id=actor.unit_id)
    return session.scalars(own.order_by(Group.number)).all()


def _taking(session: Session, actor: Actor) -> Round | None:
    of_unit = select(Round).filter_by(
        county_id=actor.county_id, unit_id=actor.unit_id, state=RoundState.COLLECTING
    )
    return session.scalar(of_unit.order_by(Round.first_day.desc()).limit(1))
