"""Notices: drafted, reviewed, approved, published with seal and window (党务公开条例 article 15), closed."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Exists, select, text, update
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, require
from shared.db.claims import Claim
from shared.db.history import History
from shared.db.members import Member
from shared.db.notices import Notice, NoticeLine
from shared.db.rounds import Line, Round
from shared.domain.claims import CLAIM, ClaimCommand
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.lines import LINE, LineCommand, LineState
from shared.domain.notices import NOTICE, NoticeCommand, NoticeKind, NoticeState
from shared.domain.periods import Period, day_in_words, period_in_words
from shared.domain.procedures import WindowKind
from shared.domain.rounds import RoundCommand, RoundState
from shared.domain.windows import Window, close, local_day
from shared.usecases.appraisal_notices import show_results
from shared.usecases.attestations import refuse_unattested
from shared.usecases.books import book_of
from shared.usecases.calendars import calendar
from shared.usecases.carry_out import all_of, arm, carry_out, remark, step
from shared.usecases.disclosures import refuse_disclosures
from shared.usecases.messages import MEMBERS, Audience, tell
from shared.usecases.postings import book_behind
from shared.usecases.rounds import path_of
from shared.usecases.seals import seal_notice

CLOSE_WINDOW = "close_window"
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"

_SHOWN = text("""
INSERT INTO notice_line (county_id, id, unit_id, notice_id, line_id, round_id, member_id, edition, points, reason)
SELECT county_id, gen_random_uuid(), unit_id, :notice, id, round_id, member_id, edition, points, reason
FROM line WHERE county_id = :county AND id = ANY(CAST(:lines AS uuid[]))
""")


def draft_notice(
    session: Session,
    actor: Actor,
    kind: NoticeKind,
    period: str,
    title: str,
    now: datetime,
    code: str | None = None,
) -> Notice:
    """Propose a notice (提出). `code` is what the printed notice's QR leads to; made here where none is given."""
    require(actor, Action.NOTICE_DRAFT)
    if not title.strip():
        raise Invalid("公示要有标题。")
    notice = Notice(
        county_id=actor.county_id,
        unit_id=actor.unit_id,
        kind=kind,
        period=period,
        title=title,
        code=code or "".join(secrets.choice(LETTERS) for _ in range(8)),
        state=NoticeState.DRAFTED,
        stage=0,
    )
    session.add(notice)
    session.flush()
    remark(session, actor, notice, "draft", now)
    return notice


def redraft_notice(session: Session, actor: Actor, notice_id: UUID, title: str, now: datetime) -> None:
    """Mend a notice that is being drafted, for the first time or after it was sent back."""
    notice = hold(session, actor, Action.NOTICE_DRAFT, Notice, notice_id)
    if notice.state != NoticeState.DRAFTED:
        raise NotNow(f"这份公示现在是“{NOTICE.words[NoticeState(notice.state)]}”，要先退回才能修改。")
    if not title.strip():
        raise Invalid("公示要有标题。")
    notice.title = title
    remark(session, actor, notice, "redraft", now)


def review_notice(session: Session, actor: Actor, notice_id: UUID, now: datetime) -> None:
    """Review it, for secrets and private matters too (审核); never by who drafted it."""
    notice = hold(session, actor, Action.NOTICE_REVIEW, Notice, notice_id)
    _not_by_drafter(session, actor, notice)
    step(session, actor, notice, NOTICE, NoticeCommand.REVIEW, now)


def approve_notice(session: Session, actor: Actor, notice_id: UUID, now: datetime) -> None:
    """Approve it (审批); never by who drafted it."""
    notice = hold(session, actor, Action.NOTICE_APPROVE, Notice, notice_id)
    _not_by_drafter(session, actor, notice)
    if _who(session, notice, NoticeCommand.REVIEW) == actor.person_id:
        raise Forbidden("审核人不能自己审批，请由其他同志办理。")
    refuse_unattested(session, notice)
    step(session, actor, notice, NOTICE, NoticeCommand.APPROVE, now)


