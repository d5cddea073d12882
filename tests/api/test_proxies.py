"""Relatives who act for a member: named by the member alone, until a day, ended at once."""

import pytest

from shared.db.session import Db
from shared.usecases.proxies import enter_relative
from tests.api.conftest import Browser
from tests.api.people import Person, signed_in
from tests.usecases.stage import Stage


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    made = Stage(db, clockwork)
    made.do(enter_relative, "recorder", "梅小芳", "13800005678")
    return made


@pytest.fixture
def mei(browser: Browser, db: Db, stage: Stage) -> Person:
    return signed_in(browser.app, db, stage.branch.actors[stage.mei.id])


def test_a_relative_is_named_and_ended(mei: Person) -> None:
    assert "您没有请家人代办" in mei.opens("/proxies")
    mei.opens("/proxies/new")
    assert "可以代办到 2026年6月30日" in mei.hands_in(
        "/proxies/new", name="梅小芳", telephone="138 0000 5678", until=[2026, 6, 30]
    )
    assert mei.page is not None
    end = next(a for a in mei.page.text.split('"') if a.endswith("/end"))

    assert "不再请梅小芳代办了吗" in mei.opens(end)
    assert "您没有请家人代办" in mei.hands_in(end)


def test_who_is_not_entered_and_a_day_too_late_are_told(mei: Person) -> None:
    mei.opens("/proxies/new")

    said = mei.hands_in("/proxies/new", 422, name="别人", telephone="13800000000", until=[2036, 1, 1])

    assert "支部还没有登记这位家人" in said
    assert "一年以内" in said


@pytest.mark.long
def test_another_s_relative_cannot_be_ended(browser: Browser, db: Db, stage: Stage, mei: Person) -> None:
    mei.opens("/proxies/new")
    mei.hands_in("/proxies/new", name="梅小芳", telephone="13800005678", until=[2026, 6, 30])
    assert mei.page is not None
    end = next(a for a in mei.page.text.split('"') if a.endswith("/end"))
    other = signed_in(browser.app, db, stage.branch.actors[stage.branch.members[1].id])

    other.opens(end, 404)
    other.opens("/proxies/new")
    token = {"_csrf_token": other.form("/proxies/new").fields["_csrf_token"]}
    assert other.client.post(end, data=token).status_code in {403, 404}
    assert "梅小芳" in mei.opens("/proxies")


@pytest.mark.long
def test_who_acts_for_a_member_does_it_in_their_name_with_both_names(
    browser: Browser, db: Db, stage: Stage, mei: Person
) -> None:
    recorder = signed_in(browser.app, db, stage.branch["recorder"])
    recorder.opens("/acting-for")
    token = recorder.form("/sign-out").fields
    recorder.client.post("/acting-for", data={**token, "member": str(stage.mei.id)})

    assert "您正在代 党员001 办理" in recorder.opens("/claims/new/D-A4")
    assert "有照片或材料吗" in recorder.hands_in("/claims/new/D-A4", happened_on=[2026, 1, 2], text="清扫村道")
    assert recorder.page is not None
    address = recorder.page.url.path.removesuffix("/evidence")
    recorder.opens(f"{address}/check")
    recorder.hands_in(f"{address}/submit")

    said = mei.opens(address)
    name = stage.branch["recorder"].name
    assert f"党员001（由{name}代为填写）" in said
    assert [message.body["persons"] for message in stage.messages("done_for_you")] == 2 * [
        [str(stage.mei.person_id)]
    ]
    assert "要本人登录后查看" in recorder.opens("/rights", 403)


@pytest.mark.long
def test_an_objection_through_another_is_the_member_s(browser: Browser, db: Db, stage: Stage, mei: Person) -> None:
    stage.publish()
    recorder = signed_in(browser.app, db, stage.branch["recorder"])
    recorder.opens("/acting-for")
    recorder.client.post("/acting-for", data={**recorder.form("/sign-out").fields, "member": str(stage.mei.id)})
    new = f"/objections/new/{stage.line(stage.mei).id}"
    recorder.opens(new)
    recorder.hands_in(new, text="少记了", right="加 2 分")
    recorder.hands_in(new)
    assert recorder.page is not None
    address = recorder.page.url.path.removesuffix("/evidence")

    said = mei.opens(address)

    assert "我提出的异议" in said
    assert f"党员001（{stage.branch['recorder'].name}代）" in said
    assert "补充材料" in said
