"""The answer of `jifen score`: as a table to read, as JSON for programs, as a workbook to hand on."""

import io
import json
from collections.abc import Sequence
from decimal import Decimal
from unicodedata import east_asian_width

import xlsxwriter

from shared.domain.admission import WORDS
from shared.domain.awards import MemberScore, YearScore
from shared.domain.records import MemberRecord

DASH = "—"


def as_json(scored: YearScore, explanation: Sequence[str]) -> str:
    """Return the answer as JSON; points are strings with two decimals."""
    answer: dict[str, object] = {
        "book": scored.book,
        "version": scored.version,
        "year": scored.year,
        "members": [_member(member) for member in scored.members],
        "rejected": [{"event_no": event_no, "code": code} for event_no, code in scored.rejected],
    }
    if explanation:
        answer["explanation"] = list(explanation)
    return json.dumps(answer, ensure_ascii=False, indent=1)


def _member(member: MemberScore) -> dict[str, object]:
    return {
        "member_no": member.member_no,
        "tier": member.tier,
        "zeroed": member.zeroed,
        "rounds": [{"round": round_.round, "points": _points(round_.points)} for round_ in member.rounds],
        "year_points": _points(member.year_points),
        "annual_points": _points(member.annual_points),
        "reward_points": _points(member.reward_points),
        "grade": member.grade,
        "rank": member.rank,
    }


def _points(points: Decimal | None) -> str | None:
    return None if points is None else f"{points:.2f}"


def as_table(scored: YearScore, members: Sequence[MemberRecord]) -> str:
    """Return the answer as a table for people; Chinese characters take two columns."""
    rows = _rows(scored, members)
    widths = [max(_width(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = ["  ".join(_padded(cell, width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    lines.insert(1, "─" * (sum(widths) + 2 * len(widths) - 2))
    lines = [f"{scored.book} 第 {scored.version} 版  {scored.year} 年度", "", *(line.rstrip() for line in lines)]
    if scored.rejected:
        lines += ["", f"不计的事项 {len(scored.rejected)} 件："]
        lines += [f"  {event_no}  {code}  {WORDS[code]}" for event_no, code in scored.rejected]
    return "\n".join(lines)


def _rows(scored: YearScore, members: Sequence[MemberRecord]) -> list[list[str]]:
    names = {member.number: member.name for member in members}
    rounds = sorted({round_.round for member in scored.members for round_ in member.rounds})
    head = ["编号", "姓名", "类别", *rounds, "全年", "年度", "奖励", "等次", "名次", "清零"]
    return [head, *(_row(member, names.get(member.member_no, ""), rounds) for member in scored.members)]


def _row(member: MemberScore, name: str, rounds: Sequence[str]) -> list[str]:
    points = {round_.round: _points(round_.points) for round_ in member.rounds}
    return [
        member.member_no,
        name,
        member.tier or DASH,
        *(points.get(round_) or DASH for round_ in rounds),
        _points(member.year_points) or DASH,
        _points(member.annual_points) or DASH,
        _points(member.reward_points) or DASH,
        member.grade or DASH,
        DASH if member.rank is None else str(member.rank),
        "是" if member.zeroed else "",
    ]


def _width(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def as_workbook(scored: YearScore, members: Sequence[MemberRecord], explanation: Sequence[str]) -> bytes:
    """Return the answer as a workbook. Every cell is text: nothing that a member wrote becomes a formula."""
    details = [["编号", "周期", "日期", "事项", "条款", "名称", "申报", "计分", "说明"]]
    for member in scored.members:
        details += _details(member)
    refused = [["事项", "代码", "原因"], *([no, str(code), WORDS[code]] for no, code in scored.rejected)]
    sheets = {"积分": _rows(scored, members), "明细": details, "不计的事项": refused}
    if explanation:
        sheets["说明"] = [[line] for line in explanation]
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as workbook:
        for title, rows in sheets.items():
            sheet = workbook.add_worksheet(title)
            for line, row in enumerate(rows):
                for column, cell in enumerate(row):
                    sheet.write_string(line, column, cell)
    return buffer.getvalue()


def _details(member: MemberScore) -> list[list[str]]:
    awards = [(round_.round, award) for round_ in member.rounds for award in round_.awards]
    awards += [("全年", award) for award in member.year_awards]
    return [
        [
            member.member_no,
            period,
            str(award.day or ""),
            award.event_no or "",
            award.item or "",
            award.clause,
            _points(award.asked) or "",
            _points(award.counted) or "",
            award.note,
        ]
        for period, award in awards
    ]
