"""A member claims: one question a page, nothing lost, one claim however often the button is pressed."""

from datetime import UTC, datetime

import pytest

from shared.db.claims import Claim
from shared.db.session import Db, acting
from shared.usecases.rounds import open_round
from tests.api.conftest import Browser
from tests.api.people import Person, signed_in
from tests.builders import Branch, a_county, founder, set_clock

START = datetime(2026, 2, 3, 1, 0, tzinfo=UTC)


@pytest.fixture
def branch(db: Db) -> Branch:
    made = a_county(db)[0]
    set_clock(db, made.county_id, START)
    with acting(db, made.county_id, made.unit_id) as session:
        open_round(session, founder(made.county_id), made.unit_id, "2026-Q1", START)
    return made


@pytest.fixture
def member(browser: Browser, db: Db, branch: Branch) -> Person:
    return signed_in(browser.app, db, branch.actors[branch.members[0].id])


def claims_of(db: Db, branch: Branch) -> list[Claim]:
    with acting(db, branch.county_id, branch.unit_id) as session:
        return session.query(Claim).filter_by(member_id=branch.members[0].id).all()


def test_a_member_claims_and_is_given_a_number(member: Person) -> None:
    assert "志愿" in member.opens("/claims/new")
    member.opens("/claims/new/D-A4")
    assert "请核对" in member.hands_in("/claims/new/D-A4", happened_on=[2026, 2, 1], text="清扫村道")

    said = member.hands_in(_submit(member))

    assert "申报已提交" in said
    assert "2026-Q1-001" in said


def test_pressed_twice_it_is_one_claim(member: Person, db: Db, branch: Branch) -> None:
    member.opens("/claims/new/D-A4")
    form = member.form("/claims/new/D-A4")
    fields = {**form.fields, "happened_on": ["2026", "2", "1"], "text": ["清扫村道"]}

    first = member.client.post("/claims/new/D-A4", data=fields, follow_redirects=False)
    second = member.client.post("/claims/new/D-A4", data=fields, follow_redirects=False)

    assert first.headers["location"] == second.headers["location"]
    assert len(claims_of(db, branch)) == 1


def test_what_is_missing_is_said_at_once_and_nothing_typed_is_lost(member: Person) -> None:
    member.opens("/claims/new/D-A4")

    said = member.hands_in("/claims/new/D-A4", 422, happened_on=[2026, 2, 30], text="")

    assert "没有这一天" in said
    assert "请写明做了什么" in said
    assert member.form("/claims/new/D-A4").fields["happened_on"] == ["2026", "2", "30"]


def test_a_stranger_is_led_to_the_sign_in(browser: Browser) -> None:
    answer = Person(browser.app).client.get("/claims", follow_redirects=False)

    assert answer.headers["location"] == "/sign-in?back=%2Fclaims"


def _submit(member: Person) -> str:
    assert member.page is not None
    return next(a for a in member.page.text.split('"') if a.endswith("/submit"))
