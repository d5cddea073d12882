"""Every noun through the API, as its page tells it: figures with two places, instants with an offset, no more."""

from uuid import UUID

from sqlalchemy import select

from shared.authz.actor import Actor
from shared.db.filings import Filing
from shared.db.rounds import Line
from shared.db.session import Db, acting
from tests.api.conftest import Browser
from tests.api.v1.programs import Program, program_of
from tests.builders import set_clock
from tests.quarters import OBJECTED, Quarter
from tests.usecases.stage import POSTED, Stage


def of(browser: Browser, db: Db, actor: Actor) -> Program:
    return program_of(browser.app, db, actor)


def test_one_s_own_points_add_up(browser: Browser, db: Db, settled: Quarter) -> None:
    branch = settled.branch
    told = of(browser, db, branch.actors[branch.members[0].id]).asks("/api/v1/statement")

    (line,) = told["lines"]
    assert told["member_no"] == "001"
    assert line["period"] == "2026-Q1"
    assert line["points"] == told["balance"]
    cents = [round(float(one["points"]) * 100) for one in line["figures"] if one["scope"] == "round"]
    assert sum(cents) == round(float(line["points"]) * 100)
    assert all(entry["recorded_at"].endswith("+08:00") for entry in told["entries"])


def test_a_round_s_steps_lines_and_records(browser: Browser, db: Db, settled: Quarter) -> None:
    recorder = of(browser, db, settled.branch["recorder"])
    (listed,) = recorder.asks("/api/v1/rounds")["items"]
    address = f"/api/v1/rounds/{listed['id']}"

    assert listed["id"] == str(settled.round_id)
    assert recorder.asks(address)["steps"][-1] == {
        **recorder.asks(address)["steps"][-1],
        "kind": "file",
        "when": "done",
    }
    lines = recorder.asks(f"{address}/lines?limit=200")["items"]
    assert len(lines) == len(settled.branch.actors)
    (late,) = recorder.asks(f"{address}/records")["items"]
    assert (late["name"], late["item"], late["struck"]) == ("党员001", "D-A4", None)


def test_the_board_hangs_and_its_seal_agrees(browser: Browser, db: Db, disputed: Quarter) -> None:
    branch = disputed.branch
    told = of(browser, db, branch.actors[branch.members[0].id]).asks(f"/api/v1/boards/{branch.unit_id}")

    (notice,) = told["notices"]
    assert (notice["agrees"], notice["id"]) == (True, str(disputed.notice_id))
    assert notice["closes_at"] == "2026-04-22T00:00:00+08:00"
    assert len(notice["rows"]) == len(branch.actors)
    assert [row["objections"] for row in notice["rows"] if row["objections"]] == ["异2026-Q1-001"]


def test_meetings_are_told_by_their_counts_alone(browser: Browser, db: Db, settled: Quarter) -> None:
    secretary = of(browser, db, settled.branch["secretary"])
    (listed,) = secretary.asks("/api/v1/meetings")["items"]
    told = secretary.asks(f"/api/v1/meetings/{listed['id']}")

    assert told["meeting"] == listed
    assert (told["due"], told["present"]) == (len(settled.branch.actors), len(settled.branch.actors))
    assert [one["passed"] for one in told["votes"]] == [True]
    assert "person" not in str(told)


def test_notices_and_the_roster(browser: Browser, db: Db, settled: Quarter) -> None:
    recorder = of(browser, db, settled.branch["recorder"])
    notices = recorder.asks("/api/v1/notices")["items"]
    shown = recorder.asks(f"/api/v1/notices/{notices[0]['id']}")
    members = recorder.asks("/api/v1/members?limit=200")["items"]

    assert shown["notice"] == notices[0]
    assert [step["command"] for step in shown["steps"]][-1] == "close"
    assert len(members) == len(settled.branch.actors)
    assert [one["name"] for one in recorder.asks("/api/v1/members?q=党员001")["items"]] == ["党员001"]
    assert "telephone" not in members[0]


def test_the_level_above_sees_counts_and_what_was_filed(browser: Browser, db: Db, settled: Quarter) -> None:
    officer = of(browser, db, settled.branch.above["township_officer"])
    overview = officer.asks("/api/v1/overview?period=2026-Q1")
    filings = officer.asks("/api/v1/filings")["items"]
    package = officer.asks(f"/api/v1/filings/{filings[0]['id']}")

    assert [one["period"] for one in overview["funnels"]] == ["2026-Q1"]
    assert "points" not in str(overview)
    assert {one["state"] for one in filings} == {"filed"}
    assert (package["agrees"], package["filing"]) == (True, filings[0])


