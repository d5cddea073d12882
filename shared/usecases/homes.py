"""Homes: where a member stands now, the one thing to do next, and what has a day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import see
from shared.db.claims import Claim
from shared.db.clock import read_clock
from shared.db.meetings import Meeting
from shared.db.members import Member, Person
from shared.db.notices import Notice
from shared.db.objections import Objection
from shared.db.rounds import Line, Round
from shared.db.units import Group, Unit
from shared.domain.claims import ClaimState
from shared.domain.errors import NotFound
from shared.domain.notices import NoticeState
from shared.domain.objections import ObjectionState
from shared.domain.rounds import RoundState
from shared.domain.windows import end_of_day
from shared.usecases.books import book_of
from shared.usecases.consequences import cases_to_answer
from shared.usecases.deeds import score_year
from shared.usecases.examples import examples_asked
from shared.usecases.goals import goals_awaited
from shared.usecases.half_years import half_years_awaited
from shared.usecases.intake import takes_claims
from shared.usecases.meetings import MEMBERS
from shared.usecases.polls import open_slips
from shared.usecases.reminders import reminded_at
from shared.usecases.reports import reports_concerning
from shared.usecases.self_reports import reports_awaited
from shared.usecases.voices import voice
from shared.usecases.witnesses import witness_asked

# A year's end has a page of its own.
LONGEST_ROUND = timedelta(days=100)
SHOWN = 3


class Standing(NamedTuple):
    """A round, and the member's points in it as they stand; None where nothing has been reckoned."""

    round: Round
    line: Line | None
    points: Decimal | None


class Todo(NamedTuple):
    """Something to do: its kind, what it is about, in which words it is known, until when."""

    kind: str
    id: UUID
    name: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Home:
    """A member's home. `todos` are in the order in which they should be done; `dates` in that of time.

    `awaited` is by when the branch should take the newest round's next step, for when there is nothing to do.
    """

    member: Member
    unit: Unit
    group: Group | None
    contact: Person | None
    now: datetime
    standings: tuple[Standing, ...]
    waiting: int
    todos: tuple[Todo, ...]
    dates: tuple[Todo, ...]
    awaited: datetime | None


def see_home(session: Session, actor: Actor) -> Home:
    """Return the home of the member who is signed in, or for whom somebody acts."""
    if actor.member_id is None:
        raise NotFound("您在这里没有党员身份，没有自己的积分。")
    member = see(session, actor, Action.STATEMENT_SEE, Member, actor.member_id)
    now = read_clock(session, actor.county_id)
    rounds = _rounds(session, member)
    taking = [one for one in rounds if one.state == RoundState.COLLECTING and now < one.claims_close_at]
    notices = _notices(session, member, now)
    claims = _claims(session, member)
    mine = (*_returned(session, claims), *_asked(session, actor), *_answered(session, actor, now))
    mine += tuple(_year_end(session, actor, now)) if actor.acting_for is None else ()
    claiming = [Todo("claim", one.id, one.period, one.claims_close_at) for one in reversed(taking)]
    checking = [Todo("check", one.id, one.title, one.closes_at) for one in notices]
    missing = list(_missing(session, rounds, notices, now))
    dates = [*claiming, *checking, *_meetings(session, member)]
    return Home(
        member=member,
        unit=session.get_one(Unit, (actor.county_id, member.unit_id)),
        group=session.get(Group, (actor.county_id, member.group_id)) if member.group_id else None,
        contact=session.get(Person, (actor.county_id, member.contact_id)) if member.contact_id else None,
        now=now,
        standings=tuple(_standing(session, member, one) for one in _shown(rounds)),
        waiting=sum(one.state == ClaimState.SUBMITTED for one in claims),
        todos=(*mine, *claiming, *checking, *missing, *_drafts(session, claims), *_goal(session, actor, now)),
        dates=tuple(sorted(dates, key=lambda one: one.until or now)),
        awaited=reminded_at(session, rounds[0]) if rounds else None,
    )


def _year_end(session: Session, actor: Actor, now: datetime) -> Iterator[Todo]:
    """Votes to cast, a summary to write, a case on which one is to be heard."""
    for ballot in open_slips(session, actor, now):
        yield Todo("vote", ballot.id, ballot.title, ballot.closes_at)
    for evaluation in reports_awaited(session, actor):
        until = end_of_day(evaluation.reports_until)
        yield Todo("summary", evaluation.id, f"{evaluation.year} 年度民主评议", until)
    for half_year in half_years_awaited(session, actor):
        yield Todo("half_year", half_year.id, f"{half_year.year} 年上半年", end_of_day(half_year.due_on))
    for case in cases_to_answer(session, actor):
        yield Todo("hearing", case.id, case.basis)


