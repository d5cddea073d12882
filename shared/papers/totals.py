"""积分备案汇总表: what the units below have filed of a period, unit by unit, with sums; counts, never points."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from shared.papers.layouts import Cell, Column, Ending, Facts, Paper, Signatures, Size, Table, Words

FORM = "党员积分备案汇总表"


@dataclass(frozen=True, slots=True)
class Row:
    """A unit, or one below it, with what it filed; `receipt` is empty for one below."""

    name: str
    receipt: str
    counts: tuple[int, ...]
    grades: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Total:
    """A period as it was filed; `grades` are the columns of grades, none within a year."""

    unit: str
    above: str
    period: str
    rows: tuple[Row, ...]
    sums: Row
    grades: Sequence[str]
    missing: Sequence[str]
    printed_on: date

    def paper(self) -> Paper:
        """Return the table."""
        columns = (
            Column("单　位", 0),
            *(Column(heading, 17, "center") for heading in COUNTS),
            *(Column(grade, 17, "center") for grade in self.grades),
            Column("回　执", 44),
        )
        facts = (
            ("汇总单位", self.unit),
            ("周　期", self.period),
            ("报送单位", self.above or "—"),
            ("未备案", "、".join(self.missing) or "无"),
        )
        note = "各数由已备案的材料相加得出，不另行填写。人次是计分的行数，一人一期算一次。"
        parts = (
            Facts(facts),
            Table(columns, tuple(self._cells(row) for row in self.rows), self._cells(self.sums)),
            Words((note,), small=True),
            Signatures(("制表人", "审核人", "负责人")),
            Ending(self.unit, self.printed_on),
        )
        return Paper(FORM, f"{self.period}{FORM}", self.unit, parts, size=Size.A4_WIDE)

    def _cells(self, row: Row) -> tuple[Cell, ...]:
        return (row.name, *row.counts, *(row.grades.get(grade, 0) for grade in self.grades), row.receipt)


# Beside a unit's name, in this order.
COUNTS = ("支部", "人次", "不参加", "未结", "申报", "确认", "异议")
