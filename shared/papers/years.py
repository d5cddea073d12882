"""年度积分登记表 and 年度汇总表: a branch's year by member, and in numbers that must agree with each other."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shared.papers.layouts import Cell, Column, Ending, Facts, Paper, Part, Signatures, Size, Table, Words


@dataclass(frozen=True, slots=True)
class Annual:
    """A member's year: the points of each round, what they come to, how it was appraised, and the grade."""

    name: str
    group: str
    rounds: tuple[Decimal | None, ...]
    year_points: Decimal | None
    reward: Decimal | None
    appraisal: str
    factor: str
    annual: Decimal | None
    grade: str
    remark: str


@dataclass(frozen=True, slots=True)
class Register:
    """A branch's year; `periods` head the columns of the rounds, as 1月 or 一季度."""

    unit: str
    year: int
    periods: tuple[str, ...]
    members: tuple[Annual, ...]
    printed_on: date
    witnesses: str = ""

    FORM = "年度党员积分登记表"

    def paper(self) -> Paper:
        """Return the register on wide sheets."""
        columns = (
            Column("序号", 9, "center"),
            Column("姓名", 17, "center"),
            *(Column(one, 11 if len(self.periods) > 4 else 18, "right") for one in self.periods),
            Column("全年积分", 16, "right"),
            Column("奖励积分", 13 if len(self.periods) > 4 else 17, "right"),
            Column("民主评议", 16, "center"),
            Column("折算", 11, "center"),
            Column("年度积分", 16, "right"),
            Column("等次", 15, "center"),
            Column("备注"),
        )
        rows = tuple(
            (place, one.name, *one.rounds, one.year_points, one.reward, one.appraisal, one.factor, one.annual,
             one.grade, one.remark)
            for place, one in enumerate(self.members, 1)
        )  # fmt: skip
        said = ["各期积分、全年积分、折算和年度积分由台账和民主评议结果算出，不另填写。"]
        parts = (
            Table(columns, rows),
            Words((*said, *_counted(self.witnesses)), small=True),
            Signatures(("记录员", "组织委员", "党支部书记")),
            Ending(self.unit, self.printed_on),
        )
        return Paper(self.FORM, f"{self.year}{self.FORM}", self.unit, parts, Size.A4_WIDE)


@dataclass(frozen=True, slots=True)
class Tally:
    """A group in numbers: by the roster who is in it and left out, by the lines who is scored and graded."""

    name: str
    roster: int
    exempt: int
    scored: int
    grades: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Totals:
    """The year in numbers; `scored` counts the year's own lines that have points.

    `low` are names and grades that must be explained, with what was written of each; `apart` says how those left
    out were graded.
    """

    unit: str
    year: int
    grades: tuple[str, ...]
    tallies: tuple[Tally, ...]
    low: tuple[tuple[str, str, str], ...]
    apart: tuple[str, ...]
    printed_on: date
    witnesses: str = ""

    FORM = "年度党员积分汇总表"

    @property
    def faults(self) -> tuple[str, ...]:
        """The relations between the figures that do not hold, in words; nothing where all do."""
        roster, exempt, scored = (
            sum(getattr(one, name) for one in self.tallies) for name in ("roster", "exempt", "scored")
        )
        graded = sum(sum(one.grades.values()) for one in self.tallies)
        found = []
        if roster != scored + exempt:
            found.append(f"党员总数 {roster} ≠ 参加积分管理 {scored} ＋ 不参加 {exempt}")
        if self.grades and scored != graded:
            found.append(f"参加积分管理 {scored} ≠ 各等次之和 {graded}")
        return tuple(found)

    def paper(self) -> Paper:
        """Return the table with its checks below."""
        columns = (
            Column("党小组", 0, "center"),
            Column("党员总数", 20, "center"),
            Column("不参加", 18, "center"),
            Column("参加", 18, "center"),
            *(Column(one, 20, "center") for one in self.grades),
        )
        rows = tuple(self._row(one.name, (one,)) for one in self.tallies)
        checks = self.faults or (
            "表间关系：党员总数＝参加积分管理＋不参加"
            + ("；参加积分管理＝各等次之和" if self.grades else "")
            + "。已核对，相符。",
        )
        said = checks if not self.faults else tuple(f"表间关系不符：{one}。请核对后再报。" for one in checks)
        parts: tuple[Part, ...] = (
            Facts((("党组织名称", self.unit), ("年　度", f"{self.year}年度"))),
            Table(columns, rows, self._row("合计", self.tallies)),
            Words((*said, *self.apart, *_counted(self.witnesses)), small=True),
            *self._low(),
            Signatures(("填表人", "审核人", "党支部书记")),
            Ending(self.unit, self.printed_on),
        )
        return Paper(self.FORM, f"{self.year}{self.FORM}", self.unit, parts)

    def _low(self) -> tuple[Table, ...]:
        columns = (Column("姓名", 34, "center"), Column("等次", 30, "center"), Column("原因和帮助措施"))
        return (Table(columns, self.low, caption="需要说明的（备注）"),) if self.low else ()

    def _row(self, name: str, tallies: tuple[Tally, ...]) -> tuple[Cell, ...]:
        counted = (sum(one.grades.get(grade, 0) for one in tallies) for grade in self.grades)
        whole = (sum(getattr(one, what) for one in tallies) for what in ("roster", "exempt", "scored"))
        return (name, *whole, *counted)


def _counted(witnesses: str) -> tuple[str, ...]:
    return (f"参加、监督统计：{witnesses}。",) if witnesses else ()
