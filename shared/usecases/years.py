"""Years: appraisals recorded, annual lines made of the ledger, and put before everybody like a round."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import require
from shared.db.ledger import AnnualLine, Appraisal
from shared.db.members import Member
from shared.db.rounds import Line, Round
from shared.domain.errors import NotNow
from shared.domain.lines import LineState
from shared.domain.periods import period_of
from shared.domain.records import MemberClass, MemberRecord, Office
from shared.domain.rounds import RoundState
from shared.domain.rules import Kind, RuleBook
from shared.domain.years import Settled, Year, ranks_of, with_carried, year_of
from shared.usecases.books import book_of
from shared.usecases.carry_out import remark
from shared.usecases.transfer_statements import came_with, graded_elsewhere

_SETTLED = text("""
SELECT e.member_id, r.period, coalesce(sum(e.points) FILTER (WHERE e.scope = 'round'), 0) AS points,
       coalesce(sum(e.points) FILTER (WHERE e.scope = 'year'), 0) AS bonus,
       array_agg(e.item) FILTER (WHERE e.item IS NOT NULL AND e.reverses_id IS NULL AND NOT EXISTS (
           SELECT FROM ledger_entry b WHERE b.county_id = e.county_id AND b.reverses_id = e.id)) AS items
FROM ledger_entry e JOIN round r ON r.county_id = e.county_id AND r.id = e.round_id
WHERE e.county_id = :county AND e.unit_id = :unit AND extract(year FROM r.first_day) = :year
GROUP BY e.member_id, r.period
""")
# A settled line without any entry is a round of nought: it counts as a round all the same.
_ROUNDS = text("""
SELECT l.member_id, r.period FROM line l JOIN round r ON r.county_id = l.county_id AND r.id = l.round_id
WHERE l.county_id = :county AND l.unit_id = :unit AND extract(year FROM r.first_day) = :year
  AND r.period <> :period AND l.state = 'settled'
""")


def close_year(session: Session, actor: Actor, year: int, now: datetime) -> Round:
    """Make the unit's annual lines from what has settled; a notice over them follows, with its own window."""
    require(actor, Action.YEAR_CLOSE)
    last = _last_round(session, actor, year)
    book = book_of(session, actor.county_id, last.book_id)
    _wait_for_others(session, actor, year)
    round_ = Round(
        county_id=actor.county_id,
        unit_id=actor.unit_id,
        book_id=last.book_id,
        period=str(year),
        first_day=date(year, 1, 1),
        last_day=date(year, 12, 31),
        claims_close_at=now,
        notice_period=str(year),
        filing_period=str(year),
        state=RoundState.REVIEWING,
        stage=0,
    )
    session.add(round_)
    session.flush()
    years = reckon_year(session, actor.county_id, actor.unit_id, book, year)
    if book.factors and any(one.year_points is not None and one.annual_points is None for one in years.values()):
        raise NotNow("还有党员没有民主评议结果，不能形成年度积分。")
    _enter(session, actor, round_, years, now)
    remark(session, actor, round_, "close_year", now)
    return round_


def reckon_year(session: Session, county_id: UUID, unit_id: UUID, book: RuleBook, year: int) -> dict[UUID, Year]:
    """Return each member's year from ledger and appraisals, by member."""
    settled = settled_year(session, county_id, unit_id, book, year)
    chosen = select(Member).filter_by(county_id=county_id, unit_id=unit_id)
    of_year = select(Appraisal).filter_by(county_id=county_id, unit_id=unit_id, year=year)
    results = {one.member_id: one.result for one in session.scalars(of_year)}
    members = {
        member.id: _as_record(member, book, year) for member in session.scalars(chosen.order_by(Member.member_no))
    }
    gone = graded_elsewhere(session, county_id, unit_id, year)
    return {
        who: year_of(book, year, member, settled.get(who, Settled({})), results.get(who))
        for who, member in members.items()
        if (who in settled or member.exempt) and who not in gone
    }


def settled_year(
    session: Session, county_id: UUID, unit_id: UUID, book: RuleBook, year: int
) -> Mapping[UUID, Settled]:
    """Return what the ledger says of each member's year: sums of entries, nothing else."""
    where = {"county": county_id, "unit": unit_id, "year": year, "period": str(year)}
    rounds: dict[UUID, dict[str, Decimal]] = {}
    bonus: dict[UUID, Decimal] = {}
    zeroed: set[UUID] = set()
    for member_id, period in session.execute(_ROUNDS, where):
        rounds.setdefault(member_id, {})[period] = Decimal("0.00")
    for row in session.execute(_SETTLED, where):
        rounds.setdefault(row.member_id, {})[row.period] = row.points
        bonus[row.member_id] = bonus.get(row.member_id, Decimal("0.00")) + row.bonus
        if any(book.items[item].kind is Kind.ZEROING for item in row.items or () if item in book.items):
            zeroed.add(row.member_id)
    own = {who: Settled(of, bonus.get(who, Decimal("0.00")), who in zeroed) for who, of in rounds.items()}
    brought = came_with(session, county_id, unit_id, year)
    whole = {who: with_carried(book, own.get(who), came) for who, came in brought.items()}
    return {**own, **{who: one for who, one in whole.items() if one.rounds}}


