"""公示 and 公示情况报告: the sheet that hangs on the wall, and what is reported once its window has closed."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shared.papers.layouts import Code, Column, Ending, Facts, Manner, Paper, Part, Size, Table, Words, dated


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the sheet: name and group as they hang, then the cells of the other columns."""

    ordinal: int
    name: str
    group: str
    cells: tuple[str | Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class Poster:
    """A notice as it hangs; `columns` head the cells of its lines, `how` says how to object, `told` explains."""

    unit: str
    title: str
    period: str
    book: str
    first_day: date
    last_day: date | None
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    how: tuple[str, ...]
    code: str
    address: str
    size: Size = Size.A3
    what: str = "党员积分"

    FORM = "公示"

    def paper(self) -> Paper:
        """Return the sheet for the wall."""
        columns = (Column("序号", 12, "center"), Column("姓名", 24, "center"), Column("党小组", 27, "center"))
        rows = tuple((one.ordinal, one.name, one.group, *one.cells) for one in self.lines)
        until = f"　至　{dated(self.last_day)} 24:00" if self.last_day else ""
        parts: tuple[Part, ...] = (
            Words((f"根据{self.book}，现将{self.period}{self.what}公示如下，请大家监督。",)),
            Table((*columns, *self.columns), rows),
            Facts((("公示时间", f"{dated(self.first_day)}{until}"),), across=1),
            Words(self.how),
            Code(self.address, ("扫码核对这份公示有没有被改动，", f"或在网址后输入短码：{self.code}")),
            Ending(self.unit, self.first_day),
        )
        return Paper(self.FORM, self.title, self.unit, parts, self.size, Manner.POSTER)


@dataclass(frozen=True, slots=True)
class Report:
    """What is reported of a notice: dates and place, what came in, how it was dealt with, what is concluded."""

    unit: str
    to: str
    period: str
    book: str
    members: int
    first_day: date
    last_day: date | None
    place: str
    received: int
    closed: int
    handled: tuple[str, ...]
    settled: int
    reported_on: date
    what: str = "党员积分"
    done: str = "已登记入账"

    FORM = "公示情况报告"

    def paper(self) -> Paper:
        """Return the report as a document."""
        until = f"至{dated(self.last_day)}" if self.last_day else "起"
        reactions = (
            f"公示期间收到异议 {self.received} 件，办结 {self.closed} 件。"
            if self.received
            else "公示期间没有收到异议。"
        )
        words = (
            f"根据{self.book}，我支部于{dated(self.first_day)}{until}，在{self.place}公示了 {self.members} 名党员"
            f"{self.period}的{self.what.removeprefix('党员')}。现将公示情况报告如下：",
            f"一、反映情况。{reactions}",
            *(("二、办理情况。" + "；".join(self.handled) + "。",) if self.handled else ()),
            f"{'三' if self.handled else '二'}、结论。截至本报告日，{self.settled} 名党员的"
            f"{self.what.removeprefix('党员')}{self.done}{self._open()}。",
            "特此报告。",
        )
        parts = (Words((f"{self.to}：",), flush=True), Words(words), Ending(self.unit, self.reported_on))
        title = f"关于{self.period}{self.what}公示情况的报告"
        return Paper(self.FORM, title, self.unit, parts, manner=Manner.DOCUMENT)

    def _open(self) -> str:
        left, disputed = self.members - self.settled, self.received - self.closed
        if not left:
            return ""
        why = f"（有 {disputed} 件异议还在办理）" if disputed else ""
        return f"，其余 {left} 名还没有{self.done.lstrip('已经')}{why}"
