"""Transfers: two steps, a year split in two, and the same points as if nobody had gone anywhere."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import select

from services.cli.database import Urls
from shared.db.ledger import AnnualLine
from shared.db.members import Member
from shared.db.rounds import Line
from shared.db.session import Db, acting, connect
from shared.db.transfers import Transfer, TransferStatement
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.records import EventRecord, MemberClass, MemberRecord
from shared.domain.scoring import score
from shared.domain.transfers import carried
from shared.usecases.arrivals import Arrival, accept_transfer, decline_transfer
from shared.usecases.rules import check_book
from shared.usecases.transfers import propose_transfer, see_transfers, withdraw_transfer
from shared.usecases.verification import Finding, first_wrong
from shared.usecases.years import close_year
from tests.usecases.neighbours import QUARTERS, Neighbours, morning, periods_of

DAYS = some.dates(date(2026, 1, 6), date(2026, 12, 30))
ITEMS = ("D-A1", "D-A7", "D-E6", "D-B4", "D-K09", "D-E2")


@pytest.fixture
def county(db: Db, clockwork: Db) -> Neighbours:
    made = Neighbours(db, clockwork)
    made.go_to(morning(date(2026, 1, 5)))
    made.open_all("2026-Q1")
    return made


def verified(urls: Urls, county: Neighbours) -> Finding | None:
    """What is wrong in this county; others' tests damage theirs."""
    with connect(urls.verifier, pool_size=1).begin() as session:
        return first_wrong(session, county.county_id)


@pytest.mark.long
def test_a_member_goes_over_in_two_steps_and_the_year_is_split_on_that_day(county: Neighbours) -> None:
    county.go_to(morning(date(2026, 2, 10)))
    mei = county.mei

    joined = county.transfer(mei, county.first, county.second)

    left = county.first.row(Member, mei.id)
    assert (left.present_to, left.left_as) == (date(2026, 2, 9), "transferred")
    assert (joined.present_from, joined.person_id) == (date(2026, 2, 10), mei.person_id)
    transfer = county.second.all(select(Transfer))[0]
    assert (transfer.state, transfer.letter, transfer.moved_on) == ("accepted", "介〔2026〕7号", date(2026, 2, 10))


def test_the_branch_of_the_last_day_scores_the_round_with_what_was_done_before(
    county: Neighbours, urls: Urls
) -> None:
    mei = county.mei
    county.record(county.first, mei.id, "D-B4", date(2026, 1, 20), "2026-Q1")
    county.go_to(morning(date(2026, 2, 10)))
    joined = county.transfer(mei, county.first, county.second)
    county.record(county.second, joined.id, "D-B4", date(2026, 3, 1), "2026-Q1")

    county.finish_all("2026-Q1")

    assert county.first.all(select(Line).filter_by(member_id=mei.id)) == []
    (line,) = county.second.all(select(Line).filter_by(member_id=joined.id))
    assert (line.points, line.state) == (Decimal("4.00"), "settled")
    assert verified(urls, county) is None


@pytest.mark.long
def test_what_settles_in_the_old_branch_afterwards_follows_in_a_second_statement(
    county: Neighbours, urls: Urls
) -> None:
    mei = county.mei
    county.record(county.first, mei.id, "D-A1", date(2026, 1, 20), "2026-Q1")
    county.go_to(morning(date(2026, 4, 3)))
    county.open_all("2026-Q2")

    joined = county.transfer(mei, county.first, county.second)
    county.finish_all("2026-Q1")

    came = county.second.all(select(TransferStatement).order_by(TransferStatement.number))
    assert [one.number for one in came] == [1, 2]
    assert came[0].package["rounds"] == []
    (first,) = came[1].package["rounds"]
    assert (first["period"], first["points"], first["unit"]) == ("2026-Q1", "1.00", "第1村党支部")
    assert county.second.all(select(Line).filter_by(member_id=joined.id)) == []
    assert verified(urls, county) is None


@pytest.mark.long
def test_a_statement_says_what_is_still_to_come_and_the_year_is_not_closed_before(county: Neighbours) -> None:
    county.go_to(morning(date(2026, 4, 3)))
    county.transfer(county.mei, county.first, county.second)
    (came,) = county.second.all(select(TransferStatement))
    assert carried(came.package).pending == ("2026-Q1",)
    county.go_to(morning(date(2026, 4, 8)))
    county.second.finish(county.rounds[county.second.unit_id, "2026-Q1"], "2026-Q1")
    county.go_to(county.second.closes_at)

    with pytest.raises(NotNow, match="党员001在原支部还有没有入账的积分"):
        county.second.do(close_year, "secretary", 2026)

    county.first.finish(county.rounds[county.first.unit_id, "2026-Q1"], "2026-Q1")
    county.go_to(county.first.closes_at)
    county.second.do(close_year, "secretary", 2026)


