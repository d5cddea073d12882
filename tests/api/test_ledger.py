"""The ledger and its history to be read by the discipline committee member, and by nobody else of the branch."""

import pytest

from shared.db.session import Db
from tests.api.conftest import Browser
from tests.api.people import Person, signed_in
from tests.quarters import Quarter


@pytest.fixture
def discipline(browser: Browser, db: Db, settled: Quarter) -> Person:
    return signed_in(browser.app, db, settled.branch["discipline"])


def test_each_entry_with_who_decided_it_and_each_reversal(discipline: Person, settled: Quarter) -> None:
    said = discipline.opens("/ledger")

    assert "党员903 2026年4月6日" in said
    assert "冲销" in said
    member = settled.branch.members[0]
    some = discipline.opens(f"/ledger?period=2026-Q1&member={member.id}")
    assert "党员001" in some
    assert "共 0 笔" in discipline.opens("/ledger?period=2031-Q1")
    discipline.opens("/ledger?member=nobody&number=-3")


def test_the_history_is_searched(discipline: Person) -> None:
    assert "张贴公示" in discipline.opens("/ledger/history?kind=notice")
    assert "张贴公示" not in discipline.opens("/ledger/history?kind=claim")
    assert "没有找到" in discipline.opens("/ledger/history?words=%25zz")
    assert "没有这一天" in discipline.opens("/ledger/history?since=2026&since=2&since=30", 422)
    discipline.opens("/ledger/history?since=2026&since=4&since=1&until=2026&until=4&until=30")


def test_conflicts_are_listed_or_said_to_be_none(discipline: Person) -> None:
    assert "利益冲突" in discipline.opens("/conflicts")


@pytest.mark.parametrize("path", ["/ledger", "/ledger/history", "/conflicts"])
def test_others_do_not_look(browser: Browser, db: Db, settled: Quarter, path: str) -> None:
    for actor in (settled.branch["secretary"], settled.branch.actors[settled.branch.members[0].id]):
        signed_in(browser.app, db, actor).opens(path, 403)
