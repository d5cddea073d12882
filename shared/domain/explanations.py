"""How each figure came about: event, clause, version, cap and rounding, so that a member can check it by hand."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from shared.domain.admission import WORDS, Code
from shared.domain.awards import Award, MemberScore, RoundScore, YearScore
from shared.domain.records import EventRecord
from shared.domain.rule_words import figures, number, worth
from shared.domain.rules import RuleBook, YearFigure


def explain(book: RuleBook, scored: YearScore, member_no: str, events: Iterable[EventRecord] = ()) -> list[str]:
    """Return the lines that lead from a member's events to rounds, year, grade and rank; empty for a stranger.

    `events` are the rows as they came in: those of the member that were refused are listed with the reason.
    """
    member = scored.of(member_no)
    if member is None:
        return []
    lines = [f"党员 {member_no}，{scored.year} 年度，依据“{book.title}”第 {book.version} 版"]
    if member.exempt:
        lines.append(f"本人同意免于计分，由党员大会直接评定等次：{member.grade or '尚未评定'}")
    for round_ in member.rounds:
        lines += _round(book, round_)
    lines += _year(book, member)
    return lines + list(_refused(scored, member_no, events))


def award_line(book: RuleBook, award: Award) -> str:
    """Return one figure in a line: date, event, clause and its worth, what counts, and what was cut."""
    item = book.items.get(award.item or "")
    parts = [str(award.day)] if award.day else []
    if award.event_no:
        parts.append(f"事项 {award.event_no}")
    parts.append(f"{award.item} {award.clause}" if award.item else award.clause)
    if item is not None and award.event_no:
        parts.append(f"（{worth(item)}；第 {award.version} 版）")
    parts.append(f"{award.counted:+.2f}")
    return " ".join(parts) + (f"  [{award.note}]" if award.note else "")


def _round(book: RuleBook, round_: RoundScore) -> Iterator[str]:
    yield f"{round_.round}："
    for award in round_.awards:
        yield f"  {award_line(book, award)}"
    yield f"  合计 {round_.points} 分"


def _year(book: RuleBook, member: MemberScore) -> Iterator[str]:
    if member.exempt:
        return
    if member.year_points is None:
        yield "没有一期在期末仍在本支部，不计积分，不评等次。"
        return
    yield "全年："
    yield f"  {_rounds_together(book, [round_.points for round_ in member.rounds])}"
    for award in member.year_awards:
        yield f"  {award_line(book, award)}"
    yield f"  全年积分 {member.year_points} 分"
    yield from _annual(book, member)


def _rounds_together(book: RuleBook, points: list[Decimal]) -> str:
    total = sum(points, Decimal("0.00"))
    if book.year_figure is YearFigure.SUM:
        return f"各期积分之和 {total} 分"
    mean = total / len(points)
    return f"各期积分之和 {total} ÷ {len(points)} 期 = {mean:.4f}，四舍五入到两位小数"


def _annual(book: RuleBook, member: MemberScore) -> Iterator[str]:
    factor = book.factors.get(member.appraisal or "")
    if book.factors and factor is None:
        yield "尚无民主评议结果，年度积分和等次待定。"
        return
    if factor is not None:
        yield f"民主评议“{member.appraisal}”：{member.year_points} × {number(factor)}%，四舍五入到两位小数"
    if member.reward_points:
        yield f"超过 {number(book.year_ceiling or Decimal(0))} 分的 {member.reward_points} 分为奖励积分"
    yield f"年度积分 {member.annual_points} 分，名次 {member.rank}"
    for band in book.bands:
        if band.name == member.grade:
            yield f"等次：{band.name}（{figures(band)}）"


def _refused(scored: YearScore, member_no: str, events: Iterable[EventRecord]) -> Iterator[str]:
    codes = {event_no: code for event_no, code in scored.rejected if code is not Code.DUPLICATE}
    seen: set[str] = set()
    lines = []
    for event in events:
        code = Code.DUPLICATE if event.number in seen else codes.get(event.number)
        seen.add(event.number)
        if event.member == member_no and code is not None:
            lines.append(f"  {event.day} 事项 {event.number} {event.item}：{WORDS[code]}")
    if lines:
        yield "不计的事项："
        yield from lines
