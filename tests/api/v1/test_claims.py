"""Claims through the API: handed in once for each key, in time, whole or not at all."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from shared.db.claims import Claim
from shared.db.session import Db
from shared.domain.claims import ClaimState
from shared.usecases.claims import return_claim
from tests.api.conftest import Browser
from tests.api.v1.programs import Program, program_of
from tests.usecases.stage import Stage

DEED = {"item": "D-A4", "happened_on": "2026-01-05", "text": "清扫村道"}


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A branch whose first quarter takes claims."""
    return Stage(db, clockwork)


@pytest.fixture
def mei(browser: Browser, db: Db, stage: Stage) -> Program:
    """A member's program."""
    return program_of(browser.app, db, stage.who(stage.mei))


def number_of(stage: Stage) -> int:
    return stage.all(select(func.count()).select_from(Claim))[0]


def test_a_member_s_program_hands_in_what_she_did(stage: Stage, mei: Program) -> None:
    items = mei.asks("/api/v1/items")["items"]
    made = mei.acts("/api/v1/claims", DEED, 201)

    assert "D-A4" in {one["id"] for one in items}
    assert (made["state"], made["period"], made["text"]) == ("submitted", "2026-Q1", "清扫村道")
    assert made["filed_at"].endswith("+08:00")
    assert [one["id"] for one in mei.asks("/api/v1/claims")["items"]] == [made["id"]]
    assert mei.asks(f"/api/v1/claims/{made['id']}") == made


def test_the_same_call_again_is_one_claim_and_the_same_answer(stage: Stage, mei: Program) -> None:
    key = str(uuid4())

    first = mei.posts("/api/v1/claims", DEED, key)
    again = mei.posts("/api/v1/claims", DEED, key)

    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert number_of(stage) == 1


def test_the_same_key_with_something_else_is_a_mistake(stage: Stage, mei: Program) -> None:
    key = str(uuid4())
    mei.acts("/api/v1/claims", DEED, 201, key)

    told = mei.acts("/api/v1/claims", {**DEED, "text": "修水渠"}, 422, key)

    assert "已经用在另一个请求上" in told["detail"]
    assert number_of(stage) == 1


def test_many_at_once_with_one_key_are_one_claim(browser: Browser, db: Db, stage: Stage) -> None:
    token = program_of(browser.app, db, stage.who(stage.mei)).client.headers["Authorization"].split()[1]
    programs, key = [Program(browser.app, token) for _ in range(4)], str(uuid4())

    with ThreadPoolExecutor(4) as together:
        answers = list(together.map(lambda one: one.posts("/api/v1/claims", DEED, key), programs))

    assert {one.status_code for one in answers} == {201}
    assert len({one.content for one in answers}) == 1
    assert number_of(stage) == 1


def test_what_was_refused_may_be_tried_again_with_its_key(stage: Stage, mei: Program) -> None:
    key = str(uuid4())
    refused = mei.acts("/api/v1/claims", {**DEED, "happened_on": "2026-03-30"}, 422, key)

    mei.acts("/api/v1/claims", DEED, 201, key)

    assert "还没有到" in refused["detail"]
    assert number_of(stage) == 1


def test_without_a_key_nothing_is_done(stage: Stage, mei: Program) -> None:
    told = mei.client.post("/api/v1/claims", json=DEED)

    assert told.status_code == 400
    assert "Idempotency-Key" in told.json()["detail"]
    assert number_of(stage) == 0


def test_every_fault_is_told_at_once(stage: Stage, mei: Program) -> None:
    wrong = {"happened_on": "5.1.2026", "text": "", "points": "-3", "colour": "red"}

    told = mei.acts("/api/v1/claims", wrong, 422)

    assert told["faults"] == [
        "缺少 item：1 到 60 字的文字。",
        "happened_on 不对，应是日期，如 2026-04-14。",
        "text 不对，应是1 到 500 字的文字。",
        "points 不对，应是分数，不带符号，最多两位小数。",
        "没有 'colour' 这一项。",
    ]
    assert number_of(stage) == 0


