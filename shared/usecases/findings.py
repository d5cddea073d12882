"""Findings: an objection's investigator writes down whom they heard and what they found, before it is answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold
from shared.db.findings import Finding
from shared.db.objections import Objection
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.objections import OBJECTION, ObjectionState
from shared.domain.periods import day_in_words
from shared.domain.windows import local_day
from shared.usecases.carry_out import remark
from shared.usecases.messages import Audience, tell


@dataclass(frozen=True, slots=True)
class Inquiry:
    """An investigator's inquiry: what it found, who was heard, and on which day."""

    text: str
    heard: str
    held_on: date


def investigate(session: Session, actor: Actor, objection_id: UUID, inquiry: Inquiry, now: datetime) -> Finding:
    """Write down what the investigation found; only who has been named for it does, while it lasts."""
    objection = hold(session, actor, Action.OBJECTION_INVESTIGATE, Objection, objection_id)
    if objection.investigator_id is None or objection.investigator_id != actor.person_id:
        raise Forbidden("调查情况由指定的调查人填写。")
    if objection.state != ObjectionState.INVESTIGATING:
        raise NotNow(f"这件异议现在是“{OBJECTION.words[ObjectionState(objection.state)]}”，不能再填写调查情况。")
    faults = _faults(inquiry, local_day(objection.handed_in_at), local_day(now))
    if faults:
        raise Invalid(*faults)
    finding = Finding(
        county_id=actor.county_id,
        unit_id=objection.unit_id,
        objection_id=objection.id,
        person_id=actor.person_id,
        heard=inquiry.heard,
        held_on=inquiry.held_on,
        text=inquiry.text,
        written_at=now,
    )
    session.add(finding)
    remark(session, actor, objection, "investigate", now, note=f"听取：{inquiry.heard}")
    last = day_in_words(local_day(objection.due_at - timedelta(microseconds=1)))
    said = f"异议 {objection.number} 的调查情况已写好，请在{last} 24:00 前书面答复。"
    to = Audience(roles=["secretary", "office"], steps=[Action.OBJECTION_ANSWER])
    tell(session, actor, objection.unit_id, "objection", objection.id, said, to, now)
    return finding


def findings_of(session: Session, objection: Objection) -> Sequence[Finding]:
    """Return what has been found in a case that the caller may see, in order."""
    found = select(Finding).filter_by(county_id=objection.county_id, objection_id=objection.id)
    return session.scalars(found.order_by(Finding.written_at, Finding.id)).all()


def has_found(session: Session, objection: Objection) -> bool:
    """Return whether the investigator, the one last named, has written down what they found."""
    return any(finding.person_id == objection.investigator_id for finding in findings_of(session, objection))


def _faults(inquiry: Inquiry, first: date, today: date) -> list[str]:
    faults = []
    if not inquiry.text.strip():
        faults.append("请写明调查了什么、查明了什么。")
    if not inquiry.heard.strip():
        faults.append("请写明听取了哪些人的情况。")
    if not first <= inquiry.held_on <= today:
        faults.append(f"调查日期应在收到异议（{first}）之后、今天（{today}）之前。")
    return faults
