"""Evidence: files join what they prove, are taken back, and are read by whoever may see what they belong to."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, or_, select, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, may, see
from shared.db.base import Stateful
from shared.db.claims import Claim
from shared.db.evidence import Evidence
from shared.db.members import Member
from shared.db.objections import Objection
from shared.db.reports import Report
from shared.domain.claims import ClaimState
from shared.domain.errors import Forbidden, Invalid, NotFound, NotNow
from shared.domain.evidence import MediaType, SubjectKind, quota_faults
from shared.domain.objections import ObjectionState
from shared.domain.periods import day_in_words
from shared.domain.reports import ReportState
from shared.domain.windows import local_day
from shared.stores.evidence import Kept, Store
from shared.usecases.carry_out import remark
from shared.usecases.voices import voice

AT_ONCE = 500
NOT_YOURS = "这份附件不在您经办的范围内。"
_OF_SUBJECT = (
    select(Evidence)
    .where(Evidence.county_id == bindparam("county"), Evidence.subject_id == bindparam("subject"))
    .where(or_(Evidence.removed_at.is_(None), Evidence.destroyed_under.is_not(None)))
    .order_by(Evidence.added_at, Evidence.name)
)


class File(NamedTuple):
    """What somebody may read: its name and kind, and the digest under which the store keeps it."""

    name: str
    media_type: MediaType
    digest: str


class Told(NamedTuple):
    """Something that one person tells: who that was, until when they may add to it, and who else works on it."""

    row_type: type[Objection] | type[Report]
    teller: str
    open_states: frozenset[str]
    read_by: tuple[Action, ...]


TOLD: Mapping[SubjectKind, Told] = {
    SubjectKind.OBJECTION: Told(
        Objection,
        "raised_by",
        frozenset({ObjectionState.RAISED, ObjectionState.INVESTIGATING}),
        (Action.OBJECTION_ENTER, Action.OBJECTION_ASSIGN, Action.OBJECTION_ANSWER, Action.APPEAL_DECIDE),
    ),
    SubjectKind.REPORT: Told(
        Report,
        "reported_by",
        frozenset({ReportState.REPORTED}),
        (Action.REPORT_REPLY, Action.REPORT_SETTLE),
    ),
}


def attach(session: Session, actor: Actor, claim_id: UUID, kept: Kept, now: datetime) -> Evidence:
    """Add a kept file to a claim that is still the member's to change; all faults at once."""
    claim = _own_claim(session, actor, claim_id)
    of_member = (
        select(Claim.id).filter_by(county_id=claim.county_id, round_id=claim.round_id, member_id=claim.member_id)
    ).scalar_subquery()
    return _add(session, actor, SubjectKind.CLAIM, claim, kept, Evidence.subject_id.in_(of_member), now)


def attach_to(
    session: Session, actor: Actor, kind: SubjectKind, subject_id: UUID, kept: Kept, now: datetime
) -> Evidence:
    """Add a kept file to one's own objection or report as long as nobody has answered it."""
    row = _own_telling(session, actor, kind, subject_id)
    return _add(session, actor, kind, row, kept, Evidence.subject_id == row.id, now)


def detach(session: Session, actor: Actor, evidence_id: UUID, now: datetime) -> Evidence:
    """Take a file back from what may still be changed; that it was there stays in the history, the file goes."""
    evidence = hold(session, actor, Action.BOARD_SEE, Evidence, evidence_id)
    kind = SubjectKind(evidence.subject_kind)
    row: Stateful
    if kind is SubjectKind.CLAIM:
        row = _own_claim(session, actor, evidence.subject_id)
    else:
        row = _own_telling(session, actor, kind, evidence.subject_id)
    if evidence.removed_at is None:
        evidence.removed_at = now
        remark(session, actor, row, "detach", now, note=evidence.name)
    return evidence


def evidence_of(session: Session, county_id: UUID, subject_id: UUID) -> Sequence[Evidence]:
    """Return the files of something that the caller has already been let see, in the order in which they came.

    Those that were destroyed are among them, nameless: that they were there is told.
    """
    return session.scalars(_OF_SUBJECT, {"county": county_id, "subject": subject_id}).all()


