"""A round: the states that a branch's month or quarter goes through, from claims to file."""

from enum import StrEnum

from shared.domain.machine import Machine


class RoundState(StrEnum):
    """Where a round stands; a rule book lists those that its rounds pass through, in order."""

    COLLECTING = "collecting"
    REVIEWING = "reviewing"
    SCORED = "scored"
    PROPOSED = "proposed"
    PASSED = "passed"
    PUBLISHED = "published"
    CONFIRMING = "confirming"
    REPUBLISHED = "republished"
    SETTLED = "settled"
    FILED = "filed"
    ENDED = "ended"


class RoundCommand(StrEnum):
    """The steps of a round; those that no person takes are taken by the clock."""

    CLOSE_CLAIMS = "close_claims"
    SCORE = "score"
    PROPOSE = "propose"
    RETURN = "return"
    PASS = "pass"  # noqa: S105 (a vote, not a password)
    PUBLISH = "publish"
    OPEN_CONFIRMATION = "open_confirmation"
    CONFIRM = "confirm"
    SETTLE = "settle"
    FILE = "file"
    END = "end"


S, C = RoundState, RoundCommand

ROUND: Machine[RoundState, RoundCommand] = Machine(
    noun="本期积分",
    initial=S.COLLECTING,
    edges={
        (S.COLLECTING, C.CLOSE_CLAIMS): S.REVIEWING,
        (S.REVIEWING, C.SCORE): S.SCORED,
        (S.REVIEWING, C.PROPOSE): S.PROPOSED,
        (S.SCORED, C.PROPOSE): S.PROPOSED,
        (S.SCORED, C.RETURN): S.REVIEWING,
        (S.PROPOSED, C.PASS): S.PASSED,
        (S.REVIEWING, C.PUBLISH): S.PUBLISHED,
        (S.PROPOSED, C.PUBLISH): S.PUBLISHED,
        (S.PASSED, C.PUBLISH): S.PUBLISHED,
        (S.PUBLISHED, C.OPEN_CONFIRMATION): S.CONFIRMING,
        (S.CONFIRMING, C.CONFIRM): S.REPUBLISHED,
        (S.PUBLISHED, C.SETTLE): S.SETTLED,
        (S.REPUBLISHED, C.SETTLE): S.SETTLED,
        (S.SETTLED, C.FILE): S.FILED,
        (S.COLLECTING, C.END): S.ENDED,
    },
    words={
        S.COLLECTING: "申报登记中",
        S.REVIEWING: "审核中",
        S.SCORED: "评议小组已评分",
        S.PROPOSED: "支委会已提出初步意见",
        S.PASSED: "党员大会已通过",
        S.PUBLISHED: "公示中",
        S.CONFIRMING: "支部认定中",
        S.REPUBLISHED: "再次公示中",
        S.SETTLED: "已登记入账",
        S.FILED: "已备案",
        S.ENDED: "随支部撤销停止",
        C.CLOSE_CLAIMS: "截止申报",
        C.SCORE: "完成评分",
        C.PROPOSE: "提出初步意见",
        C.RETURN: "退回评分",
        C.PASS: "党员大会通过",
        C.PUBLISH: "公示",
        C.OPEN_CONFIRMATION: "转入支部认定",
        C.CONFIRM: "认定并再次公示",
        C.SETTLE: "登记入账",
        C.FILE: "备案",
        C.END: "随支部撤销停止",
    },
)

# Days after which whoever must take a round's next step is reminded; a rung up every `overdue_days` after.
PATIENCE = {S.REVIEWING: 10, S.SCORED: 5, S.PROPOSED: 7, S.PASSED: 5, S.CONFIRMING: 7}

# The year's end is a notice over the annual lines, without claims or events of its own.
YEAR_PATH = (S.REVIEWING, S.PUBLISHED, S.SETTLED, S.FILED)
