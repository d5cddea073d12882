"""The programme: which branch plays what, from the county's founding to the township's file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from uuid import UUID

from sqlalchemy import select

from services.cli.demonstration.county import BRANCHES, build_places, build_township, found, founder
from services.cli.demonstration.plays import REASONS, Play
from services.cli.demonstration.present import NOW, begin_present
from services.cli.demonstration.rhythm import keep_rhythm, look_back, show_examples
from services.cli.demonstration.rounds import decide, hear, minute_down, roll_call
from services.cli.demonstration.stage import Stage, Troupe, at
from services.cli.demonstration.years import appraise
from shared.db.claims import Claim
from shared.db.rounds import Line
from shared.domain.deeds import Deed
from shared.domain.meetings import Count
from shared.domain.periods import Period
from shared.domain.procedures import Body, Span
from shared.usecases.claims import Ruling, decide_claims
from shared.usecases.lines import propose
from shared.usecases.meetings import call_roll, close_meeting, convene, vote_line, vote_list
from shared.usecases.members import exempt

STARTS = datetime(2024, 12, 20, 1, tzinfo=UTC)
YEAR, QUARTER = 2025, "2026-Q1"
CLAIMS, REFUSED = 424, 34
STORIES = {
    "xiaxiyuan": {"2025-04": ["rejected"], "2025-06": ["won on appeal"]},
    "yangba": {"2025-Q2": ["upheld"], "2025-Q3": ["rejected"]},
    "chaiqian": {"2025-Q2": ["won at the second appeal"]},
    "xujiayan": {"2025-Q1": ["villager on paper"], "2025-Q3": ["upheld"]},
    "xinba": {"2025-05": ["upheld"], "2025-09": ["lost on appeal"]},
}
CLAIMS_A_MONTH = {"xiaxiyuan": 6, "yangba": 4, "chaiqian": 4, "xujiayan": 7, "xinba": 5}
TOWN_STORIES = {2: "rejected", 5: "upheld", 9: "late", 14: "won on appeal", 21: "rejected", 27: "upheld"}


def _extra() -> dict[str, dict[str, list[tuple[int, Deed]]]]:
    """What happens by design: a zeroing, a circular of criticism, one who earns rewards, one below standard."""
    found: dict[str, dict[str, list[tuple[int, Deed]]]] = {book: {} for book in STORIES}
    found["chaiqian"]["record 2025-02"] = [(9, Deed("C-13", date(2025, 2, 20), "工作不力被通报批评"))]
    found["chaiqian"]["record 2025-08"] = [(11, Deed("C-01", date(2025, 8, 12), "违反有关规定，依据处理决定登记"))]
    found["chaiqian"]["record 2025-11"] = [
        (7, Deed("C-14", date(2025, 11, 5), "牵头攻坚老旧小区改造", Decimal(20), decision="支委会〔2025〕90号"))
    ]
    for month in range(1, 13):
        day = date(YEAR, month, 9)
        gains = [Deed(item, day, "带头参加，群众见证") for item in ("E-C1", "E-C4", "E-C2", "E-C3")]
        found["xujiayan"][f"claim {YEAR}-{month:02d}"] = [(12, deed) for deed in gains]
        lapses = [(30, Deed("E-V1", day, "无故未参加支部会议"))] if month % 3 != 0 else []
        found["xujiayan"][f"record {YEAR}-{month:02d}"] = [*lapses, *lapses]
        if month in {3, 6, 9}:
            found["xinba"][f"record {YEAR}-{month:02d}"] = [(16, Deed("F-W6", day, "会议中途退出"))]
    return found


@dataclass(eq=False)
class TownPlay(Play):
    """A village of the township in its one quarter: so many claims, and one or two of them refused."""

    claims: int = 13
    refused: int = 1
    at_meeting: bool = False

    def month(self, period: Period, month: Period) -> None:
        """All claims of the quarter come in its last month, the recorder's entries in each."""
        ends = month.last == period.last
        self.claims_a_month, self.attendances = (self.claims, 1) if ends else (0, 0)
        super().month(period, month)

    def review(self, period: Period) -> None:
        """As everywhere, but that a department's "no" falls on a claim that is refused."""
        claims = self.submitted(period)
        stage, troupe = self.stage, self.troupe
        against = stage.chance.sample(self.of_no_officer(claims), self.refused)
        hear(stage, troupe, claims, against)
        reasons = {claim: REASONS[n % len(REASONS)] for n, claim in enumerate(against)}
        decide(stage, troupe, claims, {} if self.at_meeting else reasons)
        with stage.acting(troupe) as session:
            propose(session, troupe.officers["secretary"], troupe.rounds[str(period)], {}, stage.now)
        meeting = partial(self.doubted, period, against) if self.at_meeting else partial(self.meeting, period)
        stage.plan(stage.later(hours=34), meeting)
        stage.plan(stage.later(days=2), partial(self.notice, period))

    def of_no_officer(self, claims: Sequence[UUID]) -> list[UUID]:
        """Return the claims whose refusal can be objected to: who has an office would answer themselves."""
        officers = [actor.member_id for actor in self.troupe.officers.values() if actor.member_id]
        with self.stage.acting(self.troupe) as session:
            of_others = select(Claim.id).where(Claim.id.in_(claims), Claim.member_id.not_in(officers))
            return list(session.scalars(of_others.order_by(Claim.number)))

    def doubted(self, period: Period, doubted: Sequence[UUID]) -> None:
        """The meeting takes a line out of the list; the committee refuses the claim, then the line passes."""
        stage, troupe, secretary = self.stage, self.troupe, self.troupe.officers["secretary"]
        round_id, minute = troupe.rounds[str(period)], troupe.minute("党员大会", stage.now)
        with stage.acting(troupe) as session:
            claim = session.get_one(Claim, (stage.county_id, doubted[0]))
            line = session.scalars(select(Line).filter_by(round_id=round_id, member_id=claim.member_id)).one()
            meeting = convene(session, secretary, "members", f"{period.in_words}积分评定", minute, stage.now)
            roll = call_roll(session, secretary, meeting.id, roll_call(stage, troupe))
            all_in_favour = Count(roll.present)
            vote_list(session, secretary, meeting.id, [round_id], all_in_favour, [line.id], stage.now)
            decider = next(one for one in troupe.deciders() if one.member_id != claim.member_id)
            ruling = Ruling(False, minute, "大会评议认为不符合本条", body=Body.MEMBERS_MEETING)
            decide_claims(session, decider, [claim.id], ruling, stage.now)
            propose(session, secretary, round_id, {}, stage.now)
            vote_line(session, secretary, meeting.id, line.id, all_in_favour, stage.now)
            close_meeting(session, secretary, meeting.id, stage.now)
            said = "会上对一名同志的一项申报有不同意见，单独表决；其余各人的积分没有补充。"
            minute_down(session, stage, troupe, meeting.id, said)


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of the programme is played: the books that have a unit, and the township's branches by number."""

    books: frozenset[str] = frozenset(STORIES)
    branches: frozenset[int] = frozenset(range(BRANCHES))


