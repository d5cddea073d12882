"""A line: one member's row in one round, from open to settled, held while somebody objects to it."""

from enum import StrEnum

from shared.domain.machine import Machine


class LineState(StrEnum):
    """Where a line stands."""

    OPEN = "open"
    PROPOSED = "proposed"
    EXCEPTED = "excepted"
    PASSED = "passed"
    PUBLISHED = "published"
    HELD = "held"
    AMENDED = "amended"
    SETTLED = "settled"


class LineCommand(StrEnum):
    """The steps of a line."""

    PROPOSE = "propose"
    EXCEPT = "except"
    PASS = "pass"  # noqa: S105 (a vote, not a password)
    PUBLISH = "publish"
    HOLD = "hold"
    RELEASE = "release"
    AMEND = "amend"
    SETTLE = "settle"


S, C = LineState, LineCommand

LINE: Machine[LineState, LineCommand] = Machine(
    noun="这一行积分",
    initial=S.OPEN,
    edges={
        (S.OPEN, C.PROPOSE): S.PROPOSED,
        (S.EXCEPTED, C.PROPOSE): S.PROPOSED,
        (S.PROPOSED, C.EXCEPT): S.EXCEPTED,
        (S.PROPOSED, C.PASS): S.PASSED,
        (S.OPEN, C.PUBLISH): S.PUBLISHED,
        (S.PROPOSED, C.PUBLISH): S.PUBLISHED,
        (S.PASSED, C.PUBLISH): S.PUBLISHED,
        (S.PUBLISHED, C.PUBLISH): S.PUBLISHED,
        (S.AMENDED, C.PUBLISH): S.PUBLISHED,
        (S.PUBLISHED, C.HOLD): S.HELD,
        # A paper objection handed in on time may be entered when the line has settled already.
        (S.SETTLED, C.HOLD): S.HELD,
        (S.HELD, C.HOLD): S.HELD,
        (S.HELD, C.RELEASE): S.PUBLISHED,
        (S.HELD, C.AMEND): S.AMENDED,
        (S.SETTLED, C.AMEND): S.AMENDED,
        # What an earlier round's correction leaves for this one may change while it hangs.
        (S.PUBLISHED, C.AMEND): S.AMENDED,
        (S.PUBLISHED, C.SETTLE): S.SETTLED,
    },
    words={
        S.OPEN: "登记中",
        S.PROPOSED: "已提出初步意见",
        S.EXCEPTED: "大会提出异议，退回支委会",
        S.PASSED: "大会已通过",
        S.PUBLISHED: "公示中",
        S.HELD: "有异议，暂缓登记",
        S.AMENDED: "已更正，待再次公示",
        S.SETTLED: "已登记入账",
        C.PROPOSE: "提出初步意见",
        C.EXCEPT: "单独复议",
        C.PASS: "通过",
        C.PUBLISH: "公示",
        C.HOLD: "暂缓",
        C.RELEASE: "恢复",
        C.AMEND: "更正",
        C.SETTLE: "登记入账",
    },
)
