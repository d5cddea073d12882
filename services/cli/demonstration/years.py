"""The year's end: democratic evaluation, annual lines, their notice, and what the committee makes of proposals."""

from datetime import timedelta
from functools import partial

from sqlalchemy import select

from services.cli.demonstration.appraisals import YearEnd
from services.cli.demonstration.rounds import post
from services.cli.demonstration.stage import Stage, Troupe
from shared.db.outcomes import OutcomeCase
from shared.domain.notices import NoticeKind
from shared.domain.outcomes import KINDS, Measure
from shared.domain.windows import local_day
from shared.usecases.outcomes import decide_outcome, hear_member
from shared.usecases.undertakings import take_step
from shared.usecases.years import close_year


def appraise(stage: Stage, troupe: Troupe, year: int) -> None:
    """Hold the year's appraisal; the annual lines are made when its results have hung out their time."""
    YearEnd(stage, troupe, year, partial(end_year, stage, troupe, year)).begin()


def end_year(stage: Stage, troupe: Troupe, year: int) -> None:
    """Make the annual lines and publish them; when they have settled, take the proposals up."""
    with stage.acting(troupe) as session:
        close_year(session, troupe.officers["secretary"], year, stage.now)
    notice = post(stage, troupe, NoticeKind.YEAR, str(year), f"{troupe.name}{year}年度党员积分公示")
    if notice.closes_at is not None:
        stage.plan(notice.closes_at + timedelta(days=1, hours=9), partial(_take_up, stage, troupe))


def _take_up(stage: Stage, troupe: Troupe) -> None:
    """The committee hears whom it burdens, decides what the book gives it, and sets about it; the rest waits."""
    minute = troupe.minute("支委会", stage.now)
    with stage.acting(troupe) as session:
        proposed = select(OutcomeCase).filter_by(unit_id=troupe.unit_id, state="proposed", body="committee")
        for case in session.scalars(proposed.order_by(OutcomeCase.id)).all():
            member = next(one for one in troupe.members if one.id == case.member_id)
            able = [troupe.officers[role] for role in ("secretary", "organiser") if role in troupe.officers]
            by = next(one for one in able if one.person_id != member.person_id)
            burdens = KINDS[Measure(case.measure)].burdens
            if burdens:
                hear_member(session, by, case.id, "没有不同意见，努力改正", stage.now)
            choice = next(iter(case.terms["choices"]), "")
            decide_outcome(session, by, case.id, True, minute, "同意，由支委联系落实", stage.now, choice)
            if burdens:
                take_step(
                    session, by, case.id, "支委谈话，分析原因，商定改进办法", local_day(stage.now), stage.now
                )
