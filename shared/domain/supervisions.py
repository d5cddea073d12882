"""Supervisions: a branch is commended or urged by how it runs the system; its members' points never enter."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

# What counts how much of a hundred, and why: a term that is missed keeps members waiting, so it weighs most; a
# package that comes back costs the level above its time; an objection left lying costs the branch its trust.
WEIGHTS: Mapping[str, int] = {"timely": 40, "complete": 25, "answered": 35}
# From here on a branch is commended, where nothing at all was late; below it is urged. The 督 comes after the 表.
COMMENDED_FROM, URGED_BELOW = 95, 80


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
    """How a branch ran the system in a period, in counts of work.

    `timely` are rounds' steps and packages by their terms, `complete` packages that were not given back,
    `answered` objections within their terms.
    """

    timely: Share = Share()
    complete: Share = Share()
    answered: Share = Share()

    @property
    def mark(self) -> int:
        """A hundred where everything was in order, less by weight for what was not."""
        shares: Mapping[str, Share] = {name: getattr(self, name) for name in WEIGHTS}
        return sum(weight * shares[name].percent for name, weight in WEIGHTS.items()) // 100

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
        """What the rule proposes; the level above decides."""
        if self.worked and not self.late and self.mark >= COMMENDED_FROM:
            return Standing.COMMENDED
        return Standing.URGED if self.mark < URGED_BELOW else Standing.SOUND

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


def conduct_of(counts: Mapping[str, tuple[int, int]]) -> Conduct:
    """Make a branch's conduct of what was due and late of each noun."""
    rounds, filings = Share(*counts.get("round", (0, 0))), Share(*counts.get("filing", (0, 0)))
    return Conduct(
        timely=Share(rounds.due + filings.due, rounds.late + filings.late),
        complete=Share(*counts.get("package", (0, 0))),
        answered=Share(*counts.get("objection", (0, 0))),
    )
