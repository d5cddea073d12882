"""One round of a village branch, from the claim to the file, through the steps of its people and the clock."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select

from shared.db.filings import Filing
from shared.db.ledger import LedgerEntry
from shared.db.notices import Notice
from shared.db.rounds import Line, Round
from shared.db.session import Db, acting
from shared.domain.meetings import Attended, Count
from shared.domain.notices import NoticeKind
from shared.usecases.claims import Ruling, decide_claims, draft_claim, submit_claim
from shared.usecases.filings import file_filing, receive_filing, submit_filing
from shared.usecases.lines import propose
from shared.usecases.meetings import call_roll, close_meeting, convene, vote_list
from shared.usecases.notices import approve_notice, draft_notice, publish_notice, review_notice
from shared.usecases.opinions import give_opinion
from shared.usecases.rounds import open_round
from tests.builders import Branch, a_county, a_deed, founder, run_clock, set_clock

START = datetime(2026, 1, 1, 1, 0, tzinfo=UTC)


def test_a_quarter_runs_from_claim_to_file(db: Db, clockwork: Db) -> None:
    branch = a_county(db)[0]
    set_clock(db, branch.county_id, START)
    mei = branch.members[0]
    with acting(db, branch.county_id, branch.unit_id) as session:
        round_ = open_round(session, founder(branch.county_id), branch.unit_id, "2026-Q1", START)
    with acting(db, branch.county_id, branch.unit_id) as session:
        claim = draft_claim(
            session, branch.actors[mei.id], round_.id, mei.id, a_deed("D-A4", date(2026, 1, 1)), START
        )
        submit_claim(session, branch.actors[mei.id], claim.id, START)
        give_opinion(session, branch.leader_of(mei), claim.id, True, "好", START)

    _close_and_pass(db, clockwork, branch, round_, claim.id)
    notice = _publish(db, branch, "2026-Q1", datetime(2026, 4, 14, 1, tzinfo=UTC))
    assert notice.closes_at == datetime(2026, 4, 21, 16, tzinfo=UTC)

    set_clock(db, branch.county_id, notice.closes_at - timedelta(seconds=1))
    run_clock(clockwork, branch.county_id)
    assert _entries(db, branch) == 0
    set_clock(db, branch.county_id, notice.closes_at)
    run_clock(clockwork, branch.county_id)
    assert _entries(db, branch) == 1

    with acting(db, branch.county_id, branch.unit_id) as session:
        filing = session.scalars(select(Filing).filter_by(unit_id=branch.unit_id)).one()
        submit_filing(session, branch["secretary"], filing.id, notice.closes_at)
    with acting(db, branch.county_id, branch.parent_id) as session:
        receive_filing(session, branch.above["township_officer"], filing.id, notice.closes_at)
        file_filing(session, branch.above["township_officer"], filing.id, notice.closes_at)
    run_clock(clockwork, branch.county_id)
    with acting(db, branch.county_id, branch.unit_id) as session:
        assert session.get_one(Round, (branch.county_id, round_.id)).state == "filed"
        assert (session.scalar(select(Line.points).filter_by(member_id=mei.id)) or 0) > Decimal(0)


def _close_and_pass(db: Db, clockwork: Db, branch: Branch, round_: Round, claim_id: UUID) -> None:
    at = datetime(2026, 4, 6, 1, tzinfo=UTC)
    set_clock(db, branch.county_id, at)
    run_clock(clockwork, branch.county_id)
    with acting(db, branch.county_id, branch.unit_id) as session:
        decide_claims(session, branch["organiser"], [claim_id], Ruling(True, "支委会〔2026〕1号"), at)
    with acting(db, branch.county_id, branch.unit_id) as session:
        propose(session, branch["secretary"], round_.id, {}, at)
    with acting(db, branch.county_id, branch.unit_id) as session:
        meeting = convene(session, branch["secretary"], "members", "一季度积分评定", "大会〔2026〕1号", at)
        everybody = {actor.person_id: Attended.PRESENT for actor in branch.actors.values() if actor.person_id}
        roll = call_roll(session, branch["secretary"], meeting.id, everybody)
        assert vote_list(session, branch["secretary"], meeting.id, [round_.id], Count(roll.present), [], at)
        close_meeting(session, branch["secretary"], meeting.id, at)


def _publish(db: Db, branch: Branch, period: str, at: datetime) -> Notice:
    with acting(db, branch.county_id, branch.unit_id) as session:
        notice = draft_notice(session, branch["recorder"], NoticeKind.FIRST, period, f"{period} 积分公示", at)
        review_notice(session, branch["publicity"], notice.id, at)
        approve_notice(session, branch["secretary"], notice.id, at)
        return publish_notice(session, branch["recorder"], notice.id, at)


def _entries(db: Db, branch: Branch) -> int:
    with acting(db, branch.county_id, branch.unit_id) as session:
        return session.scalar(select(func.count()).select_from(LedgerEntry)) or 0
