"""A quarter summed up: three settled months of a book with monthly notices, added for each member."""

from datetime import UTC, datetime, timedelta

from shared.db.session import Db
from shared.usecases.lines import propose
from shared.usecases.records import enter_record
from tests.api.conftest import Browser
from tests.api.test_boards import text_of
from tests.builders import a_deed
from tests.usecases.stage import Stage

MONTHS = ("2026-01", "2026-02", "2026-03")


def test_three_settled_months_are_summed_up_and_two_are_not(db: Db, clockwork: Db, browser: Browser) -> None:
    stage = Stage(db, clockwork, "xinba", MONTHS[0], members=1)
    address = f"/board/{stage.unit_id}/2026-Q1"
    for month in MONTHS:
        assert browser.get(address).status_code == 404
        _settle(stage, month)

    said = text_of(browser.get(address).text)
    assert "2026年第一季度积分汇总" in said
    assert f"{stage.mei.name} 第1党小组 1.00 1.00 1.00 3.00" in said
    assert address in browser.get(f"/board/{stage.unit_id}").text


def test_a_quarter_that_is_none_is_not_found(db: Db, clockwork: Db, browser: Browser) -> None:
    stage = Stage(db, clockwork, "xinba", MONTHS[0], members=1)

    for written in ("2026-01", "2026", "x", "2026-Q5"):
        assert browser.get(f"/board/{stage.unit_id}/{written}").status_code == 404


def _settle(stage: Stage, month: str) -> None:
    """Open the month, enter one deed, and take it through its notice to the ledger."""
    year, number = (int(part) for part in month.split("-"))
    if month != MONTHS[0]:
        stage.round_id = stage.open(month)
    day = datetime(year, number, 20, 1, tzinfo=UTC)
    stage.move(day)
    stage.do(enter_record, "recorder", stage.round_id, stage.mei.id, a_deed("F-J1", day.date()))
    stage.move(datetime(year, number + 1, 7, 1, tzinfo=UTC))
    stage.do(propose, "secretary", stage.round_id, {})
    notice = stage.post(period=month)
    assert notice.closes_at is not None
    stage.move(notice.closes_at + timedelta(hours=1))
