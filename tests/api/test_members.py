"""Members: the roster, a member before an officer, and a way in for who has none of their own."""

import pytest

from shared.db.session import Db
from tests.api.conftest import Browser
from tests.api.people import Person, signed_in
from tests.usecases.stage import Stage


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A branch in its first quarter under the county's plan."""
    return Stage(db, clockwork)


@pytest.fixture
def recorder(browser: Browser, stage: Stage) -> Person:
    return signed_in(browser.app, stage.db, stage.who("recorder"))


def test_the_roster_is_searched_by_name_or_number(recorder: Person, stage: Stage) -> None:
    assert f"共 {len(stage.branch.actors)} 人" in recorder.opens("/members")

    said = recorder.opens("/members?q=003")

    assert "找到 1 人" in said
    assert "党员003" in said
    assert "没有找到“张三”" in recorder.opens("/members?q=张三")


def test_a_members_page_shows_their_claims_and_what_may_be_done_for_them(recorder: Person, stage: Stage) -> None:
    claim = stage.claim(stage.mei)

    said = recorder.opens(f"/members/{stage.mei.id}")

    assert claim.number in said
    assert "录入纸质申报" in said
    assert "给一个登录码" in said


def test_a_code_is_handed_out_in_person(recorder: Person, stage: Stage) -> None:
    recorder.opens(f"/members/{stage.mei.id}")

    said = recorder.hands_in(f"/members/{stage.mei.id}/code")

    assert "当面告诉本人" in said


def test_a_card_is_printed(recorder: Person, stage: Stage) -> None:
    recorder.opens(f"/members/{stage.mei.id}")

    sent = recorder.form(f"/members/{stage.mei.id}/code").fields
    answer = recorder.client.post(f"/members/{stage.mei.id}/card", data=sent)

    assert 'src="data:image/svg+xml' in answer.text


def test_a_leader_finds_their_own_group_alone(browser: Browser, stage: Stage) -> None:
    mine, theirs = stage.branch.members[:2]
    leader = signed_in(browser.app, stage.db, stage.branch.leader_of(mine))

    assert theirs.name not in leader.opens("/members")
    leader.opens(f"/members/{mine.id}")
    leader.opens(f"/members/{theirs.id}", 403)


def test_a_member_has_no_roster_and_another_branch_is_not_there(
    browser: Browser, stage: Stage, db: Db, clockwork: Db, recorder: Person
) -> None:
    other = Stage(db, clockwork)

    signed_in(browser.app, stage.db, stage.who(stage.mei)).opens("/members", 403)
    recorder.opens(f"/members/{other.mei.id}", 404)
