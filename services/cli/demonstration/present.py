"""The present: rounds in the middle of their way, so that whoever signs in finds work waiting for them."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

from sqlalchemy import select

from services.cli.demonstration.county import founder
from services.cli.demonstration.deeds import a_deed, claimable
from services.cli.demonstration.plays import Play
from services.cli.demonstration.rounds import claim_all, hear, open_for
from services.cli.demonstration.stage import Stage, Troupe, at
from shared.db.rounds import Line
from shared.domain.periods import Period
from shared.domain.procedures import Span
from shared.usecases.objections import Statement, raise_objection

# A Tuesday afternoon: May's lists hang, the second quarter and June collect.
NOW = at(date(2026, 6, 9), 15)
MAY, JUNE = (Period(2026, month, Span.MONTH) for month in (5, 6))


def begin_present(stage: Stage, places: Sequence[Troupe], town: Sequence[Troupe]) -> None:
    """Put the present on the agenda: each unit stands somewhere else on the way."""
    stage.plan(at(date(2026, 6, 1), 8), lambda: stage.say("2026 年 6 月：各单位的新一期正在进行"))
    for troupe in (*places, *town):
        span = troupe.book.round_span
        stage.plan(at(date(2026, 6, 2), 8), partial(_collect, stage, troupe, JUNE.within(span), troupe in town))
        if span is Span.MONTH:
            play = Play(stage, founder(stage.county_id), troupe, 4)
            stage.plan(at(MAY.first, 8), partial(open_for, stage, troupe, founder(stage.county_id), MAY))
            stage.plan(at(date(2026, 5, 26), 16), partial(play.month, MAY, MAY))
            _go_on(stage, troupe, play)


def _go_on(stage: Stage, troupe: Troupe, play: Play) -> None:
    """One hangs its list and has an objection to it, one has opinions and no decision, one has neither."""
    review = at(date(2026, 6, 7), 9)
    if troupe.book.id == "xinba":
        stage.plan(review, partial(play.review, MAY))
        stage.plan(NOW - timedelta(hours=4), partial(_object, stage, troupe))
    elif troupe.book.procedure.opinions and troupe.book.id != "yangba":
        stage.plan(review, lambda: hear(stage, troupe, play.submitted(MAY)))


def _collect(stage: Stage, troupe: Troupe, period: Period, quietly: bool) -> None:
    """Open the round that collects; in a branch of the township nobody has claimed yet."""
    open_for(stage, troupe, founder(stage.county_id), period)
    if quietly:
        return
    claimers = Play(stage, founder(stage.county_id), troupe, 0).claimers()
    day = date(2026, 6, 2)
    deeds = [(member, a_deed(stage.chance, claimable(troupe, member, day)[0], day)) for member in claimers[:5]]
    claim_all(stage, troupe, period, deeds)


def _object(stage: Stage, troupe: Troupe) -> None:
    """A member has looked at the board and objects; nobody has taken it up yet."""
    with stage.acting(troupe) as session:
        published = select(Line).where(Line.round_id == troupe.rounds[str(MAY)], Line.state == "published")
        lines = {line.member_id: line for line in session.scalars(published)}
        member = next(member for member in reversed(troupe.members) if member.id in lines)
        actor = troupe.actors[member.id]
        said = Statement("五月的义务劳动我参加了，名单上没有记，请核一核。", actor.name)
        raise_objection(session, actor, lines[member.id].id, said)