def _goal(session: Session, actor: Actor, now: datetime) -> Iterator[Todo]:
    """The year's goals: what has a nearer day comes before them."""
    asked = goals_awaited(session, actor, now) if actor.acting_for is None else None
    if asked is not None:
        yield Todo("goal", asked.id, f"{asked.year} 年", end_of_day(asked.due_on))


def _rounds(session: Session, member: Member) -> Sequence[Round]:
    """Return the branch's last rounds, the newest first."""
    of_branch = select(Round).filter_by(county_id=member.county_id, unit_id=member.unit_id)
    short = of_branch.where(Round.last_day - Round.first_day < LONGEST_ROUND.days)
    return session.scalars(short.order_by(Round.first_day.desc()).limit(8)).all()


def _shown(rounds: Sequence[Round]) -> Sequence[Round]:
    """Those that are not settled yet, at least the newest."""
    going = [one for one in rounds if one.state not in {RoundState.SETTLED, RoundState.FILED}]
    return (going or rounds[:1])[:SHOWN]


def _standing(session: Session, member: Member, round_: Round) -> Standing:
    of_member = select(Line).filter_by(county_id=member.county_id, round_id=round_.id, member_id=member.id)
    line = session.scalar(of_member)
    if line is not None and line.points is not None:
        return Standing(round_, line, line.points)
    scored = score_year(session, round_).get(member.id)
    return Standing(round_, line, scored.points if scored else None)


def _claims(session: Session, member: Member) -> Sequence[Claim]:
    open_states = [ClaimState.DRAFT, ClaimState.RETURNED, ClaimState.SUBMITTED]
    own = select(Claim).filter_by(county_id=member.county_id, unit_id=member.unit_id, member_id=member.id)
    return session.scalars(own.where(Claim.state.in_(open_states)).order_by(Claim.happened_on, Claim.number)).all()


def _returned(session: Session, claims: Sequence[Claim]) -> Iterator[Todo]:
    for one in claims:
        if one.state == ClaimState.RETURNED:
            yield Todo("supplement", one.id, _title(session, one))


def _drafts(session: Session, claims: Sequence[Claim]) -> Iterator[Todo]:
    for one in claims:
        if one.state == ClaimState.DRAFT:
            yield Todo("draft", one.id, _title(session, one))


def _title(session: Session, claim: Claim) -> str:
    round_ = session.get_one(Round, (claim.county_id, claim.round_id))
    return book_of(session, claim.county_id, round_.book_id).items[claim.item].title


def _asked(session: Session, actor: Actor) -> Iterator[Todo]:
    """What others wait for: a word as a witness, and what one has to say to a report about oneself."""
    for heard in witness_asked(session, actor):
        yield Todo("witness", heard.witness.id, heard.claim.text)
    for example in examples_asked(session, actor) if actor.acting_for is None else ():
        yield Todo("example", example.id, example.said)
    for one in reports_concerning(session, actor):
        if one.replied_at is None and one.state == "reported":
            yield Todo("reply", one.id, one.text)


def _answered(session: Session, actor: Actor, now: datetime) -> Iterator[Todo]:
    """One's objections whose answer may still be taken further."""
    own = select(Objection).filter_by(county_id=actor.county_id, state=ObjectionState.ANSWERED)
    mine = own.where(Objection.raised_by == voice(session, actor), Objection.appeal_until > now)
    for one in session.scalars(mine.order_by(Objection.appeal_until)):
        yield Todo("appeal", one.id, one.number, one.appeal_until)


def _notices(session: Session, member: Member, now: datetime) -> Sequence[Notice]:
    hanging = select(Notice).filter_by(
        county_id=member.county_id, unit_id=member.unit_id, state=NoticeState.PUBLISHED
    )
    return session.scalars(hanging.where(Notice.closes_at > now).order_by(Notice.closes_at)).all()


def _missing(
    session: Session, rounds: Sequence[Round], notices: Sequence[Notice], now: datetime
) -> Iterator[Todo]:
    """Under a book that publishes first: what was left out may still be claimed while that notice hangs."""
    for notice in notices:
        for one in rounds:
            hangs = one.state == RoundState.PUBLISHED and one.notice_period == notice.period
            if hangs and takes_claims(one, book_of(session, one.county_id, one.book_id), now):
                yield Todo("missing", one.id, one.period, notice.closes_at)


def _meetings(session: Session, member: Member) -> Iterator[Todo]:
    called = select(Meeting).filter_by(
        county_id=member.county_id, unit_id=member.unit_id, kind=MEMBERS, closed_at=None
    )
    for one in session.scalars(called.order_by(Meeting.opened_at)):
        yield Todo("meeting", one.id, one.subject, one.opened_at)
