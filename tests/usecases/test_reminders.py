"""Reminders and escalations: whoever must act hears first, then the levels above, each rung once."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from shared.db.session import Db, acting
from shared.domain.rule_books import check
from shared.usecases.answers import Remedy, answer_objection
from shared.usecases.appeals import appeal
from shared.usecases.rules import book_file
from tests.usecases.stage import DAY, POSTED, Stage

# Objected on Tuesday the 14th; three days, until Friday the 17th, 24:00.
DUE = POSTED.replace(day=17, hour=16)


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A village branch whose quarter hangs on the board."""
    made = Stage(db, clockwork)
    made.accept(made.claim(made.mei))
    made.publish()
    return made


def heard(stage: Stage) -> dict[str, int]:
    """How many reminders and escalations of objections each level has been sent."""
    levels = {
        "branch": ("reminder", stage.unit_id),
        "own discipline": ("escalation", stage.unit_id),
        "town": ("escalation", stage.branch.parent_id),
        "county": ("escalation", stage.county_id),
    }
    return {
        level: sum("一件异议" in message.body["text"] for message in stage.messages(*where))
        for level, where in levels.items()
    }


@pytest.mark.parametrize("assigned_after", [None, 1, 4, 7], ids=str)
def test_rung_by_rung_and_each_once_whether_somebody_investigates_or_not(
    stage: Stage, assigned_after: int | None
) -> None:
    objection = stage.object(stage.mei, stage.mei)
    expected = [(2, 0, 0, 0), (3, 1, 0, 0), (6, 1, 1, 0), (9, 1, 1, 1), (40, 1, 1, 1)]

    for day, branch, town, county in expected:
        if assigned_after is not None and day > assigned_after and stage.now < DUE - 3 * DAY + day * DAY:
            stage.move(POSTED + assigned_after * DAY)
            stage.investigate(objection.id)
            assigned_after = None
        stage.move(DUE - 3 * DAY + day * DAY)

        assert heard(stage) == {"branch": branch, "own discipline": 0, "town": town, "county": county}, day


def test_the_days_between_the_rungs_are_the_rule_books(db: Db, clockwork: Db) -> None:
    patient = book_file("county-plan").read_text("utf-8").replace("procedure:", "procedure:\n  overdue_days: 5")
    stage = Stage(db, clockwork, check(patient, "county-plan.yaml", lambda _: None))
    stage.accept(stage.claim(stage.mei))
    stage.publish()
    stage.object(stage.mei, stage.mei)

    for day, town in ((4, 0), (5, 1)):
        stage.move(DUE + day * DAY)

        assert heard(stage)["town"] == town
    assert "逾期5天" in stage.messages("escalation", stage.branch.parent_id)[0].body["text"]


def test_what_is_answered_in_time_reminds_nobody(stage: Stage) -> None:
    objection = stage.object(stage.mei, stage.mei)
    stage.investigate(objection.id)
    stage.do(answer_objection, "organiser", objection.id, False, "与细则一致", Remedy())

    stage.move(DUE + 30 * DAY)

    assert set(heard(stage).values()) == {0}


@pytest.mark.long
def test_where_only_the_county_is_above_the_discipline_member_hears_before_it(stage: Stage) -> None:
    _hang_below_the_county(stage)
    stage.object(stage.mei, stage.mei)

    stage.move(DUE + 3 * DAY)
    assert heard(stage) == {"branch": 1, "own discipline": 1, "town": 0, "county": 0}
    assert stage.messages("escalation")[0].body["roles"] == ["discipline"]
    stage.move(DUE + 6 * DAY)

    assert heard(stage) == {"branch": 1, "own discipline": 1, "town": 0, "county": 1}


@pytest.mark.long
def test_an_appeal_that_waits_above_reminds_those_above(stage: Stage) -> None:
    objection = stage.object(stage.mei, stage.mei)
    stage.investigate(objection.id)
    stage.do(answer_objection, "organiser", objection.id, False, "与细则一致", Remedy())
    stage.do(appeal, stage.mei, objection.id, "有人作证")

    stage.move(DUE)
    reminded = [m for m in stage.messages("reminder", stage.branch.parent_id) if m.subject_id == objection.id]
    stage.move(DUE + 3 * DAY)

    assert len(reminded) == 1
    assert heard(stage) == {"branch": 0, "own discipline": 0, "town": 0, "county": 1}


@pytest.mark.long
def test_the_reminder_is_dated_when_it_was_due_however_late_it_is_sent(stage: Stage) -> None:
    stage.object(stage.mei, stage.mei)

    stage.move(DUE + timedelta(hours=30))

    sent = next(m for m in stage.messages("reminder") if "一件异议" in m.body["text"])
    assert sent.made_at == DUE


def _hang_below_the_county(stage: Stage) -> None:
    with acting(stage.db, stage.county_id, stage.unit_id, stage.county_id) as session:
        session.execute(
            text("UPDATE unit SET parent_id = :county WHERE county_id = :county AND id = :unit"),
            {"county": stage.county_id, "unit": stage.unit_id},
        )
