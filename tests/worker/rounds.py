"""Rounds that the clock has work with, and what it has left behind: the scenes of the worker's tests."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.cli.database import Urls
from services.cli.engines.start import Engines
from services.cli.processes import Processes, Program
from services.cli.site import programs
from shared.config import read_settings
from shared.db.notices import Notice
from shared.db.session import Db, acting
from shared.domain.meetings import Attended, Count
from shared.domain.notices import NoticeKind
from shared.usecases.claims import Ruling, decide_claims, draft_claim, submit_claim
from shared.usecases.lines import propose
from shared.usecases.meetings import call_roll, close_meeting, convene, vote_list
from shared.usecases.notices import approve_notice, draft_notice, publish_notice, review_notice
from shared.usecases.opinions import give_opinion
from shared.usecases.rounds import open_round
from tests.builders import Branch, a_deed, founder, run_clock, set_clock

START = datetime(2026, 1, 1, 1, 0, tzinfo=UTC)
MEETING = datetime(2026, 4, 6, 1, tzinfo=UTC)
PUBLISHED = datetime(2026, 4, 14, 1, tzinfo=UTC)
CLOSES = datetime(2026, 4, 21, 16, tzinfo=UTC)
QUARTERS = ("2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4")

# What a county's clock has done, told without ids, so that two counties with one story compare equal.
_STORY = {
    "history": "SELECT subject_kind, command, before, after, actor_name, at FROM history WHERE role = 'clock'",
    "notice": "SELECT period, state, published_at, closes_at, closed_at FROM notice",
    "round": "SELECT period, state, stage FROM round",
    "line": "SELECT state, stage, edition, points FROM line",
    "deadline": "SELECT subject_kind, stage, command, rung, due_at, outcome FROM deadline",
    "message": "SELECT topic, body ->> 'text', body ->> 'roles', made_at FROM message",
    "ledger": "SELECT item, points, kind, recorded_at FROM ledger_entry",
}


def open_rounds(db: Db, branch: Branch, periods: Sequence[str] = QUARTERS) -> None:
    """Open rounds, each with the deadline that ends its claims."""
    with acting(db, branch.county_id, branch.unit_id) as session:
        for period in periods:
            open_round(session, founder(branch.county_id), branch.unit_id, period, START)


def publish_quarter(db: Db, clockwork: Db, branches: Sequence[Branch]) -> list[Notice]:
    """Bring the first quarter of every branch of a county to its notice; one member has done something."""
    claims = {branch.unit_id: _claim(db, branch) for branch in branches}
    set_clock(db, branches[0].county_id, MEETING)
    run_clock(clockwork, branches[0].county_id)
    for branch in branches:
        _pass(db, branch, *claims[branch.unit_id])
    set_clock(db, branches[0].county_id, PUBLISHED)
    return [_publish(db, branch) for branch in branches]


def _claim(db: Db, branch: Branch) -> tuple[UUID, UUID]:
    member = branch.members[0]
    by = branch.actors[member.id]
    set_clock(db, branch.county_id, START)
    with acting(db, branch.county_id, branch.unit_id) as session:
        round_ = open_round(session, founder(branch.county_id), branch.unit_id, "2026-Q1", START)
        deed = a_deed("D-A4", date(2026, 1, 1))
        claim = draft_claim(session, by, round_.id, member.id, deed, START)
        submit_claim(session, by, claim.id, START)
        give_opinion(session, branch.leader_of(member), claim.id, True, "好", START)
    return round_.id, claim.id


def _pass(db: Db, branch: Branch, round_id: UUID, claim_id: UUID) -> None:
    with acting(db, branch.county_id, branch.unit_id) as session:
        decide_claims(session, branch["organiser"], [claim_id], Ruling(True, "支委会〔2026〕1号"), MEETING)
    with acting(db, branch.county_id, branch.unit_id) as session:
        propose(session, branch["secretary"], round_id, {}, MEETING)
    with acting(db, branch.county_id, branch.unit_id) as session:
        by = branch["secretary"]
        meeting = convene(session, by, "members", "一季度积分评定", "大会〔2026〕1号", MEETING)
        everybody = {actor.person_id: Attended.PRESENT for actor in branch.actors.values() if actor.person_id}
        roll = call_roll(session, by, meeting.id, everybody)
        assert vote_list(session, by, meeting.id, [round_id], Count(roll.present), [], MEETING)
        close_meeting(session, by, meeting.id, MEETING)


def _publish(db: Db, branch: Branch) -> Notice:
    with acting(db, branch.county_id, branch.unit_id) as session:
        notice = draft_notice(
            session, branch["recorder"], NoticeKind.FIRST, "2026-Q1", "一季度积分公示", PUBLISHED
        )
        review_notice(session, branch["publicity"], notice.id, PUBLISHED)
        approve_notice(session, branch["secretary"], notice.id, PUBLISHED)
        return publish_notice(session, branch["recorder"], notice.id, PUBLISHED)


def units_of(branches: Sequence[Branch]) -> list[UUID]:
    """Every unit of their county, from the branches up."""
    first = branches[0]
    return [*(branch.unit_id for branch in branches), first.parent_id, first.county_id]


def story(clockwork: Db, branches: Sequence[Branch]) -> dict[str, list[tuple[Any, ...]]]:
    """Return what the clock has done in a county, and where everything stands."""
    with acting(clockwork, branches[0].county_id, *units_of(branches)) as session:
        rows = {name: session.execute(text(query)).all() for name, query in _STORY.items()}
    return {name: sorted((tuple(row) for row in found), key=repr) for name, found in rows.items()}


def count(clockwork: Db, branches: Sequence[Branch], query: str) -> int:
    """Return one figure of a county."""
    with acting(clockwork, branches[0].county_id, *units_of(branches)) as session:
        return int(session.scalar(text(query)) or 0)


def as_deployed(urls: Urls, queue_url: str, data: Path) -> dict[str, Program]:
    """The worker and beat with the very commands that `jifen up` runs."""
    data.mkdir(exist_ok=True)
    given = read_settings({"JIFEN_DATA": str(data)})
    return {program.name: program for program in programs(urls, Engines("", queue_url, data), given)}


def start(processes: Processes, urls: Urls, queue_url: str, data: Path, *names: str) -> None:
    """Start some of the deployed programs."""
    deployed = as_deployed(urls, queue_url, data)
    for name in names or ("worker", "beat"):
        processes.start(deployed[name])
