"""The plays: what each branch does when, put on the stage's agenda round by round."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import select

from services.cli.demonstration.deeds import a_day, a_deed, claimable, common_records, slight_lapses
from services.cli.demonstration.objections import begin
from services.cli.demonstration.rounds import (
    claim_all,
    confirm,
    days_of,
    decide,
    hear,
    meet,
    open_for,
    post,
    put_forward,
    record_for,
    review_at,
    send_up,
)
from services.cli.demonstration.scoring import score_claims
from services.cli.demonstration.stage import Stage, Troupe, at
from services.cli.demonstration.takings import take_over
from shared.authz.actor import Actor
from shared.db.claims import Claim
from shared.db.members import Member
from shared.domain.deeds import Deed
from shared.domain.notices import NoticeKind
from shared.domain.periods import Period
from shared.domain.procedures import MeetingMode, Span
from shared.domain.rounds import RoundState

REASONS = ("时间与活动签到不符", "同一事项已经申报过", "不属于本条所列事项", "没有实际参加")


@dataclass(eq=False)
class Play:
    """One branch's part: how many claims a month, which extra deeds, and what happens after a notice hangs."""

    stage: Stage
    by: Actor
    troupe: Troupe
    claims_a_month: int
    extra: dict[str, list[tuple[int, Deed]]] = field(default_factory=dict)
    stories: dict[str, list[str]] = field(default_factory=dict)
    attendances: int = 1

    def schedule(self, periods: Sequence[Period]) -> None:
        """Put every round on the agenda."""
        for period in periods:
            plan = self.stage.plan
            plan(at(period.first, 8), partial(open_for, self.stage, self.troupe, self.by, period))
            for day in days_of(period):
                plan(at(day, 16), partial(self.month, period, Period(day.year, day.month, Span.MONTH)))
            plan(at(review_at(period), 9), partial(self.review, period))

    def month(self, period: Period, month: Period) -> None:
        """Claims of the month, the recorder's entries, and what this play adds."""
        chance, last = self.stage.chance, month.first + timedelta(days=25)
        claims = []
        for member in chance.sample(self.claimers(), min(self.claims_a_month, len(self.claimers()))):
            day = a_day(chance, month.first, last)
            claims.append((member, a_deed(chance, chance.choice(claimable(self.troupe, member, day)), day)))
        claims += [(self.troupe.members[place], deed) for place, deed in self.extra.get(f"claim {month}", [])]
        claim_all(self.stage, self.troupe, period, claims)
        record_for(self.stage, self.troupe, period, self.entries(month))
        if month.last == period.last:
            take_over(self.stage, self.troupe, period)

    def entries(self, month: Period) -> list[tuple[Member, Deed]]:
        """What the recorder enters: what nearly all did, a lapse or two, and what this play adds."""
        chance, last = self.stage.chance, month.first + timedelta(days=25)
        found: list[tuple[Member, Deed]] = []
        for item in common_records(self.troupe, last)[: self.attendances]:
            day = a_day(chance, month.first, last)
            found += [(m, a_deed(chance, item, day)) for m in self.scored() if chance.random() < 0.85]
        for item in slight_lapses(self.troupe, last):
            if chance.random() < 0.4:
                day = a_day(chance, month.first, last)
                deed = a_deed(chance, item, day)
                found.append((chance.choice(self.scored()[8:]), deed))
        extra = self.extra.get(f"record {month}", [])
        return found + [(self.troupe.members[place], deed) for place, deed in extra]

    def scored(self) -> list[Member]:
        """Return the members who are not left out of scoring."""
        return [member for member in self.troupe.members if member.exempt_from is None]

    def claimers(self) -> list[Member]:
        """Return who claims: not those who sign opinions or score, whose own deeds others record."""
        signing = {actor.member_id for actor in (*self.troupe.leaders.values(), *self.troupe.scorers)}
        return [member for member in self.scored() if member.id not in signing]

    def review(self, period: Period) -> None:
        """Opinions and words, the decision or the scores, the proposal; then the meeting and the notice."""
        stage, troupe = self.stage, self.troupe
        claims = self.submitted(period)
        if RoundState.CONFIRMING not in troupe.book.procedure.stages:
            hear(stage, troupe, claims)
            if troupe.book.procedure.scorers:
                score_claims(stage, troupe, troupe.rounds[str(period)], claims)
            else:
                decide(stage, troupe, claims, self.refusals(claims))
        put_forward(stage, troupe, period)
        covered = period.within(troupe.book.procedure.notice_every)
        if period.last == covered.last:
            stage.plan(stage.later(hours=34), partial(self.meeting, covered))
            stage.plan(stage.later(days=2), partial(self.notice, covered))

    def submitted(self, period: Period) -> list[UUID]:
        """Return the round's claims that wait for a decision."""
        with self.stage.acting(self.troupe) as session:
            waiting = select(Claim.id).filter_by(round_id=self.troupe.rounds[str(period)], state="submitted")
            return list(session.scalars(waiting.order_by(Claim.number)))

    def refusals(self, claims: Sequence[UUID]) -> dict[UUID, str]:
        """Return which claims are refused, and why."""
        chance = self.stage.chance
        return {claim: chance.choice(REASONS) for claim in claims if chance.random() < 0.08}

    def rounds(self, covered: Period) -> list[UUID]:
        """Return the rounds that one notice covers."""
        return [round_ for name, round_ in self.troupe.rounds.items() if covered.contains(Period.parse(name))]

    def meeting(self, covered: Period) -> None:
        """The members' meeting, where it is a stage; where it only hears, at the end of each quarter."""
        procedure = self.troupe.book.procedure
        if RoundState.PASSED in procedure.stages:
            meet(self.stage, self.troupe, f"{covered.in_words}积分评定", self.rounds(covered))
        elif procedure.meeting is MeetingMode.HEARS and covered.last == covered.within(Span.QUARTER).last:
            meet(self.stage, self.troupe, f"{covered.within(Span.QUARTER).in_words}积分情况通报", [])

    def notice(self, covered: Period) -> None:
        """Publish; then whatever story belongs to this period, and what follows the window."""
        title = f"{self.troupe.name}{covered.in_words}党员积分公示"
        notice = post(self.stage, self.troupe, NoticeKind.FIRST, str(covered), title)
        for story in self.stories.get(str(covered), []):
            self.tell(story, covered)
        if notice.closes_at is None:
            return
        if RoundState.CONFIRMING in self.troupe.book.procedure.stages:
            self.stage.plan(self.stage.later(days=1), partial(self.supplement, covered))
            self.stage.plan(notice.closes_at + timedelta(hours=9), partial(self.confirmation, covered))
        else:
            self.stage.plan(notice.closes_at + timedelta(hours=9), partial(send_up, self.stage, self.troupe))

    def supplement(self, covered: Period) -> None:
        """Members check the first publication and claim what is missing."""
        chance = self.stage.chance
        missing = []
        for member in chance.sample(self.claimers(), 2):
            day = a_day(chance, covered.first, covered.last)
            deed = a_deed(chance, chance.choice(claimable(self.troupe, member, day)), day)
            if not self.troupe.book.items[deed.item].decision:
                missing.append((member, deed))
        claim_all(self.stage, self.troupe, covered, missing)

    def confirmation(self, covered: Period) -> None:
        """The branch confirms, and publishes a second time."""
        decide(self.stage, self.troupe, (claims := self.submitted(covered)), self.refusals(claims))
        confirm(self.stage, self.troupe, covered)
        title = f"{self.troupe.name}{covered.in_words}党员积分认定公示"
        notice = post(self.stage, self.troupe, NoticeKind.SECOND, str(covered), title)
        if notice.closes_at is not None:
            self.stage.plan(notice.closes_at + timedelta(hours=9), partial(send_up, self.stage, self.troupe))

    def tell(self, story: str, covered: Period) -> None:
        """Begin a story about an objection."""
        begin(self.stage, self.troupe, self.rounds(covered), story)
