"""积分情况一览表: a branch's members with the points of a period, as it goes to the level above."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shared.papers.layouts import Cell, Column, Ending, Facts, Paper, Signatures, Table, Words

FORM = "党员积分情况一览表"
NOUGHT = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Row:
    """A member's line; `points` is None until it has been reckoned."""

    name: str
    group: str
    member_class: str
    base: Decimal
    gained: Decimal
    lost: Decimal
    points: Decimal | None
    remark: str


@dataclass(frozen=True, slots=True)
class Overview:
    """Everybody's points of a period; `above` is who receives it."""

    unit: str
    above: str
    secretary: str
    period: str
    state: str
    rows: tuple[Row, ...]
    printed_on: date

    def paper(self) -> Paper:
        """Return the table with its sums."""
        columns = (
            Column("序号", 11, "center"),
            Column("姓名", 20, "center"),
            Column("党小组", 24, "center"),
            Column("类别", 22, "center"),
            Column("基础分", 17, "right"),
            Column("加分", 16, "right"),
            Column("扣分", 16, "right"),
            Column("合计", 18, "right"),
            Column("备注"),
        )
        rows = tuple(
            (place, one.name, one.group, one.member_class, one.base, one.gained, one.lost, one.points, one.remark)
            for place, one in enumerate(self.rows, 1)
        )
        facts = (
            ("党组织名称", self.unit),
            ("党支部书记", self.secretary),
            ("周　期", self.period),
            ("报送单位", self.above),
            ("参加人数", f"{len(self.rows)} 人"),
            ("状　态", self.state),
        )
        parts = (
            Facts(facts),
            Table(columns, rows, self._sums()),
            Words(("基础分、加分、扣分之和为合计；按姓氏笔画排列，不排名次。",), small=True),
            Signatures(("制表人", "审核人", "党支部书记")),
            Ending(self.unit, self.printed_on),
        )
        return Paper(FORM, f"{self.period}{FORM}", self.unit, parts)

    def _sums(self) -> tuple[Cell, ...]:
        sums = (
            sum((getattr(one, name) or NOUGHT for one in self.rows), NOUGHT)
            for name in ("base", "gained", "lost", "points")
        )
        return ("合计", "", "", "", *sums, "")
