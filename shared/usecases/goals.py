"""Goals: what a member means to do in a year, and the branch's check half-way (年初有目标，年中有检查)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, require
from shared.db.goals import Goal
from shared.db.members import Member
from shared.db.plans import PlanStep
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.plans import Step
from shared.domain.windows import local_day
from shared.usecases.carry_out import remark
from shared.usecases.messages import Audience, tell

# The month from which the check half-way is due.
HALF_WAY = 6


def write_goal(session: Session, actor: Actor, words: str, now: datetime) -> None:
    """Write one's goals for this year, or write them anew until they have been checked."""
    require(actor, Action.GOAL_WRITE)
    if actor.member_id is None:
        raise Forbidden("年度目标由党员本人写。")
    if not words.strip():
        raise Invalid("请写下今年的目标。")
    goal = own_goal(session, actor, now)
    if goal is not None and goal.checked_at is not None:
        raise NotNow("年中检查已经做过，今年的目标不能再改。")
    row = insert(Goal).values(
        county_id=actor.county_id,
        unit_id=actor.unit_id,
        member_id=actor.member_id,
        year=local_day(now).year,
        text=words.strip(),
        written_at=now,
    )
    same = ["county_id", "member_id", "year"]
    session.execute(
        row.on_conflict_do_update(index_elements=same, set_={"text": words.strip(), "written_at": now})
    )


def check_goal(session: Session, actor: Actor, goal_id: UUID, words: str, now: datetime) -> None:
    """Say half-way how a member stands; they are told."""
    goal = hold(session, actor, Action.GOAL_FOLLOW, Goal, goal_id)
    member = session.get_one(Member, (actor.county_id, goal.member_id))
    if member.person_id == actor.person_id:
        raise Forbidden("自己的目标，请由其他支委检查。")
    if local_day(now).year == goal.year and local_day(now).month < HALF_WAY:
        raise NotNow(f"年中检查从 {HALF_WAY} 月开始。")
    if goal.checked_at is not None:
        raise NotNow("这位同志的年中检查已经做过。")
    if not words.strip():
        raise Invalid("请写下检查的情况。")
    goal.half_way, goal.checked_by, goal.checked_at = words.strip(), actor.person_id, now
    remark(session, actor, goal, "check", now, note=words.strip())
    said = f"{goal.year} 年年中检查：{words.strip()}"
    tell(session, actor, goal.unit_id, "goal", goal.id, said, Audience([member.person_id]), now)


def goals_awaited(session: Session, actor: Actor, now: datetime) -> PlanStep | None:
    """Return the step of this year's plan that waits for the actor's goals, until the check half-way begins."""
    today = local_day(now)
    if actor.member_id is None or today.month >= HALF_WAY or own_goal(session, actor, now) is not None:
        return None
    asked = select(PlanStep).filter_by(county_id=actor.county_id, unit_id=actor.unit_id, year=today.year)
    return session.scalar(asked.filter_by(step=Step.GOALS))


def own_goal(session: Session, actor: Actor, now: datetime) -> Goal | None:
    """Return the actor's own goals of this year."""
    own = select(Goal).filter_by(county_id=actor.county_id, member_id=actor.member_id)
    return session.scalar(own.filter_by(year=local_day(now).year))


def see_goals(session: Session, actor: Actor, now: datetime) -> Sequence[tuple[Member, Goal | None]]:
    """Return everybody's goals of this year by name, None where somebody has written none."""
    require(actor, Action.GOAL_FOLLOW)
    year = local_day(now).year
    of_member = (Goal.county_id == Member.county_id) & (Goal.member_id == Member.id) & (Goal.year == year)
    found = select(Member, Goal).outerjoin(Goal, of_member)
    here = found.where(
        Member.county_id == actor.county_id,
        Member.unit_id == actor.unit_id,
        Member.present_to.is_(None) | (Member.present_to >= local_day(now)),
    )
    rows = session.execute(here.order_by(Member.name_sort, Member.id))
    return [(member, goal) for member, goal in rows]
