"""Kinships on their page: declared by an officer, seen by the discipline committee member, asked aside for."""

import pytest

from shared.db.session import Db
from tests.api.conftest import Browser
from tests.api.people import signed_in
from tests.usecases.stage import Stage


@pytest.fixture(scope="module")
def stage(db: Db, clockwork: Db) -> Stage:
    """A branch in its first quarter."""
    return Stage(db, clockwork)


def test_an_officer_declares_a_relative_and_is_asked_aside_on_their_claim(browser: Browser, stage: Stage) -> None:
    organiser = signed_in(browser.app, stage.db, stage.who("organiser"))
    assert "申报亲属关系" in organiser.opens("/account")
    organiser.opens("/kin")
    assert "请选择是您的什么人" in organiser.hands_in("/kin", 422, member=str(stage.mei.id))
    said = organiser.hands_in("/kin", member=str(stage.mei.id), kin="spouse")
    assert f"已经申报 1 人 亲属 党支部 是您的 申报时间 办理 {stage.mei.name} 第1村党支部 配偶" in said

    claim = stage.claim(stage.mei)
    organiser.opens(f"/claims/{claim.id}")
    said = organiser.hands_in(f"/claims/{claim.id}/accept", 422, accept_minute="支委会〔2026〕1号")
    assert f"您申报过{stage.mei.name}是您的配偶，这件事请您回避" in said

    discipline = signed_in(browser.app, stage.db, stage.who("discipline"))
    said = discipline.opens("/conflicts").partition("申报的亲属关系")[2]
    assert f"{stage.who('organiser').name} {stage.mei.name} 第1村党支部 配偶" in said
    assert "回避" in said


def test_a_declaration_is_taken_back_on_the_same_page(browser: Browser, stage: Stage) -> None:
    publicity = signed_in(browser.app, stage.db, stage.who("publicity"))
    publicity.opens("/kin")
    publicity.hands_in("/kin", member=str(stage.branch.members[1].id), kin="sibling")
    assert publicity.page is not None
    end = next(line for line in publicity.page.text.split('"') if line.endswith("/end") and "/kin/" in line)
    assert "您还没有申报过亲属" in publicity.hands_in(end)


def test_an_officer_above_declares_a_member_whom_they_know_by_name(browser: Browser, stage: Stage) -> None:
    officer = signed_in(browser.app, stage.db, stage.who("township_officer"))
    assert "申报本支部的一位" not in officer.opens("/kin")
    officer.opens("/kin/elsewhere")
    said = officer.hands_in("/kin/elsewhere", 422, name=stage.mei.name, kin="parent")
    assert "只凭姓名不能查找" in said
    said = officer.hands_in("/kin/elsewhere", name=stage.mei.name, branch="第1村", kin="parent")
    assert f"{stage.mei.name} 第1村党支部 父亲或母亲" in said
