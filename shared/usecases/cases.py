"""Cases: an objection with everything that belongs to it, as who raised it and whom it concerns follow it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import may, require, see
from shared.db.clock import read_clock
from shared.db.evidence import Evidence
from shared.db.history import History
from shared.db.members import Member, Person
from shared.db.notices import Notice
from shared.db.objections import Appeal, Objection
from shared.db.rounds import Line, Round
from shared.domain.errors import Forbidden
from shared.domain.objections import ObjectionState
from shared.domain.procedures import Body, Procedure
from shared.domain.rule_words import BODIES
from shared.usecases.books import book_of
from shared.usecases.evidence import evidence_of
from shared.usecases.voices import voice

# Whoever works on objections reads them as well.
READERS = (
    Action.OBJECTION_ENTER,
    Action.OBJECTION_ASSIGN,
    Action.OBJECTION_ANSWER,
    Action.APPEAL_DECIDE,
)


@dataclass(frozen=True, slots=True)
class Case:
    """An objection, the line that it is about, and what has been said and done about it.

    `own`: the actor raised it; `concerned`: it is about them, who are not told by whom. `holder` says in words
    who has it now, empty where it is closed. `appeals_to` is the body to which an answer may be taken at this
    instant, empty where it may not.
    """

    objection: Objection
    line: Line
    round: Round
    member: Member
    notice: Notice
    procedure: Procedure
    evidence: Sequence[Evidence]
    appeals: Sequence[Appeal]
    steps: Sequence[History]
    investigator: str
    own: bool
    concerned: bool
    holder: str
    appeals_to: str
    now: datetime

    @property
    def told(self) -> Sequence[History]:
        """Its steps as the actor may read them: whom it concerns is not told who raised it."""
        if self.own or not self.concerned:
            return self.steps
        return [one for one in self.steps if one.actor_id is None or one.actor_id != self.objection.raised_by]

    @property
    def may_change(self) -> bool:
        """Whether its writer may still add to it, or take it back."""
        return self.own and self.objection.state in {ObjectionState.RAISED, ObjectionState.INVESTIGATING}


def see_case(session: Session, actor: Actor, objection_id: UUID) -> Case:
    """Return a case to who raised it, whom it concerns and who works on it; Forbidden for the others."""
    objection = see(session, actor, Action.BOARD_SEE, Objection, objection_id)
    line = session.get_one(Line, (actor.county_id, objection.line_id))
    own = objection.raised_by is not None and objection.raised_by == voice(session, actor)
    concerned = actor.member_id is not None and line.member_id == actor.member_id
    if not own and not concerned and not any(may(actor, action, objection) for action in READERS):
        raise Forbidden("这件异议不是您提出的，也不涉及您。")
    round_ = session.get_one(Round, (actor.county_id, line.round_id))
    procedure = book_of(session, actor.county_id, round_.book_id).procedure
    about: dict[str, Any] = {"county_id": actor.county_id, "objection_id": objection.id}
    appeals = session.scalars(select(Appeal).filter_by(**about).order_by(Appeal.level)).all()
    steps = select(History).filter_by(county_id=actor.county_id, subject_id=objection.id)
    now = read_clock(session, actor.county_id)
    return Case(
        objection=objection,
        line=line,
        round=round_,
        member=session.get_one(Member, (actor.county_id, line.member_id)),
        notice=session.get_one(Notice, (actor.county_id, objection.notice_id)),
        procedure=procedure,
        evidence=evidence_of(session, actor.county_id, objection.id) if not concerned or own else (),
        appeals=appeals,
        steps=session.scalars(steps.order_by(History.recorded_at, History.id)).all(),
        investigator=_name(session, objection),
        own=own,
        concerned=concerned,
        holder=_holder(objection, procedure, appeals),
        appeals_to=_appeals_to(objection, procedure, appeals, now) if own or concerned else "",
        now=now,
    )


def own_cases(session: Session, actor: Actor) -> Sequence[tuple[Objection, Round, Member]]:
    """Return the objections that the actor has raised or that concern them, newest first."""
    require(actor, Action.OBJECTION_RAISE)
    found = (
        select(Objection, Round, Member)
        .join(Line, (Line.county_id == Objection.county_id) & (Line.id == Objection.line_id))
        .join(Round, (Round.county_id == Line.county_id) & (Round.id == Line.round_id))
        .join(Member, (Member.county_id == Line.county_id) & (Member.id == Line.member_id))
        .where(Objection.county_id == actor.county_id, Objection.unit_id == actor.unit_id)
        .where(or_(Objection.raised_by == voice(session, actor), Line.member_id == actor.member_id))
    )
    return [tuple(row) for row in session.execute(found.order_by(Objection.handed_in_at.desc(), Objection.number))]


def _holder(objection: Objection, procedure: Procedure, appeals: Sequence[Appeal]) -> str:
    if objection.state == ObjectionState.APPEALED:
        return next((BODIES[Body(one.body)] for one in appeals if one.decided_at is None), "")
    if objection.state in {ObjectionState.RAISED, ObjectionState.INVESTIGATING}:
        return BODIES[procedure.first_answer]
    return ""


def _appeals_to(objection: Objection, procedure: Procedure, appeals: Sequence[Appeal], now: datetime) -> str:
    if objection.state != ObjectionState.ANSWERED or len(appeals) >= len(procedure.appeals):
        return ""
    if objection.appeal_until is None or now >= objection.appeal_until:
        return ""
    return BODIES[procedure.appeals[len(appeals)]]


def _name(session: Session, objection: Objection) -> str:
    if objection.investigator_id is None:
        return ""
    person = session.get(Person, (objection.county_id, objection.investigator_id))
    return person.name if person else ""
