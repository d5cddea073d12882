"""Year lists: a year as somebody has kept it in a workbook, read for scoring, and compared with what comes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from shared.domain.awards import MemberScore, YearScore
from shared.domain.cells import code_of, day_of, figure_of, name_of, points_of, text_of, yes_of
from shared.domain.imports import ID_NUMBER, Column, Fault, Reading
from shared.domain.records import EventRecord, MemberClass, MemberRecord, Office
from shared.domain.rosters import ROSTER

MEMBERS, EVENTS, RESULTS, APPRAISALS = "名册", "事项", "结果", "评议"
_NUMBER = Column("member_no", "编号", code_of, "名册上的编号", "示例001", ("党员编号", "党员号"), needed=True)
_NAME = Column("name", "姓名", name_of, "与名册一致", "示例甲", ("党员姓名",))
_KEPT = {"birth_date", "class", "office", "probationary", "present_from", "present_to"}
LISTS: Mapping[str, Sequence[Column]] = {
    MEMBERS: (
        _NUMBER,
        Column("name", "姓名", name_of, "填上姓名", "示例甲", ("党员姓名",), needed=True),
        *(column for column in ROSTER if column.key in _KEPT),
        Column("exempt", "不列入计分", yes_of, "经本人同意不列入计分的写“是”", "", ("免于计分", "不参加积分")),
        ID_NUMBER,
    ),
    EVENTS: (
        _NUMBER,
        _NAME,
        Column(
            "item",
            "项目",
            text_of,
            "细则里的条款编号或名称",
            "示例条款",
            ("条款", "积分项目", "事项"),
            needed=True,
        ),
        Column("day", "日期", day_of, "发生的日期", "2025年3月1日", ("时间", "发生日期"), needed=True),
        Column("points", "分数", points_of, "固定分值的不填；扣分也写正数", "", ("分值", "积分")),
        Column("event_no", "事项编号", code_of, "要被取代的事项才填", "", ("序号",)),
        Column("replaces", "取代", code_of, "它取代的事项编号", ""),
        Column("decision", "会议记录编号", text_of, "要集体决定的才填", "", ("会议记录", "会议纪要", "依据")),
        Column("note", "说明", text_of, "做了什么", "", ("事由", "内容", "备注")),
    ),
    RESULTS: (
        _NUMBER,
        _NAME,
        Column(
            "points", "年度积分", figure_of, "原来算出的年度积分", "", ("积分", "总分", "合计", "全年积分", "得分")
        ),
        Column("grade", "等次", text_of, "原来定的等次", "", ("格次", "评定等次", "结果")),
        Column("rank", "名次", code_of, "原来排的名次", "", ("排名",)),
    ),
    APPRAISALS: (
        _NUMBER,
        _NAME,
        Column("result", "评议结果", text_of, "民主评议结果", "", ("结果", "等次"), needed=True),
    ),
}


@dataclass(slots=True)
class YearBook:
    """A year as it was kept: what is scored, what they had, and what could not be read, by sheet."""

    members: list[MemberRecord] = field(default_factory=list)
    events: list[EventRecord] = field(default_factory=list)
    appraisals: dict[str, str] = field(default_factory=dict)
    had: dict[str, dict[str, str]] = field(default_factory=dict)
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    numbers: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure of a member that they had otherwise; `now` is what the book gives."""

    member_no: str
    name: str
    what: str
    had: str
    now: str


def read_year(lists: Mapping[str, Sequence[Reading]], titles: Mapping[str, str]) -> YearBook:
    """Return the year of what was read; a row with a fault is left out and told of. `titles` lead to items."""
    year = YearBook()
    readers: Mapping[str, Callable[[YearBook, Reading], None]] = {
        MEMBERS: _member,
        EVENTS: lambda book, reading: _event(book, reading, titles),
        APPRAISALS: lambda book, reading: book.appraisals.update(
            {reading.values["member_no"]: reading.values["result"]}
        ),
        RESULTS: lambda book, reading: book.had.update({reading.values["member_no"]: dict(reading.values)}),
    }
    for name, read in readers.items():
        for reading in lists.get(name, ()):
            if not reading.faults:
                read(year, reading)
            if reading.faults:
                year.faults.setdefault(name, []).extend(reading.faults)
    return year


def _member(year: YearBook, reading: Reading) -> None:
    values = reading.values
    if values["member_no"] in year.numbers:
        reading.fault("member_no", f"编号 {values['member_no']} 列了两次", "每人一行")
        return

    year.numbers.add(values["member_no"])

    def day(key: str) -> date | None:
        return date.fromisoformat(values[key]) if key in values else None

    year.members.append(
        MemberRecord(
            number=values["member_no"],
            class_=MemberClass(values.get("class", MemberClass.ORDINARY)),
            birth_date=date.fromisoformat(values["birth_date"]),
            office=Office(values["office"]) if "office" in values else None,
            present_from=day("present_from"),
            present_to=day("present_to"),
            exempt=values.get("exempt") == "yes",
            probationary=values.get("probationary") == "yes",
            name=values["name"],
        )
    )


def _event(year: YearBook, reading: Reading, titles: Mapping[str, str]) -> None:
    values = reading.values
    number = values.get("event_no") or f"第{reading.line}行"
    year.events.append(
        EventRecord(
            number=number,
            day=date.fromisoformat(values["day"]),
            member=values["member_no"],
            item=titles.get(values["item"], values["item"]),
            points=Decimal(values["points"]) if "points" in values else None,
            replaces=values.get("replaces"),
            decision=values.get("decision"),
            note=values.get("note", ""),
        )
    )


def differences(scored: YearScore, year: YearBook) -> list[Difference]:
    """Return every figure that they had otherwise, member by member; who is in one of the two only is told too."""
    names = {member.number: member.name for member in year.members}
    found: list[Difference] = []
    for member in scored.members:
        had = year.had.get(member.member_no)
        if had is None:
            found.append(Difference(member.member_no, names[member.member_no], "整行", "没有这个人", "名册里有"))
            continue
        found += _of_member(member, names[member.member_no], had)
    known = {member.member_no for member in scored.members}
    for number, had in year.had.items():
        if number not in known:
            found.append(Difference(number, had.get("name", ""), "整行", "结果里有", "名册里没有这个编号"))
    return found


def _of_member(member: MemberScore, name: str, had: Mapping[str, str]) -> list[Difference]:
    points = "" if member.annual_points is None else str(member.annual_points)
    same = "points" not in had or (bool(points) and Decimal(had["points"]) == Decimal(points))
    pairs = [
        ("年度积分", had.get("points", ""), points, same),
        ("等次", had.get("grade", ""), member.grade or "", had.get("grade", member.grade) == member.grade),
        (
            "名次",
            had.get("rank", ""),
            str(member.rank or ""),
            had.get("rank", str(member.rank)) == str(member.rank),
        ),
    ]
    return [Difference(member.member_no, name, what, was, now) for what, was, now, alike in pairs if not alike]
