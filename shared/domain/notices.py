"""A notice: proposed, reviewed, approved, published (党务公开条例 article 15), and closed by the clock."""

from enum import StrEnum

from shared.domain.machine import Machine


class NoticeKind(StrEnum):
    """What a notice publishes."""

    FIRST = "first"
    SECOND = "second"
    CORRECTION = "correction"
    YEAR = "year"
    APPRAISAL = "appraisal"


class NoticeState(StrEnum):
    """Where a notice stands."""

    DRAFTED = "drafted"
    REVIEWED = "reviewed"
    APPROVED = "approved"
    PUBLISHED = "published"
    CLOSED = "closed"


class NoticeCommand(StrEnum):
    """The steps of a notice."""

    REVIEW = "review"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    PUBLISH = "publish"
    CLOSE = "close"


S, C = NoticeState, NoticeCommand

NOTICE: Machine[NoticeState, NoticeCommand] = Machine(
    noun="这份公示",
    initial=S.DRAFTED,
    edges={
        (S.DRAFTED, C.REVIEW): S.REVIEWED,
        (S.REVIEWED, C.APPROVE): S.APPROVED,
        (S.REVIEWED, C.SEND_BACK): S.DRAFTED,
        (S.APPROVED, C.SEND_BACK): S.DRAFTED,
        (S.APPROVED, C.PUBLISH): S.PUBLISHED,
        (S.PUBLISHED, C.CLOSE): S.CLOSED,
    },
    words={
        S.DRAFTED: "已拟稿",
        S.REVIEWED: "已审核",
        S.APPROVED: "已审批",
        S.PUBLISHED: "公示中",
        S.CLOSED: "公示期满",
        C.REVIEW: "审核（含保密审查）",
        C.APPROVE: "审批",
        C.SEND_BACK: "退回修改",
        C.PUBLISH: "张贴公示",
        C.CLOSE: "公示期满",
    },
)
