"""Half-years: the secretary asks for the summaries, members write them, the clock reminds and closes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, require, see
from shared.db.half_years import HalfYear, HalfYearWord
from shared.db.members import Member
from shared.domain.errors import Forbidden, Invalid, NotFound, NotNow
from shared.domain.half_years import (
    FIRST,
    HALF_YEAR,
    LAST,
    LONGEST,
    HalfYearCommand,
    HalfYearState,
    opening_faults,
)
from shared.domain.windows import end_of_day, local_day
from shared.usecases.carry_out import arm, remark, step
from shared.usecases.messages import MEMBERS, Audience, tell

CLOSE, REMIND_HALF_YEAR = "close_half_year", "remind_half_year"
BEFORE = timedelta(days=3)
# What the branch did in the half-year, in counts: by rounds, meetings, deeds and objections.
_FIGURES = text("""
SELECT
  (SELECT count(*) FROM round r WHERE r.county_id = :county AND r.unit_id = :unit AND length(r.period) > 4
     AND r.first_day >= :first AND r.last_day <= :last) AS rounds,
  (SELECT count(*) FROM round r WHERE r.county_id = :county AND r.unit_id = :unit AND length(r.period) > 4
     AND r.first_day >= :first AND r.last_day <= :last AND r.state IN ('settled', 'filed')) AS settled,
  (SELECT count(*) FROM meeting m WHERE m.county_id = :county AND m.unit_id = :unit AND m.kind = 'members'
     AND m.closed_at >= :since AND m.closed_at < :until) AS meetings,
  (SELECT count(*) FROM claim c WHERE c.county_id = :county AND c.unit_id = :unit
     AND c.state NOT IN ('draft', 'withdrawn') AND c.happened_on BETWEEN :first AND :last) AS claims,
  (SELECT count(*) FROM claim c WHERE c.county_id = :county AND c.unit_id = :unit
     AND c.state = 'confirmed' AND c.happened_on BETWEEN :first AND :last) AS confirmed,
  (SELECT count(*) FROM record e WHERE e.county_id = :county AND e.unit_id = :unit
     AND e.struck_at IS NULL AND e.happened_on BETWEEN :first AND :last) AS records,
  (SELECT count(*) FROM objection o WHERE o.county_id = :county AND o.unit_id = :unit
     AND o.handed_in_at >= :since AND o.handed_in_at < :until) AS objections,
  (SELECT count(*) FROM goal g WHERE g.county_id = :county AND g.unit_id = :unit AND g.year = :year) AS goals,
  (SELECT count(*) FROM goal g WHERE g.county_id = :county AND g.unit_id = :unit AND g.year = :year
     AND g.checked_at IS NOT NULL) AS checked
""")


@dataclass(frozen=True, slots=True)
class HalfYearPage:
    """A half-year with what everybody wrote, None where somebody has not, and the branch's counts."""

    half_year: HalfYear
    words: Sequence[tuple[Member, HalfYearWord | None]]
    figures: Row[Any]

    @property
    def missing(self) -> Sequence[Member]:
        """Who has not written."""
        return [member for member, word in self.words if word is None]


def open_half_year(session: Session, actor: Actor, due_on: date, now: datetime) -> HalfYear:
    """Ask every member for a summary of the half-year until a day; the clock reminds and closes."""
    require(actor, Action.APPRAISAL_RUN)
    year = local_day(now).year
    if faults := opening_faults(year, due_on, local_day(now)):
        raise Invalid(*faults)
    if half_year_of(session, actor, year) is not None:
        raise NotNow(f"{year} 年的半年小结已经布置过。")
    half_year = HalfYear(
        county_id=actor.county_id,
        unit_id=actor.unit_id,
        year=year,
        due_on=due_on,
        opened_at=now,
        state=HALF_YEAR.initial,
        stage=0,
    )
    session.add(half_year)
    session.flush()
    remark(session, actor, half_year, "open", now)
    arm(session, half_year, CLOSE, end_of_day(due_on))
    if end_of_day(due_on) - BEFORE > now:
        arm(session, half_year, REMIND_HALF_YEAR, end_of_day(due_on) - BEFORE)
    said = f"请写 {year} 年半年小结，{due_on.month}月{due_on.day}日前交。"
    tell(session, actor, actor.unit_id, "half_year", half_year.id, said, Audience(roles=[MEMBERS]), now)
    return half_year


