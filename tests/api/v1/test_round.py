"""A round through the API alone, by the programs of its people, from the claim to the file."""

from datetime import UTC, datetime
from typing import Any

import pytest

from shared.db.session import Db
from tests.api.conftest import Browser
from tests.api.v1.programs import Program, program_of
from tests.files import photograph
from tests.usecases.stage import CLOSED, POSTED, Stage

OBJECTED = datetime(2026, 4, 15, 1, tzinfo=UTC)
LATER = datetime(2026, 4, 23, 1, tzinfo=UTC)
CORRECTED = datetime(2026, 5, 8, 1, tzinfo=UTC)
MINUTE = "支委会〔2026〕1号"


class Cast:
    """The programs of a branch's people, each made when it is first wanted."""

    def __init__(self, browser: Browser, stage: Stage) -> None:
        self.browser, self.stage = browser, stage
        self.there: dict[Any, Program] = {}

    def __getitem__(self, who: Any) -> Program:
        actor = self.stage.who(who)
        if actor.person_id not in self.there:
            self.there[actor.person_id] = program_of(self.browser.app, self.stage.db, actor)
        return self.there[actor.person_id]


@pytest.fixture
def cast(browser: Browser, db: Db, clockwork: Db) -> Cast:
    """A branch under the county's plan, whose first quarter takes claims."""
    return Cast(browser, Stage(db, clockwork))


def claimed(cast: Cast, member: Any, text: str) -> Any:
    """Claim something with a photograph of it, and let the leader say that it was done."""
    hers = cast[member]
    deed = {"item": "D-A4", "happened_on": "2026-01-05", "text": text, "submit": False}
    made = hers.acts("/api/v1/claims", deed, 201)
    address = f"/api/v1/claims/{made['id']}"
    (file,) = hers.sends(f"{address}/evidence", [("路.jpg", photograph())])["items"]
    hers.acts(f"{address}/submit")
    leader = cast[cast.stage.branch.leader_of(member)]
    opinion = leader.acts(f"{address}/opinion", {"done": True, "quality": "好"})

    assert hers.client.get(f"/api/v1/evidence/{file['id']}").headers["content-type"] == "image/jpeg"
    assert [one["quality"] for one in opinion["opinions"]] == ["好"]
    return made


def test_a_claim_is_proved_spoken_for_and_decided_by_programs(cast: Cast) -> None:
    made = claimed(cast, cast.stage.mei, "清扫村道")
    organiser, address = cast["organiser"], f"/api/v1/claims/{made['id']}"
    before = organiser.client.get(address)
    (waiting,) = organiser.asks(f"/api/v1/rounds/{cast.stage.round_id}/claims")["items"]
    decision = {"accept": True, "minute": MINUTE}

    done = organiser.acts(f"{address}/decide", decision, If_Match=before.headers["etag"])

    assert (waiting["id"], waiting["evidence"], waiting["opinion"]) == (made["id"], 1, "好")
    assert (done["state"], done["decision"]) == ("accepted", MINUTE)
    assert organiser.acts(f"{address}/decide", decision, 412, If_Match=before.headers["etag"])["status"] == 412


@pytest.mark.long
def test_a_quarter_runs_from_claim_to_file_by_programs_alone(cast: Cast) -> None:
    stage, branch = cast.stage, cast.stage.branch
    (mei, *others), recorder = branch.members, cast["recorder"]
    first, second = claimed(cast, mei, "清扫村道"), claimed(cast, others[0], "修水渠")
    deed = {"item": "D-A4", "happened_on": "2026-01-05", "text": "三月党员大会", "member_id": str(others[1].id)}
    recorder.acts(f"/api/v1/rounds/{stage.round_id}/records", {"records": [deed]}, 201)

    stage.move(CLOSED)
    ruled(cast, first, second)
    proposed(cast)
    met(cast)
    stage.move(POSTED)
    posted(cast, "first")
    stage.move(OBJECTED)
    objection = objected(cast, others[0], second)
    stage.move(LATER)
    posted(cast, "correction", drafted=True)
    stage.move(CORRECTED)
    filed(cast)

    assert cast[others[0]].asks(f"/api/v1/objections/{objection['id']}")["outcome"] == "upheld"
    assert cast["secretary"].asks(f"/api/v1/rounds/{stage.round_id}")["state"] == "filed"
    assert cast[others[0]].asks("/api/v1/statement")["balance"] == cast[mei].asks("/api/v1/statement")["balance"]


def ruled(cast: Cast, first: Any, second: Any) -> None:
    """The committee accepts one claim and refuses the other."""
    organiser, reason = cast["organiser"], "未写明在哪条路"
    organiser.acts("/api/v1/rulings", {"claims": [first["id"]], "accept": True, "minute": MINUTE}, 201)
    refused = {"claims": [second["id"]], "accept": False, "minute": MINUTE}
    assert "理由" in organiser.acts("/api/v1/rulings", refused, 422)["detail"]
    organiser.acts("/api/v1/rulings", {**refused, "reason": reason}, 201)
    decided = organiser.asks(f"/api/v1/rounds/{cast.stage.round_id}/claims?decided=yes")["items"]
    assert {one["state"] for one in decided} == {"accepted", "refused"}


