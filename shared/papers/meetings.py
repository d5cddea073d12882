"""会议记录 and 宣读稿: minutes ready to sign, and the points to be read aloud at the meeting."""

from dataclasses import dataclass
from decimal import Decimal

from shared.papers.layouts import Box, Boxes, Column, Facts, Manner, Paper, Signatures, Table, Words, in_words


@dataclass(frozen=True, slots=True)
class Motion:
    """What was voted on, the count, and whether it was carried."""

    subject: str
    in_favour: int
    against: int
    abstained: int
    passed: bool


@dataclass(frozen=True, slots=True)
class Minutes:
    """A meeting's minutes; `absent` are names with their reasons, `guests` attend without a vote."""

    unit: str
    kind: str
    number: str
    subject: str
    held_at: str
    chair: str
    recorder: str
    due: int
    present: tuple[str, ...]
    absent: tuple[str, ...]
    guests: tuple[str, ...]
    motions: tuple[Motion, ...]
    result: str

    FORM = "会议记录"

    def paper(self) -> Paper:
        """Return the minutes with room for what was said."""
        facts = (
            ("会议名称", self.kind),
            ("编　号", self.number),
            ("时　间", self.held_at),
            ("地　点", None),
            ("主持人", self.chair),
            ("记录人", self.recorder),
            ("应　到", f"{self.due} 人"),
            ("实　到", f"{len(self.present)} 人"),
        )
        boxes = (
            Box("议　题", self.subject),
            Box("到会人员", "、".join(self.present)),
            Box("缺席及原因", "、".join(self.absent) or "无"),
            Box("列　席", "、".join(self.guests) or "无"),
            Box("发言摘要", "", 45),
        )
        columns = (
            Column("表决事项"),
            *(Column(name, 17, "center") for name in ("赞成", "反对", "弃权")),
            Column("结果", 20, "center"),
        )
        rows = tuple(
            (one.subject, one.in_favour, one.against, one.abstained, "通过" if one.passed else "未通过")
            for one in self.motions
        )
        parts = (
            Facts(facts),
            Boxes(boxes),
            *((Table(columns, rows, caption="表决（远程、书面意见一并计入）"),) if rows else ()),
            Boxes((Box("决　议", self.result, 20),)),
            Signatures(("主持人", "记录人")),
        )
        return Paper(self.FORM, f"{self.kind}{self.FORM}", self.unit, parts)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A member's line to be read out: name, and the grounds in words."""

    name: str
    group: str
    grounds: str
    points: Decimal | None


@dataclass(frozen=True, slots=True)
class Reading:
    """The text to read aloud: everybody's points of a period, one after the other."""

    unit: str
    period: str
    lines: tuple[Spoken, ...]

    FORM = "积分宣读稿"

    def paper(self) -> Paper:
        """Return the text, a paragraph for each."""
        said = tuple(
            f"{place}．{one.name}（{one.group or '未分小组'}）：{one.grounds}，"
            f"合计 {in_words(one.points) or '待定'} 分。"
            for place, one in enumerate(self.lines, 1)
        )
        opening = f"同志们，现在宣读{self.period}党员积分，共 {len(self.lines)} 名。有不同意见的，宣读以后请提出。"
        parts = (Words((opening, *said, "宣读完毕。")),)
        title = f"{self.period}{self.FORM}"
        return Paper(self.FORM, title, self.unit, parts, manner=Manner.DOCUMENT, under=self.unit)
