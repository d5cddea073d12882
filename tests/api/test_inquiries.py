"""Officers on an objection: its clock, who investigates, findings, the answer with its remedy, paper, appeals."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from shared.db.claims import Claim
from shared.db.members import Member
from shared.db.objections import Objection
from shared.db.session import Db
from shared.usecases.answers import Remedy, answer_objection
from shared.usecases.appeals import appeal
from shared.usecases.lines import propose
from shared.usecases.scores import finish_scoring
from tests.api.conftest import Browser
from tests.api.people import Person, signed_in
from tests.usecases.stage import CLOSED, DAY, POSTED, Stage


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A village branch whose quarter hangs on the board; one of Mei's claims was refused."""
    made = Stage(db, clockwork)
    made.refuse(made.claim(made.mei, "D-E6"))
    made.publish()
    return made


@pytest.fixture
def objection(stage: Stage) -> Objection:
    return stage.object(stage.mei, stage.mei)


def person(browser: Browser, stage: Stage, who: str) -> Person:
    return signed_in(browser.app, stage.db, stage.who(who))


def refused(stage: Stage) -> Claim:
    return stage.all(select(Claim).filter_by(state="refused"))[0]


def test_the_list_tells_how_long_is_left(browser: Browser, stage: Stage, objection: Objection) -> None:
    secretary = person(browser, stage, "secretary")

    assert f"{objection.number}，{stage.mei.name}的一行" in secretary.opens("/inquiries")
    assert "还剩" in secretary.opens("/inquiries")
    stage.move(objection.due_at + timedelta(days=2))
    assert "逾期 3 天" in secretary.opens("/inquiries")


def test_from_the_objection_to_the_answer(browser: Browser, stage: Stage, objection: Objection) -> None:
    secretary, discipline = person(browser, stage, "secretary"), person(browser, stage, "discipline")
    at = f"/inquiries/{objection.id}"
    secretary.opens(f"{at}/investigator")
    secretary.hands_in(f"{at}/investigator", person=stage.branch["discipline"].person_id)
    discipline.opens(f"{at}/findings")
    held_on = [2026, 4, 14]
    discipline.hands_in(f"{at}/findings", heard="在场的同志", held_on=held_on, text="查阅了登记，确有其事。")
    said = secretary.opens(f"{at}/answer")
    assert "确有其事" in said

    said = secretary.hands_in(
        f"{at}/answer", upheld="yes", text="经查属实，改为认定。", accept=[refused(stage).id], reason="证明属实"
    )

    assert "已办结" in said
    stage.move(stage.now)
    assert stage.all(select(Claim.state)) == ["confirmed"]


def test_only_who_has_had_no_hand_in_it_is_offered(browser: Browser, stage: Stage, objection: Objection) -> None:
    secretary = person(browser, stage, "secretary")
    at = f"/inquiries/{objection.id}/investigator"

    said = secretary.opens(at)

    assert f"{stage.mei.name}：当事人" in said
    assert f"{stage.branch['organiser'].name}：经办过这一行积分" in said
    refusal = secretary.hands_in(at, 422, person=stage.branch["organiser"].person_id)
    assert "请另行指定" in refusal
    assert secretary.hands_in(at, 422, person="nobody") != ""


@pytest.mark.long
def test_what_is_not_upheld_changes_nothing(browser: Browser, stage: Stage, objection: Objection) -> None:
    stage.investigate(objection.id)
    secretary = person(browser, stage, "secretary")
    at = f"/inquiries/{objection.id}/answer"
    secretary.opens(at)

    said = secretary.hands_in(at, 422, upheld="no", text="与细则一致", accept=[refused(stage).id])

    assert "异议不成立的，不能同时勾选" in said
    assert secretary.form(at).fields["text"] == ["与细则一致"]
    secretary.hands_in(at, upheld="no", text="与细则一致", accept=[])
    assert stage.row(Objection, objection.id).state == "answered"


@pytest.mark.long
def test_answered_twice_it_is_one_answer_and_a_stale_page_is_told(
    browser: Browser, stage: Stage, objection: Objection
) -> None:
    stage.investigate(objection.id)
    secretary, office = person(browser, stage, "secretary"), person(browser, stage, "organiser")
    at = f"/inquiries/{objection.id}/answer"
    office.opens(at)
    secretary.opens(at)
    sent = {**secretary.form(at).fields, "upheld": ["no"], "text": ["与细则一致"]}

    answers = [secretary.client.post(at, data=sent, follow_redirects=False).status_code for _ in range(2)]

    assert answers == [303, 303]
    said = office.hands_in(at, 422, upheld="no", text="另一个答复")

    assert "这件异议现在是“已答复”，不能答复" in said


