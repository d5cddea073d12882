"""Sampling audits (抽查): a draw that anybody can repeat from its seed, and what the checked lines come to."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from shared.domain.machine import Machine

# A county that draws a third of its branches and three tenths of their lines is the practice we know of.
USUAL_BRANCH_PERCENT, USUAL_LINE_PERCENT = 34, 30


class AuditState(StrEnum):
    """Where an audit stands."""

    DRAWN = "drawn"
    CLOSED = "closed"


class AuditCommand(StrEnum):
    """The steps of an audit."""

    CLOSE = "close"


class Verdict(StrEnum):
    """What was found of a line."""

    SOUND = "sound"
    WRONG = "wrong"


AUDIT: Machine[AuditState, AuditCommand] = Machine(
    noun="这次抽查",
    initial=AuditState.DRAWN,
    edges={(AuditState.DRAWN, AuditCommand.CLOSE): AuditState.CLOSED},
    words={
        AuditState.DRAWN: "核查中",
        AuditState.CLOSED: "已办结",
        AuditCommand.CLOSE: "办结抽查",
    },
)
VERDICTS: Mapping[str, str] = {Verdict.SOUND: "属实", Verdict.WRONG: "不属实"}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A line that was drawn: the branch that keeps it, and the unit that checks it."""

    branch_id: UUID
    line_id: UUID
    checker_id: UUID


@dataclass(frozen=True, slots=True)
class Tally:
    """How many lines were drawn, checked and found wrong; of all branches or of one."""

    drawn: int
    checked: int
    wrong: int


def digest_of(population: Mapping[UUID, Sequence[UUID]]) -> str:
    """Return the digest of everything that could be drawn: the same lines, in whatever order, give the same."""
    ids = sorted(str(one) for lines in population.values() for one in lines)
    return hashlib.sha256("\n".join(ids).encode()).hexdigest()


def draw(population: Sequence[UUID], percent: int, seed: str) -> list[UUID]:
    """Return `percent` of the population, rounded up, in the order in which the seed puts them.

    By the digest of seed and id: nobody can steer it, anybody with a hash function can repeat it.
    """
    order = sorted(set(population), key=lambda one: hashlib.sha256(f"{seed}:{one}".encode()).digest())
    return order[: -(-len(order) * percent // 100)]


def draw_lines(
    population: Mapping[UUID, Sequence[UUID]],
    branch_percent: int,
    line_percent: int,
    seed: str,
    auditor_id: UUID,
    crosswise: bool,
) -> list[Drawn]:
    """Draw branches, then lines of each; crosswise, each branch that was drawn checks the one drawn before it.

    With one branch alone there is nobody to cross with: the auditing unit checks.
    """
    branches = draw([branch for branch, lines in population.items() if lines], branch_percent, seed)
    drawn = []
    for place, branch in enumerate(branches):
        beside = branches[(place + 1) % len(branches)]
        checker = beside if crosswise and beside != branch else auditor_id
        drawn += [Drawn(branch, line, checker) for line in draw(population[branch], line_percent, seed)]
    return drawn


def tally(verdicts: Sequence[str | None]) -> Tally:
    """Count what was found."""
    return Tally(len(verdicts), sum(one is not None for one in verdicts), verdicts.count(Verdict.WRONG))
