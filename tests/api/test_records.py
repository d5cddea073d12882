"""Records: a meeting's attendance on one screen, all faults at once, deductions told, entries struck."""

import pytest
from sqlalchemy import select

from shared.db.claims import Record
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


def entered(stage: Stage) -> list[tuple[str, str]]:
    return sorted((record.item, record.text) for record in stage.all(select(Record)))


def test_a_meeting_is_entered_on_one_sheet(recorder: Person, stage: Stage) -> None:
    address = f"/rounds/{stage.round_id}/records"
    assert "登记一次会议的出勤" in recorder.opens(address)
    recorder.opens(f"{address}/meeting")
    rows = [name for name in recorder.form(f"{address}/meeting").fields if name.startswith("m-")]
    assert len(rows) == len(stage.branch.actors) - 1

    said = recorder.hands_in(
        f"{address}/meeting",
        happened_on=[2026, 1, 4],
        text="1月党员大会",
        present="D-A1",
        absent="D-K09",
        **{f"m-{stage.mei.id}": "absent"},
    )

    assert f"共 {len(rows)} 条" in said
    assert entered(stage).count(("D-A1", "1月党员大会（到会）")) == len(rows) - 1
    assert ("D-K09", "1月党员大会（缺席）") in entered(stage)
    assert len(stage.messages("deduction")) == 1


def test_all_faults_are_said_at_once_and_nothing_is_entered_or_lost(recorder: Person, stage: Stage) -> None:
    address = f"/rounds/{stage.round_id}/records/meeting"
    recorder.opens(address)

    said = recorder.hands_in(
        address, 422, happened_on=[2025, 12, 4], text="大会", present="D-A1", **{f"m-{stage.mei.id}": "leave"}
    )

    assert said.count("不在本期") == 1
    assert recorder.form(address).fields[f"m-{stage.mei.id}"] == ["leave"]
    assert entered(stage) == []


def test_faults_of_some_rows_name_them(recorder: Person, stage: Stage) -> None:
    address = f"/rounds/{stage.round_id}/records/items/D-E8"
    recorder.opens(address)
    first, second = stage.branch.members[:2]

    marks = {f"m-{first.id}": "2", f"m-{second.id}": "9"}
    said = recorder.hands_in(address, 422, happened_on=[2026, 1, 4], text="抢修", decision="支委会1号", **marks)
    assert f"{second.name}（002）：“其他先锋作用”的分数应不低于 1" in said
    assert f"{first.name}（001）：" not in said
    marks[f"m-{second.id}"] = "3"
    recorder.hands_in(address, happened_on=[2026, 1, 4], text="抢修", decision="支委会1号", **marks)

    assert len(entered(stage)) == 2


@pytest.mark.long
def test_a_deduction_is_entered_for_one_member_who_is_told(recorder: Person, stage: Stage) -> None:
    address = f"/rounds/{stage.round_id}/records/items/D-K11"
    recorder.opens(address)
    assert "请选择登记谁" in recorder.hands_in(address, 422, happened_on=[2026, 1, 4], text="欠缴")

    recorder.hands_in(address, member=stage.mei.id, happened_on=[2026, 1, 4], text="欠缴一月党费")

    assert entered(stage) == [("D-K11", "欠缴一月党费")]
    assert len(stage.messages("deduction")) == 1


@pytest.mark.long
def test_an_entry_is_struck_with_its_reason_and_stays_to_be_seen(recorder: Person, stage: Stage) -> None:
    address = f"/rounds/{stage.round_id}/records/items/D-K11"
    recorder.opens(address)
    recorder.hands_in(address, member=stage.mei.id, happened_on=[2026, 1, 4], text="欠缴一月党费")
    record = stage.all(select(Record))[0]
    recorder.opens(f"/records/{record.id}/strike")
    assert "请写明理由" in recorder.hands_in(f"/records/{record.id}/strike", 422, reason="")

    said = recorder.hands_in(f"/records/{record.id}/strike", reason="当天已缴，记错了")

    assert "已撤销" in said
    assert "当天已缴，记错了" in said
    recorder.opens(f"/records/{record.id}/strike")
    assert "已经撤销" in recorder.hands_in(f"/records/{record.id}/strike", 422, reason="再撤一次")


@pytest.mark.long
def test_a_sheet_sent_twice_is_entered_once(recorder: Person, stage: Stage) -> None:
    address = f"/rounds/{stage.round_id}/records/items/D-A1"
    recorder.opens(address)
    fields = {
        **recorder.form(address).fields,
        "happened_on": ["2026", "1", "4"],
        "text": ["大会"],
        f"m-{stage.mei.id}": ["yes"],
    }

    for _ in range(2):
        recorder.client.post(address, data=fields, follow_redirects=False)

    assert len(entered(stage)) == 1


@pytest.mark.long
def test_who_supervises_reads_and_enters_nothing(browser: Browser, stage: Stage) -> None:
    discipline = signed_in(browser.app, stage.db, stage.who("discipline"))

    discipline.opens(f"/rounds/{stage.round_id}/records")
    discipline.opens(f"/rounds/{stage.round_id}/records/meeting", 403)
    signed_in(browser.app, stage.db, stage.who(stage.mei)).opens(f"/rounds/{stage.round_id}/records", 403)
