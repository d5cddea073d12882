"""积分申请表: a member's claims of a period, filled in or to be filled in by hand, with room for opinions."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shared.papers.layouts import (
    Box,
    Boxes,
    Break,
    Code,
    Column,
    Facts,
    Heading,
    Paper,
    Signatures,
    Table,
    Words,
    dated,
    filled_up,
)

FORM = "党员积分申请表"
LINES = 6
COLUMNS = (
    Column("序号", 11, "center"),
    Column("申报项目", 44),
    Column("哪一天", 31, "center"),
    Column("做了什么"),
    Column("申报分", 16, "right"),
)


@dataclass(frozen=True, slots=True)
class Deed:
    """One claim; `opinion` is the group leader's, `decision` the committee's, both empty while there is none."""

    item: str
    day: date
    text: str
    points: Decimal | None
    opinion: str = ""
    decision: str = ""


@dataclass(frozen=True, slots=True)
class Application:
    """A member's claims of a period; `offered` are the items open to them with what each is worth.

    `address` is where the paper is entered when it comes back.
    """

    unit: str
    group: str
    member: str
    number: str
    member_class: str
    period: str
    deeds: tuple[Deed, ...]
    offered: tuple[tuple[str, str], ...]
    address: str

    def paper(self) -> Paper:
        """Return the form: what is claimed, opinions below, the open items on the back."""
        rows = [(place, one.item, dated(one.day), one.text, one.points) for place, one in enumerate(self.deeds, 1)]
        facts = (
            ("姓　名", self.member),
            ("编　号", self.number),
            ("党小组", self.group),
            ("类　别", self.member_class),
            ("周　期", self.period),
        )
        parts = (
            Facts(facts),
            Table(COLUMNS, filled_up(rows, LINES, len(COLUMNS))),
            Boxes(self._boxes()),
            Signatures(("申请人", "交表日期", "收表人")),
            Code(
                self.address, ("收表后由记录员扫码录入，写明谁、哪一天交来。", "网上已经申报的同一件事只算一次。")
            ),
        )
        return Paper(FORM, f"{self.period}{FORM}", self.unit, (*parts, *self._back()))

    def _boxes(self) -> tuple[Box, ...]:
        opinions = "\n".join(f"{one.item}：{one.opinion}" for one in self.deeds if one.opinion)
        decisions = "\n".join(f"{one.item}：{one.decision}" for one in self.deeds if one.decision)
        asked = "是否完成：　　　　　　完成质量："
        return (
            Box(
                "党小组长意见", opinions or asked, 0 if len(self.deeds) > 3 else 28, "" if opinions else "党小组长"
            ),
            Box("支委会审核意见", decisions, 0 if len(self.deeds) > 3 else 28, "" if decisions else "支部书记"),
        )

    def _back(self) -> tuple[Break | Heading | Table | Words, ...]:
        if not self.offered:
            return ()
        table = Table((Column("可以申报的项目", 95), Column("分值")), self.offered)
        return (
            Break(),
            Heading("可以申报的项目和分值"),
            table,
            Words(("扣分由支部登记，不用申报。",), small=True),
        )
