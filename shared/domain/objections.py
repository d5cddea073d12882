"""An objection to one line: investigated in days, answered in writing, open to appeal, closed."""

from enum import StrEnum

from shared.domain.machine import Machine


class ObjectionState(StrEnum):
    """Where an objection stands."""

    RAISED = "raised"
    INVESTIGATING = "investigating"
    ANSWERED = "answered"
    APPEALED = "appealed"
    CLOSED = "closed"


class ObjectionCommand(StrEnum):
    """The steps of an objection; `lapse` is taken by the clock when nobody appeals in time."""

    ASSIGN = "assign"
    UPHOLD = "uphold"
    REJECT = "reject"
    APPEAL = "appeal"
    DISMISS = "dismiss"
    LAPSE = "lapse"
    WITHDRAW = "withdraw"


class Outcome(StrEnum):
    """What came of an objection."""

    UPHELD = "upheld"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


S, C = ObjectionState, ObjectionCommand

OBJECTION: Machine[ObjectionState, ObjectionCommand] = Machine(
    noun="这件异议",
    initial=S.RAISED,
    edges={
        (S.RAISED, C.ASSIGN): S.INVESTIGATING,
        (S.INVESTIGATING, C.ASSIGN): S.INVESTIGATING,
        (S.INVESTIGATING, C.UPHOLD): S.CLOSED,
        (S.INVESTIGATING, C.REJECT): S.ANSWERED,
        (S.ANSWERED, C.APPEAL): S.APPEALED,
        (S.ANSWERED, C.LAPSE): S.CLOSED,
        (S.APPEALED, C.UPHOLD): S.CLOSED,
        (S.APPEALED, C.REJECT): S.ANSWERED,
        (S.APPEALED, C.DISMISS): S.CLOSED,
        (S.RAISED, C.WITHDRAW): S.CLOSED,
        (S.INVESTIGATING, C.WITHDRAW): S.CLOSED,
    },
    words={
        S.RAISED: "已受理",
        S.INVESTIGATING: "调查中",
        S.ANSWERED: "已答复",
        S.APPEALED: "申诉中",
        S.CLOSED: "已办结",
        C.ASSIGN: "指定调查人",
        C.UPHOLD: "认定异议成立",
        C.REJECT: "答复异议不成立",
        C.APPEAL: "申诉",
        C.DISMISS: "作出最终认定",
        C.LAPSE: "期满未申诉",
        C.WITHDRAW: "撤回异议",
    },
)
