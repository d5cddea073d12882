"""A branch's first rule book: chosen by the level above on a page, and the period that runs begins."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import select

from shared.db.messages import Message
from shared.db.rounds import Round
from shared.db.rules import Adoption
from shared.db.session import Db, acting
from shared.domain.errors import NotFound
from shared.domain.units import UnitKind
from shared.usecases.adoptions import choose_book
from shared.usecases.units import add_unit
from tests.api.conftest import Browser
from tests.api.people import signed_in
from tests.builders import Branch, a_county, founder, set_clock

pytestmark = pytest.mark.long

NOW = datetime(2026, 2, 3, 1, tzinfo=UTC)


class Town:
    """A township with a branch that has a book and a new one that has none."""

    def __init__(self, db: Db) -> None:
        self.db = db
        self.old: Branch = a_county(db, members=1)[0]
        self.id, self.officer = self.old.county_id, self.old.above["township_officer"]
        set_clock(db, self.id, NOW)
        with acting(db, self.id, self.old.parent_id) as session:
            by = founder(self.id)
            self.new: UUID = add_unit(session, by, self.old.parent_id, UnitKind.BRANCH, "新村党支部", "new", "").id
        with acting(db, self.id, self.old.unit_id) as session:
            self.book_id = session.scalars(select(Adoption.book_id).filter_by(unit_id=self.old.unit_id)).one()

    def rounds(self) -> list[str]:
        with acting(self.db, self.id, self.new) as session:
            return list(session.scalars(select(Round.period).filter_by(unit_id=self.new).order_by(Round.period)))


@pytest.fixture
def town(db: Db) -> Town:
    return Town(db)


def test_the_township_chooses_on_a_page_and_the_period_that_runs_begins(browser: Browser, town: Town) -> None:
    person = signed_in(browser.app, town.db, town.officer)
    assert "还没有选定的" in person.opens("/books/uses")
    address = f"/books/uses/{town.new}"
    person.opens(address)

    refused = person.hands_in(address, 422, book=str(town.book_id), since=["2026", "2", "1"])
    page = person.hands_in(address, book=str(town.book_id), since=["2026", "1", "1"])

    assert "要从一期的第一天起，请改为2026年1月1日" in refused
    assert "新村党支部" in page
    assert "还没有选定的" not in page
    assert town.rounds() == ["2026-Q1"]
    with acting(town.db, town.id, town.new) as session:
        told = session.scalars(select(Message).filter_by(unit_id=town.new, topic="book")).one()
    assert told.body["text"].startswith("本支部选定")
    # The next version comes by itself; nobody chooses twice.
    assert "已经选定积分细则" in person.opens(address, 409)


def test_it_begins_with_a_later_period_too_and_never_in_one_that_has_ended(browser: Browser, town: Town) -> None:
    person = signed_in(browser.app, town.db, town.officer)
    address = f"/books/uses/{town.new}"
    person.opens(address)

    refused = person.hands_in(address, 422, book=str(town.book_id), since=["2025", "10", "1"])
    person.hands_in(address, book=str(town.book_id), since=["2026", "4", "1"])

    assert "最早可以写2026年1月1日" in refused
    assert town.rounds() == []


def test_a_branch_elsewhere_is_not_known_and_a_branch_chooses_for_nobody(
    browser: Browser, town: Town, db: Db
) -> None:
    elsewhere = Town(db)
    signed_in(browser.app, db, town.officer).opens(f"/books/uses/{elsewhere.new}", 404)
    signed_in(browser.app, db, town.old["secretary"]).opens(f"/books/uses/{town.new}", 403)

    with acting(db, town.id, town.old.parent_id) as session, pytest.raises(NotFound):
        choose_book(session, town.officer, elsewhere.new, town.book_id, date(2026, 1, 1), NOW)
