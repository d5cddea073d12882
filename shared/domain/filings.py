"""A filing: the sealed package that goes up, is received, returned with a reason, or filed."""

from enum import StrEnum

from shared.domain.machine import Machine


class FilingState(StrEnum):
    """Where a filing stands."""

    BUILT = "built"
    SUBMITTED = "submitted"
    RECEIVED = "received"
    RETURNED = "returned"
    FILED = "filed"


class FilingCommand(StrEnum):
    """The steps of a filing."""

    SUBMIT = "submit"
    RECEIVE = "receive"
    RETURN = "return"
    FILE = "file"


S, C = FilingState, FilingCommand

FILING: Machine[FilingState, FilingCommand] = Machine(
    noun="这份备案",
    initial=S.BUILT,
    edges={
        (S.BUILT, C.SUBMIT): S.SUBMITTED,
        (S.RETURNED, C.SUBMIT): S.SUBMITTED,
        (S.SUBMITTED, C.RECEIVE): S.RECEIVED,
        (S.SUBMITTED, C.RETURN): S.RETURNED,
        (S.RECEIVED, C.RETURN): S.RETURNED,
        (S.RECEIVED, C.FILE): S.FILED,
    },
    words={
        S.BUILT: "待上报",
        S.SUBMITTED: "已上报",
        S.RECEIVED: "已接收",
        S.RETURNED: "已退回",
        S.FILED: "已备案",
        C.SUBMIT: "上报",
        C.RECEIVE: "接收",
        C.RETURN: "退回",
        C.FILE: "备案",
    },
)
