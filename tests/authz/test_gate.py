"""The gate: a stranger does not learn that a thing exists, a known person is told that the step is not theirs."""

from dataclasses import replace
from datetime import date

import pytest

from shared.authz.actions import Action
from shared.authz.actor import Actor, the_clock, the_public
from shared.authz.gate import hold, hold_all, require, see
from shared.db.claims import Claim
from shared.db.session import Db, acting
from shared.domain.errors import Forbidden, Invalid, NotFound
from shared.usecases.members import appoint, enrol, exempt
from tests.builders import LONG_AGO, Branch, a_county, founder
from tests.usecases.stage import Stage


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A branch with a claim of Mei's."""
    return Stage(db, clockwork)


def test_a_stranger_gets_not_found_and_a_known_person_forbidden(stage: Stage, db: Db) -> None:
    claim, other = stage.claim(stage.mei), a_county(db, members=1)[0]
    reaches = (Action.CLAIM_WITHDRAW, Claim, claim.id)

    with acting(db, other.county_id, other.unit_id) as session, pytest.raises(NotFound):
        hold(session, other["secretary"], *reaches)
    # Even within the right transaction, another county's actor asks for a key that does not exist.
    with acting(db, stage.county_id, stage.unit_id) as session, pytest.raises(NotFound):
        hold(session, other["secretary"], *reaches)
    with acting(db, stage.county_id, stage.unit_id) as session:
        for known in (stage.branch.members[1], "secretary"):
            with pytest.raises(Forbidden):
                hold(session, stage.who(known), *reaches)
        assert hold(session, stage.who(stage.mei), *reaches).id == claim.id


def test_the_branch_next_door_does_not_learn_that_it_exists(db: Db) -> None:
    here, next_door = a_county(db, branches=2, members=1)

    with acting(db, here.county_id, next_door.unit_id) as session, pytest.raises(NotFound):
        see(session, next_door["secretary"], Action.BOARD_SEE, type(here.members[0]), here.members[0].id)


def test_of_several_rows_all_are_held_or_none(stage: Stage) -> None:
    claim = stage.claim(stage.mei)

    with acting(stage.db, stage.county_id, stage.unit_id) as session, pytest.raises(NotFound):
        hold_all(session, stage.branch["organiser"], Action.CLAIM_DECIDE, Claim, [claim.id, stage.round_id])


def test_a_role_is_held_in_one_unit(stage: Stage) -> None:
    claim = stage.claim(stage.mei)
    above = replace(stage.branch["organiser"], unit_id=stage.branch.parent_id)

    with acting(stage.db, stage.county_id, stage.unit_id) as session, pytest.raises(Forbidden):
        hold(session, above, Action.CLAIM_DECIDE, Claim, claim.id)


def test_the_refusal_names_the_actor_in_chinese(stage: Stage) -> None:
    with pytest.raises(Forbidden, match=r"^您现在的身份（公众）不能办理“填写申报”这一步。$"):
        require(the_public(stage.county_id, stage.unit_id), Action.CLAIM_DRAFT)
    require(the_clock(stage.county_id, stage.unit_id), Action.LINE_SETTLE)


@pytest.fixture
def branch(db: Db) -> Branch:
    """A branch with its officers."""
    return a_county(db, members=1)[0]


@pytest.mark.parametrize(
    ("holds", "asked"), [("discipline", "office"), ("discipline", "recorder"), ("office", "discipline")]
)
def test_who_records_and_who_supervises_are_never_one_person(
    db: Db, branch: Branch, holds: str, asked: str
) -> None:
    by = founder(branch.county_id)
    person = branch[holds].person_id
    assert person is not None

    with acting(db, branch.county_id, branch.unit_id) as session, pytest.raises(Forbidden, match="另行指定"):
        appoint(session, by, branch.unit_id, person, asked, LONG_AGO)
    with acting(db, branch.county_id, branch.unit_id) as session:
        appoint(session, by, branch.unit_id, person, "publicity", LONG_AGO)


def test_who_grants_a_right_is_not_who_creates_the_account(db: Db, branch: Branch) -> None:
    def only(role: str) -> Actor:
        return replace(founder(branch.county_id), roles=frozenset({role}))

    person = branch["secretary"].person_id
    assert person is not None

    with acting(db, branch.county_id, branch.unit_id) as session:
        with pytest.raises(Forbidden):
            appoint(session, only("system_administrator"), branch.unit_id, person, "publicity", LONG_AGO)
        with pytest.raises(Forbidden):
            enrol(session, only("security_administrator"), branch.unit_id, None)  # type: ignore[arg-type]


def test_nobody_is_left_out_of_scoring_without_consent_and_minute(stage: Stage) -> None:
    for minute, consented, fault in (("大会〔2026〕1号", False, "本人同意"), (" ", True, "会议记录")):
        with pytest.raises(Invalid, match=fault):
            stage.do(exempt, "secretary", stage.mei.id, minute, consented)

    assert stage.do(exempt, "secretary", stage.mei.id, "大会〔2026〕1号", True).exempt_from == date(2026, 1, 5)
