"""积分台账 and 积分管理记录表: what has been entered, of a branch, or of one member on a page."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shared.papers.layouts import (
    Cell,
    Column,
    Ending,
    Facts,
    Paper,
    Signatures,
    Size,
    Table,
    Words,
    dated,
    filled_up,
)

NOUGHT = Decimal("0.00")
ROWS = 12


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the ledger: when it was entered, for what, how many points, who decided it."""

    name: str
    period: str
    entered_on: date
    happened_on: date | None
    reason: str
    points: Decimal
    for_year: bool
    decided_by: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """A branch's ledger of a period; `head` is the head of its chain of seals, which is printed as proof."""

    unit: str
    period: str
    entries: tuple[Entry, ...]
    head: str
    printed_on: date

    FORM = "党员积分台账"

    @property
    def total(self) -> Decimal:
        """The points of all entries that count in their rounds."""
        return sum((one.points for one in self.entries if not one.for_year), NOUGHT)

    def paper(self) -> Paper:
        """Return the ledger on wide sheets."""
        columns = (
            Column("序号", 12, "center"),
            Column("姓名", 22, "center"),
            Column("周期", 32, "center"),
            Column("日期", 31, "center"),
            Column("加扣分事由"),
            Column("加分", 17, "right"),
            Column("扣分", 17, "right"),
            Column("登记日期", 31, "center"),
            Column("依据、认定人", 40),
        )
        rows = tuple(
            (place, one.name, one.period, dated(one.happened_on) if one.happened_on else "", _reason(one),
             *_sides(one.points), dated(one.entered_on), one.decided_by)
            for place, one in enumerate(self.entries, 1)
        )  # fmt: skip
        up = sum((one.points for one in self.entries if one.points > 0 and not one.for_year), NOUGHT)
        sums: tuple[Cell, ...] = ("合计", "", "", "", f"本期合计 {self.total:.2f} 分", up, self.total - up, "", "")
        proof = Words((f"本台账登记后不能改动，更正用冲销。校验码：{self.head}",), small=True)
        parts = (Table(columns, rows, sums), Signatures(("记录员", "纪检委员", "支部书记")), proof)
        ending = Ending(self.unit, self.printed_on)
        return Paper(self.FORM, f"{self.period}{self.FORM}", self.unit, (*parts, ending), Size.A4_WIDE)


@dataclass(frozen=True, slots=True)
class RecordSheet:
    """One member's page of the ledger: the columns of 党员积分管理记录表."""

    unit: str
    group: str
    name: str
    number: str
    member_class: str
    period: str
    entries: tuple[Entry, ...]

    FORM = "党员积分管理记录表"

    @property
    def total(self) -> Decimal:
        """What the entries that count in their rounds come to."""
        return sum((one.points for one in self.entries if not one.for_year), NOUGHT)

    def paper(self) -> Paper:
        """Return the page, with empty lines to go on by hand."""
        columns = (
            Column("登记时间", 31, "center"),
            Column("加扣分事由"),
            Column("加分", 17, "right"),
            Column("扣分", 17, "right"),
            Column("审核签名", 26, "center"),
        )
        rows = [(dated(one.entered_on), _reason(one), *_sides(one.points), None) for one in self.entries]
        up = sum((one.points for one in self.entries if one.points > 0 and not one.for_year), NOUGHT)
        sums: tuple[Cell, ...] = ("合计", f"{self.total:.2f} 分", up, self.total - up, "")
        facts = (
            ("姓　名", self.name),
            ("编　号", self.number),
            ("党小组", self.group),
            ("类　别", self.member_class),
        )
        parts = (
            Facts(facts),
            Table(columns, filled_up(rows, ROWS, len(columns)), sums),
            Signatures(("党员本人签字", "党支部书记签字")),
        )
        return Paper(self.FORM, f"{self.period}{self.FORM}", self.unit, parts, paged=False)


def _reason(one: Entry) -> str:
    return f"{one.reason}（计入年度）" if one.for_year else one.reason


def _sides(points: Decimal) -> tuple[Cell, Cell]:
    return (points, None) if points >= 0 else (None, points)
