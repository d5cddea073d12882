"""Corrections: what an ended objection does to its line, and lines re-reckoned after late or later events."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold
from shared.db.claims import Claim, Record
from shared.db.notices import Notice
from shared.db.objections import Objection
from shared.db.rounds import Line, Round
from shared.domain.claims import CLAIM, ClaimCommand
from shared.domain.lines import LINE, LineCommand, LineState
from shared.domain.notices import NoticeKind, NoticeState
from shared.domain.objections import ObjectionState, Outcome
from shared.domain.rounds import RoundState
from shared.usecases.books import book_of
from shared.usecases.carry_out import carry_out, remark
from shared.usecases.deeds import score_year
from shared.usecases.filings import build_filing
from shared.usecases.lines import reckon
from shared.usecases.messages import Audience, tell
from shared.usecases.notices import draft_notice
from shared.usecases.openings import case_of, close_to
from shared.usecases.settlement import settle


def finish(session: Session, actor: Actor, objection_id: UUID, at: datetime) -> None:
    """End a case in the branch: amend the line or release it, as soon as no other objection holds it."""
    objection = hold(session, actor, Action.LINE_AMEND, Objection, objection_id)
    line = hold(session, actor, Action.LINE_AMEND, Line, objection.line_id)
    close_to(session, actor.county_id, actor.unit_id, [objection.id, *case_of(session, line)])
    if objection.outcome == Outcome.UPHELD and objection.remedy:
        _mend(session, actor, objection.remedy, objection.number, at)
    others = select(Objection).filter_by(county_id=actor.county_id, line_id=line.id)
    all_of_line = list(session.scalars(others))
    if any(one.state != ObjectionState.CLOSED for one in all_of_line):
        return
    if any(one.outcome == Outcome.UPHELD for one in all_of_line) and line.state == LineState.HELD:
        amend_member(session, actor, line, objection.number, at)
    else:
        _release(session, actor, line, at)


def _mend(session: Session, actor: Actor, remedy: dict[str, Any], why: str, at: datetime) -> None:
    """Let what was refused count, and strike what was wrongly entered."""
    claims = [UUID(one) for one in remedy["accept"]]
    for command in (ClaimCommand.REOPEN, ClaimCommand.ACCEPT, ClaimCommand.CONFIRM):
        carry_out(session, actor, Claim, claims, CLAIM, command, at, note=why)
    for record_id in remedy["strike"]:
        record = session.get_one(Record, (actor.county_id, UUID(record_id)))
        record.struck_at, record.struck_reason = at, f"{why} {remedy['reason']}".strip()
        remark(session, actor, record, "strike", at, note=why)
    session.flush()


def amend_member(session: Session, actor: Actor, line: Line, why: str, at: datetime) -> None:
    """Re-reckon a member's line, and the later ones that a yearly cap makes depend on it, and publish anew."""
    round_ = session.get_one(Round, (actor.county_id, line.round_id))
    changed = [line, *_later(session, actor, line, round_)]
    periods = set()
    for one in changed:
        of_one = session.get_one(Round, (actor.county_id, one.round_id))
        before = one.points
        if one is line or _would_change(session, one, of_one):
            carry_out(session, actor, Line, [one.id], LINE, LineCommand.AMEND, at, note=why)
            reckon(session, of_one, [one])
            remark(session, actor, one, "recompute", at, note=f"{before} → {one.points}")
            if not _shown_again(session, actor, of_one):
                periods.add(of_one.notice_period)
    for period in sorted(periods):
        _propose_correction(session, actor, period, why, at)


def _later(session: Session, actor: Actor, line: Line, round_: Round) -> list[Line]:
    """Return the member's settled or published lines of later rounds of the same year."""
    later = (
        select(Line)
        .join(Round, (Round.county_id == Line.county_id) & (Round.id == Line.round_id))
        .where(
            Line.county_id == actor.county_id,
            Line.member_id == line.member_id,
            Line.state == LineState.SETTLED,
            Round.first_day > round_.last_day,
            Round.last_day <= date(round_.first_day.year, 12, 31),
            Round.period != str(round_.first_day.year),
        )
        .order_by(Round.period)
    )
    return list(session.scalars(later))


def _would_change(session: Session, line: Line, round_: Round) -> bool:
    scored = score_year(session, round_).get(line.member_id)
    return scored is not None and scored.points != line.by_rule


def _shown_again(session: Session, actor: Actor, round_: Round) -> bool:
    """Whether a second notice is still to come, which shows the amended line with all others."""
    stages = book_of(session, actor.county_id, round_.book_id).procedure.stages
    waiting = {RoundState.PUBLISHED, RoundState.CONFIRMING}
    return RoundState.CONFIRMING in stages and round_.state in waiting


def _propose_correction(session: Session, actor: Actor, period: str, why: str, at: datetime) -> Notice:
    """Draft the correction's notice; people review, approve and publish it like any other."""
    waiting = select(Notice).filter_by(
        county_id=actor.county_id, unit_id=actor.unit_id, period=period, kind=NoticeKind.CORRECTION
    )
    open_one = session.scalar(waiting.where(Notice.state == NoticeState.DRAFTED))
    notice = open_one or draft_notice(
        session, actor, NoticeKind.CORRECTION, period, f"{period} 积分更正公示（{why}）", at
    )
    said = f"{period} 积分更正公示已拟稿（{why}），请审核、审批后张贴。"
    tell(
        session, actor, actor.unit_id, "correction", notice.id, said, Audience(roles=["recorder", "publicity"]), at
    )
    return notice


def _release(session: Session, actor: Actor, line: Line, at: datetime) -> None:
    """Nothing changes: the line goes on; where its round has settled it settles now, and a supplement follows."""
    round_ = session.get_one(Round, (actor.county_id, line.round_id))
    if round_.state == RoundState.REPUBLISHED:
        # The second notice went up without it: it is shown by itself, with a window of its own.
        carry_out(session, actor, Line, [line.id], LINE, LineCommand.AMEND, at)
        _propose_correction(session, actor, round_.notice_period, "异议答复后补充公示", at)
        return
    carry_out(session, actor, Line, [line.id], LINE, LineCommand.RELEASE, at)
    ended = round_.state in {RoundState.SETTLED, RoundState.FILED}
    if ended and line.notice_id is not None and settle(session, actor, [line.notice_id], at):
        build_filing(session, actor, round_, round_.filing_period, at)
