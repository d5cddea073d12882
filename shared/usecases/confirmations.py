"""Confirmations: under a book that publishes first, the office compiles the list and the branch confirms it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold
from shared.db.claims import Claim
from shared.db.rounds import Line, Round
from shared.domain.errors import Invalid, NotNow
from shared.domain.lines import LineState
from shared.domain.rounds import RoundState
from shared.usecases.books import book_of
from shared.usecases.carry_out import remark
from shared.usecases.lines import reckon


def compile_lines(session: Session, actor: Actor, round_id: UUID, now: datetime) -> list[Line]:
    """Reckon the lines from the office's daily record for the first publication."""
    round_ = hold(session, actor, Action.LINE_CONFIRM, Round, round_id)
    stages = book_of(session, actor.county_id, round_.book_id).procedure.stages
    if RoundState.PROPOSED in stages or round_.state != RoundState.REVIEWING:
        raise NotNow("本期积分现在不是汇总公示的阶段。")
    if RoundState.CONFIRMING not in stages:
        _all_decided(session, round_)
    lines = _lines(session, round_, LineState.OPEN)
    reckon(session, round_, lines)
    remark(session, actor, round_, "compile", now)
    return lines


def confirm_lines(session: Session, actor: Actor, round_id: UUID, minute: str, now: datetime) -> list[Line]:
    """Confirm the list after everybody has checked it; lines under objection wait for their answer."""
    round_ = hold(session, actor, Action.LINE_CONFIRM, Round, round_id)
    if round_.state != RoundState.CONFIRMING:
        raise NotNow("第一次公示期满后才能认定。")
    if not minute.strip():
        raise Invalid("支部认定要写明会议记录编号。")
    _all_decided(session, round_)
    lines = _lines(session, round_, LineState.PUBLISHED, LineState.AMENDED)
    reckon(session, round_, lines)
    remark(session, actor, round_, "confirm", now, note=minute)
    return lines


def _all_decided(session: Session, round_: Round) -> None:
    open_claims = select(func.count()).select_from(Claim)
    left = session.scalar(open_claims.filter_by(county_id=round_.county_id, round_id=round_.id, state="submitted"))
    if left:
        raise NotNow(f"还有 {left} 项申请没有审核，不能汇总认定。")


def _lines(session: Session, round_: Round, *states: LineState) -> list[Line]:
    chosen = select(Line).filter_by(county_id=round_.county_id, round_id=round_.id)
    chosen = chosen.where(Line.state.in_([str(state) for state in states]))
    return list(session.scalars(chosen.order_by(Line.id)))
