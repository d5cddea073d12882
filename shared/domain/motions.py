"""Motions: what a meeting decides beside the points, each carried by more than half of those who should attend."""

from enum import StrEnum


class MotionKind(StrEnum):
    """What a motion is about."""

    APPRAISAL = "appraisal"
    EXEMPTION = "exemption"
    OUTCOME = "outcome"
    OTHER = "other"


WORDS = {
    MotionKind.APPRAISAL: "民主评议意见",
    MotionKind.EXEMPTION: "不列入积分考核",
    MotionKind.OUTCOME: "结果运用",
    MotionKind.OTHER: "其他事项",
}