@pytest.mark.long
def test_a_villager_is_confirmed_before_the_answer(browser: Browser, db: Db, clockwork: Db) -> None:
    stage = Stage(db, clockwork, "xujiayan")
    stage.move(CLOSED)
    stage.do(finish_scoring, stage.branch.scorers[0], stage.round_id)
    stage.do(propose, "secretary", stage.round_id, {})
    stage.post(at=POSTED)
    stage.move(POSTED + DAY)
    recorder = person(browser, stage, "recorder")
    recorder.opens("/inquiries/paper")
    recorder.hands_in(
        "/inquiries/paper",
        line=stage.line(stage.mei).id,
        name="赵村民",
        group_name="三组",
        telephone="13800000000",
        text="少记了一次",
        day=[2026, 4, 14],
        hour=10,
        minute=5,
        first="钱某",
        second="孙某",
    )
    made = stage.all(select(Objection))[0]

    assert made.handed_in_at == datetime(2026, 4, 14, 2, 5, tzinfo=UTC)
    assert "身份待核实" in recorder.opens("/inquiries")
    recorder.opens(f"/inquiries/{made.id}")
    recorder.hands_in(f"/inquiries/{made.id}/identity")
    assert stage.row(Objection, made.id).identity_confirmed_by == stage.branch["recorder"].person_id


@pytest.mark.long
def test_paper_out_of_time_or_with_one_witness_is_refused(browser: Browser, stage: Stage) -> None:
    recorder = person(browser, stage, "recorder")
    recorder.opens("/inquiries/paper")
    paper = {"line": stage.line(stage.mei).id, "name": stage.mei.name, "text": "少记了", "hour": 9}

    assert "请选择对哪一行" in recorder.hands_in("/inquiries/paper", 422)
    said = recorder.hands_in("/inquiries/paper", 422, **paper, day=[2026, 4, 1], first="钱某", second="孙某")
    assert "递交时间不在异议期内" in said
    said = recorder.hands_in("/inquiries/paper", 422, day=[2026, 4, 14], first="钱某", second="钱某")
    assert "要有两人证明" in said
    assert recorder.form("/inquiries/paper").fields["text"] == ["少记了"]


@pytest.mark.long
def test_the_township_decides_an_appeal_and_sees_nothing_else(
    browser: Browser, stage: Stage, objection: Objection
) -> None:
    stage.investigate(objection.id)
    stage.do(answer_objection, "organiser", objection.id, False, "与细则一致", Remedy())
    town = person(browser, stage, "township_officer")
    at = f"/inquiries/{objection.id}"
    town.opens(at, 404)
    stage.do(appeal, stage.mei, objection.id, "有人作证")
    assert objection.number in town.opens("/inquiries")
    assert "有人作证" in town.opens(at)
    town.opens(f"{at}/answer", 403)
    town.opens(f"{at}/decision")

    said = town.hands_in(
        f"{at}/decision",
        upheld="yes",
        text="属实",
        minute="镇纪〔2026〕1号",
        accept=[refused(stage).id],
    )

    assert "异议办理" in said
    stage.move(POSTED + timedelta(hours=2))
    assert stage.row(Objection, objection.id).outcome == "upheld"
    town.opens(at, 404)


@pytest.mark.long
def test_whom_it_concerns_and_strangers_do_not_work_on_it(browser: Browser, stage: Stage, clockwork: Db) -> None:
    secretary_member = next(m for m in stage.branch.actors if stage.branch.actors[m] == stage.branch["secretary"])
    about = stage.object(stage.mei, stage.row(Member, secretary_member))
    at = f"/inquiries/{about.id}"

    person(browser, stage, "secretary").opens(at, 403)
    assert about.number not in person(browser, stage, "secretary").opens("/inquiries")
    signed_in(browser.app, stage.db, stage.who(stage.branch.members[1])).opens(at, 403)
    signed_in(browser.app, stage.db, stage.who(stage.mei)).opens(at, 403)
    elsewhere = Stage(stage.db, clockwork)
    person(browser, elsewhere, "secretary").opens(at, 404)
    person(browser, stage, "recorder").opens(f"{at}/answer", 403)
