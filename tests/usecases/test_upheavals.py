"""Units reorganised over open work: a claim, a notice that hangs, an objection; right on both sides afterwards."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from services.cli.database import Urls
from shared.db.claims import Record
from shared.db.filings import Filing
from shared.db.members import Member
from shared.db.objections import Objection
from shared.db.rounds import Line, Round
from shared.db.session import Db
from shared.db.transfers import Transfer, TransferStatement
from shared.db.units import Unit
from shared.domain.errors import Invalid
from shared.domain.reorganisations import Change
from shared.domain.transfers import carried
from shared.domain.units import UnitKind
from shared.usecases.answers import Remedy, answer_objection
from shared.usecases.claims import Ruling
from tests.quarters import filed
from tests.usecases.neighbours import Neighbour, Neighbours, morning
from tests.usecases.stage import DAY
from tests.usecases.test_reorganisations import decide, found, verified

# What takes minutes together: with ./jifen test --all.
pytestmark = pytest.mark.long

SPRING = date(2026, 4, 10)


@pytest.fixture
def county(db: Db, clockwork: Db) -> Neighbours:
    """Two branches in their first quarter."""
    made = Neighbours(db, clockwork)
    made.go_to(morning(date(2026, 1, 5)))
    made.open_all("2026-Q1")
    return made


@pytest.fixture
def objected(county: Neighbours) -> Objection:
    """The first quarter hangs in the first branch, Mei's line is under objection, and the second quarter runs."""
    first = county.first
    county.record(first, county.mei.id, "D-K09", date(2026, 1, 20), "2026-Q1")
    county.go_to(morning(date(2026, 4, 8)))
    county.open_all("2026-Q2")
    first.finish(county.rounds[first.unit_id, "2026-Q1"], "2026-Q1")
    made = first.object(county.mei, county.mei)
    first.investigate(made.id)
    county.go_to(morning(SPRING))
    return made


def upheld(county: Neighbours, objection: Objection) -> None:
    """Strike the record; the correction is posted and its days pass."""
    first = county.first
    records = tuple(first.all(select(Record.id).filter_by(member_id=county.mei.id, item="D-K09")))
    first.do(
        answer_objection, "secretary", objection.id, True, "认错了人", Remedy(strike=records, reason="认错了人")
    )
    county.go_to(first.closes_at + DAY)
    first.hang(first.drafted().id)
    county.go_to(county.now + 12 * DAY)


def line_of(at: Neighbour, member_id: UUID, period: str) -> Line:
    of_period = select(Line).join(Round, Round.id == Line.round_id).where(Round.period == period)
    (line,) = at.all(of_period.where(Line.member_id == member_id))
    return line


def test_a_member_split_off_under_objection_is_put_right_where_the_quarter_was_and_it_follows_them(
    county: Neighbours, objected: Objection, urls: Urls
) -> None:
    first = county.first
    decide(county, first.unit_id, Change.SPLIT, SPRING, name="新支部", code="new", members=(county.mei.member_no,))
    new = first.all(select(Unit).filter_by(code="new"))[0].id
    (joined,) = first.all(select(Member).filter_by(unit_id=new), new)

    upheld(county, objected)

    line = line_of(first, county.mei.id, "2026-Q1")
    assert (line.points, line.state) == (Decimal("0.00"), "settled")
    came = first.all(select(TransferStatement).order_by(TransferStatement.number), new)
    assert came[-1].to_member_id == joined.id
    read = carried(came[-1].package)
    assert [(one.period, one.points) for one in read.rounds] == [("2026-Q1", Decimal("0.00"))]
    assert read.pending == ()
    assert [one.period for one in first.all(select(Round).filter_by(unit_id=new), new)] == ["2026-Q2"]
    assert verified(urls, county) is None


def test_a_branch_moved_under_objection_goes_on_and_files_where_it_lies_now(
    county: Neighbours, objected: Objection, urls: Urls
) -> None:
    other = found(county, UnitKind.TOWNSHIP, "东河镇", "donghe")
    decide(county, county.first.unit_id, Change.MOVE, SPRING, to_unit_id=other)

    upheld(county, objected)

    assert line_of(county.first, county.mei.id, "2026-Q1").points == Decimal("0.00")
    filings = county.first.all(select(Filing).filter_by(unit_id=county.first.unit_id))
    assert {(one.to_unit_id, one.state) for one in filings} == {(other, "built")}
    assert verified(urls, county) is None


def test_neither_a_merger_nor_an_end_passes_over_a_notice_and_an_objection(
    county: Neighbours, objected: Objection
) -> None:
    first, second = county.first, county.second
    for change, to in ((Change.MERGE, second.unit_id), (Change.DISSOLVE, None)):
        with pytest.raises(Invalid) as refusal:
            decide(county, first.unit_id, change, SPRING, to_unit_id=to)
        said = str(refusal.value)
        assert "公示还没有结束：" in said
        assert f"异议还没有办结：{objected.number}" in said
    assert first.row(Unit, first.unit_id).until is None


def test_after_the_objection_the_branch_is_merged_and_the_running_quarter_counts_once_over_there(
    county: Neighbours, objected: Objection, urls: Urls
) -> None:
    first, second = county.first, county.second
    second.finish(county.rounds[second.unit_id, "2026-Q1"], "2026-Q1")
    county.record(first, county.mei.id, "D-B4", SPRING, "2026-Q2")
    upheld(county, objected)
    county.go_to(max(county.now, second.closes_at) + DAY)
    filed(county.db, county.clockwork, first.branch, county.now)
    day = (county.now + timedelta(hours=8)).date()

    decide(county, first.unit_id, Change.MERGE, day, to_unit_id=second.unit_id)

    county.all = [second]
    for one in second.all(select(Transfer)):
        assert one.to_member_id is not None
        second.branch.actors[one.to_member_id] = county.actor(second.row(Member, one.to_member_id))
    county.finish_all("2026-Q2")
    (mei,) = second.all(select(Transfer).filter_by(member_id=county.mei.id))
    assert mei.to_member_id is not None
    assert line_of(second, mei.to_member_id, "2026-Q2").points == Decimal("2.00")
    (newest, *_) = second.all(
        select(TransferStatement)
        .filter_by(to_member_id=mei.to_member_id)
        .order_by(TransferStatement.number.desc())
    )
    assert [one.period for one in carried(newest.package).rounds] == ["2026-Q1"]
    assert verified(urls, county) is None


@pytest.mark.parametrize("change", [Change.MERGE, Change.SPLIT])
def test_a_claim_is_decided_before_its_member_goes_over(county: Neighbours, urls: Urls, change: Change) -> None:
    first, mei = county.first, county.mei
    first.round_id = county.rounds[first.unit_id, "2026-Q1"]
    county.go_to(morning(date(2026, 2, 10)))
    claim = first.claim(mei, "D-B4", date(2026, 2, 3))
    more: dict[str, Any] = {"to_unit_id": county.second.unit_id} if change is Change.MERGE else {}
    more |= {"name": "新支部", "code": "new", "members": (mei.member_no,)} if change is Change.SPLIT else {}
    with pytest.raises(Invalid, match=claim.number):
        decide(county, first.unit_id, change, date(2026, 2, 10), **more)
    assert first.all(select(Transfer)) == []

    first.decide([claim], Ruling(True, "支委会〔2026〕1号"))
    decide(county, first.unit_id, change, date(2026, 2, 10), **more)

    (moved,) = first.all(select(Transfer).filter_by(member_id=mei.id))
    assert moved.state == "accepted"
    assert verified(urls, county) is None
