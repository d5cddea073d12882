"""A claim: what a member says they did, from draft to confirmed or refused."""

from enum import StrEnum

from shared.domain.machine import Machine


class ClaimState(StrEnum):
    """Where a claim stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    ACCEPTED = "accepted"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class ClaimCommand(StrEnum):
    """The steps of a claim."""

    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    RETURN = "return"
    ACCEPT = "accept"
    REFUSE = "refuse"
    CONFIRM = "confirm"
    REOPEN = "reopen"


S, C = ClaimState, ClaimCommand

CLAIM: Machine[ClaimState, ClaimCommand] = Machine(
    noun="这项申请",
    initial=S.DRAFT,
    edges={
        (S.DRAFT, C.SUBMIT): S.SUBMITTED,
        (S.RETURNED, C.SUBMIT): S.SUBMITTED,
        (S.DRAFT, C.WITHDRAW): S.WITHDRAWN,
        (S.SUBMITTED, C.WITHDRAW): S.WITHDRAWN,
        (S.RETURNED, C.WITHDRAW): S.WITHDRAWN,
        (S.SUBMITTED, C.RETURN): S.RETURNED,
        (S.SUBMITTED, C.ACCEPT): S.ACCEPTED,
        (S.SUBMITTED, C.REFUSE): S.REFUSED,
        (S.ACCEPTED, C.REFUSE): S.REFUSED,
        (S.ACCEPTED, C.CONFIRM): S.CONFIRMED,
        # What was decided comes back when the meeting excepts its line or an objection is upheld.
        (S.ACCEPTED, C.REOPEN): S.SUBMITTED,
        (S.REFUSED, C.REOPEN): S.SUBMITTED,
        (S.CONFIRMED, C.REOPEN): S.SUBMITTED,
    },
    words={
        S.DRAFT: "草稿",
        S.SUBMITTED: "已提交",
        S.RETURNED: "退回补充",
        S.WITHDRAWN: "已撤回",
        S.ACCEPTED: "支部拟认定",
        S.CONFIRMED: "已确认",
        S.REFUSED: "未予认定",
        C.SUBMIT: "提交",
        C.WITHDRAW: "撤回",
        C.RETURN: "退回补充",
        C.ACCEPT: "拟认定",
        C.REFUSE: "不予认定",
        C.CONFIRM: "确认",
        C.REOPEN: "重新审核",
    },
)
