"""A board: a line's awards sorted into base, gains and losses, how long a window lasts, until when it hangs."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from shared.domain.windows import local_day

NOTHING = Decimal("0.00")
HANGS_DAYS = 30
STEMS = "甲乙丙丁戊己庚辛壬癸"


class Shown(NamedTuple):
    """An award as a board needs it; `zeroes` marks the event that sets a year to nought."""

    kind: str
    clause: str
    points: Decimal
    scope: str
    zeroes: bool = False


class Ground(NamedTuple):
    """Why points came or went: a clause in short, how often, how many points in all."""

    clause: str
    times: int
    points: Decimal


@dataclass(frozen=True, slots=True)
class Columns:
    """What a line shows: its base, what was gained and lost with the grounds, what counts only for the year."""

    base: Decimal
    gains: tuple[Ground, ...]
    losses: tuple[Ground, ...]
    for_year: tuple[Ground, ...]

    @property
    def gained(self) -> Decimal:
        """The sum of what was gained in the round."""
        return sum((ground.points for ground in self.gains), NOTHING)

    @property
    def lost(self) -> Decimal:
        """The sum of what was lost in the round, nought or below."""
        return sum((ground.points for ground in self.losses), NOTHING)


def columns(awards: Iterable[Shown]) -> Columns:
    """Sort a line's awards; base, gains and losses sum to the line's points."""
    awards = list(awards)
    in_round = [award for award in awards if award.scope == "round"]
    moved = [award for award in in_round if award.kind != "base"]
    return Columns(
        base=sum((award.points for award in in_round if award.kind == "base"), NOTHING),
        gains=_grounds([award for award in moved if award.points > 0 and not award.zeroes]),
        losses=_grounds([award for award in moved if award.points < 0 or award.zeroes]),
        for_year=_grounds([award for award in awards if award.scope == "year" and award.points]),
    )


def _grounds(awards: Sequence[Shown]) -> tuple[Ground, ...]:
    """One ground a clause, in the order in which the clauses first occur."""
    of_clause: dict[str, list[Decimal]] = {}
    for award in awards:
        of_clause.setdefault(award.clause, []).append(award.points)
    return tuple(Ground(clause, len(points), sum(points, NOTHING)) for clause, points in of_clause.items())


def countdown(closes_at: datetime | None, last_day: date | None, now: datetime) -> str:
    """Say in words how long objections can still be raised; the window ends at 24:00 of `last_day`."""
    if closes_at is None or last_day is None:
        return "汇总公布，不设异议期"
    until = f"{last_day.month}月{last_day.day}日 24:00"
    if now >= closes_at:
        return f"异议期已于 {until} 截止"
    left = (last_day - local_day(now)).days
    return f"还剩 {left} 天（至 {until}）" if left else f"今天截止（至 {until}）"


def hangs_until(closed_at: datetime | None, settled_at: datetime | None, undecided: int) -> datetime | None:
    """Return the instant from which a notice is off the board: 30 days after its last line has settled.

    None while its window or one of its lines is open.
    """
    if closed_at is None or undecided:
        return None
    return max(closed_at, settled_at or closed_at) + timedelta(days=HANGS_DAYS)


def told_apart(people: Sequence[tuple[str, str]]) -> list[str | None]:
    """For each (name, group) in order, what tells a person from others of the same name on the list.

    None where nobody else has the name, "" where the group is enough, otherwise a sign: 甲, 乙, 丙.
    """
    names = Counter(name for name, _ in people)
    pairs = Counter(people)
    seen: Counter[tuple[str, str]] = Counter()
    found: list[str | None] = []
    for person in people:
        sign = _sign(seen[person]) if pairs[person] > 1 else ""
        seen[person] += 1
        found.append(sign if names[person[0]] > 1 else None)
    return found


def _sign(place: int) -> str:
    return STEMS[place] if place < len(STEMS) else str(place + 1)
