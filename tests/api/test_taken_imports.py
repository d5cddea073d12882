"""The results of an appraisal from the list of names to the member's statement, on the pages."""

from datetime import UTC, datetime

from shared.db.members import Member
from shared.db.session import Db, acting
from shared.usecases.rounds import open_round
from tests.api.conftest import Browser
from tests.api.people import signed_in, words
from tests.api.test_imports import downloaded, here, workbook
from tests.builders import a_county, founder, set_clock

NOW = datetime(2026, 1, 5, 1, tzinfo=UTC)


def test_results_go_from_the_list_of_names_into_the_round(browser: Browser, db: Db) -> None:
    branch = a_county(db, "xiaxiyuan", members=1)[0]
    set_clock(db, branch.county_id, NOW)
    with acting(db, branch.county_id, branch.unit_id) as session:
        round_id = open_round(session, founder(branch.county_id), branch.unit_id, "2026-01", NOW).id
        session.get_one(Member, (branch.county_id, branch.members[0].id)).name = "李甲"
    recorder = signed_in(browser.app, db, branch["recorder"])
    assert "导入已有考核的结果" in recorder.opens(f"/rounds/{round_id}/records")
    address = f"/rounds/{round_id}/taken"
    assert ["001", "李甲"] in [row[:2] for row in downloaded(recorder, f"{address}/template")]

    recorder.opens(address)
    sent = {key: values[0] for key, values in recorder.form(address).fields.items()}
    file = {"file": ("一月.xlsx", workbook(["编号", "姓名", "得分"], ["001", "李甲", 11.5]), "application/x")}
    recorder.page = recorder.client.post(address, data=sent, files=file)
    assert "请选择是哪一项考核的结果" in words(recorder.page.text)
    recorder.page = recorder.client.post(address, data={**sent, "item": "A-J1"}, files=file)
    assert "确认导入 1 行" in words(recorder.page.text)
    assert "已导入" in recorder.hands_in(f"{here(recorder)}/confirm")

    assert "取自教师教学质量考核" in recorder.opens(f"/rounds/{round_id}/records")
    member = signed_in(browser.app, db, branch.actors[branch.members[0].id])
    assert "教学质量" not in member.opens("/claims/new")
