"""Suggestions: a case that the committee opens by itself, beside those that follow from figures."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import require, see
from shared.db.members import Member
from shared.db.outcomes import OutcomeCase
from shared.db.rounds import Round
from shared.db.units import level_above
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.outcomes import KINDS, Measure, OutcomeState
from shared.domain.procedures import Body
from shared.domain.windows import end_of_day, local_day
from shared.usecases.books import book_of
from shared.usecases.carry_out import arm, remark
from shared.usecases.openings import open_to
from shared.usecases.outcomes import TAKEN_UP
from shared.usecases.reminders import REMIND


def suggest(
    session: Session, actor: Actor, member_id: UUID, measure: Measure, basis: str, reason: str, now: datetime
) -> OutcomeCase:
    """Open a case by hand; whom the standing bars from honours is put forward only with a recorded reason."""
    require(actor, Action.OUTCOME_FOLLOW)
    member = see(session, actor, Action.MEMBER_SEE, Member, member_id)
    if member.person_id == actor.person_id:
        raise Forbidden("涉及本人的建议，请由其他同志提出。")
    if not basis.strip():
        raise Invalid("请写明为什么建议这样做。")
    bars = bars_on(session, actor, member_id) if measure is Measure.RECOMMEND else ()
    if bars and not reason.strip():
        raise Invalid(
            f"{member.name}积分排名靠后，一般不得推荐为{'、'.join(bars)}；确要推荐的，请写明支委会的理由。"
        )
    said = f"{basis.strip()}（积分排名靠后，支委会记录的理由：{reason.strip()}）" if bars else basis.strip()
    return _opened(session, actor, member, measure, said, now)


def bars_on(session: Session, actor: Actor, member_id: UUID) -> tuple[str, ...]:
    """Return for what somebody may not be put forward, by the cases of their last settled year."""
    newest = select(Round).filter_by(county_id=actor.county_id, unit_id=actor.unit_id)
    round_ = session.scalar(newest.order_by(Round.first_day.desc()).limit(1))
    if round_ is None:
        return ()
    barring = {one.id: one.bars for one in book_of(session, actor.county_id, round_.book_id).outcomes if one.bars}
    own = select(OutcomeCase).filter_by(county_id=actor.county_id, member_id=member_id)
    years = session.scalars(
        own.where(OutcomeCase.state != OutcomeState.DROPPED).order_by(OutcomeCase.period)
    ).all()
    newest_period = max((one.period for one in years if len(one.period) == 4), default="")
    found = [bar for one in years if one.period == newest_period for bar in barring.get(one.kind, ())]
    return tuple(dict.fromkeys(found))


def _opened(
    session: Session, actor: Actor, member: Member, measure: Measure, basis: str, now: datetime
) -> OutcomeCase:
    kind, period = KINDS[measure], str(local_day(now).year)
    same = select(OutcomeCase.id).filter_by(
        county_id=actor.county_id, member_id=member.id, period=period, kind=str(measure)
    )
    if session.scalar(same) is not None:
        raise NotNow(f"{member.name} {period} 年已经有一件“{kind.title}”。")
    above = level_above(session, actor.county_id, actor.unit_id) if kind.body is Body.PARENT else None
    case = OutcomeCase(
        county_id=actor.county_id,
        unit_id=actor.unit_id,
        member_id=member.id,
        period=period,
        kind=str(measure),
        measure=measure,
        basis=basis,
        legal_basis=kind.basis,
        body=kind.body,
        terms={"choices": [], "months": None},
        at_unit_id=above.id if above else None,
        state=OutcomeState.PROPOSED,
        proposed_at=now,
        due_at=end_of_day(local_day(now) + timedelta(days=TAKEN_UP)),
    )
    session.add(case)
    session.flush()
    remark(session, actor, case, "open", now, note=basis)
    if case.due_at is not None:
        arm(session, case, REMIND, case.due_at)
    if above is not None:
        open_to(session, actor.county_id, actor.unit_id, above.id, [case.id, member.id], "结果运用", now)
    return case
