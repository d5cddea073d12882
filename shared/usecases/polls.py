"""Polls: a secret ballot as a voter and as a teller see it; neither sees a vote."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import require, see
from shared.db.appraisals import Evaluation
from shared.db.ballots import Ballot, BallotMark
from shared.db.clock import read_clock
from shared.db.members import Person
from shared.domain.ballots import BallotState, Purpose, Way, why
from shared.domain.errors import NotFound
from shared.usecases.urns import mark_of, paper_counts, turnout_of


@dataclass(frozen=True, slots=True)
class Slip:
    """A ballot as a voter has it before them; they themselves are not on their slip. `open` says: vote now."""

    ballot: Ballot
    choices: Sequence[str]
    subjects: Sequence[tuple[UUID, str]]
    mark: BallotMark
    open: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """A ballot as those have it who count: who has not voted, who is on paper, how many counts were entered.

    `entered` holds names and numbers of slips alone: two count without knowing what the other has found.
    """

    ballot: Ballot
    choices: Sequence[str]
    subjects: Sequence[tuple[UUID, str]]
    waiting: Sequence[tuple[UUID, str]]
    on_screen: int
    on_paper: int
    entered: Sequence[tuple[str, int]]
    evaluation_id: UUID | None
    now: datetime

    @property
    def may_close(self) -> bool:
        """Whether the voting may end: everybody has voted, or its term is over."""
        return self.ballot.state == BallotState.OPEN and (not self.waiting or self.now >= self.ballot.closes_at)

    @property
    def why(self) -> str:
        """Whether enough have voted, in words, once it is counted."""
        return why(self.ballot.due, self.ballot.cast_votes or 0)


def see_slip(session: Session, actor: Actor, ballot_id: UUID) -> Slip:
    """Return a ballot to somebody on its roll; NotFound for the others."""
    ballot = see(session, actor, Action.BALLOT_CAST, Ballot, ballot_id)
    mark = mark_of(session, ballot, actor)
    if mark is None:
        raise NotFound("您不在这次投票的名册上。")
    others = [one for one in _subjects(ballot) if one[0] != actor.member_id]
    now = read_clock(session, actor.county_id)
    waits = ballot.state == BallotState.OPEN and now < ballot.closes_at and mark.way is None
    return Slip(ballot, ballot.form["choices"], others, mark, waits)


def see_tally(session: Session, actor: Actor, ballot_id: UUID) -> Tally:
    """Return a ballot to those who hand out and count slips."""
    ballot = see(session, actor, Action.BALLOT_COUNT, Ballot, ballot_id)
    turnout = turnout_of(session, ballot)
    of_mark = (Person.county_id == BallotMark.county_id) & (Person.id == BallotMark.person_id)
    waiting = select(Person.id, Person.name).join(BallotMark, of_mark).order_by(Person.name, Person.id)
    of_ballot = waiting.where(BallotMark.county_id == ballot.county_id, BallotMark.ballot_id == ballot.id)
    counts = paper_counts(session, ballot)
    names = {one.person_id: session.get_one(Person, (ballot.county_id, one.person_id)).name for one in counts}
    return Tally(
        ballot=ballot,
        choices=ballot.form["choices"],
        subjects=_subjects(ballot),
        waiting=[(who, name) for who, name in session.execute(of_ballot.where(BallotMark.way.is_(None)))],
        on_screen=turnout.get(Way.SCREEN, 0),
        on_paper=turnout.get(Way.PAPER, 0),
        entered=[(names[one.person_id], one.slips) for one in counts],
        evaluation_id=session.scalar(_evaluation(ballot)) if ballot.purpose != Purpose.MOTION else None,
        now=read_clock(session, actor.county_id),
    )


def open_slips(session: Session, actor: Actor, now: datetime) -> Sequence[Ballot]:
    """Return the ballots that wait for this person's vote, the one that ends first first."""
    require(actor, Action.BALLOT_CAST)
    on_roll = (BallotMark.county_id == Ballot.county_id) & (BallotMark.ballot_id == Ballot.id)
    mine = (
        select(Ballot)
        .join(BallotMark, on_roll)
        .where(
            Ballot.county_id == actor.county_id,
            Ballot.unit_id == actor.unit_id,
            Ballot.state == BallotState.OPEN,
            Ballot.closes_at > now,
            BallotMark.person_id == actor.person_id,
            BallotMark.way.is_(None),
        )
    )
    return session.scalars(mine.order_by(Ballot.closes_at)).all()


def _subjects(ballot: Ballot) -> list[tuple[UUID, str]]:
    return [(UUID(of), name) for of, name in ballot.form["subjects"]]


def _evaluation(ballot: Ballot) -> Select[tuple[UUID]]:
    of_ballot = (Evaluation.ballot_id == ballot.id) | (Evaluation.mutual_id == ballot.id)
    return select(Evaluation.id).where(Evaluation.county_id == ballot.county_id, of_ballot)
