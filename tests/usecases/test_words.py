"""Words: the township's department is asked about one claim, and sees that one only, until it has answered."""

import pytest
from sqlalchemy import select

from shared.db.claims import Claim, Word
from shared.db.session import Db
from shared.domain.errors import Forbidden, Invalid, NotFound, NotNow
from shared.usecases.words import give_word
from tests.usecases.stage import Stage


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A village branch that collects claims."""
    return Stage(db, clockwork)


def test_the_committee_waits_for_the_departments_word(stage: Stage) -> None:
    touched, free = stage.claim(stage.mei, "D-B1"), stage.claim(stage.mei)
    word = stage.all(select(Word))[0]
    town = stage.branch.parent_id

    with pytest.raises(NotNow, match="还在等民政办反馈"):
        stage.accept(touched)
    assert [one.id for one in stage.all(select(Claim), town)] == [touched.id]
    stage.do(give_word, "word", word.id, True, "属实")
    stage.accept(touched, free)

    assert stage.all(select(Claim), town) == []
    assert "word" in stage.history(touched.id)


def test_a_word_is_given_once_by_its_department_and_a_no_says_why(stage: Stage) -> None:
    claim = stage.claim(stage.mei, "D-B1")
    word = stage.all(select(Word))[0]

    with pytest.raises(Forbidden, match="由民政办反馈"):
        stage.do(give_word, "township_officer", word.id, True, "属实")
    with pytest.raises(Invalid, match="写明情况"):
        stage.do(give_word, "word", word.id, False, " ")
    stage.do(give_word, "word", word.id, False, "没有结对")
    with pytest.raises(NotFound):
        stage.do(give_word, "word", word.id, True, "属实")
    stage.refuse(claim)

    assert stage.row(Claim, claim.id).refused_by == "parent"


def test_the_committee_may_accept_against_a_word_and_nobody_has_refused_then(stage: Stage) -> None:
    claim = stage.claim(stage.mei, "D-B1")
    stage.do(give_word, "word", stage.all(select(Word))[0].id, False, "没有结对")

    stage.accept(claim)

    accepted = stage.row(Claim, claim.id)
    assert (accepted.state, accepted.refused_by, accepted.reason) == ("accepted", None, None)
