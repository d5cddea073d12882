"""A round in whatever order people and the clock take its steps: what must always be true of it, is."""

from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Select, select, text

from services.cli.database import Urls
from shared.db.claims import Claim
from shared.db.filings import Filing
from shared.db.notices import Notice
from shared.db.objections import Objection
from shared.db.rounds import Round
from shared.db.session import Db, connect
from shared.domain.claims import ClaimState
from shared.domain.errors import Refusal
from shared.domain.meetings import Count
from shared.domain.notices import NoticeKind
from shared.domain.rounds import RoundState
from shared.usecases.answers import Remedy, answer_objection
from shared.usecases.appeals import appeal, decide_appeal
from shared.usecases.claims import Ruling, decide_claims, draft_claim, submit_claim
from shared.usecases.filings import file_filing, receive_filing, return_filing, submit_filing
from shared.usecases.lines import propose
from shared.usecases.meetings import vote_list
from shared.usecases.objections import withdraw_objection
from shared.usecases.opinions import give_opinion
from shared.usecases.verification import verify
from tests.usecases.stage import CLOSED, DAY, START, Stage, deed

pytestmark = pytest.mark.long

T = TypeVar("T")
WHO = st.integers(0, 2)
WHICH = st.integers(0, 20)
TOWN = "township_officer"

# Each query returns what is wrong.
ALWAYS = {
    "a settled line is the sum of its entries": """
        SELECT l.id FROM line l LEFT JOIN ledger_entry e
            ON e.county_id = l.county_id AND e.line_id = l.id AND e.scope = 'round'
        WHERE l.county_id = :county AND l.state = 'settled' GROUP BY l.id, l.points
        HAVING coalesce(sum(e.points), 0) <> l.points""",
    "nothing is entered before its window has ended": """
        SELECT e.id FROM ledger_entry e JOIN seal s ON s.county_id = e.county_id AND s.id = e.seal_id
        JOIN notice n ON n.county_id = s.county_id AND n.id = s.notice_id
        WHERE e.county_id = :county AND (e.recorded_at < n.closes_at OR jifen.instant(:county) < n.closes_at)""",
    "a step that the clock takes once is taken once": """
        SELECT subject_id FROM history WHERE county_id = :county AND role = 'clock'
            AND command IN ('close', 'close_claims', 'lapse', 'file')
        GROUP BY subject_id, subject_kind, command, before HAVING count(*) > 1""",
    "nobody is reminded twice at one instant": """
        SELECT subject_id FROM message WHERE county_id = :county AND topic IN ('reminder', 'escalation')
        GROUP BY subject_id, topic, unit_id, made_at HAVING count(*) > 1""",
    "no line settles under an open objection": """
        SELECT l.id FROM line l JOIN objection o ON o.county_id = l.county_id AND o.line_id = l.id
        WHERE l.county_id = :county AND l.state = 'settled' AND o.state <> 'closed'""",
}


