"""Corrections: what comes late, what an upheld objection moves in later rounds, and what a held line misses."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from shared.db.claims import Claim, Record
from shared.db.filings import Filing
from shared.db.ledger import LedgerEntry
from shared.db.notices import Notice
from shared.db.rounds import Award, Line, Round
from shared.db.session import Db, acting
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.notices import NoticeKind
from shared.usecases.answers import Remedy, answer_objection
from shared.usecases.claims import Ruling, decide_claims, draft_claim, submit_claim
from shared.usecases.confirmations import compile_lines, confirm_lines
from shared.usecases.corrections import correct_late
from shared.usecases.deeds import whole_year
from shared.usecases.lines import Difference, propose
from shared.usecases.records import enter_record
from tests.usecases.stage import CLOSED, DAY, POSTED, Stage, deed

PRIZE = "D-E6"  # three points each, six a year
FEB_2 = date(2026, 2, 2)
MINUTE = "支委会〔2026〕9号"


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A village branch with two prizes claimed by Mei, the second of them refused."""
    made = Stage(db, clockwork)
    made.accept(made.claim(made.mei, PRIZE))
    made.refuse(made.claim(made.mei, PRIZE))
    return made


def entered(stage: Stage, round_id: object) -> Any:
    """What the ledger holds for Mei in a round."""
    total = select(func.coalesce(func.sum(LedgerEntry.points), 0))
    return stage.all(total.filter_by(member_id=stage.mei.id, round_id=round_id))[0]


def by_rule(stage: Stage) -> dict[str, Decimal]:
    """What scoring the whole year makes of Mei's rounds."""
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        book_id = session.get_one(Round, (stage.county_id, stage.round_id)).book_id
        year = whole_year(session, stage.county_id, stage.unit_id, book_id, 2026)
    return {one.round: one.points for one in year[stage.mei.id].rounds}


def uphold(stage: Stage, objection_id: UUID, remedy: Remedy) -> None:
    """Let the branch find that the objector is right."""
    stage.investigate(objection_id)
    stage.do(answer_objection, "organiser", objection_id, True, "属实", remedy)
    stage.move(stage.now)


@pytest.mark.parametrize("later", ["passed", "published", "settled"])
def test_what_an_upheld_objection_leaves_of_a_yearly_cap_is_recomputed_later_on(stage: Stage, later: str) -> None:
    first = stage.round_id
    stage.publish()
    remedy = Remedy(accept=tuple(stage.all(select(Claim.id).filter_by(state="refused"))))
    objection = stage.object(stage.mei, stage.mei)
    _second_quarter(stage, later)
    second = stage.round_id
    assert stage.line(stage.mei).points == Decimal(3)

    uphold(stage, objection.id, remedy)
    for notice in stage.all(select(Notice).filter_by(state="drafted", kind="correction")):
        stage.hang(notice.id)
    if later == "passed":
        stage.post(period="2026-Q2")
    stage.move(stage.now + 12 * DAY)

    assert stage.line(stage.mei, first).points == Decimal(6)
    assert stage.line(stage.mei, second).points == Decimal(0)
    assert (entered(stage, first), entered(stage, second)) == (6, 0)
    assert by_rule(stage) == {"2026-Q1": 6, "2026-Q2": 0, "2026-Q3": 0, "2026-Q4": 0}


def test_what_comes_late_is_shown_again_with_a_window_of_its_own(stage: Stage) -> None:
    stage.publish()
    stage.move(POSTED + 9 * DAY)
    late = (correct_late, "organiser", stage.line(stage.mei).id, deed("D-K05", FEB_2))

    stage.do(*late, MINUTE)
    draft = stage.drafted()
    assert stage.line(stage.mei).state == "amended"
    assert stage.messages("deduction")
    notice = stage.hang(draft.id)
    assert entered(stage, stage.round_id) == Decimal(3)
    assert notice.closes_at is not None
    stage.move(notice.closes_at)

    assert entered(stage, stage.round_id) == stage.line(stage.mei).points == by_rule(stage)["2026-Q1"]
    (filing,) = stage.all(select(Filing))
    (own,) = (line for line in filing.package["lines"] if line["member_no"] == stage.mei.member_no)
    assert own["points"] == str(stage.line(stage.mei).points)


