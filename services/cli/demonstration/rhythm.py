"""The rhythm of a year beside its rounds: goals, the check half-way, the half-year's summary, good examples."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from uuid import UUID

from sqlalchemy import select

from services.cli.demonstration.stage import Stage, Troupe, at
from shared.authz.actor import the_clock
from shared.db.claims import Claim
from shared.db.goals import Goal
from shared.db.members import Member
from shared.usecases.examples import answer_example, propose_example
from shared.usecases.goals import check_goal, write_goal
from shared.usecases.half_years import open_half_year, write_half_year
from shared.usecases.plans import lay_out

GOALS = (
    "按时参加组织生活，每月参加一次义务劳动，联系两户群众。",
    "把认领的任务一件一件办完，学会用新的记账办法。",
    "参加公益活动不少于六次，帮邻居把山货卖出去。",
    "坚持每天学习半小时，把读书笔记写满一本。",
)
CHECKED = ("按计划进行，下半年继续。", "大部分做到了，义务劳动还差两次，要补上。", "做得好，群众反映不错。")
HALF_YEAR = (
    "上半年组织生活全部参加，任务办完了三件，还有一件正在办。不足是学习不够经常。",
    "参加义务劳动四次，调解邻里纠纷一次。下半年多走访几户。",
    "学习笔记写了半本，手上的工作按时完成。不足是主动找群众聊得少。",
)
DEEDS = ("主动报名，冒雨干到天黑，没有一句怨言，群众都看在眼里。", "放下自家的活，一连三天帮大家把事办成。")


def keep_rhythm(stage: Stage, troupes: Sequence[Troupe], year: int) -> None:
    """Put a year's beginning on the agenda: the clock is set, everybody writes goals, and one of all is late."""
    for troupe in troupes:
        stage.plan(at(date(year, 1, 6), 9), partial(_begin, stage, troupe, 1 if troupe is troupes[-1] else 0))


def look_back(stage: Stage, troupes: Sequence[Troupe], year: int) -> None:
    """Put the middle of a year on the agenda: goals are checked, the half-year is summed up."""
    for troupe in troupes:
        stage.plan(at(date(year, 6, 18), 9), partial(_half_way, stage, troupe, year))
        stage.plan(at(date(year, 6, 20), 9), partial(_half_year, stage, troupe, year))


def show_examples(stage: Stage, troupes: Sequence[Troupe], day: date) -> None:
    """Put two good examples of each branch on the agenda: one agrees to be shown, the other has yet to answer."""
    for troupe in troupes:
        stage.plan(at(day, 10), partial(_examples, stage, troupe))


def _begin(stage: Stage, troupe: Troupe, late: int) -> None:
    with stage.acting(troupe) as session:
        lay_out(session, the_clock(stage.county_id, troupe.unit_id), troupe.unit_id, stage.now)
    asked = _asked(troupe)
    _write_goals(stage, troupe, asked[: len(asked) - late])
    stage.plan(stage.later(days=27), partial(_write_goals, stage, troupe, asked[len(asked) - late :]))


def _asked(troupe: Troupe) -> list[Member]:
    return [member for member in troupe.members if member.exempt_from is None]


def _write_goals(stage: Stage, troupe: Troupe, members: Sequence[Member]) -> None:
    with stage.acting(troupe) as session:
        for n, member in enumerate(members):
            write_goal(session, troupe.actors[member.id], GOALS[n % len(GOALS)], stage.now)


def _half_way(stage: Stage, troupe: Troupe, year: int) -> None:
    """The organiser checks, and of the organiser the secretary."""
    organiser, secretary = troupe.officers["organiser"], troupe.officers["secretary"]
    with stage.acting(troupe) as session:
        written = select(Goal).filter_by(unit_id=troupe.unit_id, year=year).order_by(Goal.member_id)
        for n, goal in enumerate(session.scalars(written).all()):
            by = secretary if goal.member_id == organiser.member_id else organiser
            check_goal(session, by, goal.id, CHECKED[n % len(CHECKED)], stage.now)


def _half_year(stage: Stage, troupe: Troupe, year: int) -> None:
    with stage.acting(troupe) as session:
        asked = open_half_year(session, troupe.officers["secretary"], date(year, 7, 10), stage.now).id
    stage.plan(stage.later(days=12), lambda: _sum_up(stage, troupe, asked))


def _sum_up(stage: Stage, troupe: Troupe, half_year_id: UUID) -> None:
    """All but one hand their summary in."""
    with stage.acting(troupe) as session:
        for n, member in enumerate(_asked(troupe)[:-1]):
            actor = troupe.actors[member.id]
            write_half_year(session, actor, half_year_id, HALF_YEAR[n % len(HALF_YEAR)], stage.now)


def _examples(stage: Stage, troupe: Troupe) -> None:
    by = troupe.officers["publicity"]
    with stage.acting(troupe) as session:
        confirmed = select(Claim).filter_by(unit_id=troupe.unit_id, state="confirmed")
        others = confirmed.where(Claim.member_id != by.member_id).order_by(Claim.number.desc())
        for claim, said in zip(session.scalars(others.limit(len(DEEDS))).all(), DEEDS, strict=False):
            example = propose_example(session, by, claim.id, said, None, stage.now)
            if said == DEEDS[0]:
                answer_example(session, troupe.actors[claim.member_id], example.id, True, False, stage.now)
