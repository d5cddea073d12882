"""Outcomes (结果运用): what may follow for a member, on which basis, in which steps, decided by whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from shared.domain.machine import Machine
from shared.domain.procedures import Body

# How long a member has for an appeal, from the day on which they were told.
APPEAL_DAYS = 10


class OutcomeState(StrEnum):
    """Where a case stands; a proposal imposes nothing."""

    PROPOSED = "proposed"
    HEARD = "heard"
    DECIDED = "decided"
    UNDER_WAY = "under_way"
    CHECKED = "checked"
    APPEALED = "appealed"
    CLOSED = "closed"
    DROPPED = "dropped"


class OutcomeCommand(StrEnum):
    """The steps of a case; none is taken by the clock."""

    HEAR = "hear"
    DECIDE = "decide"
    DROP = "drop"
    START = "start"
    CHECK = "check"
    GO_ON = "go_on"
    CLOSE = "close"
    APPEAL = "appeal"
    UPHOLD = "uphold"
    REJECT = "reject"


S, C = OutcomeState, OutcomeCommand

OUTCOME: Machine[OutcomeState, OutcomeCommand] = Machine(
    noun="这件处理",
    initial=S.PROPOSED,
    edges={
        (S.PROPOSED, C.HEAR): S.HEARD,
        (S.HEARD, C.HEAR): S.HEARD,
        (S.PROPOSED, C.DECIDE): S.DECIDED,
        (S.HEARD, C.DECIDE): S.DECIDED,
        (S.PROPOSED, C.DROP): S.DROPPED,
        (S.HEARD, C.DROP): S.DROPPED,
        (S.DECIDED, C.START): S.UNDER_WAY,
        (S.UNDER_WAY, C.START): S.UNDER_WAY,
        (S.UNDER_WAY, C.CHECK): S.CHECKED,
        (S.CHECKED, C.GO_ON): S.UNDER_WAY,
        (S.DECIDED, C.CLOSE): S.CLOSED,
        (S.CHECKED, C.CLOSE): S.CLOSED,
        (S.DECIDED, C.APPEAL): S.APPEALED,
        (S.UNDER_WAY, C.APPEAL): S.APPEALED,
        (S.APPEALED, C.UPHOLD): S.DROPPED,
        (S.APPEALED, C.REJECT): S.UNDER_WAY,
    },
    words={
        S.PROPOSED: "建议，待研究",
        S.HEARD: "已听取本人意见",
        S.DECIDED: "已决定",
        S.UNDER_WAY: "落实中",
        S.CHECKED: "已检查",
        S.APPEALED: "申诉中",
        S.CLOSED: "已办结",
        S.DROPPED: "不采用",
        C.HEAR: "听取本人意见",
        C.DECIDE: "作出决定",
        C.DROP: "不采用",
        C.START: "记下落实情况",
        C.CHECK: "检查",
        C.GO_ON: "继续落实",
        C.CLOSE: "办结",
        C.APPEAL: "申诉",
        C.UPHOLD: "撤销原决定",
        C.REJECT: "维持原决定",
    },
)

CONSTITUTION = "《中国共产党章程》"
EDUCATING = "《中国共产党党员教育管理工作条例》"


class Measure(StrEnum):
    """What kind of thing follows; a book's outcome is one of them."""

    COMMEND = "commend"
    RECOMMEND = "recommend"
    ACCOUNT = "account"
    REMIND = "remind"
    MENTOR = "mentor"
    EDUCATE = "educate"
    CORRECT = "correct"
    ADMONISH = "admonish"
    PERSUADE = "persuade"
    REMOVE = "remove"
    REPORT = "report"
    PROBATION = "probation"
    TREATMENT = "treatment"


M = Measure


@dataclass(frozen=True, slots=True)
class Kind:
    """A measure in words, the rule that it rests on, whether it burdens the member, and until when, in days.

    `body` decides it where no book says; `statute` where no book may say otherwise.
    """

    title: str
    basis: str
    burdens: bool
    days: int
    body: Body = Body.COMMITTEE
    statute: bool = False


KINDS = {
    M.COMMEND: Kind("表扬奖励", "本单位积分细则", False, 60),
    M.RECOMMEND: Kind("推荐评先评优", "本单位积分细则", False, 60),
    M.ACCOUNT: Kind("问责、分析原因", f"{EDUCATING}；本单位积分细则", True, 30),
    M.REMIND: Kind("提醒谈话", EDUCATING, True, 30),
    M.MENTOR: Kind("重点帮带", EDUCATING, True, 90),
    M.EDUCATE: Kind("教育帮助", EDUCATING, True, 90),
    M.CORRECT: Kind("限期改正", EDUCATING, True, 92),
    M.ADMONISH: Kind("诫勉谈话", f"{EDUCATING}；本单位积分细则", True, 30, Body.PARENT),
    M.PERSUADE: Kind("劝退", f"{CONSTITUTION}第九条", True, 60, Body.MEMBERS_MEETING, True),
    M.REMOVE: Kind("除名", f"{CONSTITUTION}第九条", True, 60, Body.MEMBERS_MEETING, True),
    M.REPORT: Kind("报请组织处理", EDUCATING, True, 30, Body.PARENT),
    M.PROBATION: Kind("延长预备期或取消资格", f"{CONSTITUTION}第七条", True, 60, Body.MEMBERS_MEETING, True),
    M.TREATMENT: Kind("与待遇挂钩", "本单位积分细则", True, 60),
}

# How the books that are shipped call their outcomes, where not as the measure itself; the linter knows the rest.
_CALLED = {
    "praise": M.COMMEND,
    "honour": M.COMMEND,
    "accountability": M.ACCOUNT,
    "reminder": M.REMIND,
    "zeroed-reminder": M.REMIND,
    "talk": M.REMIND,
    "handle": M.REPORT,
    "faded": M.TREATMENT,
}


def measure_of(outcome_id: str) -> Measure:
    """Return the measure that a book's outcome is; one that no table knows is help, never a sanction."""
    if outcome_id in set(Measure):
        return Measure(outcome_id)
    return _CALLED.get(outcome_id, Measure.EDUCATE)


def body_of(measure: Measure, named: Body) -> Body:
    """Return who decides: the body that the statute names, else the one that the book does."""
    return KINDS[measure].body if KINDS[measure].statute else named


def days_of(measure: Measure, months: int | None) -> int:
    """Return how many days a case is given: the book's months, or the measure's own term."""
    return months * 31 if months else KINDS[measure].days


def faults_of_decision(measure: Measure, heard: bool, choices: Sequence[str], choice: str) -> list[str]:
    """Return what forbids a decision: a member who was not heard, or no choice among those of the book."""
    faults = []
    if KINDS[measure].burdens and not heard:
        faults.append("作出对本人不利的决定以前，要先听取本人意见，并记下本人怎样说。")
    if choices and choice not in choices:
        faults.append(f"请选定采取哪一种处理：{'、'.join(choices)}。")
    return faults
