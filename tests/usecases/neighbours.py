"""Neighbours: branches of one county, each taken through its rounds, so that members can go to another."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from shared.authz.actor import Actor
from shared.db.members import Member
from shared.db.session import Db, acting
from shared.db.transfers import Transfer
from shared.domain.notices import NoticeKind
from shared.domain.periods import Period
from shared.domain.rule_books import Checked
from shared.domain.windows import end_of_day
from shared.usecases.arrivals import Arrival, accept_transfer
from shared.usecases.lines import propose
from shared.usecases.members import actor_of
from shared.usecases.records import enter_record
from shared.usecases.transfers import propose_transfer
from shared.usecases.years import close_year
from tests.builders import Branch, a_county, a_deed, run_clock, set_clock
from tests.usecases.stage import Stage

NINE = timedelta(hours=9)
QUARTERS = ("2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4")


def morning(day: date) -> datetime:
    """Nine in the morning of a day in Shanghai."""
    return end_of_day(day - timedelta(days=1)) + NINE


class Neighbour(Stage):
    """One branch of several, with the steps of a stage; the clock is the county's."""

    def __init__(self, db: Db, clockwork: Db, branch: Branch) -> None:
        self.db, self.clockwork, self.now = db, clockwork, datetime(2026, 1, 5, 1, tzinfo=UTC)
        self.branch, self.county_id, self.unit_id = branch, branch.county_id, branch.unit_id
        self.mei, *_ = branch.members

    def finish(self, round_id: UUID, period: str) -> None:
        """Take a round that has ended from its claims to the ledger."""
        self.round_id = round_id
        self.propose_round()
        self.pass_all()
        notice = self.post(period=period)
        assert notice.closes_at is not None
        self.closes_at = notice.closes_at

    def propose_round(self) -> None:
        """Put the committee's points to each line."""
        self.do(propose, "secretary", self.round_id, {})

    def year(self, at: datetime) -> None:
        """Close the year and post it."""
        self.now = at
        self.do(close_year, "secretary", 2026)
        self.closes_at = self.post(NoticeKind.YEAR, "2026").closes_at or at


class Neighbours:
    """A county of several branches under one book, whose clock the test moves."""

    def __init__(self, db: Db, clockwork: Db, book: str | Checked = "county-plan", branches: int = 2) -> None:
        made = a_county(db, book, branches=branches, members=2)
        self.db, self.clockwork, self.county_id = db, clockwork, made[0].county_id
        self.all = [Neighbour(db, clockwork, branch) for branch in made]
        self.first, self.second = self.all[0], self.all[1]
        self.mei = self.first.mei
        self.rounds: dict[tuple[UUID, str], UUID] = {}

    @property
    def now(self) -> datetime:
        """The county's instant, as the tests have set it."""
        return self.first.now

    def go_to(self, instant: datetime) -> None:
        """Let time pass in the whole county."""
        set_clock(self.db, self.county_id, instant)
        for one in self.all:
            one.now = instant
        run_clock(self.clockwork, self.county_id)

    def open_all(self, period: str) -> None:
        """Open a round in every branch."""
        for one in self.all:
            self.rounds[one.unit_id, period] = one.open(period)

    def finish_all(self, period: str) -> None:
        """Take the period to the ledger in every branch."""
        self.go_to(morning(Period.parse(period).last + timedelta(days=8)))
        for one in self.all:
            one.finish(self.rounds[one.unit_id, period], period)
        self.go_to(max(one.closes_at for one in self.all))

    def close_the_year(self) -> None:
        """Make the annual lines everywhere, and let their windows end."""
        at = self.now + timedelta(days=1)
        self.go_to(at)
        for one in self.all:
            one.year(at)
        self.go_to(max(one.closes_at for one in self.all))

    def record(self, at: Neighbour, member_id: UUID, item: str, day: date, period: str) -> None:
        """Let a branch's recorder enter a deed."""
        self.go_to(max(self.now, morning(day)))
        at.do(enter_record, "recorder", self.rounds[at.unit_id, period], member_id, a_deed(item, day))

    def transfer(self, member: Member, since: Neighbour, to: Neighbour, number: str = "501") -> Member:
        """Propose and accept on one day; return the membership in the new branch."""
        transfer: Transfer = since.do(propose_transfer, "secretary", member.id, to.unit_id, "介〔2026〕7号")
        arrival = Arrival(morning_day(self.now), number)
        joined = to.do(accept_transfer, "secretary", transfer.id, arrival)
        since.branch.actors.pop(member.id, None)
        to.branch.actors[joined.id] = self.actor(joined)
        return joined

    def actor(self, member: Member) -> Actor:
        """Who a member is today in their branch."""
        with acting(self.db, self.county_id, member.unit_id) as session:
            return actor_of(session, self.county_id, member.unit_id, member.person_id, morning_day(self.now))


def morning_day(instant: datetime) -> date:
    """The day in Shanghai."""
    return (instant + timedelta(hours=8)).date()


def periods_of(days: Sequence[date]) -> list[str]:
    """The quarters of some days."""
    return [QUARTERS[(day.month - 1) // 3] for day in days]
