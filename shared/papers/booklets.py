"""积分管理手册: one booklet a member and year: who they are, each round's deeds and points, how the year ended."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shared.papers.cards import COLUMNS, Round, rounded
from shared.papers.layouts import (
    Box,
    Boxes,
    Break,
    Cell,
    Column,
    Facts,
    Heading,
    Paper,
    Part,
    Size,
    Space,
    Table,
    Words,
    dated,
)
from shared.papers.statements import Figure

FORM = "党员积分制管理手册"
_DEEDS = (
    Column("周期", 29, "center"),
    Column("日期", 28, "center"),
    Column("考核内容"),
    Column("分值", 17, "right"),
)


@dataclass(frozen=True, slots=True)
class Month:
    """A round with its deeds."""

    round: Round
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Booklet:
    """A member's year; `particulars` are label and value, `annual` the year's figures in the same way."""

    unit: str
    name: str
    year: int
    particulars: tuple[tuple[str, str], ...]
    months: tuple[Month, ...]
    annual: tuple[tuple[str, Cell], ...]
    book: str
    printed_on: date

    def paper(self) -> Paper:
        """Return the booklet, A5: 党员信息, 每期考核, 每期积分, 年度综合评价."""
        total = sum((one.round.points or Decimal(0) for one in self.months), Decimal("0.00"))
        parts: tuple[Part, ...] = (
            Space(34),
            Facts((("姓　名", self.name), ("党支部", self.unit), ("年　度", f"{self.year}年度")), across=1),
            Words((f"依据：{self.book}。", "党员人手一册，由所在党支部保存、登记。"), small=True),
            Break(),
            Heading("一、党员信息"),
            Facts(self.particulars),
            Break(),
            Heading("二、各期考核情况"),
            Table(_DEEDS, tuple(row for one in self.months for row in _deeds(one))),
            Break(),
            Heading("三、各期积分情况"),
            Table(COLUMNS, self._rounds(), ("合计", "", "", "", total, "")),
            Break(),
            Heading("四、年度综合评价"),
            Facts(self.annual),
            Boxes((
                Box("本人小结", "", 34, "本人签名"),
                Box("党支部意见", "", 34, "支部书记"),
                Box("上级党组织备案", "", 24, "盖章"),
            )),
        )  # fmt: skip
        return Paper(FORM, FORM, self.unit, parts, Size.A5, under=f"{self.year}年度　{self.name}")

    def _rounds(self) -> tuple[tuple[Cell, ...], ...]:
        return tuple(rounded(one.round, None) for one in self.months)


def _deeds(one: Month) -> tuple[tuple[Cell, ...], ...]:
    figures = tuple(
        (
            one.round.period,
            dated(figure.day) if figure.day else "",
            " ".join(filter(None, (figure.clause, figure.text))),
            figure.points,
        )
        for figure in one.figures
    )
    return (*figures, (one.round.period, "小计", "", one.round.points))
