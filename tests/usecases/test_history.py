"""The history as it is searched: by word, by subject, by step and by day."""

from datetime import timedelta

import pytest

from shared.db.claims import Claim
from shared.db.session import Db, acting
from shared.domain.errors import Forbidden
from shared.domain.windows import local_day
from shared.usecases.history import PAGE, Sought, search_history
from tests.usecases.stage import START, Stage


@pytest.fixture(scope="module")
def stage(db: Db, clockwork: Db) -> Stage:
    """A village branch with a claim that was refused."""
    return Stage(db, clockwork)


@pytest.fixture(scope="module")
def claim(stage: Stage) -> Claim:
    """Mei's claim, refused."""
    made = stage.claim(stage.mei)
    stage.refuse(made)
    return made


def found(stage: Stage, by: str = "discipline", **sought: object) -> list[str]:
    """The steps that fit, newest first."""
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        return [one.command for one in search_history(session, stage.who(by), Sought(**sought)).steps]  # type: ignore[arg-type]


def test_by_subject_and_step(stage: Stage, claim: Claim) -> None:
    assert sorted(found(stage, subject_id=claim.id)) == ["opinion", "refuse", "submit"]
    assert found(stage, subject_id=claim.id, command="refuse") == ["refuse"]
    assert found(stage, subject_kind="objection") == []


def test_by_a_word_in_a_name_or_in_what_was_noted(stage: Stage, claim: Claim) -> None:
    assert found(stage, words="材料与事实不符") == ["refuse"]
    assert found(stage, words=f" {stage.branch['organiser'].name} ") == ["refuse"]
    assert found(stage, words="100%") == []  # a percent sign is a percent sign


def test_by_day_both_ends_included(stage: Stage, claim: Claim) -> None:
    day = local_day(START)

    assert "refuse" in found(stage, since=day, until=day)
    assert found(stage, since=day + timedelta(days=1)) == []
    assert "refuse" not in found(stage, until=day - timedelta(days=1))


def test_page_by_page(stage: Stage, claim: Claim) -> None:
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        first = search_history(session, stage.who("discipline"), Sought())
        second = search_history(session, stage.who("discipline"), Sought(), page=2)

    assert len(first.steps) <= PAGE
    assert not first.more
    assert list(second.steps) == []


def test_only_who_supervises_searches_it(stage: Stage) -> None:
    with pytest.raises(Forbidden):
        found(stage, "secretary")