def test_a_member_objects_follows_and_takes_it_back(browser: Browser, db: Db, disputed: Quarter) -> None:
    branch, about, raiser = disputed.branch, disputed.branch.members[5], disputed.branch.members[3]
    set_clock(db, branch.county_id, OBJECTED)
    mei = of(browser, db, branch.actors[raiser.id])
    asked = {"line_id": str(line_of(db, disputed, about.id)), "text": "少记了一次", "right": "应加 2 分"}

    made = mei.acts("/api/v1/objections", asked, 201)
    seen = of(browser, db, branch.actors[about.id]).asks(f"/api/v1/objections/{made['id']}")
    gone = mei.acts(f"/api/v1/objections/{made['id']}/withdraw")

    assert (made["own"], made["state"], made["about"]) == (True, "raised", about.name)
    assert made["text"] == "少记了一次\n认为应当：应加 2 分"
    assert (seen["own"], seen["concerned"]) == (False, True)
    assert branch.actors[raiser.id].name not in str(seen)
    assert (gone["state"], gone["outcome"]) == ("closed", "withdrawn")
    assert mei.acts(f"/api/v1/objections/{made['id']}/withdraw", status=409)["title"] == "现在不能办理"


def line_of(db: Db, quarter: Quarter, member_id: UUID) -> UUID:
    branch = quarter.branch
    with acting(db, branch.county_id, branch.unit_id) as session:
        return session.scalars(select(Line.id).filter_by(round_id=quarter.round_id, member_id=member_id)).one()


def test_the_recorder_enters_a_day_s_attendance_whole_or_not_at_all(
    browser: Browser, db: Db, clockwork: Db
) -> None:
    stage = Stage(db, clockwork)
    recorder = of(browser, db, stage.who("recorder"))
    address = f"/api/v1/rounds/{stage.round_id}/records"
    one = {"item": "D-A4", "happened_on": "2026-01-05", "text": "三月党员大会"}
    two = [{**one, "member_id": str(member.id)} for member in stage.branch.members[:2]]

    refused = recorder.acts(address, {"records": [two[0], {**two[1], "happened_on": "2026-07-01"}]}, 422)
    wrong = recorder.acts(address, {"records": [two[0], {**two[1], "text": ""}]}, 422)
    entered = recorder.acts(address, {"records": two}, 201)

    assert "不在本期" in refused["detail"]
    assert wrong["faults"] == ["records 第 2 行：text 不对，应是1 到 500 字的文字。"]
    listed = recorder.asks(address)["items"]
    assert {row["id"] for row in listed} == set(entered["ids"])


def test_a_package_goes_up_by_programs_alone(browser: Browser, db: Db, clockwork: Db) -> None:
    stage = Stage(db, clockwork)
    stage.accept(stage.claim(stage.mei))
    stage.publish(POSTED)
    notice_over = stage.now.replace(month=4, day=22, hour=1)
    stage.move(notice_over)
    filing = stage.all(select(Filing))[0]
    address = f"/api/v1/filings/{filing.id}"
    secretary, officer = of(browser, db, stage.who("secretary")), of(browser, db, stage.who("township_officer"))

    before = secretary.client.get(address)
    sent = secretary.acts(f"{address}/submit", If_Match=before.headers["etag"])
    officer.acts(f"{address}/receive")
    assert officer.acts(f"{address}/return", {"place": "", "reason": "编号不一致"}, 422)["faults"]
    officer.acts(f"{address}/return", {"place": "第 2 行", "reason": "会议记录编号不一致"})
    secretary.acts(f"{address}/submit")
    officer.acts(f"{address}/receive")
    filed = officer.acts(f"{address}/file")

    assert sent["filing"]["state"] == "submitted"
    assert filed["filing"]["receipt"].startswith("备2026-Q1-1-")
    assert secretary.acts(f"{address}/submit", status=409)["status"] == 409
    assert secretary.acts(f"{address}/submit", status=412, If_Match=before.headers["etag"])["status"] == 412