def open_evidence(session: Session, actor: Actor, evidence_id: UUID) -> File:
    """Return what is to be read, by the same check as the row that it belongs to; raises NotFound, Forbidden."""
    there = select(Evidence).filter_by(county_id=actor.county_id, id=evidence_id)
    evidence = session.scalar(there)
    if evidence is None or (evidence.removed_at and not evidence.destroyed_under):
        raise NotFound("没有这份附件，或已被撤下。")
    kind = SubjectKind(evidence.subject_kind)
    if kind is SubjectKind.CLAIM:
        _see_claim(session, actor, evidence.subject_id)
    else:
        _see_telling(session, actor, TOLD[kind], evidence.subject_id)
    if evidence.removed_at:
        day = day_in_words(local_day(evidence.removed_at))
        raise NotFound(
            f"这份附件已按期销毁（{day}，{evidence.destroyed_under}），只留下校验码 {evidence.digest}。"
        )
    return File(evidence.name, MediaType(evidence.media_type), evidence.digest)


def sweep(session: Session, store: Store, older_than: datetime) -> int:
    """Remove the files that no row speaks of and that came before the instant; return how many.

    A file handed in again meanwhile is young again and stays.
    """
    swept, old = 0, list(store.older_than(older_than))
    for start in range(0, len(old), AT_ONCE):
        some = old[start : start + AT_ONCE]
        named = session.scalars(text("SELECT digest FROM jifen.kept(CAST(:some AS text[]))"), {"some": some})
        for digest in sorted(set(some) - set(named)):
            store.remove(digest, older_than)
            swept += 1
    return swept


def _add(
    session: Session,
    actor: Actor,
    kind: SubjectKind,
    row: Stateful,
    kept: Kept,
    counted: ColumnElement[bool],
    now: datetime,
) -> Evidence:
    own = select(func.count().filter(Evidence.subject_id == row.id), func.coalesce(func.sum(Evidence.size), 0))
    there = own.where(Evidence.county_id == row.county_id, counted, Evidence.removed_at.is_(None))
    files, size = session.execute(there).one()
    faults = quota_faults(files, size, kept.size)
    if faults:
        raise Invalid(*faults)
    evidence = Evidence(
        county_id=row.county_id,
        unit_id=row.unit_id,
        subject_kind=kind,
        subject_id=row.id,
        name=kept.name,
        media_type=kept.media_type,
        size=kept.size,
        digest=kept.digest,
        original=kept.original,
        added_by=actor.person_id,
        added_at=now,
    )
    session.add(evidence)
    session.flush()
    remark(session, actor, row, "attach", now, note=kept.name)
    return evidence


def _own_claim(session: Session, actor: Actor, claim_id: UUID) -> Claim:
    claim = hold(session, actor, Action.CLAIM_DRAFT, Claim, claim_id)
    if claim.state not in {ClaimState.DRAFT, ClaimState.RETURNED}:
        raise NotNow("申请提交后不能再改附件；需要补充请先撤回或等支部退回。")
    return claim


def _own_telling(session: Session, actor: Actor, kind: SubjectKind, subject_id: UUID) -> Stateful:
    told = TOLD[kind]
    row: Stateful = hold(session, actor, Action.BOARD_SEE, told.row_type, subject_id)
    on_paper = isinstance(row, Objection) and row.on_paper and may(actor, Action.OBJECTION_ENTER, row)
    if not on_paper and not _teller(session, actor, told, row):
        raise Forbidden("只有提出的人可以补充附件。")
    if row.state not in told.open_states:
        raise NotNow("已经答复或办结，不能再改附件。")
    return row


def _see_claim(session: Session, actor: Actor, claim_id: UUID) -> None:
    """A group leader's claims are those of their group, which the member's row knows."""
    claim = see(session, actor, Action.CLAIM_SEE, Claim, claim_id)
    member = session.get_one(Member, (claim.county_id, claim.member_id))
    if not may(actor, Action.CLAIM_SEE, member):
        raise Forbidden(NOT_YOURS)


def _see_telling(session: Session, actor: Actor, told: Told, subject_id: UUID) -> None:
    row: Stateful | None = session.get(told.row_type, (actor.county_id, subject_id))
    if row is None:
        raise NotFound("没有这份附件，或已被撤下。")
    if not _teller(session, actor, told, row) and not any(may(actor, action, row) for action in told.read_by):
        raise Forbidden(NOT_YOURS)


def _teller(session: Session, actor: Actor, told: Told, row: Stateful) -> bool:
    said_by = getattr(row, told.teller)
    return said_by is not None and said_by == voice(session, actor)
