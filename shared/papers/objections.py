"""异议受理, 调查反馈, 答复: the three papers that an objector is given, as documents."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shared.papers.layouts import Ending, Manner, Paper, Words, dated, in_words


@dataclass(frozen=True, slots=True)
class Case:
    """An objection to a line: who raised it, about whom, what they say, and by when it is answered."""

    unit: str
    number: str
    objector: str
    about: str
    period: str
    points: Decimal | None
    said: str
    handed_in_on: date
    due_on: date
    answerer: str

    @property
    def matter(self) -> str:
        """The case in one phrase."""
        return f"{self.about}{self.period}的积分（公示 {in_words(self.points) or '—'} 分）"


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The receipt that an objector is given."""

    case: Case
    day: date

    FORM = "异议受理通知书"

    def paper(self) -> Paper:
        """Return the receipt."""
        one = self.case
        words = (
            f"您于{dated(one.handed_in_on)}对{one.matter}提出的异议，我们已经受理，编号 {one.number}。"
            f"您反映：{one.said}",
            f"我们将指定没有参与过这项积分评定的人调查，由{one.answerer}在{dated(one.due_on)}前书面答复您。"
            "办理期间，这一行积分暂缓登记。",
            "您可以随时补充材料，也可以撤回异议。",
        )
        return _document(self.FORM, one, words, self.day)


@dataclass(frozen=True, slots=True)
class Feedback:
    """What the investigation found: by whom, how, when."""

    case: Case
    investigator: str
    findings: tuple[str, ...]
    day: date

    FORM = "异议调查情况反馈"

    def paper(self) -> Paper:
        """Return what was found."""
        one = self.case
        words = (
            f"您对{one.matter}提出的异议（编号 {one.number}），由{self.investigator}调查，现将情况反馈如下：",
            *self.findings,
            "您对调查情况有补充或者不同意见的，请在答复作出以前告诉我们。",
        )
        return _document(self.FORM, one, words, self.day)


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer: whether the objection holds, why, and where to turn next until which day."""

    case: Case
    outcome: str
    answer: str
    appeal_to: str
    appeal_until: date | None
    day: date

    FORM = "异议答复书"

    def paper(self) -> Paper:
        """Return the answer."""
        one = self.case
        words = (
            f"您对{one.matter}提出的异议（编号 {one.number}），经调查，{one.answerer}研究，结论：{self.outcome}。",
            f"理由：{self.answer}",
            *(
                (f"如对本答复不服，可以在{dated(self.appeal_until)}前向{self.appeal_to}申诉。",)
                if self.appeal_until and self.appeal_to
                else ()
            ),
        )
        return _document(self.FORM, one, words, self.day)


def _document(form: str, case: Case, words: tuple[str, ...], day: date) -> Paper:
    parts = (Words((f"{case.objector}同志：",), flush=True), Words(words), Ending(case.unit, day))
    return Paper(form, form, case.unit, parts, manner=Manner.DOCUMENT, number=case.number)
