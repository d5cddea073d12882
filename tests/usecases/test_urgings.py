"""Urgings: only of what is late, only from above, and not again within three days whoever asks."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from shared.authz.actor import Actor
from shared.db.history import History
from shared.db.session import Db
from shared.domain.errors import Forbidden, NotFound, NotNow
from shared.domain.urgings import Subject
from shared.usecases.urgings import urge
from tests.builders import a_county
from tests.usecases.stage import DAY, POSTED, Stage

TOWN = "township_officer"


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A village branch that has left an objection unanswered beyond its three days."""
    made = Stage(db, clockwork)
    made.accept(made.claim(made.mei))
    made.publish()
    made.object(made.mei, made.mei)
    made.move(POSTED + 5 * DAY)
    return made


def county_officer(stage: Stage) -> Actor:
    """Somebody of the county."""
    town = stage.who(TOWN)
    return replace(town, unit_id=stage.county_id, name="县干部", roles=frozenset({"county_officer"}))


def test_an_urging_reaches_the_branchs_officers_and_stands_in_the_history(stage: Stage) -> None:
    free = stage.do(urge, TOWN, stage.unit_id, Subject.OBJECTION)

    (message,) = stage.messages("urging")
    assert message.body["roles"] == ["secretary", "committee"]
    assert message.body["text"] == "柳溪镇催办：第1村党支部有 1 件异议已经逾期，请尽快办理。"
    assert (free.month, free.day) == (4, 22)
    of_branch = select(History.command).filter_by(subject_id=stage.unit_id)
    assert stage.all(of_branch, stage.branch.parent_id) == ["urge_objection"]


def test_a_branch_is_left_in_peace_for_three_days_by_town_and_county_alike(stage: Stage) -> None:
    stage.do(urge, TOWN, stage.unit_id, Subject.OBJECTION)

    for again in (TOWN, county_officer(stage)):
        with pytest.raises(NotNow, match="2026-04-22 起可以再次催办"):
            stage.do(urge, again, stage.unit_id, Subject.OBJECTION)
    stage.move(stage.now + 3 * DAY)
    stage.do(urge, county_officer(stage), stage.unit_id, Subject.OBJECTION)
    with pytest.raises(NotNow, match="三天内"):
        stage.do(urge, TOWN, stage.unit_id, Subject.OBJECTION)

    assert len(stage.messages("urging")) == 2


def test_each_subject_has_its_own_three_days_and_only_what_is_late_is_urged(stage: Stage) -> None:
    with pytest.raises(NotNow, match="没有逾期的备案"):
        stage.do(urge, TOWN, stage.unit_id, Subject.FILING)
    stage.move(POSTED + 20 * DAY)
    stage.do(urge, TOWN, stage.unit_id, Subject.OBJECTION)
    stage.do(urge, TOWN, stage.unit_id, Subject.FILING)

    assert len(stage.messages("urging")) == 2


def test_a_branch_is_urged_from_above_and_from_nowhere_else(stage: Stage, db: Db) -> None:
    for below in ("secretary", "discipline", stage.mei):
        with pytest.raises(Forbidden):
            stage.do(urge, below, stage.unit_id, Subject.OBJECTION)
    other = a_county(db, members=1)[0]
    with pytest.raises(NotFound):
        stage.do(urge, TOWN, other.unit_id, Subject.OBJECTION)
    beside = replace(stage.who(TOWN), unit_id=other.parent_id)
    with pytest.raises(NotNow, match="没有逾期"):
        stage.do(urge, beside, stage.unit_id, Subject.OBJECTION)
