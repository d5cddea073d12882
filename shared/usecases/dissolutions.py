"""Dissolutions: what keeps a branch from ending, and what ends with it.

What is under way for a round that is over is finished first: it blocks. The round that is running goes along: its
deeds leave with the members in their statements, and the round itself stops.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select, text
from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.db.rounds import Round
from shared.db.units import Holding, Unit, children
from shared.domain.periods import Period
from shared.domain.rounds import ROUND, RoundCommand, RoundState
from shared.usecases.carry_out import step

_OPEN = text("""
SELECT 'round' AS noun, array_agg(r.period ORDER BY r.first_day) AS which FROM round r
WHERE r.county_id = :county AND r.unit_id = :unit AND r.state NOT IN ('filed', 'ended')
  AND (r.state <> 'collecting' OR r.last_day < :day)
UNION ALL
SELECT 'year', array_agg(DISTINCT left(r.period, 4)) FROM round r
WHERE r.county_id = :county AND r.unit_id = :unit AND r.state <> 'ended' AND r.last_day < :year_begins
  AND NOT EXISTS (SELECT FROM round y WHERE y.county_id = r.county_id AND y.unit_id = r.unit_id
                  AND y.period = left(r.period, 4))
UNION ALL
SELECT 'notice', array_agg(n.title ORDER BY n.title) FROM notice n
WHERE n.county_id = :county AND n.unit_id = :unit AND n.state <> 'closed'
UNION ALL
SELECT 'objection', array_agg(o.number ORDER BY o.number) FROM objection o
WHERE o.county_id = :county AND o.unit_id = :unit AND o.state <> 'closed'
UNION ALL
SELECT 'filing', array_agg(f.period ORDER BY f.period) FROM filing f
WHERE f.county_id = :county AND f.unit_id = :unit AND f.state <> 'filed'
UNION ALL
SELECT 'transfer', array_agg(t.name ORDER BY t.name) FROM transfer t
WHERE t.county_id = :county AND (t.unit_id = :unit OR t.to_unit_id = :unit) AND t.state = 'proposed'
""")
_MEMBERS = text("""
SELECT count(*) FROM member m WHERE m.county_id = :county AND m.unit_id = :unit
  AND (m.present_to IS NULL OR m.present_to >= :day)
""")
SAID = {
    "round": "积分还没有办结：{}",
    "year": "年度积分还没有形成：{}",
    "notice": "公示还没有结束：{}",
    "objection": "异议还没有办结：{}",
    "filing": "备案还没有完成：{}",
    "transfer": "组织关系转接还没有办完：{}",
}
SHOWN = 3


def in_the_way(session: Session, unit: Unit, day: date, members_stay: bool) -> list[str]:
    """Return what must be done before a unit can end on a day, each in a sentence; its units must be entered.

    `members_stay`: nobody takes its members over, so that nobody may be left.
    """
    given = {"county": unit.county_id, "unit": unit.id, "day": day, "year_begins": date(day.year, 1, 1)}
    below = children(session, unit.county_id, unit.id)
    faults = [f"{unit.name}下面还有单位：{_few([one.name for one in below])}。"] if below else []
    left = session.scalar(_MEMBERS, given) if members_stay else 0
    if left:
        faults.append(f"{unit.name}还有 {left} 名党员，请先转出，或并入别的支部。")
    rows = session.execute(_OPEN, given).all()
    faults += [f"{unit.name}的{SAID[row.noun].format(_few(row.which))}，请先办完。" for row in rows if row.which]
    return faults


def end_unit(session: Session, actor: Actor, unit: Unit, day: date, at: datetime) -> None:
    """End a unit: its last day is the one before; its running rounds stop, its offices end."""
    for round_ in running(session, unit.county_id, unit.id):
        step(session, actor, round_, ROUND, RoundCommand.END, at, note="随支部撤销")
    open_ones = or_(Holding.until.is_(None), Holding.until >= day)
    held = select(Holding).filter_by(county_id=unit.county_id, unit_id=unit.id).where(open_ones)
    for holding in session.scalars(held):
        holding.until = max(day - timedelta(days=1), holding.since)
    unit.until = day - timedelta(days=1)
    session.flush()


def running(session: Session, county_id: UUID, unit_id: UUID) -> list[Round]:
    """Return the rounds of a branch that take deeds, in order."""
    collecting = select(Round).filter_by(county_id=county_id, unit_id=unit_id, state=RoundState.COLLECTING)
    return list(session.scalars(collecting.order_by(Round.first_day)))


def _few(which: Sequence[str]) -> str:
    named = [_in_words(one) for one in which[:SHOWN]]
    return "、".join(named) + (f"等 {len(which)} 项" if len(which) > SHOWN else "")


def _in_words(one: str) -> str:
    """Periods as people say them; a notice's title or a number stays as it is written."""
    try:
        return Period.parse(one).in_words
    except ValueError:
        return one
