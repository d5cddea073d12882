"""Packages: sent up by the branch, received, returned with a reason, filed with a receipt; and what is missing."""

import pytest
from sqlalchemy import select

from shared.db.filings import Filing
from shared.db.session import Db
from tests.api.conftest import Browser
from tests.api.people import Person, signed_in
from tests.usecases.stage import Stage


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A quarter that has settled; the clock has built its package."""
    made = Stage(db, clockwork)
    made.accept(made.claim(made.mei))
    notice = made.publish()
    assert notice.closes_at
    made.move(notice.closes_at)
    return made


def person(browser: Browser, stage: Stage, who: str) -> Person:
    return signed_in(browser.app, stage.db, stage.who(who))


def filing_of(stage: Stage) -> Filing:
    return stage.all(select(Filing))[0]


def sent_up(browser: Browser, stage: Stage) -> str:
    at = f"/filings/{filing_of(stage).id}"
    secretary = person(browser, stage, "secretary")
    secretary.opens(at)
    secretary.hands_in(f"{at}/submit")
    return at


def test_a_package_goes_up_comes_back_and_is_filed(browser: Browser, stage: Stage) -> None:
    secretary, town = person(browser, stage, "secretary"), person(browser, stage, "township_officer")
    assert "待上报" in secretary.opens("/filings")
    at = sent_up(browser, stage)
    town.opens(at)
    assert "已接收" in town.hands_in(f"{at}/receive")
    town.opens(f"{at}/return")
    assert "请写明是哪一处" in town.hands_in(f"{at}/return", 422, place="", reason="")
    town.hands_in(f"{at}/return", place="第 2 行", reason="编号不对")
    assert "退回未重报 1 个单位" in town.opens("/filings")
    assert "第 2 行：编号不对" in secretary.opens("/filings")
    secretary.opens(at)
    secretary.hands_in(f"{at}/submit")
    town.opens(at)
    town.hands_in(f"{at}/receive")

    said = town.hands_in(f"{at}/file")

    receipt = filing_of(stage).receipt
    assert receipt
    assert receipt in said
    assert receipt in secretary.opens(at)
    assert "已备案材料汇总：14 人次" in town.opens("/filings")


def test_what_was_not_sent_is_missing_and_not_yet_to_be_read(browser: Browser, stage: Stage) -> None:
    town = person(browser, stage, "township_officer")

    assert "未上报 1 个单位" in town.opens("/filings")
    town.opens(f"/filings/{filing_of(stage).id}", 404)


@pytest.mark.long
def test_sent_twice_it_is_one_step_and_a_stale_page_is_told(browser: Browser, stage: Stage) -> None:
    at = f"/filings/{filing_of(stage).id}"
    secretary, again = person(browser, stage, "secretary"), person(browser, stage, "secretary")
    again.opens(at)
    secretary.opens(at)
    sent = secretary.form(f"{at}/submit").fields

    answers = [secretary.client.post(f"{at}/submit", data=sent, follow_redirects=False).status_code for _ in "12"]

    assert answers == [303, 303]
    assert "不能“上报”" in again.hands_in(f"{at}/submit", 422)
    assert stage.history(filing_of(stage).id).count("submit") == 1


@pytest.mark.long
def test_who_has_nothing_to_do_with_it(browser: Browser, stage: Stage, clockwork: Db) -> None:
    at = sent_up(browser, stage)
    elsewhere = Stage(stage.db, clockwork)

    person(browser, stage, "organiser").opens(at, 403)
    assert "上报柳溪镇" not in person(browser, stage, "recorder").opens(at)
    signed_in(browser.app, stage.db, stage.who(stage.mei)).opens("/filings", 403)
    person(browser, stage, "secretary").opens(f"{at}/return", 403)
    person(browser, elsewhere, "township_officer").opens(f"{at}/return", 404)
