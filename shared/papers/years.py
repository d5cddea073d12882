"""年度积分登记表 and 年度汇总表: a branch's year by member, and in numbers that must agree with each other."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shared.papers.layouts import Cell, Column, Ending, Facts, Paper, Signatures, Size, Table, Words


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

    FORM = "年度党员积分登记表"

    def paper(self) -> Paper:
        """Return the register on wide sheets."""
        columns = (
            Column("序号", 11, "center"),
            Column("姓名", 18, "center"),
            *(Column(one, 14 if len(self.periods) > 4 else 18, "right") for one in self.periods),
            Column("全年积分", 19, "right"),
            Column("奖励积分", 15, "right"),
            Column("民主评议", 17, "center"),
            Column("折算", 12, "center"),
            Column("年度积分", 19, "right"),
            Column("等次", 17, "center"),
            Column("备注"),
        )
        rows = tuple(
            (place, one.name, *one.rounds, one.year_points, one.reward, one.appraisal, one.factor, one.annual,
             one.grade, one.remark)
            for place, one in enumerate(self.members, 1)
        )  # fmt: skip
        parts = (
            Table(columns, rows),
            Words(("各期积分、全年积分、折算和年度积分由台账和民主评议结果算出，不另填写。",), small=True),
            Signatures(("记录员", "组织委员", "党支部书记")),
            Ending(self.unit, self.printed_on),
        )
        return Paper(self.FORM, f"{self.year}{self.FORM}", self.unit, parts, Size.A4_WIDE)


@dataclass(frozen=True, slots=True)
class Tally:
    """A group in numbers: how many are in it, how many are left out, how many each grade has."""

    name: str
    roster: int
    exempt: int
    grades: Mapping[str, int]

    @property
    def scored(self) -> int:
        """Who takes part: by the year's own lines, not by subtraction."""
        return sum(self.grades.values())


@dataclass(frozen=True, slots=True)
class Totals:
    """The year in numbers; `grades` are all grades of the book, the lowest last; `why` explains those below."""

    unit: str
    year: int
    grades: tuple[str, ...]
    tallies: tuple[Tally, ...]
    scored: int
    why: tuple[str, ...]
    printed_on: date

    FORM = "年度党员积分汇总表"

    @property
    def faults(self) -> tuple[str, ...]:
        """The relations between the figures that do not hold, in words; nothing where all do."""
        roster, exempt = (sum(getattr(one, name) for one in self.tallies) for name in ("roster", "exempt"))
        graded = sum(one.scored for one in self.tallies)
        found = []
        if roster != self.scored + exempt:
            found.append(f"党员总数 {roster} ≠ 参加积分管理 {self.scored} ＋ 不参加 {exempt}")
        if self.scored != graded:
            found.append(f"参加积分管理 {self.scored} ≠ 各等次之和 {graded}")
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
            "表间关系：党员总数＝参加积分管理＋不参加；参加积分管理＝各等次之和。已核对，相符。",
        )
        said = checks if not self.faults else tuple(f"表间关系不符：{one}。请核对后再报。" for one in checks)
        parts = (
            Facts((("党组织名称", self.unit), ("年　度", f"{self.year}年度"))),
            Table(columns, rows, self._row("合计", self.tallies)),
            Words((*said, *self.why), small=True),
            Signatures(("填表人", "审核人", "党支部书记")),
            Ending(self.unit, self.printed_on),
        )
        return Paper(self.FORM, f"{self.year}{self.FORM}", self.unit, parts)

    def _row(self, name: str, tallies: tuple[Tally, ...]) -> tuple[Cell, ...]:
        counted = (sum(one.grades.get(grade, 0) for one in tallies) for grade in self.grades)
        whole = (sum(getattr(one, what) for one in tallies) for what in ("roster", "exempt", "scored"))
        return (name, *whole, *counted)
