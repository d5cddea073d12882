"""Reorganisations: in force from a day, the past as it was, open work first, points right on both sides."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from services.cli.database import Urls
from shared.authz.actor import Actor
from shared.db.filings import Filing
from shared.db.members import Member
from shared.db.reorganisations import Reorganisation
from shared.db.rounds import Line, Round
from shared.db.session import Db, acting, connect
from shared.db.transfers import Transfer
from shared.db.units import Unit, tree_on, unit_on
from shared.domain.errors import Forbidden, Invalid, NotFound
from shared.domain.reorganisations import Change, Plan
from shared.domain.units import UnitKind
from shared.domain.windows import local_day
from shared.usecases.administrations import found_unit
from shared.usecases.overviews import see_overview
from shared.usecases.reorganisations import call_off, decide_reorganisation
from shared.usecases.verification import Finding, first_wrong
from tests.builders import founder
from tests.quarters import filed
from tests.usecases.neighbours import Neighbours, morning

# What takes minutes together: with ./jifen test --all.
pytestmark = pytest.mark.long

PAPER = "青组〔2026〕12号"


@pytest.fixture
def county(db: Db, clockwork: Db) -> Neighbours:
    made = Neighbours(db, clockwork)
    made.go_to(morning(date(2026, 1, 5)))
    made.open_all("2026-Q1")
    return made


def officer(county: Neighbours) -> Actor:
    """Somebody of the county's organisation department."""
    return Actor(county.county_id, county.county_id, None, "县委组织部", frozenset({"county_officer"}))


def decide(county: Neighbours, subject: UUID, change: Change, day: date, **more: Any) -> Reorganisation:
    by = officer(county)
    with acting(county.db, county.county_id, by.unit_id) as session:
        return decide_reorganisation(session, by, subject, Plan(change, day, PAPER, **more), county.now)


def found(county: Neighbours, kind: UnitKind, name: str, code: str, parent: UUID | None = None) -> UUID:
    by = founder(county.county_id)
    with acting(county.db, county.county_id, county.county_id) as session:
        above = parent or county.county_id
        return found_unit(session, by, above, kind, name, code, "", county.now).id


def verified(urls: Urls, county: Neighbours) -> Finding | None:
    """What is wrong in this county; others' tests damage theirs."""
    with connect(urls.verifier, pool_size=1).begin() as session:
        return first_wrong(session, county.county_id)


def test_a_renamed_unit_keeps_its_old_name_on_the_days_before(county: Neighbours) -> None:
    unit = county.first.unit_id
    decide(county, unit, Change.RENAME, date(2026, 3, 1), name="第一联合党支部")
    assert county.first.row(Unit, unit).name == "第1村党支部"

    county.go_to(morning(date(2026, 3, 2)))

    with acting(county.db, county.county_id, unit) as session:
        named = [unit_on(session, county.county_id, unit, date(2026, month, 28)) for month in (2, 3)]
    assert [one.name for one in named if one] == ["第1村党支部", "第一联合党支部"]
    assert county.first.row(Unit, unit).name == "第一联合党支部"


def test_a_moved_branch_is_below_its_new_unit_from_that_day_on(county: Neighbours, urls: Urls) -> None:
    first = county.first
    other = found(county, UnitKind.TOWNSHIP, "东河镇", "donghe")
    decide(county, first.unit_id, Change.MOVE, date(2026, 1, 5), to_unit_id=other)

    with acting(county.db, county.county_id, county.county_id) as session:
        was = tree_on(session, county.county_id, date(2026, 1, 4))[first.unit_id]
        now = tree_on(session, county.county_id, date(2026, 1, 5))[first.unit_id]
    assert (was.parent_id, now.parent_id) == (first.branch.parent_id, other)
    county.record(first, county.mei.id, "D-B4", date(2026, 1, 20), "2026-Q1")
    county.finish_all("2026-Q1")
    for above, below in ((other, {first.unit_id}), (first.branch.parent_id, {county.second.unit_id})):
        by = Actor(county.county_id, above, None, "镇干部", frozenset({"township_officer"}))
        with acting(county.db, county.county_id, above) as session:
            assert {one.unit.id for one in see_overview(session, by).branches} == below
    assert verified(urls, county) is None


def test_what_was_filed_before_the_move_is_finished_where_it_was_sent(county: Neighbours, urls: Urls) -> None:
    county.finish_all("2026-Q1")
    other = found(county, UnitKind.TOWNSHIP, "东河镇", "donghe")
    decide(county, county.first.unit_id, Change.MOVE, local_day(county.now), to_unit_id=other)

    filed(county.db, county.clockwork, county.first.branch, county.now)

    (filing,) = county.first.all(select(Filing).filter_by(unit_id=county.first.unit_id))
    assert (filing.state, filing.to_unit_id) == ("filed", county.first.branch.parent_id)
    assert verified(urls, county) is None


def test_general_branches_stand_between_and_a_branch_goes_below_one(county: Neighbours) -> None:
    town = county.first.branch.parent_id
    general = found(county, UnitKind.GENERAL_BRANCH, "柳溪联村党总支", "lianhe", town)

    decide(county, county.first.unit_id, Change.MOVE, date(2026, 1, 5), to_unit_id=general)

    with pytest.raises(Invalid, match="党总支不能设在党支部下面"):
        decide(county, general, Change.MOVE, date(2026, 1, 5), to_unit_id=county.first.unit_id)
    by = Actor(county.county_id, general, None, "总支书记", frozenset({"general_officer"}))
    with acting(county.db, county.county_id, general) as session:
        assert [one.unit.id for one in see_overview(session, by).branches] == [county.first.unit_id]


