"""Members' changes as a secretary works through them: joining, going over, probation, exemption, leaving."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from shared.db.members import Member
from shared.db.session import Db
from tests.api.conftest import Browser
from tests.api.people import Person, signed_in
from tests.usecases.neighbours import Neighbours, morning


@pytest.fixture
def county(db: Db, clockwork: Db) -> Neighbours:
    made = Neighbours(db, clockwork)
    made.go_to(morning(date(2026, 1, 5)))
    made.open_all("2026-Q1")
    return made


@pytest.fixture
def here(browser: Browser, db: Db, county: Neighbours) -> Person:
    """The secretary of the branch where the member is."""
    return signed_in(browser.app, db, county.first.branch["secretary"])


@pytest.fixture
def there(browser: Browser, db: Db, county: Neighbours) -> Person:
    """The secretary of the branch to which they go."""
    return signed_in(browser.app, db, county.second.branch["secretary"])


def waiting(person: Person) -> str:
    """The address of the transfer that a page lists."""
    assert person.page is not None
    return str(re.findall(r'href="(/changes/[0-9a-f-]{36})"', person.page.text)[0])


def test_a_member_goes_over_from_page_to_page(county: Neighbours, here: Person, there: Person) -> None:
    county.record(county.first, county.mei.id, "D-B4", date(2026, 1, 20), "2026-Q1")
    county.go_to(morning(date(2026, 2, 10)))
    asking = f"/members/{county.mei.id}/transfer"
    assert "年度等次由 12 月 31 日所在的支部评定" in here.opens(asking)

    said = here.hands_in(asking, to=county.second.unit_id, letter="介〔2026〕7号")
    assert "等对方接收" in said
    assert "第2村党支部" in said

    assert "党员001" in there.opens("/changes")
    address = waiting(there)
    there.opens(address)
    said = there.hands_in(address, number="501")

    assert "已接收" in said
    assert "2026 年度的等次由 12 月 31 日所在的支部（现在是第2村党支部）评定" in said
    assert "2026年1月20日" in said
    assert "已转到本县其他支部" in here.opens(f"/members/{county.mei.id}")
    assert "党员001" in there.opens("/members?q=501")


def test_the_member_reads_what_came_along(browser: Browser, db: Db, county: Neighbours) -> None:
    county.record(county.first, county.mei.id, "D-B4", date(2026, 1, 20), "2026-Q1")
    county.finish_all("2026-Q1")
    county.go_to(morning(date(2026, 4, 20)))
    joined = county.transfer(county.mei, county.first, county.second)
    mei = signed_in(browser.app, db, county.actor(joined))

    said = mei.opens("/points")

    assert "从原支部转来" in said
    assert "2026年第一季度 第1村党支部 2.00" in said


def test_the_member_reads_how_a_deed_from_the_old_branch_counted_in_the_new_one(
    browser: Browser, db: Db, county: Neighbours
) -> None:
    county.record(county.first, county.mei.id, "D-B4", date(2026, 1, 20), "2026-Q1")
    county.go_to(morning(date(2026, 2, 10)))
    joined = county.transfer(county.mei, county.first, county.second)
    county.finish_all("2026-Q1")

    said = signed_in(browser.app, db, county.actor(joined)).opens("/points")

    assert "代办群众事项" in said
    assert "2026年1月20日" in said


@pytest.mark.long
def test_whoever_has_gone_keeps_a_seat_in_the_old_branch_until_their_last_line_there_has_settled(
    browser: Browser, db: Db, county: Neighbours
) -> None:
    old = county.first.branch.actors[county.mei.id]
    county.go_to(morning(date(2026, 4, 8)))
    county.transfer(county.mei, county.first, county.second)
    mei = signed_in(browser.app, db, old)

    assert "第1村党支部 · 党员" in mei.opens("/points")
    county.finish_all("2026-Q1")
    assert "第2村党支部 · 党员" in mei.opens("/seats")


@pytest.mark.long
def test_the_new_branch_lets_the_member_in(county: Neighbours, there: Person) -> None:
    joined = county.transfer(county.mei, county.first, county.second)
    there.opens(f"/members/{joined.id}")

    assert "登录码" in there.hands_in(f"/members/{joined.id}/code")


@pytest.mark.long
def test_what_waits_for_the_new_branch_lies_on_its_desk(county: Neighbours, here: Person, there: Person) -> None:
    asking = f"/members/{county.mei.id}/transfer"
    here.opens(asking)
    here.hands_in(asking, to=county.second.unit_id)

    assert "接收转来的党员" in there.opens("/desk")


@pytest.mark.long
def test_all_that_is_in_the_way_stands_over_the_form_with_what_was_filled_in(
    county: Neighbours, here: Person, there: Person
) -> None:
    here.opens(f"/members/{county.mei.id}/transfer")
    here.hands_in(f"/members/{county.mei.id}/transfer", to=county.second.unit_id)
    there.opens("/changes")
    address = waiting(there)
    there.opens(address)

    said = there.hands_in(address, 422, number="001", day=[2026, 1, 9])

    assert "编号 001 在本支部已经用过" in said
    assert "最晚写今天" in said
    assert there.form(address).fields["number"] == ["001"]


@pytest.mark.long
def test_a_transfer_is_declined_with_a_reason_and_another_one_taken_back(
    county: Neighbours, here: Person, there: Person
) -> None:
    asking = f"/members/{county.mei.id}/transfer"
    here.opens(asking)
    here.hands_in(asking, to=county.second.unit_id)
    there.opens("/changes")
    address = waiting(there)
    there.opens(address)
    assert "请写明原因" in there.hands_in(f"{address}/decline", 422, reason="")
    there.hands_in(f"{address}/decline", reason="人在外地")
    assert "人在外地" in here.opens(address)
    here.opens(asking)
    here.hands_in(asking, to=county.second.unit_id)
    back = waiting(here)
    here.opens(back)

    assert "已撤回" in here.hands_in(f"{back}/withdraw")


@pytest.mark.long
def test_a_third_branch_knows_nothing_of_it(browser: Browser, db: Db, clockwork: Db) -> None:
    county = Neighbours(db, clockwork, branches=3)
    here = signed_in(browser.app, db, county.first.branch["secretary"])
    asking = f"/members/{county.mei.id}/transfer"
    here.opens(asking)
    here.hands_in(asking, to=county.second.unit_id)
    stranger = signed_in(browser.app, db, county.all[2].branch["secretary"])

    stranger.opens(waiting(here), 404)
    signed_in(browser.app, db, county.first.branch["recorder"]).opens("/changes", 403)


@pytest.mark.long
def test_somebody_joins_on_probation_and_is_made_a_full_member(county: Neighbours, here: Person) -> None:
    here.opens("/changes/join")
    assert "请填写姓名" in here.hands_in("/changes/join", 422, how="admitted")
    said = here.hands_in(
        "/changes/join",
        how="admitted",
        name="谷雨",
        number="301",
        birth_date=[2000, 4, 20],
        day=[2026, 1, 5],
        probationary="y",
    )
    assert "预备党员" in said
    assert "预备期到 2027年1月5日" in said
    assert "预备党员谷雨的预备期" in here.opens("/changes")
    county.go_to(morning(date(2027, 1, 6)))
    (new,) = county.first.all(select(Member).filter_by(member_no="301"))
    here.opens(f"/members/{new.id}/probation")
    said = here.hands_in(
        f"/members/{new.id}/probation", outcome="full", day=[2027, 1, 5], minute="大会〔2027〕1号"
    )
    assert "预备党员" not in said


@pytest.mark.long
def test_an_exemption_is_given_reviewed_and_ended(county: Neighbours, here: Person) -> None:
    address = f"/members/{county.mei.id}/exemption"
    assert "本人怎样同意的" in here.opens(address)
    here.hands_in(address, minute="大会〔2026〕2号", consent="本人签字 1月4日", review_on=[2026, 7, 1])
    assert "党员001不列入计分的复核" in here.opens("/changes")

    assert "复核" in here.opens(address)
    said = here.hands_in(f"{address}/review", minute="大会〔2026〕9号")

    assert "不列入计分" not in said.split("变动")[0]


@pytest.mark.long
def test_a_departure_is_entered_and_the_member_is_marked(county: Neighbours, here: Person) -> None:
    address = f"/members/{county.mei.id}/leave"
    here.opens(address)
    assert "要写明批准的文号" in here.hands_in(address, 422, how="expelled", last_day=[2026, 1, 4])

    said = here.hands_in(address, how="died", last_day=[2026, 1, 4])

    assert "已去世" in said
    assert "转到别的支部" not in said


@pytest.mark.long
def test_a_term_is_entered_and_listed_when_it_ends(county: Neighbours, here: Person) -> None:
    assert "还没有登记过" in here.opens("/terms")
    said = here.hands_in("/terms", since=[2023, 3, 1], until=[2026, 3, 1], minute="镇批〔2023〕5号")
    assert "第 1 届" in said
    assert "第1村党支部班子任期" in here.opens("/changes")
