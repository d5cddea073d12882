"""Complaints and suggestions: written by anybody, read and answered by the level above, told to who wrote."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, require
from shared.db.complaints import Complaint
from shared.db.units import Unit, level_above
from shared.domain.complaints import COMPLAINT, ComplaintCommand, ComplaintKind, ComplaintState, Letter
from shared.domain.errors import Invalid
from shared.domain.windows import local_day
from shared.usecases.carry_out import step
from shared.usecases.messages import Audience, asked, tell
from shared.usecases.openings import open_to

WORDS = {ComplaintKind.COMPLAINT: "投诉", ComplaintKind.SUGGESTION: "建议"}


def write_complaint(session: Session, actor: Actor, letter: Letter, now: datetime) -> Complaint:
    """Write about the unit in which the actor stands; it goes past that unit, to the one above it.

    Whatever roles somebody has, they may do here what anybody may who stands before a public board.
    """
    require(replace(actor, roles=actor.roles | {"public"}), Action.COMPLAINT_WRITE)
    if not letter.text.strip():
        raise Invalid("请写明要反映的问题或建议。")
    own = session.get_one(Unit, (actor.county_id, actor.unit_id))
    above = level_above(session, actor.county_id, own.id) or own
    number = uuid4()
    made = Complaint(
        county_id=actor.county_id,
        id=number,
        unit_id=above.id,
        about_unit_id=own.id,
        person_id=actor.person_id,
        number=f"诉{local_day(now):%Y%m%d}-{number.hex[:6]}",
        kind=letter.kind,
        text=letter.text,
        name=letter.name or (actor.name if actor.person_id else None),
        telephone=letter.telephone,
        received_at=now,
        state=ComplaintState.RECEIVED,
        stage=0,
    )
    session.add(made)
    session.flush()
    if actor.person_id is not None:
        # The writer reads it again where they wrote it, they alone; a visitor has the number.
        open_to(session, actor.county_id, above.id, own.id, [made.id], "投诉建议", now)
    said = f"收到关于{own.name}的一件{WORDS[letter.kind]}（{made.number}），请核实并书面答复。"
    tell(session, actor, above.id, "complaint", made.id, said, asked(above, Action.COMPLAINT_ANSWER), now)
    return made


def answer_complaint(session: Session, actor: Actor, complaint_id: UUID, answer: str, now: datetime) -> Complaint:
    """Answer in writing; who wrote it while signed in is told, others are rung up at the number they left."""
    held = hold(session, actor, Action.COMPLAINT_ANSWER, Complaint, complaint_id)
    if not answer.strip():
        raise Invalid("答复须为书面，请写明核实情况和处理意见。")
    held.answer, held.answered_by, held.answered_at = answer, actor.person_id, now
    step(session, actor, held, COMPLAINT, ComplaintCommand.ANSWER, now, note=answer)
    if held.person_id is not None:
        said = f"您的{WORDS[ComplaintKind(held.kind)]}（{held.number}）已答复：{answer}"
        tell(session, actor, held.about_unit_id, "complaint", held.id, said, Audience([held.person_id]), now)
    return held


def close_complaint(session: Session, actor: Actor, complaint_id: UUID, now: datetime) -> Complaint:
    """Close what has been answered."""
    held = hold(session, actor, Action.COMPLAINT_ANSWER, Complaint, complaint_id)
    step(session, actor, held, COMPLAINT, ComplaintCommand.CLOSE, now)
    return held


def complaints_received(session: Session, actor: Actor) -> Sequence[Complaint]:
    """Return what lies with the actor's unit: what still waits first, each kind oldest first."""
    require(actor, Action.COMPLAINT_ANSWER)
    here = select(Complaint).filter_by(county_id=actor.county_id, unit_id=actor.unit_id)
    waits = Complaint.state != ComplaintState.RECEIVED
    return session.scalars(here.order_by(waits, Complaint.received_at, Complaint.id)).all()


def complaints_written(session: Session, actor: Actor) -> Sequence[Complaint]:
    """Return what the signed-in actor has written about the unit in which they stand, newest first."""
    if actor.person_id is None:
        return []
    own = select(Complaint).filter_by(
        county_id=actor.county_id, about_unit_id=actor.unit_id, person_id=actor.person_id
    )
    return session.scalars(own.order_by(Complaint.received_at.desc(), Complaint.id)).all()