def write_half_year(session: Session, actor: Actor, half_year_id: UUID, words: str, now: datetime) -> None:
    """Hand one's summary in, or hand it in anew until it is closed."""
    require(actor, Action.GOAL_WRITE)
    half_year = session.get(HalfYear, (actor.county_id, half_year_id), with_for_update={"read": True})
    if half_year is None:
        raise NotFound("没有这份半年小结。")
    if actor.member_id is None:
        raise Forbidden("半年小结由党员本人写。")
    if half_year.state != HalfYearState.GATHERING:
        raise NotNow("半年小结已经归档，不能再改。")
    if not words.strip() or len(words) > LONGEST:
        raise Invalid(f"请写半年来做了什么、还有哪些不足，不超过 {LONGEST} 字。")
    said = {"text": words.strip(), "written_at": now}
    row = insert(HalfYearWord).values(
        county_id=actor.county_id,
        unit_id=half_year.unit_id,
        half_year_id=half_year.id,
        member_id=actor.member_id,
        **said,
    )
    same = ["county_id", "half_year_id", "member_id"]
    session.execute(row.on_conflict_do_update(index_elements=same, set_=said))


def half_year_of(session: Session, actor: Actor, year: int) -> HalfYear | None:
    """Return the branch's half-year of a year, if it has been asked for."""
    own = select(HalfYear).filter_by(county_id=actor.county_id, unit_id=actor.unit_id, year=year)
    return session.scalar(own)


def half_years(session: Session, actor: Actor) -> Sequence[HalfYear]:
    """Return the branch's half-years, the newest first."""
    own = select(HalfYear).filter_by(county_id=actor.county_id, unit_id=actor.unit_id)
    return session.scalars(own.order_by(HalfYear.year.desc())).all()


def own_word(session: Session, actor: Actor, half_year: HalfYear) -> HalfYearWord | None:
    """Return what the actor wrote."""
    own = select(HalfYearWord).filter_by(county_id=actor.county_id, half_year_id=half_year.id)
    return session.scalar(own.filter_by(member_id=actor.member_id))


def half_years_awaited(session: Session, actor: Actor) -> Sequence[HalfYear]:
    """Return the half-years for which the actor has not written yet."""
    written = select(HalfYearWord.half_year_id).filter_by(county_id=actor.county_id, member_id=actor.member_id)
    open_ = select(HalfYear).filter_by(
        county_id=actor.county_id, unit_id=actor.unit_id, state=HalfYearState.GATHERING
    )
    return session.scalars(open_.where(HalfYear.id.not_in(written)).order_by(HalfYear.year)).all()


def see_half_year(session: Session, actor: Actor, half_year_id: UUID) -> HalfYearPage:
    """Return a half-year whole, to the committee."""
    half_year = see(session, actor, Action.GOAL_FOLLOW, HalfYear, half_year_id)
    first, last = date(half_year.year, *FIRST), date(half_year.year, *LAST)
    given = {
        "county": actor.county_id,
        "unit": half_year.unit_id,
        "year": half_year.year,
        "first": first,
        "last": last,
        "since": end_of_day(first - timedelta(days=1)),
        "until": end_of_day(last),
    }
    return HalfYearPage(half_year, _words(session, half_year), session.execute(_FIGURES, given).one())


def _words(session: Session, half_year: HalfYear) -> Sequence[tuple[Member, HalfYearWord | None]]:
    """Everybody who was in the branch on the last day of June, or wrote all the same; by name."""
    last = date(half_year.year, *LAST)
    of_member = (HalfYearWord.county_id == Member.county_id) & (HalfYearWord.member_id == Member.id)
    found = select(Member, HalfYearWord).outerjoin(
        HalfYearWord, of_member & (HalfYearWord.half_year_id == half_year.id)
    )
    here = found.where(
        Member.county_id == half_year.county_id,
        Member.unit_id == half_year.unit_id,
        Member.present_from.is_(None) | (Member.present_from <= last),
        Member.present_to.is_(None) | (Member.present_to >= last),
    )
    rows = session.execute(here.order_by(Member.name_sort, Member.id))
    return [(member, word) for member, word in rows]


def remind_half_year(session: Session, actor: Actor, half_year_id: UUID, at: datetime) -> None:
    """Remind who has not written, three days before the end."""
    half_year = hold(session, actor, Action.APPRAISAL_SETTLE, HalfYear, half_year_id)
    late = [member.person_id for member, word in _words(session, half_year) if word is None]
    said = f"{half_year.year} 年半年小结还有三天截止，请写好交来。"
    if late:
        tell(session, actor, half_year.unit_id, "half_year", half_year.id, said, Audience(late), at)


def close_half_year(session: Session, actor: Actor, half_year_id: UUID, at: datetime) -> None:
    """Close it, and tell the secretary how many have written."""
    half_year = hold(session, actor, Action.APPRAISAL_SETTLE, HalfYear, half_year_id)
    step(session, actor, half_year, HALF_YEAR, HalfYearCommand.CLOSE, at)
    words = _words(session, half_year)
    missing = sum(word is None for _, word in words)
    said = f"{half_year.year} 年半年小结收了 {len(words) - missing} 份，{missing} 人没有交。"
    to = Audience(roles=["secretary"], steps=[Action.APPRAISAL_RUN])
    tell(session, actor, half_year.unit_id, "half_year", half_year.id, said, to, at)
