"""Yardsticks on their page: one county officer proposes, another grants, and the township supervises by it."""

import pytest

from shared.authz.actor import Actor
from shared.db.members import Person as Somebody
from shared.db.session import Db, acting
from shared.usecases.members import appoint
from tests.api.conftest import Browser
from tests.api.people import Person, signed_in
from tests.builders import LONG_AGO, founder
from tests.quarters import Quarter

# Seconds together: with ./jifen test --all.
pytestmark = pytest.mark.long


@pytest.fixture
def officers(browser: Browser, db: Db, settled: Quarter) -> list[Person]:
    """Two officers of one county, signed in."""
    branch = settled.branch
    with acting(db, branch.county_id, branch.county_id) as session:
        people = [
            Somebody(county_id=branch.county_id, unit_id=branch.county_id, name=n) for n in ("周县组", "吴县组")
        ]
        session.add_all(people)
        session.flush()
        for one in people:
            appoint(session, founder(branch.county_id), branch.county_id, one.id, "county_officer", LONG_AGO)
        actors = [
            Actor(branch.county_id, branch.county_id, one.id, one.name, frozenset({"county_officer"}))
            for one in people
        ]
    return [signed_in(browser.app, db, actor) for actor in actors]


def test_one_proposes_another_grants_and_the_township_goes_by_it(
    browser: Browser, db: Db, settled: Quarter, officers: list[Person]
) -> None:
    first, second = officers
    assert "按期占多少分 40 分 40 分 10 到 80 分" in first.opens("/yardsticks")
    first.opens("/yardsticks/new")
    said = first.hands_in("/yardsticks/new", 422, timely="", high_share="五成", reason="")
    assert "请写明为什么要这样定" in said
    assert "请填写“按期占多少分”" in said
    assert "可以不填" not in said
    said = first.hands_in("/yardsticks/new", 422, timely="50", high_share="5", reason="先抓按期")
    assert "“酌情加分超过百分之多少提示”应在 10 到 90%之间，写的是 5" in said
    assert "三项的分加起来应是 100 分，现在是 110 分" in said
    said = first.hands_in("/yardsticks/new", timely="50", answered="25", high_share="60", reason="先抓按期")
    assert "按期占多少分：40 分改为 50 分" in said
    assert "提出的人不能自己批准" in said
    assert not [one for one in first.forms() if one.action.endswith("/grant")]

    assert "批准提示和评定的尺度" in second.opens("/desk")
    second.opens("/yardsticks")
    second.hands_in(next(one.action for one in second.forms() if one.action.endswith("/grant")))

    town = signed_in(browser.app, db, settled.branch.above["township_officer"])
    town.opens("/supervisions")
    assert "按期 50 分，材料完整 25 分，异议按期答复 25 分" in town.opens("/supervisions/2026-03")
    town.opens("/yardsticks", 403)


def test_a_proposal_is_refused_with_the_reason_or_taken_back(officers: list[Person]) -> None:
    first, second = officers
    for step, person, answered in (("/refuse", second, {"answer": "先看一个季度"}), ("/withdraw", first, {})):
        first.opens("/yardsticks/new")
        first.hands_in("/yardsticks/new", urged_below="70", reason="刚开始")
        person.opens("/yardsticks")
        person.hands_in(next(one.action for one in person.forms() if one.action.endswith(step)), **answered)

    said = first.opens("/yardsticks")
    assert "未批准：先看一个季度" in said
    assert "已撤回" in said
    assert "不满多少分拟督促 80 分" in said
