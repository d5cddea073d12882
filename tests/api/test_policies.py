"""Policies on pages: proposed here, granted above, at once in force; and why somebody may not."""

import pytest
from sqlalchemy import select

from shared.db.delegations import Delegation
from shared.db.notices import Notice
from shared.db.policies import Policy
from shared.db.session import Db
from shared.domain.notices import NoticeKind
from shared.domain.policies import Effect, Rule
from shared.usecases.notices import draft_notice, review_notice
from tests.api.conftest import Browser
from tests.api.people import signed_in
from tests.usecases.stage import Stage
from tests.usecases.test_policies import TWO_APPROVE, granted


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A branch with its officers, and its township."""
    return Stage(db, clockwork)


def test_a_secretary_proposes_and_the_township_grants(browser: Browser, stage: Stage) -> None:
    secretary = signed_in(browser.app, stage.db, stage.branch["secretary"])
    assert "现在与模板完全一样" in secretary.opens("/policies")
    secretary.opens("/policies/new")
    assert "第 1 条没有写完：还没有选哪个职务" in secretary.hands_in(
        "/policies/new", 422, **{"rules-0-step": "record:enter", "rules-0-effect": "give", "reason": "书记也登记"}
    )
    said = secretary.hands_in("/policies/new", **{"rules-0-role": "secretary"})
    assert "“登记积分事项”也可以由支部书记办理" in said
    proposed = stage.all(select(Policy))[0]

    township = signed_in(browser.app, stage.db, stage.who("township_officer"))
    assert "批准职责分工" in township.opens("/desk")
    assert "书记也登记" in township.opens("/policies")
    township.opens(f"/policies/{proposed.id}")
    assert "施行中" in township.hands_in(f"/policies/{proposed.id}/grant")

    assert "与模板有 1 处不同" in secretary.opens("/policies")


def test_faults_are_all_shown_and_nothing_typed_is_lost(browser: Browser, stage: Stage) -> None:
    secretary = signed_in(browser.app, stage.db, stage.branch["secretary"])
    secretary.opens("/policies/new")

    rules = {"rules-0-step": "claim:decide", "rules-0-effect": "give", "rules-0-role": "recorder"}
    more = {"rules-1-step": "claim:decide", "rules-1-effect": "two", "reason": "试试"}
    said = secretary.hands_in("/policies/new", 422, **rules, **more)

    assert "替人申报的人不能议定" in said
    assert "“议定申报”每次要写的内容不同" in said
    assert "试试" in said


def test_it_is_refused_with_a_reason_or_withdrawn(browser: Browser, stage: Stage) -> None:
    secretary = signed_in(browser.app, stage.db, stage.branch["secretary"])
    township = signed_in(browser.app, stage.db, stage.who("township_officer"))
    rule = {"rules-0-step": "record:enter", "rules-0-effect": "give", "rules-0-role": "secretary"}
    secretary.opens("/policies/new")
    secretary.hands_in("/policies/new", **rule, reason="书记也登记")
    first = stage.all(select(Policy))[0]
    township.opens(f"/policies/{first.id}")
    assert "请写明不批准的理由" in township.hands_in(f"/policies/{first.id}/refuse", 422)
    assert "未批准" in township.hands_in(f"/policies/{first.id}/refuse", answer="登记由记录员负责")

    secretary.opens("/policies/new")
    secretary.hands_in("/policies/new", **rule, reason="再提一次")
    second = stage.all(select(Policy).filter_by(state="proposed"))[0]
    secretary.opens(f"/policies/{second.id}")
    assert "已撤回" in secretary.hands_in(f"/policies/{second.id}/withdraw")


@pytest.mark.long
def test_the_first_of_two_is_told_so_and_the_second_carries_it_out(browser: Browser, stage: Stage) -> None:
    granted(stage, *TWO_APPROVE)
    notice = stage.do(draft_notice, "recorder", NoticeKind.FIRST, "2026-Q1", "第一季度积分公示")
    stage.do(review_notice, "publicity", notice.id)
    first, second = (signed_in(browser.app, stage.db, stage.branch[role]) for role in ("secretary", "organiser"))
    path = f"/notices/{notice.id}"

    first.opens(path)
    assert "您是第一位" in first.hands_in(f"{path}/approve")
    assert stage.row(Notice, notice.id).state == "reviewed"
    second.opens(path)
    second.hands_in(f"{path}/approve")

    assert stage.row(Notice, notice.id).state == "approved"
    assert stage.branch["secretary"].name in first.opens("/policies")


@pytest.mark.long
def test_a_refusal_says_whose_the_step_is_and_who_one_is(browser: Browser, stage: Stage) -> None:
    said = signed_in(browser.app, stage.db, stage.branch["recorder"]).opens("/policies/new", 403)

    assert "“提出职责分工”在第1村党支部由支部书记" in said
    assert f"支部书记（{stage.branch['secretary'].name}）" in said
    assert "您在这里的身份是记录员、党员" in said


@pytest.mark.long
def test_what_is_forbidden_is_refused_on_the_next_request(browser: Browser, stage: Stage) -> None:
    recorder = signed_in(browser.app, stage.db, stage.branch["recorder"])
    recorder.opens("/calls")
    granted(stage, Rule(Effect.FORBID, "call:record", "recorder"))

    assert f"综合部（{stage.branch['office'].name}）" in recorder.opens("/calls", 403)


@pytest.mark.long
def test_a_role_is_handed_over_and_taken_back_on_pages(browser: Browser, stage: Stage) -> None:
    recorder = signed_in(browser.app, stage.db, stage.branch["recorder"])
    recorder.opens("/delegations/new")
    assert "请选择委托给谁" in recorder.hands_in("/delegations/new", 422, reason="学习")
    recorder.hands_in(
        "/delegations/new", role="recorder", person=stage.mei.person_id, until=["2026", "2", "28"], reason="学习"
    )
    assert stage.mei.name in recorder.opens("/delegations")
    mei = signed_in(browser.app, stage.db, stage.who(stage.mei))
    assert mei.client.get("/delegations", follow_redirects=False).status_code == 303, "their rights have changed"
    made = stage.all(select(Delegation))[0]
    assert "已经结束" in recorder.hands_in(f"/delegations/{made.id}/end")