@pytest.mark.long
def test_a_member_may_go_on_to_a_third_branch_and_everything_comes_along(
    db: Db, clockwork: Db, urls: Urls
) -> None:
    county = Neighbours(db, clockwork, branches=3)
    county.go_to(morning(date(2026, 1, 5)))
    county.open_all("2026-Q1")
    county.record(county.first, county.mei.id, "D-A7", date(2026, 1, 20), "2026-Q1")
    county.go_to(morning(date(2026, 4, 2)))
    county.open_all("2026-Q2")
    second = county.transfer(county.mei, county.first, county.second)
    county.go_to(morning(date(2026, 4, 4)))
    third = county.transfer(second, county.second, county.all[2])
    county.record(county.all[2], third.id, "D-A7", date(2026, 4, 5), "2026-Q2")

    county.finish_all("2026-Q1")
    county.finish_all("2026-Q2")

    (line,) = county.all[2].all(select(Line).filter_by(member_id=third.id))
    newest = county.all[2].all(select(TransferStatement).order_by(TransferStatement.number.desc()))[0]
    # What the year's cap gave in the first quarter is not given again.
    assert line.points == Decimal("0.00")
    assert [(one["period"], one["points"]) for one in newest.package["rounds"]] == [("2026-Q1", "2.00")]
    assert verified(urls, county) is None


@pytest.mark.long
def test_only_the_branch_that_is_asked_may_accept_and_only_once(county: Neighbours) -> None:
    first, second, mei = county.first, county.second, county.mei
    transfer = first.do(propose_transfer, "secretary", mei.id, second.unit_id, "")
    arrival = Arrival(date(2026, 1, 5), "501")

    with pytest.raises(NotNow, match="已经提出"):
        first.do(propose_transfer, "secretary", mei.id, second.unit_id, "")
    with pytest.raises(Forbidden):
        first.do(accept_transfer, "secretary", transfer.id, arrival)
    with pytest.raises(Forbidden):
        second.do(accept_transfer, "recorder", transfer.id, arrival)
    second.do(accept_transfer, "secretary", transfer.id, arrival)
    with pytest.raises(NotNow, match="已接收"):
        second.do(accept_transfer, "secretary", transfer.id, arrival)


@pytest.mark.long
def test_it_may_be_declined_with_a_reason_or_taken_back(county: Neighbours) -> None:
    first, second, mei = county.first, county.second, county.mei
    transfer = first.do(propose_transfer, "secretary", mei.id, second.unit_id, "")
    with pytest.raises(Invalid, match="写明原因"):
        second.do(decline_transfer, "secretary", transfer.id, " ")
    second.do(decline_transfer, "secretary", transfer.id, "人在外地，请转到流入地。")
    again = first.do(propose_transfer, "secretary", mei.id, second.unit_id, "")
    first.do(withdraw_transfer, "secretary", again.id)

    with acting(county.db, county.county_id, first.unit_id) as session:
        over = see_transfers(session, first.branch["secretary"]).over
    assert {one.state for one in over} == {"declined", "withdrawn"}
    assert first.row(Member, mei.id).present_to is None


@pytest.mark.long
def test_all_that_is_in_the_way_of_receiving_is_said_at_once(county: Neighbours) -> None:
    first, second, mei = county.first, county.second, county.mei
    first.round_id = county.rounds[first.unit_id, "2026-Q1"]
    first.claim(mei, day=date(2026, 1, 3))
    transfer = first.do(propose_transfer, "secretary", mei.id, second.unit_id, "")

    with pytest.raises(Invalid) as refusal:
        second.do(accept_transfer, "secretary", transfer.id, Arrival(date(2026, 1, 9), "001"))

    said = str(refusal.value)
    assert "最晚写今天" in said
    assert "编号 001 在本支部已经用过" in said
    assert "还有申报没有审核完" in said


