"""The year's appraisal as a branch holds it: summaries, mutual assessment, ballot, proposal and notice."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from services.cli.demonstration.rounds import post
from services.cli.demonstration.stage import Stage, Troupe, at
from shared.db.appraisals import Evaluation, Verdict
from shared.db.members import Member
from shared.domain.appraisals import Proposal, results_of
from shared.domain.ballots import Purpose, Slip
from shared.domain.grades import grade_of
from shared.domain.notices import NoticeKind
from shared.domain.windows import local_day
from shared.usecases.appraisals import begin_vote, count_vote, open_evaluation, propose_results, verdicts_of
from shared.usecases.self_reports import Summary, write_self_report
from shared.usecases.urns import cast_ballot, close_ballot, enter_count, hand_slips
from shared.usecases.verdicts import answer_verdict, object_to_verdict
from shared.usecases.years import reckon_year

SAID = (
    ("按时参加学习，读完了发的书。", "集中学习都参加了，学了就用。", "学习笔记记满一本。"),
    ("完成了认领的任务，也帮了邻里。", "手上的工作都办完了，群众没有意见。", "几件难办的事跟着支部办成了。"),
    ("遵纪守法，家里和睦。", "没有违纪的事，按时交党费。", "生活节俭，作风没有问题。"),
    ("学习还不够经常，明年补上。", "主动找群众聊得少，要改。", "遇到难事有时怕得罪人。"),
)
# How members see one another, the best result first: a few are outstanding, most are good.
SHARES = (30, 50, 15, 5)
OBJECTIONS = {"xiaxiyuan": False, "chaiqian": True, "xinba": False}


@dataclass(eq=False)
class YearEnd:
    """A branch's appraisal of a year, step by step; `then` follows when its notice has closed.

    `seen`: which of the results each member leans to, by place. The votes are sealed with a secret of the play's
    own, which nobody needs any more once they have been counted.
    """

    stage: Stage
    troupe: Troupe
    year: int
    then: Callable[[], None]
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    results: tuple[str, ...] = ()
    seen: dict[UUID, int] = field(default_factory=dict)
    evaluation_id: UUID = field(init=False)

    def begin(self) -> None:
        """Ask everybody for their own summary in December; the votes wait until the year's points have settled."""
        stage, troupe = self.stage, self.troupe
        with stage.acting(troupe) as session:
            until = local_day(stage.later(days=20))
            made = open_evaluation(session, troupe.officers["secretary"], self.year, until, stage.now)
            self.evaluation_id = made.id
        self.results = results_of(troupe.book)
        stage.plan(stage.later(days=2, hours=7), self.report)
        stage.plan(at(date(self.year + 1, 3, 14), 9), self.assess)
        stage.plan(at(date(self.year + 1, 3, 16), 9), self.vote)

    def report(self) -> None:
        """Nearly everybody writes their summary."""
        chance = self.stage.chance
        with self.stage.acting(self.troupe) as session:
            for member in self.troupe.members:
                if chance.random() < 0.94:
                    said = Summary(*map(chance.choice, SAID))
                    write_self_report(
                        session, self.troupe.actors[member.id], self.evaluation_id, said, self.stage.now
                    )

    def assess(self) -> None:
        """Members assess one another on a screen; the next day it is counted."""
        self._see()
        ballot = self._open(Purpose.MUTUAL)
        self._cast(ballot, self._voters())
        self.stage.plan(self.stage.later(days=1), lambda: self._count(ballot, {}))

    def vote(self) -> None:
        """The ballot that counts: the old are given slips on paper, which two people count."""
        ballot = self._open(Purpose.APPRAISAL)
        voters = self._voters()
        old = [member for member in voters if member.class_ == "年老体弱"]
        with self.stage.acting(self.troupe) as session:
            hand_slips(
                session, self.troupe.officers["recorder"], ballot, [one.person_id for one in old], self.stage.now
            )
        self._cast(ballot, [member for member in voters if member not in old])
        slips = {member.id: self._slip(member) for member in old}
        self.stage.plan(self.stage.later(days=1), lambda: self._count(ballot, slips))
        self.stage.plan(self.stage.later(days=2), self.propose)

    def propose(self) -> None:
        """The committee proposes what the ballot leans to, with a reason beside what differs; it is posted."""
        stage, troupe = self.stage, self.troupe
        with stage.acting(troupe) as session:
            verdicts = verdicts_of(session, session.get_one(Evaluation, (stage.county_id, self.evaluation_id)))
            given = {one.member_id: self._proposal(one) for one in verdicts}
            minute = troupe.minute("支委会", stage.now)
            propose_results(session, troupe.officers["organiser"], self.evaluation_id, given, minute, stage.now)
        title = f"{troupe.name}{self.year}年度民主评议结果公示"
        notice = post(stage, troupe, NoticeKind.APPRAISAL, str(self.year), title)
        if troupe.book.id in OBJECTIONS:
            stage.plan(stage.later(days=2), self.object)
        if notice.closes_at is not None:
            stage.plan(notice.closes_at + timedelta(days=1, hours=9), self.then)

    def object(self) -> None:
        """One who is not among the best objects to their own result; the committee answers in time."""
        with self.stage.acting(self.troupe) as session:
            verdict = self._worse(session)
            actor = self.troupe.actors[verdict.member_id]
            said = "今年的任务我都完成了，请支部再研究一次。"
            object_to_verdict(session, actor, verdict.id, said, self.stage.now)
        upheld = OBJECTIONS[self.troupe.book.id]
        self.stage.plan(self.stage.later(days=2), lambda: self.answer(verdict, upheld))

    def answer(self, verdict: Verdict, upheld: bool) -> None:
        """Answer the objection, one result higher where it is upheld."""
        answer = "经核实，情况属实。" if upheld else "经研究，维持原来的意见，依据已当面说明。"
        result = verdict.proposed or ""
        place = self.results.index(result) - upheld
        with self.stage.acting(self.troupe) as session:
            by = self.troupe.officers["organiser"]
            answer_verdict(session, by, verdict.id, answer, self.results[place], self.stage.now)

    def _see(self) -> None:
        """How each member is seen: by what their points earn; where the book goes by votes, as it falls out."""
        book, chance = self.troupe.book, self.stage.chance
        with self.stage.acting(self.troupe) as session:
            years = reckon_year(session, self.stage.county_id, self.troupe.unit_id, book, self.year)
        shares = SHARES[: len(self.results)]
        for member in self.troupe.members:
            year = years.get(member.id)
            earned = grade_of(book.bands, year.year_points) if year and year.year_points is not None else None
            fallen = chance.choices(range(len(self.results)), shares)[0]
            by_points = not book.factors and earned in self.results
            self.seen[member.id] = self.results.index(earned) if by_points and earned else fallen

    def _open(self, purpose: Purpose) -> UUID:
        stage = self.stage
        with stage.acting(self.troupe) as session:
            by = self.troupe.officers["secretary"]
            until = stage.later(hours=23)
            return begin_vote(session, by, self.secret, self.evaluation_id, purpose, until, stage.now).id

    def _voters(self) -> list[Member]:
        """Return who votes: those on the roll, but for one here and there."""
        on_roll = [one for one in self.troupe.members if one.exempt_from is None and not one.probationary]
        return [one for one in on_roll if self.stage.chance.random() < 0.93]

    def _slip(self, voter: Member) -> Slip:
        chance, last = self.stage.chance, len(self.results) - 1
        marks = {}
        for who, seen in self.seen.items():
            place = seen if chance.random() < 0.8 else seen + chance.choice((-1, 1))
            if who != voter.id:
                marks[who] = self.results[min(max(place, 0), last)]
        return marks

    def _cast(self, ballot: UUID, voters: list[Member]) -> None:
        with self.stage.acting(self.troupe) as session:
            for voter in voters:
                actor = self.troupe.actors[voter.id]
                cast_ballot(session, actor, self.secret, ballot, self._slip(voter), self.stage.now)

    def _count(self, ballot: UUID, slips: dict[UUID, Slip]) -> None:
        """End the voting; two people count the slips on paper, each by themselves, then the urn is opened."""
        tellers = [self.troupe.officers[role] for role in ("secretary", "recorder")]
        counts = {who: {one: 0 for one in self.results} for who in self.seen}
        for slip in slips.values():
            for who, mark in slip.items():
                counts[who][mark] += 1
        with self.stage.acting(self.troupe) as session:
            close_ballot(session, tellers[1], ballot, self.stage.now)
            for teller in tellers if slips else ():
                enter_count(session, teller, self.secret, ballot, len(slips), counts, self.stage.now)
            count_vote(session, tellers[1], self.secret, ballot, self.stage.now)

    def _proposal(self, verdict: Verdict) -> Proposal:
        result = verdict.by_ballot or self.results[0]
        differs = verdict.band is not None and verdict.band != result
        return Proposal(result, "依据全年表现和民主测评结果" if differs else "")

    def _worse(self, session: Session) -> Verdict:
        found = verdicts_of(session, session.get_one(Evaluation, (self.stage.county_id, self.evaluation_id)))
        of = {one.member_id: one for one in found}
        others = [of[one.id] for one in reversed(self.troupe.members) if one.id in of]
        return next(one for one in others if one.proposed != self.results[0] and not one.exempt)