def proposed(cast: Cast) -> None:
    """The committee puts its figures, once, on the state that it has read."""
    secretary, address = cast["secretary"], f"/api/v1/rounds/{cast.stage.round_id}"
    seen = secretary.client.get(address).headers["etag"]
    assert secretary.acts(f"{address}/propose", {}, If_Match=seen)["state"] == "proposed"
    assert secretary.acts(f"{address}/propose", {}, 412, If_Match=seen)["status"] == 412


def met(cast: Cast) -> None:
    """The members' meeting passes the list."""
    secretary = cast["secretary"]
    called = {"kind": "members", "subject": "一季度积分评定", "minute": "大会〔2026〕1号"}
    made = secretary.acts("/api/v1/meetings", called, 201)
    address, rounds = f"/api/v1/meetings/{made['meeting']['id']}", [one["round_id"] for one in made["rounds"]]
    seats = secretary.asks(f"{address}/roll?limit=200")["items"]
    away = [{"person_id": seats[0]["person_id"], "how": "leave"}]
    roll = secretary.acts(f"{address}/roll", {"took_part": away, "everybody_else": "present"})
    vote = {"rounds": rounds, "in_favour": roll["present"]}
    passed = secretary.acts(f"{address}/votes", vote)
    ended = secretary.acts(f"{address}/close")

    assert roll["present"] == roll["due"] - 1
    assert [one["passed"] for one in passed["votes"]] == [True]
    assert ended["meeting"]["valid"]


def posted(cast: Cast, kind: str, drafted: bool = False) -> None:
    """A notice goes its four steps, each by somebody else; what the clock has drafted needs no drafting."""
    recorder = cast["recorder"]
    if drafted:
        made = next(one for one in recorder.asks("/api/v1/notices")["items"] if one["state"] == "drafted")
    else:
        new = {"kind": kind, "period": "2026-Q1", "title": "一季度积分公示"}
        assert {"kind": kind, "period": "2026-Q1"} in recorder.asks("/api/v1/drafts")["items"]
        made = recorder.acts("/api/v1/notices", new, 201)["notice"]
        assert recorder.acts("/api/v1/notices", new, 409)["status"] == 409
    address = f"/api/v1/notices/{made['id']}"
    assert made["kind"] == kind
    assert cast["publicity"].acts(f"{address}/review", {"read": False}, 422)["faults"]
    cast["publicity"].acts(f"{address}/review", {"read": True})
    cast["secretary"].acts(f"{address}/return", {"reason": "标题要写明年份"})
    recorder.acts(f"{address}/title", {"title": "2026年一季度积分公示"})
    cast["publicity"].acts(f"{address}/review", {"read": True})
    cast["secretary"].acts(f"{address}/approve")
    assert recorder.acts(f"{address}/publish")["notice"]["state"] == "published"


def objected(cast: Cast, member: Any, refused: Any) -> Any:
    """The member whose claim was refused objects with a photograph; it is investigated and upheld."""
    hers, secretary, discipline = cast[member], cast["secretary"], cast["discipline"]
    line = cast.stage.line(member)
    said = {"line_id": str(line.id), "text": "附了照片", "right": "应当认定"}
    made = hers.acts("/api/v1/objections", said, 201)
    hers.sends(f"/api/v1/objections/{made['id']}/evidence", [("渠.jpg", photograph())])
    address = f"/api/v1/inquiries/{made['id']}"
    offered = secretary.asks(f"{address}/investigator?limit=200")["items"]
    who = str(cast.stage.who("discipline").person_id)
    assert [one["why_not"] for one in offered if one["person_id"] == who] == [""]
    secretary.acts(f"{address}/investigator", {"person_id": who})
    found = {"heard": "申报人和党小组长", "held_on": "2026-04-15", "text": "查阅了照片，属实。"}
    assert [one["name"] for one in discipline.asks(f"{address}/findings")["evidence"]] == ["渠.jpg"]
    discipline.acts(f"{address}/findings", found)
    upheld = {"upheld": True, "text": "经查属实", "accept": [refused["id"]], "reason": "照片属实"}
    answered = secretary.acts(f"{address}/answer", upheld)
    assert (answered["state"], answered["outcome"]) == ("closed", "upheld")
    return made


def filed(cast: Cast) -> None:
    """Every package goes up and is filed."""
    secretary, officer = cast["secretary"], cast["township_officer"]
    for one in secretary.asks("/api/v1/filings")["items"]:
        address = f"/api/v1/filings/{one['id']}"
        secretary.acts(f"{address}/submit")
        officer.acts(f"{address}/receive")
        officer.acts(f"{address}/file")
    cast.stage.move(CORRECTED)
