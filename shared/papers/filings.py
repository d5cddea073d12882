"""上报备案表: what a branch has sent up for a period, as the level above receives and files it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shared.papers.layouts import Column, Ending, Facts, Paper, Signatures, Table, Words, dated

FORM = "党员积分上报备案表"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the package: a member in a round, its points and where it stands."""

    period: str
    number: str
    name: str
    points: Decimal | None
    state: str


@dataclass(frozen=True, slots=True)
class Filing:
    """A package with its proof; `receipt` is empty until it has been filed."""

    unit: str
    to: str
    period: str
    edition: str
    state: str
    lines: tuple[Line, ...]
    digest: str
    receipt: str
    sent_on: date | None

    def paper(self) -> Paper:
        """Return the form."""
        columns = (
            Column("序号", 12, "center"),
            Column("周期", 36, "center"),
            Column("编号", 34, "center"),
            Column("姓名", 28, "center"),
            Column("积分", 20, "right"),
            Column("状态"),
        )
        rows = tuple(
            (place, one.period, one.number, one.name, one.points, one.state)
            for place, one in enumerate(self.lines, 1)
        )
        total = sum((one.points for one in self.lines if one.points is not None), Decimal("0.00"))
        facts = (
            ("报送单位", self.unit),
            ("接收单位", self.to),
            ("周　期", self.period),
            ("第几份", self.edition),
            ("上报日期", dated(self.sent_on)),
            ("状　态", self.state),
            ("备案回执", self.receipt),
        )
        parts = (
            Facts(facts),
            Table(columns, rows, ("合计", "", "", f"{len(self.lines)} 行", total, "")),
            Words((f"校验码：{self.digest}",), small=True),
            Signatures(("报送人", "接收人")),
            Ending(self.unit, self.sent_on),
        )
        return Paper(FORM, f"{self.period}{FORM}", self.unit, parts)
