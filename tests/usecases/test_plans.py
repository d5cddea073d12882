"""A year's steps: who must take them is reminded on the day, then the levels above hear; what was done is left."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from shared.authz.actor import the_clock
from shared.db.deadlines import Deadline
from shared.db.goals import Goal
from shared.db.plans import PlanStep
from shared.db.session import Db, acting
from shared.domain.errors import Forbidden
from shared.domain.plans import STEPS, Step
from shared.usecases.appraisals import open_evaluation
from shared.usecases.goals import check_goal, write_goal
from shared.usecases.half_years import open_half_year
from shared.usecases.plans import lay_out
from shared.usecases.verification import verify
from tests.usecases.stage import Stage

pytestmark = pytest.mark.long


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    made = Stage(db, clockwork)
    with acting(db, made.county_id, made.unit_id) as session:
        for _ in range(2):
            lay_out(session, the_clock(made.county_id, made.unit_id), made.unit_id, made.now)
    return made


def evening(month: int, day: int, days: int = 0) -> datetime:
    """The end of a day of the year, or of so many days later."""
    return datetime(2026, month, day, 16, 0, 1, tzinfo=UTC) + timedelta(days=days)


def heard(stage: Stage, step: Step) -> dict[str, int]:
    """How often each level has heard of a step."""
    levels = {
        "branch": ("reminder", stage.unit_id),
        "town": ("escalation", stage.branch.parent_id),
        "county": ("escalation", stage.county_id),
    }
    return {
        level: sum(f"2026年{STEPS[step]}" in one.body["text"] for one in stage.messages(*where))
        for level, where in levels.items()
    }


def goals(stage: Stage, but: UUID | None = None) -> None:
    for member_id, actor in stage.branch.actors.items():
        if member_id != but:
            stage.do(write_goal, actor, "按时参加学习，联系两户群众")


def test_a_year_is_laid_out_once_and_only_what_is_still_to_come(stage: Stage, db: Db) -> None:
    steps = {one.step: one.due_on for one in stage.all(select(PlanStep))}
    assert steps == {
        "goals": date(2026, 1, 31),
        "half_way": date(2026, 6, 30),
        "half_year": date(2026, 7, 15),
        "appraisal": date(2026, 12, 31),
    }
    assert len(stage.all(select(Deadline).filter_by(subject_kind="plan_step"))) == 4
    later = Stage(db, stage.clockwork, start=datetime(2026, 7, 1, 1, tzinfo=UTC), period="2026-Q3")
    with acting(db, later.county_id, later.unit_id) as session:
        lay_out(session, the_clock(later.county_id, later.unit_id), later.unit_id, later.now)
    assert sorted(later.all(select(PlanStep.step))) == ["appraisal", "half_year"]
    with pytest.raises(Forbidden):
        stage.do(lay_out, "recorder", stage.unit_id)


def test_who_has_no_goals_is_reminded_and_then_the_levels_above_hear(stage: Stage) -> None:
    goals(stage, but=stage.mei.id)

    for days, branch, town, county in ((0, 1, 0, 0), (3, 1, 1, 0), (6, 1, 1, 1), (20, 1, 1, 1)):
        stage.move(evening(1, 31, days))
        assert heard(stage, Step.GOALS) == {"branch": branch, "town": town, "county": county}, days

    reminders = [one for one in stage.messages("reminder") if "年度目标" in one.body["text"]]
    assert reminders[0].body["persons"] == [str(stage.mei.person_id)]
    with acting(stage.db, stage.county_id, stage.county_id) as session:
        assert verify(session, stage.county_id).finding is None


def test_what_was_done_in_time_is_nobody_s_business_above(stage: Stage) -> None:
    goals(stage)
    stage.move(datetime(2026, 6, 20, 1, tzinfo=UTC))
    for goal in stage.all(select(Goal).order_by(Goal.member_id)):
        organiser = stage.branch["organiser"]
        by = "secretary" if goal.member_id == organiser.member_id else "organiser"
        stage.do(check_goal, by, goal.id, "按计划进行")
    stage.do(open_half_year, "secretary", date(2026, 7, 20))
    stage.move(datetime(2026, 12, 10, 1, tzinfo=UTC))
    stage.do(open_evaluation, "secretary", 2026, date(2026, 12, 25))
    stage.move(evening(12, 31, 10))

    assert {step: sum(heard(stage, step).values()) for step in STEPS} == dict.fromkeys(STEPS, 0)
    found = stage.all(select(Deadline.outcome).filter_by(subject_kind="plan_step"))
    assert found == ["outlived"] * 4


def test_what_was_left_undone_climbs_rung_by_rung(stage: Stage) -> None:
    goals(stage)
    stage.move(evening(12, 31, 10))

    assert {step: tuple(heard(stage, step).values()) for step in STEPS} == {
        "goals": (0, 0, 0), "half_way": (1, 1, 1), "half_year": (1, 1, 1), "appraisal": (1, 1, 1),
    }  # fmt: skip
