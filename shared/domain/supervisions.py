"""Supervisions: a branch is commended or urged by how it runs the system; its members' points never enter."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from shared.domain.yardsticks import WEIGHTS, WHOLE, Measures


class Standing(StrEnum):
    """What the level above says of a branch's period (表先督后)."""

    COMMENDED = "commended"
    SOUND = "sound"
    URGED = "urged"


WORDS: Mapping[str, str] = {Standing.COMMENDED: "表扬", Standing.SOUND: "正常", Standing.URGED: "督促"}


@dataclass(frozen=True, slots=True)
class Share:
    """How many were due, and how many of them were late or came back."""

    due: int = 0
    late: int = 0

    @property
    def percent(self) -> int:
        """Whole per cent that were in order; of nothing, all."""
        return 100 if not self.due else (self.due - self.late) * 100 // self.due


@dataclass(frozen=True, slots=True)
class Conduct:
    """How a branch ran the system in a period, in counts of work, and by what its county measures it.

    `timely` are rounds' steps and packages by their terms, `complete` packages that were not given back,
    `answered` objections within their terms.
    """

    by: Measures
    timely: Share = Share()
    complete: Share = Share()
    answered: Share = Share()

    @property
    def mark(self) -> int:
        """A hundred where everything was in order, less by weight for what was not."""
        shares: Mapping[str, Share] = {name: getattr(self, name) for name in WEIGHTS}
        weights: Mapping[str, int] = {name: getattr(self.by, name) for name in WEIGHTS}
        return sum(weights[name] * shares[name].percent for name in WEIGHTS) // WHOLE

    @property
    def late(self) -> int:
        """How many were late or came back."""
        return self.timely.late + self.complete.late + self.answered.late

    @property
    def worked(self) -> bool:
        """Whether anything was due at all."""
        return bool(self.timely.due or self.complete.due or self.answered.due)

    @property
    def standing(self) -> Standing:
        """What the rule proposes; the level above decides. The 督 comes after the 表."""
        if self.worked and not self.late and self.mark >= self.by.commended_from:
            return Standing.COMMENDED
        return Standing.URGED if self.mark < self.by.urged_below else Standing.SOUND

    @property
    def words(self) -> str:
        """Why, in one sentence."""
        parts = [
            f"{noun} {share.due} 件，{fault} {share.late} 件"
            for noun, fault, share in (
                ("到期工作", "逾期", self.timely),
                ("上报材料", "被退回", self.complete),
                ("应答复的异议", "逾期", self.answered),
            )
            if share.due
        ]
        return f"{'；'.join(parts)}。" if parts else "这一期没有到期的工作。"


def conduct_of(counts: Mapping[str, tuple[int, int]], by: Measures) -> Conduct:
    """Make a branch's conduct of what was due and late of each noun, by its county's measures."""
    rounds, filings = Share(*counts.get("round", (0, 0))), Share(*counts.get("filing", (0, 0)))
    return Conduct(
        by,
        timely=Share(rounds.due + filings.due, rounds.late + filings.late),
        complete=Share(*counts.get("package", (0, 0))),
        answered=Share(*counts.get("objection", (0, 0))),
    )