def test_a_claim_that_was_sent_back_is_added_to(stage: Stage, mei: Program) -> None:
    made = mei.acts("/api/v1/claims", DEED, 201)
    stage.do(return_claim, "organiser", made["id"], "写明在哪条路")

    back = mei.asks(f"/api/v1/claims/{made['id']}")
    more = mei.acts(f"/api/v1/claims/{made['id']}/supplement", {"text": "清扫村口到学校的路"})

    assert (back["state"], back["missing"]) == ("returned", "写明在哪条路")
    assert (more["state"], more["text"]) == ("submitted", "清扫村口到学校的路")


def test_what_has_changed_meanwhile_is_not_acted_on(stage: Stage, mei: Program) -> None:
    made = mei.posts("/api/v1/claims", DEED)
    address, tag = f"/api/v1/claims/{made.json()['id']}", made.headers["etag"]
    stage.do(return_claim, "organiser", made.json()["id"], "写明在哪条路")

    stale = mei.acts(f"{address}/withdraw", status=412, If_Match=tag)
    fresh = mei.client.get(address).headers["etag"]
    done = mei.acts(f"{address}/withdraw", If_Match=f'"other", {fresh}')

    assert (stale["status"], stale["title"]) == (412, "已经变了")
    assert done["state"] == "withdrawn"


def test_who_knows_it_already_is_told_only_that_it_has_not_changed(stage: Stage, mei: Program) -> None:
    made = mei.acts("/api/v1/claims", DEED, 201)
    address = f"/api/v1/claims/{made['id']}"
    tag = mei.client.get(address).headers["etag"]

    known = mei.client.get(address, headers={"If-None-Match": f"W/{tag}"})

    assert (known.status_code, known.content) == (304, b"")


def test_a_draft_waits_to_be_handed_in(stage: Stage, mei: Program) -> None:
    draft = mei.acts("/api/v1/claims", {**DEED, "submit": False}, 201)
    done = mei.acts(f"/api/v1/claims/{draft['id']}/submit")

    assert (draft["state"], done["state"]) == ("draft", "submitted")
    assert mei.acts(f"/api/v1/claims/{draft['id']}/submit", status=409)["title"] == "现在不能办理"


def test_the_recorder_s_program_claims_for_a_member_and_both_names_are_kept(
    browser: Browser, db: Db, stage: Stage
) -> None:
    recorder = program_of(browser.app, db, stage.who("recorder"))

    made = recorder.acts("/api/v1/claims", {**DEED, "member_id": str(stage.mei.id)}, 201)

    kept = stage.row(Claim, made["id"])
    assert (kept.member_id, kept.entered_by) == (stage.mei.id, stage.who("recorder").person_id)
    assert kept.state == ClaimState.SUBMITTED


def test_nobody_claims_for_somebody_else(stage: Stage, mei: Program) -> None:
    other = stage.branch.members[1]

    assert mei.acts("/api/v1/claims", {**DEED, "member_id": str(other.id)}, 403)["status"] == 403
    assert number_of(stage) == 0


def test_a_list_is_read_page_by_page_whatever_comes_in_between(stage: Stage, mei: Program) -> None:
    made = [mei.acts("/api/v1/claims", {**DEED, "text": f"第{n}次"}, 201)["id"] for n in range(5)]

    first = mei.asks("/api/v1/claims?limit=2")
    mei.acts("/api/v1/claims", {**DEED, "submit": False}, 201)
    second = mei.asks(f"/api/v1/claims?limit=2&cursor={first['next']}")
    third = mei.asks(f"/api/v1/claims?limit=2&cursor={second['next']}")

    seen = [one["id"] for page in (first, second, third) for one in page["items"]]
    assert sorted(seen) == sorted(made)
    assert third["next"] is None


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "limit=٣", "cursor=x", "cursor=AAAA", "cursor=😀"]
)
def test_a_page_that_there_is_not_is_said_so(mei: Program, query: str) -> None:
    assert mei.asks(f"/api/v1/claims?{query}", 400)["title"] == "请求写得不对"