def _as_record(member: Member, book: RuleBook, year: int) -> MemberRecord:
    """Return who the member is at the year's end; who is left out of its last round is graded by the meeting."""
    last = period_of(date(year, 12, 31), book.round_span)
    return MemberRecord(
        number=str(member.id),
        class_=MemberClass(member.class_),
        birth_date=member.birth_date,
        office=Office(member.office) if member.office else None,
        exempt=member.exemption is not None and member.exemption.covers(last.first, last.last),
        probationary=member.probationary,
    )


def _last_round(session: Session, actor: Actor, year: int) -> Round:
    """Return the year's last round; refuse while a round or a line of the year has not settled."""
    of_year = select(Round).where(
        Round.county_id == actor.county_id,
        Round.unit_id == actor.unit_id,
        Round.first_day >= date(year, 1, 1),
        Round.last_day <= date(year, 12, 31),
    )
    rounds = list(session.scalars(of_year.order_by(Round.period)))
    if not rounds:
        raise NotNow(f"{year} 年没有积分周期。")
    if any(one.period == str(year) for one in rounds):
        raise NotNow(f"{year} 年度积分已经形成。")
    waiting = [one.period for one in rounds if one.state not in {RoundState.SETTLED, RoundState.FILED}]
    held = select(Line.id).where(Line.county_id == actor.county_id, Line.round_id.in_([one.id for one in rounds]))
    if waiting or session.scalar(held.where(Line.state != LineState.SETTLED).limit(1)) is not None:
        raise NotNow(
            f"{year} 年还有没有登记入账的积分{'：' + '、'.join(waiting) if waiting else '（异议处理中）'}。"
        )
    return rounds[-1]


def _wait_for_others(session: Session, actor: Actor, year: int) -> None:
    """Refuse while an old branch has not brought to its ledger what it scored of somebody who is here now."""
    brought = came_with(session, actor.county_id, actor.unit_id, year)
    gone = graded_elsewhere(session, actor.county_id, actor.unit_id, year)
    waiting = [who for who, came in brought.items() if came.pending and who not in gone]
    if waiting:
        names = "、".join(session.get_one(Member, (actor.county_id, who)).name for who in waiting)
        raise NotNow(f"{names}在原支部还有没有入账的积分，入账后会自动转来，请到那时再形成年度积分。")


def _enter(session: Session, actor: Actor, round_: Round, years: Mapping[UUID, Year], now: datetime) -> None:
    """Write the lines and what they say; a rank only where the year has points."""
    places = ranks_of(years)
    whose = {"county_id": actor.county_id, "unit_id": round_.unit_id}
    lines = {member_id: uuid4() for member_id in years}
    if not years:
        raise NotNow("没有可以形成年度积分的党员。")
    session.execute(
        insert(Line),
        [
            {
                **whose,
                "id": lines[member_id],
                "round_id": round_.id,
                "member_id": member_id,
                "state": LineState.OPEN,
                "stage": 0,
                "edition": 1,
                "by_rule": year.annual_points,
                "points": year.annual_points,
            }
            for member_id, year in years.items()
        ],
    )
    session.execute(
        insert(AnnualLine),
        [
            annual_row(
                whose, lines[member_id], member_id, 1, round_.first_day.year, year, places.get(member_id), now
            )
            for member_id, year in years.items()
        ],
    )


def annual_row(
    whose: Mapping[str, UUID],
    line_id: UUID,
    member_id: UUID,
    edition: int,
    number: int,
    year: Year,
    rank: int | None,
    now: datetime,
) -> dict[str, object]:
    """Return one edition of a member's annual line as a row."""
    return {
        **whose,
        "id": uuid4(),
        "line_id": line_id,
        "member_id": member_id,
        "edition": edition,
        "year": number,
        "tier": year.tier,
        "zeroed": year.zeroed,
        "year_points": year.year_points,
        "factor": year.factor,
        "annual_points": year.annual_points,
        "reward_points": year.reward_points,
        "grade": year.grade,
        "rank": rank,
        "computed_at": now,
    }
