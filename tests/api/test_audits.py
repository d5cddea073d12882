"""Sampling audits on pages: drawn by the township, checked across branches, closed with a report."""

import re

import pytest

from shared.db.session import Db
from tests.api.conftest import Browser
from tests.api.people import Person, signed_in
from tests.builders import Branch, a_county
from tests.quarters import closed, posted

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def branches(db: Db, clockwork: Db) -> list[Branch]:
    """Two branches whose quarter has settled."""
    made = a_county(db, branches=2)
    posted(db, clockwork, made)
    closed(db, clockwork, made[0])
    return made


def drawn(browser: Browser, db: Db, branches: list[Branch], **shares: int) -> tuple[Person, str]:
    """The township before an audit that it has just drawn, and its address."""
    town = signed_in(browser.app, db, branches[0].above["township_officer"])
    town.opens("/audits/new")
    assert "2026年第一季度" in town.opens("/audits/new")
    fields = {"why": "例行抽查", "branch_percent": 100, "line_percent": 10, "seed": "07 12 25", **shares}
    town.hands_in("/audits/new", period="2026-Q1", **fields)
    assert town.page is not None
    return town, town.page.url.path


def links(person: Person) -> list[str]:
    assert person.page is not None
    return re.findall(r'href="(/audits/lines/[0-9a-f-]+)"', person.page.text)


def test_an_audit_from_the_draw_to_the_report(browser: Browser, db: Db, branches: list[Branch]) -> None:
    town, at = drawn(browser, db, branches)
    assert "07 12 25" in town.opens(at)
    assert links(town) == []  # each branch checks the other's

    for place, branch in enumerate(branches):
        checker = signed_in(browser.app, db, branch["discipline"])
        assert "核查抽到的积分" in checker.opens("/desk")
        assert "核查中" in checker.opens("/audits")
        checker.opens(at)
        for line in links(checker):
            assert "已经记录下来" in checker.opens(line)
            assert "写明哪里不属实" in checker.hands_in(line, 422, verdict="wrong")
            wrong = {"verdict": "wrong", "finding": "当天不在", "should_be": "1"}
            checker.hands_in(line, **({"verdict": "sound"} if place else wrong))
    town.opens(at)
    said = town.hands_in(f"{at}/close", conclusion="责成支部更正")

    assert "抽 4 行，不属实 2 行" in said
    assert "党员900（支部书记，提出初步意见）" in said
    assert "应是 1.00" in said


def test_the_member_reads_who_has_looked(browser: Browser, db: Db, branches: list[Branch]) -> None:
    _, at = drawn(browser, db, branches, line_percent=100)
    checker = signed_in(browser.app, db, branches[0]["discipline"])
    checker.opens(at)
    page = checker.opens(links(checker)[0])
    number = re.search(r"编号 (\d+)", page)
    assert number
    branch = branches[1]
    member = next(one for one in (*branch.actors.values(),) if one.name == f"党员{number[1]}")

    said = signed_in(browser.app, db, member).opens("/rights")

    assert branches[0]["discipline"].name in said


def test_who_may_not(browser: Browser, db: Db, branches: list[Branch]) -> None:
    member = signed_in(browser.app, db, branches[0].actors[branches[0].members[0].id])
    member.opens("/audits", 403)
    signed_in(browser.app, db, branches[0]["secretary"]).opens("/audits/new", 403)
    town = signed_in(browser.app, db, branches[0].above["township_officer"])
    town.opens("/audits/new")
    said = town.hands_in("/audits/new", 422, period="2026-Q1", why="", branch_percent="x", line_percent=0, seed="")
    assert "请写明为什么抽查" in said
    assert "1% 到 100%" in said
