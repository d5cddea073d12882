"""The democratic appraisal (民主评议): its steps, what a ballot suggests, and what has to be given a reason."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from shared.domain.grades import first_and_last
from shared.domain.machine import Machine
from shared.domain.rules import RuleBook

# Where the book names no results of its own (民主评议党员办法).
RESULTS = ("优秀", "合格", "基本合格", "不合格")


class EvaluationState(StrEnum):
    """Where a branch's appraisal of a year stands."""

    GATHERING = "gathering"
    VOTING = "voting"
    COUNTED = "counted"
    PROPOSED = "proposed"
    PUBLISHED = "published"
    SETTLED = "settled"


class EvaluationCommand(StrEnum):
    """Its steps; the clock settles."""

    VOTE = "vote"
    COUNT = "count"
    REPEAT = "repeat"
    PROPOSE = "propose"
    PUBLISH = "publish"
    SETTLE = "settle"


S, C = EvaluationState, EvaluationCommand

EVALUATION: Machine[EvaluationState, EvaluationCommand] = Machine(
    noun="民主评议",
    initial=S.GATHERING,
    edges={
        (S.GATHERING, C.VOTE): S.VOTING,
        (S.VOTING, C.COUNT): S.COUNTED,
        (S.COUNTED, C.REPEAT): S.GATHERING,
        (S.COUNTED, C.PROPOSE): S.PROPOSED,
        (S.PROPOSED, C.PROPOSE): S.PROPOSED,
        (S.PROPOSED, C.PUBLISH): S.PUBLISHED,
        (S.PUBLISHED, C.SETTLE): S.SETTLED,
    },
    words={
        S.GATHERING: "个人总结中",
        S.VOTING: "民主测评中",
        S.COUNTED: "已计票",
        S.PROPOSED: "支委会已提出意见",
        S.PUBLISHED: "公示中",
        S.SETTLED: "已确定",
        C.VOTE: "开始民主测评",
        C.COUNT: "计票",
        C.REPEAT: "重新测评",
        C.PROPOSE: "提出评议意见",
        C.PUBLISH: "公示",
        C.SETTLE: "确定结果",
    },
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the committee proposes for one member, and why where it differs from points and ballot."""

    result: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Standpoint:
    """What a proposal is held against: the grade that the points earn and the one that the ballot leans to."""

    name: str
    band: str | None
    by_ballot: str | None


def results_of(book: RuleBook) -> tuple[str, ...]:
    """Return the results among which this book's appraisal chooses, the best first."""
    return book.appraisal_results or tuple(band.name for band in book.bands) or RESULTS


def leaning(results: Sequence[str], counts: Mapping[str, int]) -> str | None:
    """Return the middle mark: the best result that more than half of the marks reach; None without marks."""
    marks = sum(counts.values())
    reached = 0
    for result in results:
        reached += counts.get(result, 0)
        if 2 * reached > marks:
            return result
    return None


def faults_of(
    results: Sequence[str], proposals: Mapping[str, Proposal], standpoints: Mapping[str, Standpoint]
) -> list[str]:
    """Return what a committee's proposal lacks, by members' ids: a result for each, a reason for a difference."""
    faults = []
    for who, standpoint in standpoints.items():
        proposal = proposals.get(who)
        if proposal is None or proposal.result not in results:
            faults.append(f"{standpoint.name}还没有评议意见，请在{'、'.join(results)}中选一个。")
        elif not proposal.reason.strip() and (differs := _difference(proposal.result, standpoint)):
            faults.append(f"{standpoint.name}的评议意见“{proposal.result}”与{differs}不一致，请写明理由。")
    return faults


def _difference(result: str, standpoint: Standpoint) -> str:
    parts = []
    if standpoint.band is not None and standpoint.band != result:
        parts.append(f"积分等次“{standpoint.band}”")
    if standpoint.by_ballot is not None and standpoint.by_ballot != result:
        parts.append(f"测评结果“{standpoint.by_ballot}”")
    return "、".join(parts)


def warning_of(results: Sequence[str], given: Iterable[str]) -> str | None:
    """Say with figures when more than a third are given the best result: a custom, never a bar."""
    all_given = list(given)
    best = sum(result == results[0] for result in all_given)
    most = len(all_given) // 3
    if not all_given or 3 * best <= len(all_given):
        return None
    return (
        f"拟评“{results[0]}” {best} 人，参评 {len(all_given)} 人；按惯例一般不超过三分之一（{most} 人）。"
        "这只是提醒，是否调整由支委会决定。"
    )


def part_of_year(year: int, since: date | None, until: date | None) -> str:
    """Say from when to when a member was here, where it was not the whole year."""
    parts = []
    if since is not None and since > date(year, 1, 1):
        parts.append(f"{since.month}月{since.day}日转入")
    if until is not None and until < date(year, 12, 31):
        parts.append(f"{until.month}月{until.day}日转出")
    return "，".join(parts)


def barred(book: RuleBook, figures: Mapping[str, Decimal]) -> dict[str, tuple[str, ...]]:
    """Return who may not be put forward, and for what, by what follows for the last; ties at the edge are in."""
    if book.standing is None:
        return {}
    honours = tuple(dict.fromkeys(bar for one in book.outcomes if one.standing == "last" for bar in one.bars))
    _, last = first_and_last(book.standing, figures)
    return dict.fromkeys(sorted(last), honours) if honours else {}
