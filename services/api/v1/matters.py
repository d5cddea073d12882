"""Matters: an objection with everything that belongs to it, as it is told to those who work on it."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy.orm import Session

from services.api.v1.claims import StepShown
from services.api.v1.evidence import EvidenceShown, file_shown
from services.api.v1.shapes import Day, Id, Instant, Points, State, Words, at, local, points
from shared.authz.actor import Actor
from shared.usecases.inquiries import see_matter


class FindingShown(Struct, frozen=True):
    """What an investigation heard and found."""

    heard: Words
    held_on: Day
    text: Words
    written_at: Instant


class AppealShown(Struct, frozen=True):
    """An appeal, and what became of it."""

    level: int
    body: State
    grounds: Words
    raised_at: Instant
    due_at: Instant
    decided_at: Instant | None
    decision: Words | None
    outcome: State | None


class ClaimConcerned(Struct, frozen=True):
    """A claim of the line's that a remedy may turn round."""

    id: Id
    number: str
    item: str
    happened_on: Day
    points: Points | None
    text: Words
    state: State
    reason: Words | None


class RecordConcerned(Struct, frozen=True):
    """An entry of the line's that a remedy may strike."""

    id: Id
    item: str
    happened_on: Day
    points: Points | None
    text: Words
    struck: Annotated[str | None, Meta(description="撤销的理由，null 表示没有撤销")]


class InquiryShown(Struct, frozen=True):
    """A case with everything that belongs to it."""

    id: Id
    number: str
    line_id: Id
    about: Annotated[str, Meta(description="对谁的积分")]
    points: Annotated[Points | None, Meta(description="这一行现在的积分")]
    by: Annotated[str, Meta(description="谁提出的")]
    text: Words
    state: State
    outcome: State | None
    handed_in_at: Instant
    due_at: Annotated[Instant, Meta(description="现在经办的应在什么时候前办完")]
    investigator: Annotated[str, Meta(description="请谁调查，空的表示还没有")]
    answer: Words | None
    answered_at: Instant | None
    appeal_until: Annotated[datetime | None, Meta(description="可以申诉到什么时候")]
    claims: list[ClaimConcerned]
    records: list[RecordConcerned]
    findings: list[FindingShown]
    appeals: list[AppealShown]
    evidence: list[EvidenceShown]
    steps: list[StepShown]


def shown(session: Session, actor: Actor, objection_id: UUID) -> InquiryShown:
    """Return a case as it stands, to who works on it."""
    session.flush()
    seen = see_matter(session, actor, objection_id)
    made = seen.objection
    return InquiryShown(
        id=made.id,
        number=made.number,
        line_id=made.line_id,
        about=seen.member.name,
        points=points(seen.line.points),
        by=made.name,
        text=made.text,
        state=made.state,
        outcome=made.outcome,
        handed_in_at=at(made.handed_in_at),
        due_at=at(seen.due_at),
        investigator=seen.investigator,
        answer=made.answer,
        answered_at=local(made.answered_at),
        appeal_until=local(made.appeal_until),
        claims=[_claim(one) for one in seen.claims],
        records=[_record(one) for one in seen.records],
        findings=[FindingShown(one.heard, one.held_on, one.text, at(one.written_at)) for one in seen.findings],
        appeals=[_appeal(one) for one in seen.appeals],
        evidence=[file_shown(one) for one in seen.evidence],
        steps=[StepShown(one.command, at(one.at), one.note) for one in seen.steps],
    )


def _claim(row: Any) -> ClaimConcerned:
    return ClaimConcerned(
        id=row.id,
        number=row.number,
        item=row.item,
        happened_on=row.happened_on,
        points=points(row.points),
        text=row.text,
        state=row.state,
        reason=row.reason,
    )


def _record(row: Any) -> RecordConcerned:
    return RecordConcerned(row.id, row.item, row.happened_on, points(row.points), row.text, row.struck_reason)


def _appeal(row: Any) -> AppealShown:
    return AppealShown(
        level=row.level,
        body=row.body,
        grounds=row.grounds,
        raised_at=at(row.raised_at),
        due_at=at(row.due_at),
        decided_at=local(row.decided_at),
        decision=row.decision,
        outcome=row.outcome,
    )