@pytest.mark.long
def test_a_late_entry_has_its_time_its_minute_and_its_people(stage: Stage) -> None:
    stage.propose()
    mine, theirs = stage.line(stage.mei), deed("D-A1", FEB_2)

    with pytest.raises(NotNow, match=r"已提出初步意见.*不能“更正”"):
        stage.do(correct_late, "organiser", mine.id, theirs, MINUTE)
    stage.pass_all()
    stage.post(at=POSTED)
    with pytest.raises(Invalid, match="会议记录"):
        stage.do(correct_late, "organiser", mine.id, theirs, " ")
    with pytest.raises(Invalid, match="不在本期"):
        stage.do(correct_late, "organiser", mine.id, deed("D-A1", date(2026, 4, 2)), MINUTE)
    with pytest.raises(Forbidden):
        stage.do(correct_late, "recorder", mine.id, theirs, MINUTE)
    own = next(m for m in stage.branch.actors if m == stage.branch["organiser"].member_id)
    query = select(Line).filter_by(member_id=own)
    with pytest.raises(Forbidden, match="自己的积分"):
        stage.do(correct_late, "organiser", stage.all(query)[0].id, theirs, MINUTE)
    stage.object(stage.mei, stage.mei)
    with pytest.raises(NotNow, match="有异议在办"):
        stage.do(correct_late, "organiser", mine.id, theirs, MINUTE)


@pytest.mark.long
def test_the_committees_difference_outlives_a_correction_unless_it_was_the_mistake(stage: Stage) -> None:
    stage.move(CLOSED)
    stage.do(propose, "secretary", stage.round_id, {stage.mei.id: Difference(Decimal(2), "准备不足")})
    stage.pass_all()
    stage.post(at=POSTED)
    stage.do(correct_late, "organiser", stage.line(stage.mei).id, deed("D-A1", FEB_2), MINUTE)

    line = stage.line(stage.mei)
    assert (line.by_rule, line.points, line.reason) == (Decimal(4), Decimal(3), "准备不足")
    stage.hang(stage.drafted().id)
    uphold(stage, stage.object(stage.mei, stage.mei).id, Remedy(by_rule=True))

    line = stage.line(stage.mei)
    kinds = stage.all(select(Award.kind).filter_by(line_id=line.id, edition=line.edition))
    assert (line.points, line.reason, set(kinds)) == (Decimal(4), None, {"event"})


@pytest.mark.long
def test_a_struck_record_counts_no_more_once_the_correction_has_settled(db: Db, clockwork: Db) -> None:
    stage = Stage(db, clockwork)
    record = stage.do(enter_record, "recorder", stage.round_id, stage.mei.id, deed("D-K01", date(2026, 1, 2)))
    stage.publish()
    objection = stage.object(stage.mei, stage.mei)

    uphold(stage, objection.id, Remedy(strike=(record.id,), reason="认错了人"))
    stage.hang(stage.drafted().id)
    stage.move(stage.now + 12 * DAY)

    assert stage.line(stage.mei).points == entered(stage, stage.round_id) == 0
    assert "strike" in stage.history(record.id)


def _office(db: Db, clockwork: Db) -> Stage:
    stage = Stage(db, clockwork, "chaiqian")
    stage.do(enter_record, "office", stage.round_id, stage.mei.id, deed("C-02", date(2026, 1, 2)))
    stage.move(CLOSED)
    with pytest.raises(NotNow, match="还没有汇总"):
        stage.post(by="office")
    stage.do(compile_lines, "office", stage.round_id)
    stage.post(at=POSTED, by="office")
    return stage


