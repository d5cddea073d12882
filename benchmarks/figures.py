"""What a measurement came to: a figure, what it is measured against, and whether the aim is reached."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `ratio` is to the aim, 1 or more is reached, whether the aim is a least or a most.

    `unit` is in Chinese, as it is shown; `detail` holds what the figure was made of.
    """

    key: str
    title: str
    value: float
    unit: str
    aim: float | None = None
    at_most: bool = False
    detail: dict[str, Any] | None = None

    @property
    def ratio(self) -> float | None:
        """How far the aim is reached; None where there is none."""
        if self.aim is None or not self.value:
            return None
        return self.aim / self.value if self.at_most else self.value / self.aim

    def as_json(self) -> dict[str, Any]:
        """The figure for a file, numbers rounded to what they can be trusted to."""
        rounded = {name: _short(value) for name, value in asdict(self).items()}
        return {**rounded, "ratio": _short(self.ratio)}


def growth(key: str, title: str, each: Mapping[int, float], unit: str, aim: float | None = None) -> Figure:
    """Return what one takes at the largest size, to what it takes at the smallest: 1 is flat.

    `each` is what one takes at each size, in `unit`.
    """
    detail = {"each": {f"{size}": taken for size, taken in sorted(each.items())}, "unit": unit}
    return Figure(key, title, each[max(each)] / each[min(each)], "倍", aim, at_most=True, detail=detail)


def median(values: Sequence[float]) -> float:
    """The middle one: of three runs, neither the one that was disturbed nor the one that was lucky."""
    return statistics.median(values)


def _short(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, dict):
        return {name: _short(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_short(one) for one in value]
    return value
