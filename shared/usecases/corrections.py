"""Corrections: what an ended objection does to its line, and lines re-reckoned after late or later events."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor, the_clock
from shared.authz.gate import hold
from shared.db.claims import Claim, Record
from shared.db.members import Member
from shared.db.notices import Notice
from shared.db.objections import Objection
from shared.db.rounds import Award, Line, Round
from shared.domain.claims import CLAIM, ClaimCommand
from shared.domain.deeds import Deed
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.lines import LINE, LineCommand, LineState
from shared.domain.notices import NoticeKind, NoticeState
from shared.domain.objections import ObjectionState, Outcome
from shared.domain.periods import period_in_words
from shared.domain.rounds import RoundState
from shared.usecases.books import book_of
from shared.usecases.carry_out import carry_out, remark
from shared.usecases.deeds import score_year
from shared.usecases.filings import supplement
from shared.usecases.lines import ADJUSTMENT, reckon
from shared.usecases.messages import Audience, tell
from shared.usecases.notices import draft_notice
from shared.usecases.openings import case_of, close_to
from shared.usecases.records import record_deed
from shared.usecases.settlement import settle
from shared.usecases.transfer_statements import follow


def finish(session: Session, actor: Actor, objection_id: UUID, at: datetime) -> None:
    """End a case in the branch: amend the line or release it, as soon as no other objection holds it."""
    objection = hold(session, actor, Action.LINE_AMEND, Objection, objection_id)
    line = hold(session, actor, Action.LINE_AMEND, Line, objection.line_id)
    close_to(session, actor.county_id, actor.unit_id, [objection.id, *case_of(session, line)])
    upheld = objection.outcome == Outcome.UPHELD
    if upheld and objection.remedy:
        _mend(session, actor, objection.remedy, objection.number, at)
    # An objection to what an earlier notice showed has had its effect on that one.
    others = select(Objection).filter_by(county_id=actor.county_id, line_id=line.id, notice_id=objection.notice_id)
    all_of_line = list(session.scalars(others))
    if line.state != LineState.HELD or any(one.state != ObjectionState.CLOSED for one in all_of_line):
        return
    won = [one for one in all_of_line if one.outcome == Outcome.UPHELD]
    by_rule = any((one.remedy or {}).get("by_rule") for one in won)
    round_ = session.get_one(Round, (actor.county_id, line.round_id))
    if won or _would_change(session, line, round_):
        amend_member(session, actor, line, objection.number, at, keep=not by_rule)
    else:
        _release(session, actor, line, round_, at)


def correct_late(session: Session, actor: Actor, line_id: UUID, deed: Deed, minute: str, now: datetime) -> Record:
    """Enter what came after the round closed: the line is corrected and shown again, until its year is published.

    NotNow while the round still takes records, while somebody objects to the line, and after the year's notice.
    """
    line = hold(session, actor, Action.LINE_AMEND, Line, line_id)
    round_ = session.get_one(Round, (actor.county_id, line.round_id))
    member = session.get_one(Member, (actor.county_id, line.member_id))
    if not minute.strip():
        raise Invalid("更正要写明会议记录编号。")
    if line.member_id == actor.member_id:
        raise Forbidden("不能更正自己的积分，请由其他同志办理。")
    LINE.after(LineState(line.state), LineCommand.AMEND)
    if line.state == LineState.HELD:
        raise NotNow("这一行积分有异议在办，办结后再作更正。")
    if _year_is_published(session, round_):
        raise NotNow(f"{round_.first_day.year} 年的年度积分已经公示，不能再作更正。")
    item = book_of(session, actor.county_id, round_.book_id).items.get(deed.item)
    # What was taken over wrongly is put right by a decision like anything else.
    decided = replace(deed, decision=deed.decision or minute, origin=item.taken_from if item else None)
    record = record_deed(session, actor, round_, member, decided, now)
    amend_member(session, actor, line, f"漏记更正（{minute}）", now)
    return record


def _year_is_published(session: Session, round_: Round) -> bool:
    of_year = select(Notice.id).filter_by(
        county_id=round_.county_id, unit_id=round_.unit_id, kind=NoticeKind.YEAR, period=str(round_.first_day.year)
    )
    return session.scalar(of_year.where(Notice.published_at.is_not(None)).limit(1)) is not None


def _mend(session: Session, actor: Actor, remedy: dict[str, Any], why: str, at: datetime) -> None:
    """Let what was refused count, and strike what was wrongly entered."""
    claims = [UUID(one) for one in remedy["accept"]]
    for command in (ClaimCommand.REOPEN, ClaimCommand.ACCEPT, ClaimCommand.CONFIRM):
        carry_out(session, actor, Claim, claims, CLAIM, command, at, note=why)
    for claim_id in claims:
        claim = session.get_one(Claim, (actor.county_id, claim_id))
        claim.decision = claim.decision or why
        claim.refused_by = claim.reason = claim.minute = None
    for record_id in remedy["strike"]:
        record = session.get_one(Record, (actor.county_id, UUID(record_id)))
        if record.struck_at is None:
            record.struck_at, record.struck_reason = at, f"{why} {remedy['reason']}".strip()
            remark(session, actor, record, "strike", at, note=why)
    session.flush()


def amend_member(session: Session, actor: Actor, line: Line, why: str, at: datetime, keep: bool = True) -> None:
    """Re-reckon a member's line, and the later ones that a yearly cap makes depend on it, and publish anew.

    `keep`: what the committee's figure differed by stays in it.
    """
    round_ = session.get_one(Round, (actor.county_id, line.round_id))
    periods = {_amend(session, actor, line, round_, why, at, keep)}
    for one in _later(session, actor, line, round_):
        of_one = session.get_one(Round, (actor.county_id, one.round_id))
        # A line under objection is reckoned anew when its own case ends.
        if one.state != LineState.HELD and _would_change(session, one, of_one):
            periods.add(_amend(session, actor, one, of_one, why, at, keep=True))
    for period in sorted(period for period in periods if period):
        _propose_correction(session, actor, period, why, at)


def _amend(
    session: Session, actor: Actor, line: Line, round_: Round, why: str, at: datetime, keep: bool
) -> str | None:
    """Put a new edition of a line; return the period whose notice must show it, None where one is to come."""
    before = line.points
    shown = line.state in {LineState.PUBLISHED, LineState.SETTLED, LineState.HELD}
    if shown:
        carry_out(session, actor, Line, [line.id], LINE, LineCommand.AMEND, at, note=why)
    reckon(session, round_, [line], keep=keep)
    remark(session, actor, line, "recompute", at, note=f"{before} → {line.points}")
    return round_.notice_period if shown and not _shown_again(session, round_) else None


def _later(session: Session, actor: Actor, line: Line, round_: Round) -> list[Line]:
    """Return the member's lines of later rounds of the same year that have been reckoned."""
    later = (
        select(Line)
        .join(Round, (Round.county_id == Line.county_id) & (Round.id == Line.round_id))
        .where(
            Line.county_id == actor.county_id,
            Line.member_id == line.member_id,
            Line.edition > 0,
            Round.first_day > round_.last_day,
            Round.last_day <= date(round_.first_day.year, 12, 31),
        )
        .order_by(Round.period)
    )
    return list(session.scalars(later))


