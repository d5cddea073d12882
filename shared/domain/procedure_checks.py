"""The linter's checks of a book's procedure: stages that lead to the file, windows that are lawful."""

from collections import Counter
from collections.abc import Callable, Iterator

from shared.domain.periods import Period
from shared.domain.procedures import MeetingMode, Span, WindowKind
from shared.domain.rounds import ROUND, RoundState
from shared.domain.rule_text import Fault
from shared.domain.rules import RuleBook
from shared.domain.windows import DayUnit, Roll

S = RoundState
LENGTH = {span: 12 // len(Period(2025, 1, Span.YEAR).parts(span)) for span in Span}


def stages_lead_to_the_file(book: RuleBook) -> Iterator[Fault]:
    """The stages are one path from the first claim to the file."""
    stages, place = book.procedure.stages, book.place_of("procedure")
    if stages[0] is not ROUND.initial or stages[-1] is not S.FILED:
        yield Fault(place, "阶段没有从申报走到备案", f"以 {ROUND.initial} 开头，以 {S.FILED} 结尾")
    if len(set(stages)) < len(stages):
        yield Fault(place, "同一个阶段写了两次", "每个阶段只写一次")
    for start, end in ROUND.breaks(stages):
        words = f"“{ROUND.words[start]}”（{start}）之后不能是“{ROUND.words[end]}”（{end}）"
        after = "、".join(sorted({str(to) for (state, _), to in ROUND.edges.items() if state is start}))
        yield Fault(place, words, f"{start} 之后可以是：{after or '无'}")


def stages_fit_who_takes_part(book: RuleBook) -> Iterator[Fault]:
    """Scoring group, passing meeting and second notice each go together with their stage or window."""
    procedure, place = book.procedure, book.place_of("procedure")
    if (procedure.scorers > 0) is not (S.SCORED in procedure.stages):
        yield Fault(place, "评议小组（scorers）与评分阶段（scored）只有其一", "两样都写或都不写")
    if procedure.meeting is MeetingMode.PASSES and S.PASSED not in procedure.stages:
        yield Fault(place, "党员大会要通过，而阶段里没有 passed", "在 stages 里写上 passed")
    if procedure.meeting is MeetingMode.NONE and S.PASSED in procedure.stages:
        yield Fault(place, "阶段里有 passed，而没有党员大会", "写 meeting: passes，或删去 passed")
    if S.REPUBLISHED in procedure.stages and WindowKind.REPUBLICATION not in procedure.windows:
        yield Fault(place, "再次公示没有期限", "在 windows 里写上 republication")
    if procedure.words and not any(item.word_of for item in book.items.values()):
        yield Fault(place, "要部门反馈，而没有条款写明部门", "给条款写上 word_of，或删去 words", warning=True)


def nothing_is_more_frequent_than_rounds(book: RuleBook) -> Iterator[Fault]:
    """Notices, meetings and filings are made of whole rounds."""
    procedure = book.procedure
    for key in ("notice_every", "meeting_every", "filing_every"):
        span = getattr(procedure, key)
        if LENGTH[span] < LENGTH[book.round_span]:
            what = f"{key}（{span}）比计分周期（{book.round_span}）还短"
            yield Fault(book.place_of("procedure"), what, "不短于计分周期")


def witnesses_are_told_apart(book: RuleBook) -> Iterator[Fault]:
    """Each sort of witness is named once: one of each is waited for."""
    for name, times in Counter(book.procedure.witnesses).items():
        if times > 1:
            yield Fault(book.place_of("procedure"), f"witnesses 里“{name}”写了 {times} 次", "每种身份只写一次")


def windows_roll(book: RuleBook) -> Iterator[Fault]:
    """Civil Code, article 203: a last day that is a holiday moves; a book may say otherwise, but should know."""
    for kind, rule in book.procedure.windows.items():
        if rule.unit is DayUnit.NATURAL and rule.roll is Roll.NONE:
            what = f"期限 {kind} 的最后一天遇节假日不顺延（roll: none），民法典第二百零三条规定顺延"
            yield Fault(book.place_of("procedure"), what, "写 statutory 或 nonworking", warning=True)


PROCEDURE_CHECKS: tuple[Callable[[RuleBook], Iterator[Fault]], ...] = (
    stages_lead_to_the_file,
    stages_fit_who_takes_part,
    nothing_is_more_frequent_than_rounds,
    witnesses_are_told_apart,
    windows_roll,
)
