"""Objecting through pages: why, what would be right, checked, numbered, answered, taken further, or taken back."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from shared.db.objections import Objection
from shared.db.session import Db, acting
from shared.usecases.answers import Remedy, answer_objection
from shared.usecases.appeals import decide_appeal
from tests.api.conftest import Browser
from tests.api.people import Person, signed_in
from tests.usecases.stage import Stage

ANSWERED = datetime(2026, 4, 16, 1, tzinfo=UTC)
LATE = datetime(2026, 4, 22, 1, tzinfo=UTC)


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    made = Stage(db, clockwork)
    made.accept(made.claim(made.mei))
    made.publish()
    return made


@pytest.fixture
def mei(browser: Browser, db: Db, stage: Stage) -> Person:
    return signed_in(browser.app, db, stage.branch.actors[stage.mei.id])


def test_a_member_objects_and_is_told_who_answers_by_when(mei: Person, stage: Stage) -> None:
    address = raised(mei, stage)

    said = mei.opens(f"{address}/raised")

    assert "异议已提出 编号 异2026-Q1-001" in said
    assert "支部委员会受理" in said
    assert "2026年4月17日（周五）24:00前书面答复您" in said
    assert "少记了一次义务劳动" in mei.opens(address)
    assert "已受理" in mei.opens("/objections")


def test_before_it_is_raised_it_can_be_mended(mei: Person, stage: Stage) -> None:
    new = f"/objections/new/{stage.line(stage.mei).id}"
    mei.opens(new)
    assert "请核对，再提交" in mei.hands_in(new, text="少记了", right="加 2 分")

    mei.hands_in(new, mend="yes")

    assert mei.form(new).fields["text"] == ["少记了"]
    assert objections(stage) == []


def test_sent_twice_it_is_one_objection(mei: Person, stage: Stage) -> None:
    new = f"/objections/new/{stage.line(stage.mei).id}"
    mei.opens(new)
    mei.hands_in(new, text="少记了", right="加 2 分")
    fields = mei.form(new).fields

    first, second = (mei.client.post(new, data=fields, follow_redirects=False) for _ in range(2))

    assert first.headers["location"] == second.headers["location"]
    assert len(objections(stage)) == 1


def test_what_is_missing_is_said_at_once(mei: Person, stage: Stage) -> None:
    new = f"/objections/new/{stage.line(stage.mei).id}"
    mei.opens(new)

    said = mei.hands_in(new, 422, text="", right="长" * 501)

    assert "请写明哪里不对、为什么" in said
    assert "最多 500 字" in said


@pytest.mark.long
def test_an_answer_is_taken_to_the_next_body_and_decided(mei: Person, stage: Stage) -> None:
    address = raised(mei, stage)
    objection_id = UUID(address[-36:])
    answered(stage, objection_id)

    said = mei.opens(address)
    assert "可以在2026年4月23日（周四）24:00前申诉" in said
    assert "申诉由上级党组织认定" in said
    mei.opens(f"{address}/appeal")
    assert "请写明为什么不同意" in mei.hands_in(f"{address}/appeal", 422, grounds=" ")
    assert "由上级党组织认定申诉" in mei.hands_in(f"{address}/appeal", grounds="当天在场的人没有问到")

    remedy = Remedy(reason="查明当天确有参加")
    stage.do(decide_appeal, "township_officer", objection_id, False, "维持答复。", "镇党委〔2026〕3号", remedy)
    assert "申诉不成立。维持答复。（镇党委〔2026〕3号）" in mei.opens(address)


@pytest.mark.long
def test_it_is_taken_back_after_a_question(mei: Person, stage: Stage) -> None:
    address = raised(mei, stage)

    assert "确定撤回这件异议吗" in mei.opens(f"{address}/withdraw")
    assert "已撤回" in mei.hands_in(f"{address}/withdraw")


@pytest.mark.long
def test_after_the_window_the_page_says_what_can_be_done(mei: Person, stage: Stage) -> None:
    line = stage.line(stage.mei).id
    stage.move(LATE)

    assert "现在不在公示的异议期内" in mei.opens(f"/objections/new/{line}", 409)


@pytest.mark.long
def test_whom_it_concerns_reads_it_but_not_who_raised_it(browser: Browser, db: Db, stage: Stage) -> None:
    other = stage.branch.members[1]
    objector = signed_in(browser.app, db, stage.branch.actors[other.id])
    address = raised(objector, stage, "没有参加那次劳动")
    mei = signed_in(browser.app, db, stage.branch.actors[stage.mei.id])

    said = mei.opens(address)

    assert "没有参加那次劳动" in said
    assert other.name not in said
    assert "不向当事人公开" in said


@pytest.mark.long
def test_others_do_not_read_it(browser: Browser, db: Db, mei: Person, stage: Stage) -> None:
    address = raised(mei, stage)
    other = signed_in(browser.app, db, stage.branch.actors[stage.branch.members[1].id])

    for page in ("", "/raised", "/withdraw", "/appeal", "/evidence"):
        other.opens(address + page, 403)
    mei.opens(f"/objections/{uuid4()}", 404)
    mei.opens(f"/objections/new/{uuid4()}", 404)


@pytest.mark.long
def test_a_line_shows_what_it_rests_on_to_its_member_and_less_to_others(
    browser: Browser, db: Db, mei: Person, stage: Stage
) -> None:
    line = stage.line(stage.mei).id
    other = signed_in(browser.app, db, stage.branch.actors[stage.branch.members[1].id])

    assert "支委会〔2026〕1号" in mei.opens(f"/lines/{line}")
    said = other.opens(f"/lines/{line}")
    assert "还剩 7 天" in said
    assert "支委会〔2026〕1号" not in said


def raised(person: Person, stage: Stage, text: str = "少记了一次义务劳动") -> str:
    """Object to Mei's line and return the objection's address."""
    new = f"/objections/new/{stage.line(stage.mei).id}"
    person.opens(new)
    person.hands_in(new, text=text, right="按实际次数计")
    assert "有照片或材料吗" in person.hands_in(new)
    assert person.page is not None
    return str(person.page.url).removesuffix("/evidence").split("testserver.local")[-1].split("testserver")[-1]


def answered(stage: Stage, objection_id: UUID) -> None:
    """Let the secretary have it investigated and rejected."""
    stage.investigate(objection_id)
    stage.move(ANSWERED)
    stage.do(answer_objection, "secretary", objection_id, False, "查无其事。", Remedy())


def objections(stage: Stage) -> list[Objection]:
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        return session.query(Objection).all()