WHOLE = Part()


def perform(stage: Stage, part: Part = WHOLE) -> None:
    """Found the county and play the programme, or a part of it."""
    by = founder(stage.county_id)
    stage.say("建立示范县：单位、党员、细则")
    found(stage, by)
    places = build_places(stage, by, part.books)
    town = build_township(stage, by, part.branches)
    _plan_places(stage, places)
    _plan_township(stage, town)
    stage.say("2025 年：各单位按各自的细则走完一年")
    _plan_rhythm(stage, places, list(town.values()))
    begin_present(stage, places, list(town.values()))
    stage.play(until=NOW)
    stage.settle_down()


def _plan_rhythm(stage: Stage, places: Sequence[Troupe], town: Sequence[Troupe]) -> None:
    keep_rhythm(stage, places, YEAR)
    look_back(stage, places, YEAR)
    keep_rhythm(stage, [*places, *town], YEAR + 1)
    show_examples(stage, [*places, *town[:1]], date(2026, 5, 20))


def _plan_places(stage: Stage, places: Sequence[Troupe]) -> None:
    extra = _extra()
    for troupe in places:
        book = troupe.book
        play = Play(
            stage, founder(stage.county_id), troupe, CLAIMS_A_MONTH[book.id], extra[book.id], STORIES[book.id]
        )
        if book.exemption:
            _exempt(stage, troupe)
        play.schedule(Period(YEAR, 1, Span.YEAR).parts(book.round_span))
        stage.plan(at(date(YEAR, 12, 22), 9), partial(appraise, stage, troupe, YEAR))


def _exempt(stage: Stage, troupe: Troupe) -> None:
    """A bedridden member, with their consent, is left out of scoring by the meeting's decision."""
    frail = [member for member in troupe.members if member.class_ == "年老体弱"][-1]
    with stage.acting(troupe) as session:
        minute = troupe.minute("党员大会", stage.now)
        kept = exempt(session, troupe.officers["secretary"], frail.id, minute, consented=True, now=stage.now)
        troupe.members[troupe.members.index(frail)] = kept


def _plan_township(stage: Stage, town: Mapping[int, Troupe]) -> None:
    """424 claims over 32 branches, 34 of them refused; objections here and there."""
    period = Period.parse(QUARTER)
    for n, troupe in town.items():
        play = TownPlay(
            stage,
            founder(stage.county_id),
            troupe,
            0,
            stories={QUARTER: [TOWN_STORIES[n]]} if n in TOWN_STORIES else {},
            claims=CLAIMS // BRANCHES + (n < CLAIMS % BRANCHES),
            refused=REFUSED // BRANCHES + (n < REFUSED % BRANCHES),
            at_meeting=n in {7, 19},
        )
        play.schedule([period])
    told = f"2026 年一季度：柳溪乡 {len(town)} 个村党支部、{sum(len(one.members) for one in town.values())} 名党员"
    stage.plan(at(period.first, 7), lambda: stage.say(told))