def send_back_notice(session: Session, actor: Actor, notice_id: UUID, reason: str, now: datetime) -> None:
    """Give a reviewed or approved notice back to be mended, with the reason; it is reviewed anew."""
    notice = hold(session, actor, Action.NOTICE_RETURN, Notice, notice_id)
    if not reason.strip():
        raise Invalid("退回公示稿要写明理由。")
    step(session, actor, notice, NOTICE, NoticeCommand.SEND_BACK, now, note=reason)


def publish_notice(session: Session, actor: Actor, notice_id: UUID, now: datetime) -> Notice:
    """Post it (实施): the lines are frozen and sealed, the window is reckoned and stored with its reason."""
    notice = hold(session, actor, Action.NOTICE_PUBLISH, Notice, notice_id)
    NOTICE.after(NoticeState(notice.state), NoticeCommand.PUBLISH)
    if notice.kind == NoticeKind.APPRAISAL:
        refuse_disclosures(session, notice, [])
        show_results(session, actor, notice, now)
    else:
        _show_lines(session, actor, notice, now)
    _set_window(session, notice, now)
    step(session, actor, notice, NOTICE, NoticeCommand.PUBLISH, now, note=notice.why)
    seal_notice(session, notice, now)
    if notice.closes_at is not None:
        arm(session, notice, CLOSE_WINDOW, notice.closes_at)
    _tell_members(session, actor, notice, now)
    return notice


def _show_lines(session: Session, actor: Actor, notice: Notice, now: datetime) -> None:
    lines = lines_of(session, notice)
    refuse_disclosures(session, notice, lines)
    _advance_rounds(session, actor, notice, rounds_behind(session, lines), now)
    all_of(session, actor, Line, lines, LINE, LineCommand.PUBLISH, now)
    of_lines = update(Line).where(Line.county_id == actor.county_id, Line.id.in_(lines))
    session.execute(of_lines.values(notice_id=notice.id), execution_options={"synchronize_session": False})
    session.execute(_SHOWN, {"county": actor.county_id, "notice": notice.id, "lines": lines})


def _tell_members(session: Session, actor: Actor, notice: Notice, now: datetime) -> None:
    """Tell everybody whom it lists that it hangs; a correction only those whose lines it corrects."""
    said = f"公示已经张贴：{notice.title}。"
    if notice.closes_at is not None:
        last = local_day(notice.closes_at - timedelta(microseconds=1))
        said += f"请在{day_in_words(last)} 24:00 前核对自己那一行，有不同意见可以提异议。"
    to = Audience(roles=[MEMBERS])
    if notice.kind == NoticeKind.CORRECTION:
        shown = select(Member.person_id).join(NoticeLine, NoticeLine.member_id == Member.id)
        mine = shown.where(NoticeLine.county_id == notice.county_id, NoticeLine.notice_id == notice.id)
        to = Audience(session.scalars(mine.distinct()).all())
    tell(session, actor, notice.unit_id, "notice", notice.id, said, to, now)


def _not_by_drafter(session: Session, actor: Actor, notice: Notice) -> None:
    if actor.person_id in {_who(session, notice, "draft"), _who(session, notice, "redraft")}:
        raise Forbidden("拟稿人不能自己审核或审批，请由其他同志办理。")


def _who(session: Session, notice: Notice, command: str) -> UUID | None:
    """Return who last took a step with this notice."""
    taken = select(History.actor_id).filter_by(
        county_id=notice.county_id, subject_id=notice.id, command=str(command)
    )
    return session.scalar(taken.order_by(History.recorded_at.desc()).limit(1))


