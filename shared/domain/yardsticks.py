"""Yardsticks: from where on a hint is given, and how much weighs what when a branch is supervised."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import yaml

from shared.domain.machine import Machine
from shared.domain.policies import POLICY, PolicyCommand, PolicyState

# What counts how much of a hundred, and why: a term that is missed keeps members waiting, so it weighs most; a
# package that comes back costs the level above its time; an objection left lying costs the branch its trust.
WEIGHTS = ("timely", "complete", "answered")
WHOLE = 100

# A yardstick lives as a unit's own policy does: proposed by one person, granted by another.
YARDSTICK: Machine[PolicyState, PolicyCommand] = Machine(
    noun="这套尺度", initial=POLICY.initial, edges=POLICY.edges, words=POLICY.words
)


@dataclass(frozen=True, slots=True)
class Measures:
    """All that a county may set: counts of claims and lines, per cent, a month, and points of a hundred."""

    fewest_claims: int
    fewest_lines: int
    high_share: int
    stale_from_month: int
    timely: int
    complete: int
    answered: int
    commended_from: int
    urged_below: int


@dataclass(frozen=True, slots=True)
class Bound:
    """What one measure is called, what it usually is, between what a county may set it, and why not beyond."""

    words: str
    unit: str
    usual: int
    least: int
    most: int
    why: str

    @property
    def range(self) -> str:
        """Between what it may be set: 5 到 200 项."""
        return f"{self.least} 到 {self.written(self.most)}"

    def written(self, value: int) -> str:
        """Return a value with its unit: 50%, 20 项."""
        return f"{value}%" if self.unit == "%" else f"{value} {self.unit}"


Bounds = Mapping[str, Bound]


def parse_bounds(text: str) -> Bounds:
    """Return the bounds of every measure from the shipped file."""
    return {name: Bound(**given) for name, given in yaml.safe_load(text).items()}


def usual(bounds: Bounds) -> Measures:
    """Return the measures of a county that has set none."""
    return Measures(**{name: bound.usual for name, bound in bounds.items()})


def faults_of(given: Measures, bounds: Bounds) -> list[str]:
    """Return why these measures may not be set, each as a sentence; none where they are sound."""
    faults = [
        f"“{bound.words}”应在 {bound.range}之间，写的是 {value}：{bound.why}。"
        for name, bound in bounds.items()
        if not bound.least <= (value := getattr(given, name)) <= bound.most
    ]
    whole = sum(getattr(given, name) for name in WEIGHTS)
    if whole != WHOLE:
        faults.append(f"按期、完整、答复三项的分加起来应是 {WHOLE} 分，现在是 {whole} 分。")
    if given.urged_below >= given.commended_from:
        faults.append(f"督促的界限（{given.urged_below} 分）应低于表扬的界限（{given.commended_from} 分）。")
    return faults


def differences(before: Measures, after: Measures, bounds: Bounds) -> list[str]:
    """Return what is set otherwise, in plain words: 按期占多少分：40 分改为 50 分."""
    old, new = asdict(before), asdict(after)
    return [
        f"{bound.words}：{bound.written(old[name])}改为 {bound.written(new[name])}"
        for name, bound in bounds.items()
        if old[name] != new[name]
    ]
