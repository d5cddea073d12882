"""An erasure (提前销毁): somebody asks that their files go before their term; the branch grants or refuses it."""

from datetime import timedelta
from enum import StrEnum

from shared.domain.machine import Machine

# The law says fifteen working days, which fifteen days never exceed.
ANSWERED_WITHIN = timedelta(days=15)


class ErasureState(StrEnum):
    """Where a request stands."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class ErasureCommand(StrEnum):
    """The steps of a request."""

    GRANT = "grant"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


S, C = ErasureState, ErasureCommand

ERASURE: Machine[ErasureState, ErasureCommand] = Machine(
    noun="这份销毁申请",
    initial=S.ASKED,
    edges={
        (S.ASKED, C.GRANT): S.GRANTED,
        (S.ASKED, C.REFUSE): S.REFUSED,
        (S.ASKED, C.WITHDRAW): S.WITHDRAWN,
    },
    words={
        S.ASKED: "等支部答复",
        S.GRANTED: "已销毁",
        S.REFUSED: "没有同意",
        S.WITHDRAWN: "已撤回",
        C.GRANT: "同意销毁",
        C.REFUSE: "不同意销毁",
        C.WITHDRAW: "撤回申请",
    },
)
