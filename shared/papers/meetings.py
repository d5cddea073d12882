"""会议记录 and 宣读稿: minutes ready to sign, and the points to be read aloud at the meeting."""

from dataclasses import dataclass
from decimal import Decimal

from shared.papers.layouts import Box, Boxes, Facts, Manner, Paper, Signatures, Words, in_words

# Room to write by hand, in millimetres, for what is not there yet.
ROOM = {"会议内容": 45}


@dataclass(frozen=True, slots=True)
class Minutes:
    """A meeting's minutes by the heads of the form; `fixed`: when they were fixed, "" while they may change."""

    unit: str
    title: str
    facts: tuple[tuple[str, str], ...]
    fields: tuple[tuple[str, str], ...]
    result: str
    fixed: str

    FORM = "会议记录"

    def paper(self) -> Paper:
        """Return the minutes ready to sign; what nobody has written yet is left blank to be written by hand."""
        boxes = tuple(Box(head, said, ROOM.get(head, 0) if not said else 0) for head, said in self.fields)
        parts = (
            Facts(tuple((head, said or None) for head, said in self.facts)),
            Boxes((*boxes, Box("结　果", self.result, 20))),
            Signatures(("主持人", "记录人")),
            Words((self.fixed or "本记录还没有定稿，签字前请先定稿。",), small=True),
        )
        return Paper(self.FORM, self.title.removeprefix(self.unit), self.unit, parts)


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
