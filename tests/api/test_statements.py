"""A member's statement: a sum to check by hand, and behind each figure its clause, its people and its minute."""

from decimal import Decimal
from uuid import uuid4

from sqlalchemy import select

from services.api.web.wording import adding_up
from shared.db.claims import Claim
from shared.db.rounds import Line
from shared.db.session import Db, acting
from tests.api.conftest import Browser
from tests.api.test_boards import text_of
from tests.quarters import Quarter


def test_a_figure_opens_to_clause_version_people_and_minute(browser: Browser, settled: Quarter) -> None:
    said = text_of(browser.get(f"/members/{settled.branch.members[0].id}/statement").text)

    for expected in (
        "2.00 分怎么来的",
        "为本支部讲一次党课",
        "第 1 版",
        "2026年1月1日（周四）",
        "支委会〔2026〕1号",
        "党员大会 大会〔2026〕1号",
        "提交",
        "签署小组意见",
        "党小组长",
        "拟认定",
        "组织委员",
    ):
        assert expected in said, expected


def test_a_reversal_and_what_replaces_it_are_both_shown(browser: Browser, settled: Quarter) -> None:
    said = text_of(browser.get(f"/members/{settled.branch.members[0].id}/statement").text)

    assert "冲销 为本支部讲一次党课" in said
    assert "−2.00" in said


def test_what_was_refused_is_shown_with_body_reason_and_minute(browser: Browser, settled: Quarter) -> None:
    said = text_of(browser.get(f"/members/{settled.branch.members[2].id}/statement").text)

    assert "没有计入的" in said
    for expected in ("支部委员会", "未附证明", "支委会〔2026〕1号"):
        assert expected in said


def test_the_figures_of_a_statement_are_those_of_the_line(browser: Browser, db: Db, settled: Quarter) -> None:
    branch = settled.branch
    with acting(db, branch.county_id, branch.unit_id) as session:
        claim = session.get_one(Claim, (branch.county_id, settled.claims[1]))
        line = session.scalars(select(Line).filter_by(round_id=settled.round_id, member_id=claim.member_id)).one()

    said = text_of(browser.get(f"/members/{claim.member_id}/statement").text)

    assert f"2026年第一季度 {line.points:.2f} 分" in said


def test_nobody_has_the_statement_of_a_stranger(browser: Browser) -> None:
    assert browser.get(f"/members/{uuid4()}/statement").status_code == 404
    assert browser.get("/members/1/statement").status_code == 404


def test_a_sum_is_written_as_one_would_by_hand() -> None:
    assert adding_up([Decimal("60.00"), Decimal("5.00"), Decimal("-3.50")]) == "60.00 + 5.00 − 3.50 = 61.50"
    assert adding_up([Decimal("2.00")]) == "2.00"
    assert adding_up([]) == "0.00"
