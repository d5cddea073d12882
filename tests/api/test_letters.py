"""Complaints and suggestions by whoever is signed in and whoever is not, kept from the unit they are about."""

import pytest
from redis import Redis

from shared.db.complaints import Complaint
from shared.db.session import Db, acting
from shared.usecases.complaints import answer_complaint
from shared.usecases.throttles import letters_from
from tests.api.conftest import Browser
from tests.api.people import Person, signed_in, words
from tests.usecases.stage import Stage


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    return Stage(db, clockwork)


@pytest.fixture(autouse=True)
def nothing_written_before(redis_url: str) -> None:
    """Every test writes from one address; what earlier ones wrote does not count."""
    Redis.from_url(redis_url).delete(letters_from("testclient"))


def received(stage: Stage) -> list[Complaint]:
    with acting(stage.db, stage.county_id, stage.branch.parent_id) as session:
        return session.query(Complaint).all()


def test_a_member_writes_and_reads_the_answer(browser: Browser, db: Db, stage: Stage) -> None:
    mei = signed_in(browser.app, db, stage.branch.actors[stage.mei.id])
    mei.opens("/complaints")
    assert "已经寄出 编号 诉20260105-" in mei.hands_in("/complaints", kind="complaint", text="公示贴在屋里")

    assert "等待答复" in mei.opens("/complaints")
    stage.do(answer_complaint, "township_officer", received(stage)[0].id, "已改贴在村口。")
    assert "答复： 已改贴在村口。" in mei.opens("/complaints")


def test_a_stranger_writes_about_a_unit_once_however_often_they_press(browser: Browser, stage: Stage) -> None:
    stranger = Person(browser.app)
    stranger.opens("/complaints")
    form = {**stranger.form("/complaints").fields, "about": [str(stage.unit_id)], "kind": ["suggestion"]}
    sent = {**form, "text": ["多贴一份"], "telephone": ["13800001234"]}

    first, second = (stranger.client.post("/complaints", data=sent, follow_redirects=False) for _ in range(2))

    # The receipt is no address: its code would stay in the browser's list of pages.
    assert (first.status_code, words(first.text)) == (200, words(second.text))
    assert "查询码" in words(first.text)
    assert [one.telephone for one in received(stage)] == ["13800001234"]


def test_a_unit_that_is_not_there_and_an_empty_letter_are_told(browser: Browser) -> None:
    stranger = Person(browser.app)
    stranger.opens("/complaints")

    assert "没有找到这个单位" in stranger.hands_in(
        "/complaints", 422, about="nowhere", kind="complaint", text="有事"
    )
    said = stranger.hands_in("/complaints", 422, about="", kind="else", text="长" * 1001)
    assert "请填写公示上印的短码，或者单位编码" in said
    assert "最多 1000 字" in said


def test_a_letter_without_its_token_is_refused(browser: Browser, stage: Stage) -> None:
    sent = {"about": str(stage.unit_id), "kind": "complaint", "text": "有事"}

    assert Person(browser.app).client.post("/complaints", data=sent).status_code == 403
    assert received(stage) == []
