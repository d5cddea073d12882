"""Minutes (会议记录): composed from what a meeting's rows tell and what its writer adds, ready to be signed."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Held:
    """A meeting as its minutes tell of it, everything in words already."""

    unit: str
    kind: str
    subject: str
    number: str
    day: str
    place: str
    chair: str
    writer: str
    roll: str
    present: Sequence[str]
    away: Sequence[str]
    guests: Sequence[str]
    opinions: Sequence[tuple[str, str]]
    said: str
    counted: str
    results: Sequence[str]
    ending: str


def composed(held: Held) -> str:
    """Return the minutes as text, one line a paragraph; the heads are those of the paper form."""
    lines = [
        f"{held.unit}{held.kind}记录",
        f"编号：{held.number}",
        f"时间：{held.day}",
        f"地点：{held.place}",
        f"主持人：{held.chair}　　记录人：{held.writer}",
        f"议题：{held.subject}",
        f"到会情况：{held.roll}。",
        f"到会：{_names(held.present)}",
        f"缺席、请假：{_names(held.away)}",
        f"列席：{_names(held.guests)}",
    ]
    if held.opinions:
        lines += ["书面意见（会上宣读）：", *(f"{name}：{words}" for name, words in held.opinions)]
    lines += ["会议内容：", *[part.strip() for part in held.said.splitlines() if part.strip()]]
    if held.counted:
        lines += ["参加、监督统计：", held.counted]
    lines += ["表决情况：", *(held.results or ["没有表决事项。"])]
    return "\n".join([*lines, held.ending])


def _names(names: Sequence[str]) -> str:
    return "、".join(names) if names else "无"


SECTIONS = ("书面意见（会上宣读）", "会议内容", "参加、监督统计", "表决情况")


@dataclass(frozen=True, slots=True)
class Read:
    """Minutes taken apart: title, short facts and longer fields by their heads, and how the meeting ended."""

    title: str
    facts: tuple[tuple[str, str], ...]
    fields: tuple[tuple[str, str], ...]
    ending: str


def read(text: str) -> Read:
    """Take composed minutes apart by the heads of the paper form: what is printed is what was fixed."""
    title, *lines, ending = text.split("\n")
    chair, _, writer = lines[3].partition("　　")
    facts = tuple(map(_headed, (*lines[:3], chair, writer)))
    fields = [_headed(line) for line in lines[4:9]]
    for line in lines[9:]:
        if line.removesuffix("：") in SECTIONS:
            fields.append((line.removesuffix("："), ""))
        else:
            head, said = fields[-1]
            fields[-1] = (head, f"{said}\n{line}".lstrip("\n"))
    return Read(title, facts, tuple(fields), ending)


def _headed(line: str) -> tuple[str, str]:
    head, _, said = line.partition("：")
    return head, said