@pytest.mark.long
def test_an_office_publishes_twice_and_what_was_missing_is_claimed_in_between(db: Db, clockwork: Db) -> None:
    stage = _office(db, clockwork)
    claim = stage.do(draft_claim, stage.mei, stage.round_id, stage.mei.id, deed("C-06", date(2026, 1, 3)))
    stage.do(submit_claim, stage.mei, claim.id)
    with pytest.raises(NotNow, match="第一次公示期满"):
        stage.do(confirm_lines, "secretary", stage.round_id, MINUTE)
    stage.move(POSTED + 8 * DAY)
    assert entered(stage, stage.round_id) == 0

    with pytest.raises(NotNow, match="还有 1 项"):
        stage.do(confirm_lines, "secretary", stage.round_id, MINUTE)
    stage.do(decide_claims, "organiser", [claim.id], Ruling(True, MINUTE))
    with pytest.raises(NotNow, match="支部还没有认定"):
        stage.post(NoticeKind.SECOND, by="office")
    stage.do(confirm_lines, "secretary", stage.round_id, MINUTE)
    stage.post(NoticeKind.SECOND, by="office")
    stage.move(stage.now + 10 * DAY)

    assert stage.line(stage.mei).points == entered(stage, stage.round_id) == 55
    assert stage.row(Claim, claim.id).state == "confirmed"


@pytest.mark.long
def test_a_second_notice_takes_only_what_differs_from_the_decision(db: Db, clockwork: Db) -> None:
    stage = _office(db, clockwork)
    stage.move(POSTED + 8 * DAY)
    stage.do(confirm_lines, "secretary", stage.round_id, MINUTE)
    stage.post(NoticeKind.SECOND, by="office")

    with pytest.raises(NotNow, match="只受理“公示与支部认定不一致”"):
        stage.object(stage.mei, stage.mei)
    assert stage.object(stage.mei, stage.mei, "认定是 10 分，公示成了 5 分", differs=True).state == "raised"


@pytest.mark.long
@pytest.mark.parametrize("upheld", [True, False])
@pytest.mark.parametrize("answered", ["before the second notice", "after it", "after all has settled"])
def test_a_line_under_objection_misses_the_second_notice_and_gets_one_of_its_own(
    db: Db, clockwork: Db, upheld: bool, answered: str
) -> None:
    stage = _office(db, clockwork)
    records = tuple(stage.all(select(Record.id)))
    objection = stage.object(stage.mei, stage.mei)
    stage.investigate(objection.id, "discipline", "publicity")
    end = (answer_objection, "office", objection.id, upheld, "查明", Remedy(strike=records if upheld else ()))

    stage.move(POSTED + 8 * DAY)
    if answered == "before the second notice":
        stage.do(*end)
        stage.move(POSTED + 20 * DAY)
    stage.do(confirm_lines, "secretary", stage.round_id, MINUTE)
    stage.post(NoticeKind.SECOND, by="office")
    if answered == "after it":
        stage.do(*end)
        stage.move(stage.now + 2 * DAY)
    stage.move(stage.now + 12 * DAY)
    if answered == "after all has settled":
        assert stage.line(stage.branch.members[1]).state == "settled"
        stage.do(*end)
    stage.move(stage.now + 12 * DAY)
    if answered != "before the second notice":
        assert entered(stage, stage.round_id) == 0
        stage.hang(stage.drafted().id, by="office")
    stage.move(stage.now + 12 * DAY)

    assert entered(stage, stage.round_id) == (0 if upheld else 5)
    assert stage.line(stage.mei).state == "settled"


def _second_quarter(stage: Stage, until: str) -> None:
    stage.move(datetime(2026, 4, 30, 1, tzinfo=UTC))
    stage.round_id = stage.open("2026-Q2")
    stage.accept(
        stage.claim(stage.mei, PRIZE, date(2026, 4, 28)), stage.claim(stage.mei, PRIZE, date(2026, 4, 29))
    )
    stage.move(datetime(2026, 7, 7, 1, tzinfo=UTC))
    stage.do(propose, "secretary", stage.round_id, {})
    stage.pass_all()
    if until != "passed":
        stage.post(period="2026-Q2", at=datetime(2026, 7, 8, 1, tzinfo=UTC))
    if until == "settled":
        stage.move(datetime(2026, 7, 20, 1, tzinfo=UTC))
