"""A member claims: one question a page, nothing lost, one claim however often the button is pressed."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from shared.db.claims import Claim
from shared.db.session import Db, acting
from shared.db.witnesses import Witness
from shared.usecases.claims import return_claim
from shared.usecases.rounds import open_round
from tests.api.conftest import Browser
from tests.api.people import Person, signed_in, words
from tests.builders import Branch, a_county, founder, set_clock
from tests.files import photograph

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
    assert "有照片或材料吗" in member.hands_in("/claims/new/D-A4", happened_on=[2026, 2, 1], text="清扫村道")
    member.opens(f"{_claim(member)}/check")

    said = member.hands_in(f"{_claim(member)}/submit")

    assert "申报已提交" in said
    assert "2026-Q1-001" in said
    assert "现在由党小组长办理，支部在2026年4月16日（周四）24:00前审核" in said


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


def test_a_photograph_joins_a_claim_and_is_taken_back(member: Person) -> None:
    address = begun(member)
    member.opens(f"{address}/evidence")
    sent = {name: values[0] for name, values in member.form(f"{address}/evidence").fields.items()}

    member.page = member.client.post(
        f"{address}/evidence", data=sent, files={"files": ("义工.jpg", photograph(), "image/jpeg")}
    )

    assert "已经附上 1 份" in words(member.page.text)
    remove = next(a for a in member.page.text.split('"') if a.endswith("/remove"))
    assert "已经附上" not in member.hands_in(remove)


def test_nothing_chosen_and_what_is_no_photograph_are_told(member: Person) -> None:
    address = begun(member)
    member.opens(f"{address}/evidence")

    assert "请先选择照片或文件" in member.hands_in(f"{address}/evidence", 422)
    sent = {name: values[0] for name, values in member.form(f"{address}/evidence").fields.items()}
    refused = member.client.post(
        f"{address}/evidence", data=sent, files={"files": ("a.jpg", b"GIF89a", "image/jpeg")}
    )
    assert refused.status_code == 422
    assert "动图" in refused.text


def test_a_draft_is_changed(member: Person, db: Db, branch: Branch) -> None:
    address = begun(member)
    assert "清扫村道" in member.opens(f"{address}/change")

    assert "清扫村道和河边" in member.hands_in(
        f"{address}/change", text="清扫村道和河边", happened_on=[2026, 2, 2]
    )

    assert [str(one.happened_on) for one in claims_of(db, branch)] == ["2026-02-02"]


@pytest.mark.long
def test_what_was_handed_in_is_not_changed_any_more(member: Person) -> None:
    address = handed_in(member)
    member.opens(f"{address}/change")

    assert "申报提交后不能再改" in member.hands_in(f"{address}/change", 422, text="别的事")


@pytest.mark.long
def test_what_is_missing_is_shown_and_supplemented(member: Person, db: Db, branch: Branch) -> None:
    address = handed_in(member)
    with acting(db, branch.county_id, branch.unit_id) as session:
        return_claim(session, branch["organiser"], UUID(address[-36:]), "请写明和谁一起", START)

    assert "待我补充（1 件）" in member.opens("/claims")
    assert "支部请您补充：请写明和谁一起" in member.opens(address)
    member.opens(f"{address}/change")
    member.hands_in(f"{address}/change", text="和小组的同志一起清扫村道")
    assert "申报已提交" in member.hands_in(f"{address}/submit")


@pytest.mark.long
def test_a_claim_is_withdrawn_after_a_question(member: Person) -> None:
    address = handed_in(member)

    assert "确定撤回这项申报吗" in member.opens(f"{address}/withdraw")
    assert "已撤回" in member.hands_in(f"{address}/withdraw")
    assert "已办结（1 件）" in member.opens("/claims")


@pytest.mark.long
def test_who_was_there_is_named_and_answers(browser: Browser, db: Db, member: Person, branch: Branch) -> None:
    address = begun(member)
    member.opens(f"{address}/witnesses")
    other = branch.members[1]
    assert "还没有回答" in member.hands_in(f"{address}/witnesses", member=other.id)
    assert "请从名单里选一位同志" in member.hands_in(f"{address}/witnesses", 422, member=branch.members[0].id)
    with acting(db, branch.county_id, branch.unit_id) as session:
        witness = session.query(Witness).filter_by(claim_id=UUID(address[-36:])).one()
    there = signed_in(browser.app, db, branch.actors[other.id])

    assert "说您当时在场" in there.opens(f"/witnesses/{witness.id}")
    there.hands_in(f"/witnesses/{witness.id}", confirms="yes")

    assert "证明属实" in member.opens(address)
    member.opens(f"/witnesses/{witness.id}", 404)


@pytest.mark.long
def test_another_members_claim_stays_closed(browser: Browser, db: Db, member: Person, branch: Branch) -> None:
    address = begun(member)
    other = signed_in(browser.app, db, branch.actors[branch.members[1].id])

    for page in ("", "/check", "/change", "/evidence", "/witnesses", "/withdraw"):
        other.opens(address + page, 403)
    other.opens(f"/claims/{uuid4()}", 404)
    other.opens("/claims/not-an-id", 404)


@pytest.mark.long
def test_a_form_without_its_token_is_refused(member: Person, db: Db, branch: Branch) -> None:
    member.opens("/claims/new/D-A4")
    fields = {k: v for k, v in member.form("/claims/new/D-A4").fields.items() if k != "_csrf_token"}

    refused = member.client.post("/claims/new/D-A4", data={**fields, "happened_on": "2026-02-01", "text": "好"})

    assert refused.status_code == 403
    assert claims_of(db, branch) == []


@pytest.mark.long
def test_what_is_too_long_or_no_number_is_said(member: Person) -> None:
    member.opens("/claims/new/D-A4")

    said = member.hands_in("/claims/new/D-A4", 422, happened_on="昨天", text="长" * 501)

    assert "没有这一天" in said
    assert "最多 500 字，现在有 501 字" in said


@pytest.mark.long
def test_without_an_open_round_the_page_says_when_it_goes_on(browser: Browser, db: Db) -> None:
    made = a_county(db)[0]
    person = signed_in(browser.app, db, made.actors[made.members[0].id])

    assert "新的一期开始后就可以申报" in person.opens("/claims/new")


def begun(member: Person) -> str:
    """Write a claim down and return its address."""
    member.opens("/claims/new/D-A4")
    member.hands_in("/claims/new/D-A4", happened_on=[2026, 2, 1], text="清扫村道")
    return _claim(member)


def handed_in(member: Person) -> str:
    """Hand a claim in and return its address."""
    address = begun(member)
    member.opens(f"{address}/check")
    member.hands_in(f"{address}/submit")
    return address


def _claim(member: Person) -> str:
    assert member.page is not None
    return "/claims/" + str(member.page.url).split("/claims/")[1].split("/")[0]
