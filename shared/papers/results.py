"""年度积分结果使用表: a year's results in the form that appraisals at work, promotions and awards ask for."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shared.papers.layouts import Column, Ending, Paper, Signatures, Table, Words


@dataclass(frozen=True, slots=True)
class Result:
    """A member's year; `place` is the rank where the book makes a standing, empty elsewhere."""

    number: str
    name: str
    points: Decimal | None
    grade: str
    place: str


@dataclass(frozen=True, slots=True)
class Results:
    """A branch's settled year, one row a member, each complete by itself: the rows are copied into other lists."""

    unit: str
    year: int
    results: tuple[Result, ...]
    ranked: bool
    code: str
    head: str
    printed_on: date

    FORM = "年度积分结果使用表"

    def paper(self) -> Paper:
        """Return the list; the code leads to the notice by which every figure can be checked."""
        columns = (
            Column("编号", 16, "center"),
            Column("姓名", 24, "center"),
            Column("所在党组织"),
            Column("年度", 13, "center"),
            Column("年度积分", 19, "right"),
            Column("等次", 20, "center"),
            *((Column("名次", 13, "center"),) if self.ranked else ()),
            Column("核对码", 24, "center"),
        )
        rows = tuple(
            (one.number, one.name, self.unit, self.year, one.points, one.grade,
             *((one.place,) if self.ranked else ()), self.code)
            for one in self.results
        )  # fmt: skip
        said = (
            "供教师考核、职称评审、评优评先等使用。只列公示期满、已登记入账的结果；还在异议期的不列。",
            f"核对：在本系统公示栏输入核对码，可以看到公示原文；封印 {self.head}。",
        )
        parts = (
            Table(columns, rows),
            Words(said, small=True),
            Signatures(("制表人", "支部书记")),
            Ending(self.unit, self.printed_on),
        )
        return Paper(self.FORM, f"{self.year}年党员积分结果使用表", self.unit, parts)