class Quarter(RuleBasedStateMachine):
    """One branch's quarter; each rule tries one step, and a refusal is as good an answer as any."""

    def __init__(self, db: Db, clockwork: Db, verifier: Db) -> None:
        """Found a county and open its round."""
        super().__init__()
        self.stage, self.verifier, self.minutes = Stage(db, clockwork), verifier, 0
        self.state, self.open = RoundState.COLLECTING, set[str]()

    @initialize(decided=st.none() | st.lists(st.booleans(), min_size=1, max_size=3))
    def begin(self, decided: list[bool] | None) -> None:
        """Begin with nothing, or where most happens: on the board, with claims that were accepted or refused."""
        if decided is None:
            return
        for member, accepted in zip(self.stage.branch.members, decided, strict=False):
            (self.stage.accept if accepted else self.stage.refuse)(self.stage.claim(member, "D-E6"))
        self.stage.publish()

    def attempt(self, step: Callable[..., T], by: Any, *args: Any) -> T | None:
        """Take a step, or be refused in words."""
        try:
            return self.stage.do(step, by, *args)
        except Refusal:
            return None

    def pick(self, query: Select[tuple[T]], which: int) -> list[T]:
        """Return one of the rows, or none where there are none."""
        rows = self.stage.all(query)
        return [rows[which % len(rows)]] if rows else []

    def minute(self) -> str:
        """Return the number of one more meeting."""
        self.minutes += 1
        return f"会议〔2026〕{self.minutes}号"

    @precondition(lambda self: self.state == RoundState.COLLECTING)
    @rule(who=WHO, item=st.sampled_from(["D-A4", "D-A1", "D-E6"]))
    def claim(self, who: int, item: str) -> None:
        """Somebody claims something."""
        member = self.stage.branch.members[who]
        made = self.attempt(draft_claim, member, self.stage.round_id, member.id, deed(item, START.date()))
        if made is not None:
            self.attempt(submit_claim, member, made.id)

    @precondition(lambda self: self.state in {RoundState.COLLECTING, RoundState.REVIEWING})
    @rule(which=WHICH, leader=st.integers(0, 1))
    def opine(self, which: int, leader: int) -> None:
        """A leader, perhaps of another group, says what they think of a claim."""
        for claim in self.pick(select(Claim).filter_by(state="submitted").order_by(Claim.number), which):
            self.attempt(give_opinion, self.stage.branch.leaders[leader], claim.id, True, "好")

    @precondition(lambda self: self.state in {RoundState.REVIEWING, RoundState.PROPOSED})
    @rule(which=WHICH, accept=st.booleans())
    def decide(self, which: int, accept: bool) -> None:
        """The committee decides a claim."""
        undecided = select(Claim).where(Claim.state.in_([ClaimState.SUBMITTED, ClaimState.ACCEPTED]))
        for claim in self.pick(undecided.order_by(Claim.number), which):
            ruling = Ruling(accept, self.minute(), None if accept else "材料与事实不符")
            self.attempt(decide_claims, "organiser", [claim.id], ruling)

    @precondition(lambda self: self.state == RoundState.REVIEWING)
    @rule()
    def review(self) -> None:
        """Each claim has its opinion and its decision, and the points are proposed."""
        for claim in self.stage.all(select(Claim).filter_by(state="submitted").order_by(Claim.number)):
            for leader in self.stage.branch.leaders:
                self.attempt(give_opinion, leader, claim.id, True, "好")
            self.attempt(decide_claims, "organiser", [claim.id], Ruling(True, self.minute()))
        self.attempt(propose, "secretary", self.stage.round_id, {})

    @precondition(lambda self: self.state in {RoundState.COLLECTING, RoundState.PROPOSED})
    @rule()
    def propose(self) -> None:
        """The committee proposes, whether it is time or not."""
        self.attempt(propose, "secretary", self.stage.round_id, {})

    @precondition(lambda self: self.state == RoundState.PROPOSED)
    @rule(absent=st.integers(0, 8), against=st.integers(0, 7), excepted=st.booleans())
    def meet(self, absent: int, against: int, excepted: bool) -> None:
        """The members meet, with or without a quorum, a majority, a line taken out."""
        meeting = self.stage.meet(self.minute(), absent)
        count = Count(max(0, 14 - absent - against), against)
        lines = [self.stage.line(self.stage.mei).id] if excepted else []
        self.attempt(vote_list, "secretary", meeting, [self.stage.round_id], count, lines)

    @precondition(lambda self: self.state in {RoundState.PROPOSED, RoundState.PASSED})
    @rule()
    def publish(self) -> None:
        """The round is published, if it may be."""
        try:
            self.stage.post()
        except Refusal:
            return

    @precondition(lambda self: self.state in {RoundState.PUBLISHED, RoundState.SETTLED})
    @rule(which=WHICH)
    def hang(self, which: int) -> None:
        """A correction that the clock has drafted is published."""
        drafted = select(Notice).filter_by(state="drafted", kind=NoticeKind.CORRECTION).order_by(Notice.code)
        for notice in self.pick(drafted, which):
            self.stage.hang(notice.id)

    @precondition(lambda self: self.state in {RoundState.PUBLISHED, RoundState.SETTLED})
    @rule(who=WHO, about=WHO)
    def object(self, who: int, about: int) -> None:
        """Somebody objects to a line."""
        try:
            self.stage.object(self.stage.branch.members[who], self.stage.branch.members[about])
        except Refusal:
            return

    @precondition(lambda self: self.open & {"raised", "investigating"})
    @rule(which=WHICH, upheld=st.booleans())
    def answer(self, which: int, upheld: bool) -> None:
        """An objection is looked into and answered."""
        for objection in self.cases("raised", "investigating", which=which):
            self.stage.investigate(objection.id)
            remedy = self.remedy(objection) if upheld else Remedy()
            self.attempt(answer_objection, "organiser", objection.id, upheld, "已经核实", remedy)

    @precondition(lambda self: self.open & {"raised"})
    @rule(which=WHICH)
    def answer_at_once(self, which: int) -> None:
        """An answer without an investigation is refused."""
        for objection in self.cases("raised", which=which):
            assert self.attempt(answer_objection, "organiser", objection.id, False, "已经核实", Remedy()) is None

    @precondition(lambda self: self.open & {"raised", "investigating"})
    @rule(which=WHICH, who=WHO)
    def withdraw(self, which: int, who: int) -> None:
        """Somebody would take an objection back."""
        for objection in self.cases("raised", "investigating", which=which):
            self.attempt(withdraw_objection, self.stage.branch.members[who], objection.id)

    @precondition(lambda self: self.open & {"answered"})
    @rule(which=WHICH, who=WHO)
    def appeal(self, which: int, who: int) -> None:
        """Somebody would appeal."""
        for objection in self.cases("answered", which=which):
            self.attempt(appeal, self.stage.branch.members[who], objection.id, "有人作证")

    @precondition(lambda self: self.open & {"appealed"})
    @rule(which=WHICH, won=st.booleans())
    def decide_appeal(self, which: int, won: bool) -> None:
        """The township decides an appeal."""
        for objection in self.cases("appealed", which=which):
            remedy = self.remedy(objection) if won else Remedy()
            self.attempt(decide_appeal, TOWN, objection.id, won, "已经核实", self.minute(), remedy)

    @precondition(lambda self: self.state in {RoundState.SETTLED, RoundState.FILED})
    @rule(which=WHICH, step=st.sampled_from([submit_filing, receive_filing, return_filing, file_filing]))
    def file(self, which: int, step: Callable[..., Filing]) -> None:
        """A package goes up, or back, or into the file."""
        for filing in self.pick(select(Filing).order_by(Filing.number), which):
            by = "secretary" if step is submit_filing else TOWN
            self.attempt(step, by, filing.id, *(["第 1 行", "有误"] if step is return_filing else []))

    @rule(days=st.sampled_from([1, 2, 4, 8]))
    def wait(self, days: int) -> None:
        """Time passes; nothing happens before the claims close but that they do."""
        closing = self.state == RoundState.COLLECTING
        self.stage.move(CLOSED if closing and self.stage.now < CLOSED else self.stage.now + days * DAY)

    def cases(self, *states: str, which: int) -> list[Objection]:
        """Return one of the objections that stand so."""
        return self.pick(select(Objection).where(Objection.state.in_(states)).order_by(Objection.number), which)

    def remedy(self, objection: Objection) -> Remedy:
        """Return what would make the line's refused claims count."""
        lines = {self.stage.line(member).id: member for member in self.stage.branch.members}
        refused = select(Claim.id).filter_by(state="refused", member_id=lines[objection.line_id].id)
        return Remedy(accept=tuple(self.stage.all(refused)))

    @invariant()
    def holds(self) -> None:
        """Whatever was done, these hold."""
        self.state = RoundState(self.stage.row(Round, self.stage.round_id).state)
        self.open = set(self.stage.all(select(Objection.state)))
        with self.verifier.begin() as session:
            for what, wrong in ALWAYS.items():
                assert session.execute(text(wrong), {"county": self.stage.county_id}).all() == [], what

    def teardown(self) -> None:
        """In the end everything can be recomputed."""
        with self.verifier.begin() as session:
            assert verify(session, self.stage.county_id).finding is None


def play(db: Db, clockwork: Db, urls: Urls, games: int, steps: int) -> None:
    """Play so many rounds of at most so many steps."""
    verifier = connect(urls.verifier)
    run_state_machine_as_test(
        lambda: Quarter(db, clockwork, verifier),  # type: ignore[arg-type]
        settings=settings(
            max_examples=games,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_round_in_any_order_keeps_its_promises(db: Db, clockwork: Db, urls: Urls) -> None:
    play(db, clockwork, urls, games=6, steps=25)


def test_many_rounds_in_any_order_keep_their_promises(db: Db, clockwork: Db, urls: Urls) -> None:
    play(db, clockwork, urls, games=60, steps=50)