def test_two_branches_are_merged_in_the_middle_of_a_round(county: Neighbours, urls: Urls) -> None:
    first, second = county.first, county.second
    county.record(first, county.mei.id, "D-B4", date(2026, 1, 20), "2026-Q1")
    county.go_to(morning(date(2026, 2, 10)))
    before = len(first.all(select(Member).filter_by(unit_id=first.unit_id)))

    decide(county, first.unit_id, Change.MERGE, date(2026, 2, 10), to_unit_id=second.unit_id)

    moved = second.all(select(Transfer))
    assert len(moved) == before
    assert first.row(Unit, first.unit_id).until == date(2026, 2, 9)
    assert [one.state for one in first.all(select(Round).filter_by(unit_id=first.unit_id))] == ["ended"]
    county.all = [second]
    for one in moved:
        assert one.to_member_id is not None
        second.branch.actors[one.to_member_id] = county.actor(second.row(Member, one.to_member_id))
    county.finish_all("2026-Q1")
    mei = next(one for one in moved if one.member_id == county.mei.id)
    (line,) = second.all(select(Line).filter_by(member_id=mei.to_member_id))
    assert (line.points, line.state) == (Decimal("2.00"), "settled")
    assert verified(urls, county) is None


def test_a_branch_is_split_and_both_go_on_with_the_round(county: Neighbours, urls: Urls) -> None:
    first = county.first
    county.record(first, county.mei.id, "D-B4", date(2026, 1, 20), "2026-Q1")
    county.go_to(morning(date(2026, 2, 10)))
    chosen = (county.mei.member_no, first.branch.members[1].member_no)

    decide(county, first.unit_id, Change.SPLIT, date(2026, 2, 10), name="新设党支部", code="new", members=chosen)

    new = county.first.all(select(Unit).filter_by(code="new"))[0]
    there = first.all(select(Member).filter_by(unit_id=new.id), new.id)
    assert len(there) == 2
    assert {one.present_from for one in there} == {date(2026, 2, 10)}
    (beside,) = first.all(select(Round).filter_by(unit_id=new.id), new.id)
    assert (beside.period, beside.state) == ("2026-Q1", "collecting")
    county.go_to(morning(date(2026, 4, 8)))
    lines = first.all(select(Line).filter_by(unit_id=new.id), new.id)
    assert {line.member_id for line in lines} == {one.id for one in there}
    assert verified(urls, county) is None


def test_open_work_is_finished_before_a_branch_ends_and_is_named(county: Neighbours) -> None:
    county.go_to(morning(date(2026, 4, 8)))

    with pytest.raises(Invalid) as refusal:
        decide(county, county.first.unit_id, Change.DISSOLVE, date(2026, 4, 8))

    said = str(refusal.value)
    assert "还有 13 名党员，请先转出" in said
    assert "积分还没有办结：2026年第一季度" in said


def test_a_decision_for_a_later_day_waits_for_the_clock_and_can_be_called_off(county: Neighbours) -> None:
    by = officer(county)
    later = decide(county, county.first.unit_id, Change.RENAME, date(2026, 3, 1), name="另一个名字")
    assert later.state == "planned"
    with acting(county.db, county.county_id, by.unit_id) as session:
        call_off(session, by, later.id, county.now)

    county.go_to(morning(date(2026, 3, 2)))

    assert county.first.row(Unit, county.first.unit_id).name == "第1村党支部"


def test_a_decision_that_has_become_impossible_stops_and_says_why(county: Neighbours) -> None:
    decision = decide(county, county.first.unit_id, Change.DISSOLVE, date(2026, 3, 1))

    county.go_to(morning(date(2026, 3, 2)))

    row = county.first.row(Reorganisation, decision.id, county.county_id)
    assert row.state == "stopped"
    assert "名党员，请先转出" in (row.result or "")
    assert county.first.row(Unit, county.first.unit_id).until is None


def test_nothing_is_decided_backwards_without_a_document_or_by_the_unit_itself(county: Neighbours) -> None:
    by = officer(county)
    plan = Plan(Change.RENAME, date(2026, 1, 4), " ", name=" ")
    with acting(county.db, county.county_id, by.unit_id) as session, pytest.raises(Invalid) as refusal:
        decide_reorganisation(session, by, county.first.unit_id, plan, county.now)
    assert len(refusal.value.faults) == 3
    with pytest.raises(Forbidden):
        county.first.do(
            decide_reorganisation, "secretary", county.first.unit_id, Plan(Change.RENAME, date(2026, 1, 5), PAPER)
        )


def test_a_township_decides_below_itself_alone(county: Neighbours) -> None:
    other = found(county, UnitKind.TOWNSHIP, "东河镇", "donghe")
    by = Actor(county.county_id, other, None, "镇干部", frozenset({"township_officer"}))

    plan = Plan(Change.RENAME, county.now.date() + timedelta(days=1), PAPER, name="别人的支部")
    with acting(county.db, county.county_id, other) as session, pytest.raises(NotFound):
        decide_reorganisation(session, by, county.first.unit_id, plan, county.now)