@pytest.mark.long
def test_nobody_is_received_on_a_day_of_a_round_that_takes_no_more_deeds(county: Neighbours) -> None:
    county.go_to(morning(date(2026, 4, 8)))
    transfer = county.first.do(propose_transfer, "secretary", county.mei.id, county.second.unit_id, "")

    with pytest.raises(Invalid, match="最早可以从2026年4月1日"):
        county.second.do(accept_transfer, "secretary", transfer.id, Arrival(date(2026, 3, 20), "501"))


@pytest.mark.long
def test_what_happened_before_is_entered_no_more_in_the_branch_that_was_left(county: Neighbours) -> None:
    county.go_to(morning(date(2026, 2, 10)))
    county.transfer(county.mei, county.first, county.second)

    with pytest.raises(Invalid, match="本期不由本支部计分"):
        county.record(county.first, county.mei.id, "D-B4", date(2026, 1, 20), "2026-Q1")


@pytest.mark.long
def test_figures_of_another_book_are_told_and_do_not_count(county: Neighbours) -> None:
    county.record(county.first, county.mei.id, "D-B4", date(2026, 1, 20), "2026-Q1")
    county.go_to(morning(date(2026, 2, 10)))
    joined = county.transfer(county.mei, county.first, county.second)
    (came,) = county.second.all(select(TransferStatement))

    assert [one.item for one in carried(came.package).under("county-plan").deeds] == ["D-B4"]
    assert carried(came.package).under("xinba").deeds == ()
    assert came.to_member_id == joined.id


@pytest.mark.long
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    deeds=some.lists(some.tuples(DAYS, some.sampled_from(ITEMS)), max_size=9),
    goes=some.dates(date(2026, 1, 10), date(2026, 12, 28)),
)
def test_a_year_in_two_branches_is_worth_what_it_is_worth_in_one(
    db: Db, clockwork: Db, urls: Urls, deeds: Sequence[tuple[date, str]], goes: date
) -> None:
    county = Neighbours(db, clockwork)
    joined = lived(county, sorted(deeds), goes)

    (there,) = county.second.all(select(AnnualLine).filter_by(member_id=joined.id))
    assert (there.year_points, there.grade) == in_one_branch(sorted(deeds))
    assert county.first.all(select(AnnualLine).filter_by(member_id=county.mei.id)) == []
    assert verified(urls, county) is None


def lived(county: Neighbours, deeds: Sequence[tuple[date, str]], goes: date) -> Member:
    """Live the year: deeds are entered where the member is, and on the day they go over."""
    joined: Member | None = None
    for period in QUARTERS:
        begins = date(2026, 3 * QUARTERS.index(period) + 1, 1)
        county.go_to(max(county.now, morning(begins + timedelta(days=5))))
        county.open_all(period)
        of_period = [(day, item) for (day, item) in deeds if periods_of([day]) == [period]]
        for day, item in [one for one in of_period if one[0] < goes]:
            county.record(county.first, county.mei.id, item, day, period)
        if periods_of([goes]) == [period]:
            county.go_to(max(county.now, morning(goes)))
            joined = county.transfer(county.mei, county.first, county.second)
        for day, item in [one for one in of_period if one[0] >= goes]:
            assert joined is not None
            county.record(county.second, joined.id, item, max(day, joined.present_from or day), period)
        county.finish_all(period)
    county.close_the_year()
    assert joined is not None
    return joined


def in_one_branch(deeds: Sequence[tuple[date, str]]) -> tuple[Decimal | None, str | None]:
    """What the year gives to somebody who never went anywhere."""
    member = MemberRecord("1", MemberClass.ORDINARY, date(1970, 5, 1))
    events = [EventRecord(str(n), day, "1", item) for n, (day, item) in enumerate(deeds)]
    found = score(check_book("county-plan").book, 2026, [member], events).members[0]
    return found.year_points, found.grade


@pytest.mark.long
def test_a_year_with_a_transfer_in_june_ends_with_the_same_points(db: Db, clockwork: Db, urls: Urls) -> None:
    deeds = [
        (date(2026, 1, 15), "D-A7"),
        (date(2026, 2, 15), "D-E6"),
        (date(2026, 5, 6), "D-E6"),
        (date(2026, 6, 20), "D-A7"),
        (date(2026, 6, 21), "D-E6"),
        (date(2026, 9, 2), "D-K09"),
    ]
    county = Neighbours(db, clockwork)

    joined = lived(county, deeds, date(2026, 6, 1))

    (there,) = county.second.all(select(AnnualLine).filter_by(member_id=joined.id))
    assert (there.year_points, there.grade) == in_one_branch(deeds)
    assert verified(urls, county) is None