def lines_of(session: Session, notice: Notice) -> list[UUID]:
    """Return the lines that a notice publishes: its period's, or for a correction those that were amended."""
    chosen = select(Line.id).join(Round, (Round.county_id == Line.county_id) & (Round.id == Line.round_id))
    chosen = chosen.where(Line.county_id == notice.county_id, Line.unit_id == notice.unit_id)
    if notice.kind == NoticeKind.CORRECTION:
        chosen = chosen.where(Round.notice_period == notice.period, Line.state == LineState.AMENDED)
    else:
        # A line that somebody objects to waits for its answer; the others go on.
        chosen = chosen.where(Round.notice_period == notice.period, Line.state != LineState.HELD)
        if session.scalar(chosen.where(Line.edition == 0).limit(1)) is not None:
            raise NotNow(f"{period_in_words(notice.period)}的积分还没有汇总，不能公示。")
        unconfirmed = chosen.where(_shown_already()).limit(1)
        if notice.kind == NoticeKind.SECOND and session.scalar(unconfirmed) is not None:
            raise NotNow(f"{period_in_words(notice.period)}的积分支部还没有认定，不能再次公示。")
    lines = list(session.scalars(chosen.order_by(Line.id)))
    if not lines:
        raise NotNow(f"{period_in_words(notice.period)}没有可以公示的积分。")
    return lines


def _shown_already() -> Exists:
    same = (NoticeLine.county_id == Line.county_id) & (NoticeLine.line_id == Line.id)
    return select(NoticeLine.id).where(same, NoticeLine.edition == Line.edition).exists()


def rounds_behind(session: Session, lines: Sequence[UUID]) -> list[Round]:
    of_lines = select(Line.round_id).where(Line.id.in_(lines))
    return list(session.scalars(select(Round).where(Round.id.in_(of_lines)).order_by(Round.period)))


def window_of(session: Session, notice: Notice, now: datetime) -> Window:
    """Return the window that a notice has when it is published now, by the book behind it."""
    windows = book_behind(session, notice).procedure.windows
    kind = WindowKind.REPUBLICATION if notice.kind == NoticeKind.SECOND else WindowKind.PUBLICATION
    return close(now, windows.get(kind, windows[WindowKind.PUBLICATION]), calendar(session))


def _set_window(session: Session, notice: Notice, now: datetime) -> None:
    window = window_of(session, notice, now)
    notice.published_at, notice.closes_at = now, window.closes_at
    notice.last_day, notice.provisional, notice.why = window.last_day, window.provisional, window.why


def _advance_rounds(
    session: Session, actor: Actor, notice: Notice, rounds: Sequence[Round], now: datetime
) -> None:
    """Take the rounds' own step; what no meeting has passed by then is confirmed by being published."""
    if notice.kind in {NoticeKind.FIRST, NoticeKind.SECOND, NoticeKind.YEAR}:
        machine = path_of(book_of(session, actor.county_id, rounds[0].book_id), rounds[0])
        command = RoundCommand.CONFIRM if notice.kind == NoticeKind.SECOND else RoundCommand.PUBLISH
        _whole_period(session, notice, rounds, now)
        for round_ in rounds:
            machine.after(RoundState(round_.state), command)
        all_of(session, actor, Round, [round_.id for round_ in rounds], machine, command, now)
    accepted = select(Claim.id).where(
        Claim.county_id == actor.county_id,
        Claim.round_id.in_([round_.id for round_ in rounds]),
        Claim.state == "accepted",
    )
    confirmed = list(session.scalars(accepted))
    if notice.kind != NoticeKind.FIRST or RoundState.CONFIRMING not in _stages(session, rounds[0]):
        carry_out(session, actor, Claim, confirmed, CLAIM, ClaimCommand.CONFIRM, now)


def _whole_period(session: Session, notice: Notice, rounds: Sequence[Round], now: datetime) -> None:
    """A quarterly notice over months waits for the last of them."""
    covered = select(Round.id).filter_by(county_id=notice.county_id, unit_id=notice.unit_id)
    all_rounds = set(session.scalars(covered.where(Round.notice_period == notice.period)))
    if all_rounds - {round_.id for round_ in rounds} or local_day(now) <= Period.parse(notice.period).last:
        raise NotNow(f"{period_in_words(notice.period)}还没有全部计分，不能公示。")


def _stages(session: Session, round_: Round) -> Sequence[RoundState]:
    return book_of(session, round_.county_id, round_.book_id).procedure.stages
