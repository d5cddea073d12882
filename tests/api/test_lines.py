"""Lines: the committee's table, differences with reasons, two at one table, and the books that confirm instead."""

from decimal import Decimal
from typing import Any

import pytest

from shared.db.session import Db
from tests.api.conftest import Browser
from tests.api.people import Person, signed_in
from tests.usecases.stage import CLOSED, Stage


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A branch whose claims have closed, one of them accepted."""
    stage = Stage(db, clockwork)
    stage.accept(stage.claim(stage.mei))
    stage.move(CLOSED)
    return stage


@pytest.fixture
def secretary(browser: Browser, stage: Stage) -> Person:
    return signed_in(browser.app, stage.db, stage.who("secretary"))


def boxes(*written: str) -> dict[str, Any]:
    """What is written into the boxes of the first members."""
    return {f"p-{n:03d}": one for n, one in enumerate(written, 1)}


def last(written: str) -> dict[str, Any]:
    """What is written into the box of the last member."""
    return {"p-905": written}


def because(reason: str) -> dict[str, Any]:
    """The reason for the first member's figure."""
    return {"r-001": reason}


def test_what_differs_needs_its_reason_and_is_told_apart(secretary: Person, stage: Stage) -> None:
    address = f"/rounds/{stage.round_id}/lines"
    assert "2.00" in secretary.opens(address)

    said = secretary.hands_in(address, **boxes("3.5", "0"))
    assert "1 人与细则不同" in said
    assert "请写明理由" in secretary.hands_in(f"{address}/propose", 422)
    said = secretary.hands_in(f"{address}/propose", **because("抢险表现突出"))

    assert "与细则不同" in said
    assert "抢险表现突出" in said
    assert stage.line(stage.mei).points == Decimal("3.50")
    assert stage.line(stage.branch.members[1]).points == Decimal("0.00")


def test_what_is_no_figure_is_said_at_once_and_kept(secretary: Person, stage: Stage) -> None:
    address = f"/rounds/{stage.round_id}/lines"
    secretary.opens(address)

    said = secretary.hands_in(address, 422, **boxes("三分", "x"))

    assert "“三分”不是分数" in said
    assert "“x”不是分数" in said
    assert secretary.form(address).fields["p-001"] == ["三分"]


def test_who_comes_second_sees_that_the_first_has_proposed(secretary: Person, stage: Stage) -> None:
    address = f"/rounds/{stage.round_id}/lines"
    secretary.opens(address)
    secretary.hands_in(address, **boxes("3.5"))
    stage.propose()

    said = secretary.hands_in(f"{address}/propose", 422, **because("抢险表现突出"))

    assert "“提出初步意见”" in said
    assert stage.line(stage.mei).points == Decimal("2.00")


def test_nothing_is_proposed_while_a_claim_is_open(browser: Browser, db: Db, clockwork: Db) -> None:
    stage = Stage(db, clockwork)
    stage.claim(stage.mei)
    stage.move(CLOSED)

    said = signed_in(browser.app, db, stage.who("secretary")).opens(f"/rounds/{stage.round_id}/lines")

    assert "还有 1 项申报没有审核" in said
    assert "下一步" not in said


@pytest.mark.long
def test_a_book_that_publishes_first_compiles(browser: Browser, db: Db, clockwork: Db) -> None:
    stage = Stage(db, clockwork, "chaiqian")
    stage.move(CLOSED)
    office = signed_in(browser.app, db, stage.who("office"))
    address = f"/rounds/{stage.round_id}/lines"
    office.opens(address)

    office.hands_in(f"{address}/compile")

    assert stage.line(stage.mei).points is not None
    assert "compile" in stage.history(stage.round_id)


@pytest.mark.long
def test_a_member_does_not_see_the_committees_table(browser: Browser, stage: Stage) -> None:
    signed_in(browser.app, stage.db, stage.who(stage.mei)).opens(f"/rounds/{stage.round_id}/lines", 403)


@pytest.mark.long
def test_a_large_branch_is_read_by_pages_and_no_figure_is_lost_between_them(
    browser: Browser, db: Db, clockwork: Db
) -> None:
    stage = Stage(db, clockwork, members=95)
    stage.move(CLOSED)
    secretary = signed_in(browser.app, db, stage.who("secretary"))
    address = f"/rounds/{stage.round_id}/lines"
    secretary.opens(address)

    secretary.hands_in(address, go="2", **boxes("3.5"))
    assert "p-002" not in secretary.form(address).fields
    said = secretary.hands_in(address, **last("1"))

    assert "2 人与细则不同" in said
