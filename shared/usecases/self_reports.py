"""Self-reports: a member's own summary of the year (年度个人总结), as it is read before the vote."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import able, require, see
from shared.db.appraisals import Evaluation, SelfReport
from shared.db.members import Member
from shared.domain.appraisals import EvaluationState
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.usecases.carry_out import remark

# As the paper form calls its parts.
PARTS = {"study": "学习和思想", "work": "工作", "life": "生活和遵纪守法", "gaps": "不足和努力方向"}


@dataclass(frozen=True, slots=True)
class Summary:
    """What a member says of their year, part by part."""

    study: str
    work: str
    life: str
    gaps: str


def write_self_report(session: Session, actor: Actor, evaluation_id: UUID, said: Summary, now: datetime) -> None:
    """Hand one's summary in, or hand it in anew; once the vote has begun it stays."""
    require(actor, Action.APPRAISAL_WRITE)
    evaluation = see(session, actor, Action.APPRAISAL_SEE, Evaluation, evaluation_id)
    if actor.member_id is None:
        raise Forbidden("个人总结由党员本人写。")
    if evaluation.state != EvaluationState.GATHERING:
        raise NotNow("民主测评已经开始，个人总结不能再改。")
    parts = {name: text.strip() for name, text in asdict(said).items()}
    faults = [f"请写“{PARTS[name]}”这一部分。" for name, text in parts.items() if not text]
    if faults:
        raise Invalid(*faults)
    row = insert(SelfReport).values(
        county_id=actor.county_id,
        unit_id=evaluation.unit_id,
        member_id=actor.member_id,
        year=evaluation.year,
        handed_in_at=now,
        **parts,
    )
    same = ["county_id", "member_id", "year"]
    written = row.on_conflict_do_update(index_elements=same, set_={**parts, "handed_in_at": now})
    session.execute(written.execution_options(populate_existing=True))
    report = own_report(session, actor, evaluation.year)
    remark(session, actor, report, "write", now)


def own_report(session: Session, actor: Actor, year: int) -> SelfReport | None:
    """Return the actor's own summary of a year."""
    own = select(SelfReport).filter_by(county_id=actor.county_id, member_id=actor.member_id, year=year)
    return session.scalar(own)


def sees_all(actor: Actor) -> bool:
    """Return whether somebody sees an appraisal before it is published: by an office, not as a member."""
    return able(actor, Action.APPRAISAL_SEE, frozenset({"member"}))


def reports_of(session: Session, actor: Actor, evaluation: Evaluation) -> Sequence[tuple[SelfReport, Member]]:
    """Return everybody's summaries: to the committee at once, to the members when the vote has begun."""
    require(actor, Action.APPRAISAL_SEE)
    if evaluation.state == EvaluationState.GATHERING and not sees_all(actor):
        return []
    found = select(SelfReport, Member).join(
        Member, (Member.county_id == SelfReport.county_id) & (Member.id == SelfReport.member_id)
    )
    own = found.where(
        SelfReport.county_id == evaluation.county_id,
        SelfReport.unit_id == evaluation.unit_id,
        SelfReport.year == evaluation.year,
    )
    rows = session.execute(own.order_by(Member.name_sort, Member.id))
    return [(report, member) for report, member in rows]


def reports_awaited(session: Session, actor: Actor) -> Sequence[Evaluation]:
    """Return the appraisals for which the actor has not written a summary yet."""
    written = select(SelfReport.year).filter_by(county_id=actor.county_id, member_id=actor.member_id)
    open_ = select(Evaluation).filter_by(
        county_id=actor.county_id, unit_id=actor.unit_id, state=EvaluationState.GATHERING
    )
    return session.scalars(open_.where(Evaluation.year.not_in(written)).order_by(Evaluation.year)).all()
