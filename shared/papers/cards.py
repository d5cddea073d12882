"""积分登记卡: a member's cycle on one small sheet, with the way to their own page."""

from dataclasses import dataclass
from decimal import Decimal

from shared.papers.layouts import Cell, Code, Column, Facts, Paper, Signatures, Size, Table, filled_up

FORM = "党员积分登记卡"
COLUMNS = (
    Column("周期", 30, "center"),
    Column("基础分", 17, "right"),
    Column("加分", 15, "right"),
    Column("扣分", 15, "right"),
    Column("合计", 17, "right"),
    Column("登记人"),
)


@dataclass(frozen=True, slots=True)
class Round:
    """One round: base, gains and losses sum to its points."""

    period: str
    base: Decimal
    gained: Decimal
    lost: Decimal
    points: Decimal | None


@dataclass(frozen=True, slots=True)
class Card:
    """A member's card of a year; `result` is what the year came to, empty while it lasts."""

    unit: str
    group: str
    name: str
    number: str
    member_class: str
    year: int
    rounds: tuple[Round, ...]
    result: str
    address: str

    def paper(self) -> Paper:
        """Return the card, A5."""
        facts = (
            ("姓　名", self.name),
            ("编　号", self.number),
            ("党小组", self.group),
            ("类　别", self.member_class),
        )
        rows = [rounded(one, None) for one in self.rounds]
        total = sum((one.points or Decimal(0) for one in self.rounds), Decimal("0.00"))
        sums: tuple[Cell, ...] = ("合计", "", "", "", total, "")
        parts = (
            Facts(facts),
            Table(COLUMNS, filled_up(rows, 4, len(COLUMNS)), sums),
            Facts((("年度结果", self.result),), across=1),
            Signatures(("党员本人", "党支部书记")),
            Code(self.address, ("扫码查看自己的每一分是怎么来的。", "要本人登录。")),
        )
        return Paper(FORM, f"{self.year}年度{FORM}", self.unit, parts, Size.A5, paged=False)


def rounded(one: Round, last: Cell) -> tuple[Cell, ...]:
    """Return a round as a row, with what stands in its last column."""
    return (one.period, one.base, one.gained, one.lost, one.points, last)
