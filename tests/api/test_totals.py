"""Totals on pages: one click from what was filed to table, workbook and paper; one more to send it up."""

import io

import pikepdf
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from shared.authz.actor import Actor
from shared.db.filings import Filing
from shared.db.session import Db, acting
from shared.usecases.filings import file_filing, receive_filing, submit_filing
from shared.usecases.members import actor_of, add_person, appoint
from tests.api.conftest import Browser
from tests.api.people import Person, signed_in
from tests.builders import FOUNDED, LONG_AGO, founder
from tests.usecases.stage import DAY, POSTED, Stage

TOWN = "township_officer"


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A quarter that was filed with the township."""
    made = Stage(db, clockwork)
    made.accept(made.claim(made.mei))
    made.publish()
    made.move(POSTED + 9 * DAY)
    filing = made.all(select(Filing))[0]
    made.do(submit_filing, "secretary", filing.id)
    made.do(receive_filing, TOWN, filing.id)
    made.do(file_filing, TOWN, filing.id)
    return made


def town(browser: Browser, stage: Stage) -> Person:
    return signed_in(browser.app, stage.db, stage.who(TOWN))


def county_officer(stage: Stage) -> Actor:
    with acting(stage.db, stage.county_id, stage.county_id) as session:
        person = add_person(session, founder(stage.county_id), stage.county_id, "县干部甲")
        appoint(session, founder(stage.county_id), stage.county_id, person.id, "county_officer", LONG_AGO)
        return actor_of(session, stage.county_id, stage.county_id, person.id, FOUNDED.date())


def test_a_total_is_read_kept_as_a_workbook_and_printed(browser: Browser, stage: Stage) -> None:
    officer = town(browser, stage)

    assert "看汇总表" in officer.opens("/filings")
    said = officer.opens("/totals/2026-Q1")
    book = CalamineWorkbook.from_filelike(io.BytesIO(officer.client.get("/totals/2026-Q1/sheet.xlsx").content))
    rows = book.get_sheet_by_index(0).to_python()
    printed = officer.client.get("/totals/2026-Q1/print.pdf")

    assert "第1村党支部 1 14 0 0 1 1 0 备2026-Q1-1-" in said
    assert ["合计", 1.0, 14.0] in [row[:3] for row in rows]
    assert len(pikepdf.open(io.BytesIO(printed.content)).pages) == 1


@pytest.mark.long
def test_the_sum_goes_up_and_the_county_reads_it_to_the_branch(browser: Browser, stage: Stage) -> None:
    officer = town(browser, stage)
    officer.opens("/totals/2026-Q1")
    said = officer.hands_in("/totals/2026-Q1/filing")
    assert "✓ 相符 下面的单位都已备案" in said
    own = stage.all(select(Filing).where(Filing.unit_id == stage.branch.parent_id), stage.branch.parent_id)[0]
    officer.hands_in(f"/filings/{own.id}/submit")
    county = signed_in(browser.app, stage.db, county_officer(stage))
    county.opens(f"/filings/{own.id}")
    county.hands_in(f"/filings/{own.id}/receive")
    county.hands_in(f"/filings/{own.id}/file")

    assert "柳溪镇 1 14 0 0 1 1 0 备2026-Q1-1-" in county.opens("/totals/2026-Q1")
    assert "第1村党支部 1 14" in county.opens("/totals/2026-Q1")
    assert "党员001" not in county.opens(f"/filings/{own.id}")


@pytest.mark.long
def test_nothing_new_is_summed_up_twice_and_a_wrong_period_is_said(browser: Browser, stage: Stage) -> None:
    officer = town(browser, stage)
    officer.opens("/totals/2026-Q1")
    officer.hands_in("/totals/2026-Q1/filing")
    officer.opens("/totals/2026-Q1")

    assert "没有变化" in officer.hands_in("/totals/2026-Q1/filing", 422)
    assert officer.client.get("/totals/不是周期").status_code == 422
    assert officer.client.get("/totals/2026-Q1/sheet.xlsx").headers["content-disposition"].startswith("attachment")


@pytest.mark.long
def test_a_branch_sees_no_total(browser: Browser, stage: Stage) -> None:
    secretary = signed_in(browser.app, stage.db, stage.who("secretary"))

    secretary.opens("/totals/2026-Q1", 403)