def _would_change(session: Session, line: Line, round_: Round) -> bool:
    """Whether the rule now makes something else of a line, in its figure or in what counts once for the year."""
    score = score_year(session, round_).get(line.member_id)
    if score is None:
        return False
    standing = select(Award.source_id, Award.item, Award.points, Award.scope).filter_by(
        county_id=line.county_id, line_id=line.id, edition=line.edition
    )
    rows = session.execute(standing.where(Award.kind != ADJUSTMENT).order_by(Award.ordinal))
    made = [(UUID(a.event_no) if a.event_no else None, a.item, a.counted, str(a.scope)) for a in score.awards]
    return made != [tuple(row) for row in rows]


def _shown_again(session: Session, round_: Round) -> bool:
    """Whether a second notice is still to come, which shows the amended line with all others."""
    waiting = {RoundState.PUBLISHED, RoundState.CONFIRMING}
    return _publishes_twice(session, round_) and round_.state in waiting


def _publishes_twice(session: Session, round_: Round) -> bool:
    stages = book_of(session, round_.county_id, round_.book_id).procedure.stages
    return RoundState.CONFIRMING in stages


def _propose_correction(session: Session, actor: Actor, period: str, why: str, at: datetime) -> Notice:
    """Let the clock draft the correction's notice; people review, approve and publish it like any other."""
    waiting = select(Notice).filter_by(
        county_id=actor.county_id, unit_id=actor.unit_id, period=period, kind=NoticeKind.CORRECTION
    )
    open_one = session.scalar(waiting.where(Notice.state == NoticeState.DRAFTED))
    clock, title = the_clock(actor.county_id, actor.unit_id), f"{period_in_words(period)}积分更正公示（{why}）"
    notice = open_one or draft_notice(session, clock, NoticeKind.CORRECTION, period, title, at)
    said = f"{period_in_words(period)}积分更正公示已拟稿（{why}），请审核、审批后张贴。"
    people = Audience(roles=["recorder", "publicity"], steps=[Action.NOTICE_REVIEW, Action.NOTICE_PUBLISH])
    tell(session, actor, actor.unit_id, "correction", notice.id, said, people, at)
    return notice


def _release(session: Session, actor: Actor, line: Line, round_: Round, at: datetime) -> None:
    """Nothing changes: the line goes on; where its round has settled it settles now, and is filed."""
    ended = round_.state in {RoundState.SETTLED, RoundState.FILED}
    notice = session.get_one(Notice, (actor.county_id, line.notice_id))
    confirmed = ended or round_.state == RoundState.REPUBLISHED
    if notice.kind == NoticeKind.FIRST and confirmed and _publishes_twice(session, round_):
        # The second notice went up without it: it is shown by itself, with a window of its own.
        amend_member(session, actor, line, "异议答复后补充公示", at)
        return
    carry_out(session, actor, Line, [line.id], LINE, LineCommand.RELEASE, at)
    settled = settle(session, actor, [notice.id], at) if ended else []
    follow(session, actor.county_id, settled, at)
    if settled:
        supplement(session, actor, round_, at)
