"""A branch's papers: ledger, overview, reading, the year's register and totals, and its own flow."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row

from shared.domain.periods import Period
from shared.domain.procedures import Procedure, WindowKind
from shared.domain.rounds import ROUND, RoundState
from shared.domain.rule_words import BODIES, SPANS, number
from shared.domain.rules import RuleBook
from shared.domain.windows import DayUnit, WindowRule
from shared.papers import flows, ledger, meetings, summaries, years
from shared.papers.layouts import Paper, Step
from shared.usecases.postings import PostedLine
from shared.usecases.yearbooks import Yearbook, exempt_in, sums_of


def ledger_of(year: Yearbook, period: str, entries: Sequence[ledger.Entry], head: str, printed_on: date) -> Paper:
    """Return 积分台账 of a round."""
    said = Period.parse(period).in_words
    return ledger.Ledger(year.unit.name, said, tuple(entries), head, printed_on).paper()


def overview_of(year: Yearbook, period: str, printed_on: date) -> Paper:
    """Return 积分情况一览表 of a round."""
    state = next(one.state for one in year.rounds if one.period == period)
    found = ((person, year.of(person.id, period)) for person in year.people)
    rows = tuple(_summed(person, line) for person, line in found if line is not None)
    return summaries.Overview(
        unit=year.unit.name,
        above=year.above.name if year.above else "",
        secretary=year.secretary,
        period=Period.parse(period).in_words,
        state=ROUND.words[RoundState(state)],
        rows=rows,
        printed_on=printed_on,
    ).paper()


def _summed(person: Row[Any], line: PostedLine) -> summaries.Row:
    remark = f"异议 {line.objections} 办理中" if line.objections else line.reason or ""
    whose = (person.name, person.group_name, person.class_)
    return summaries.Row(*whose, *sums_of(line), line.points, remark)


def reading_of(year: Yearbook, period: str) -> Paper:
    """Return 宣读稿: what is read aloud at the meeting."""
    found = ((person, year.of(person.id, period)) for person in year.people)
    lines = tuple(
        meetings.Spoken(person.name, person.group_name, spoken(line), line.points)
        for person, line in found
        if line is not None
    )
    return meetings.Reading(year.unit.name, Period.parse(period).in_words, lines).paper()


def spoken(line: PostedLine) -> str:
    """Return a line's grounds as they are read out."""
    base, _, _ = sums_of(line)
    said = [f"基础分 {number(base)} 分"] if base else []
    said += [f"{one.clause}加 {number(one.points)} 分" for one in line.columns.gains]
    said += [f"{one.clause}扣 {number(-one.points)} 分" for one in line.columns.losses]
    return "，".join(said) or "本期没有加分、扣分"


def register_of(year: Yearbook, printed_on: date, witnesses: str = "") -> Paper:
    """Return 年度积分登记表."""
    members = tuple(_annual(year, person) for person in year.people if person.id in year.closing)
    heads = tuple(_short(Period.parse(one)) for one in year.periods)
    return years.Register(year.unit.name, year.year, heads, members, printed_on, witnesses).paper()


def _short(period: Period) -> str:
    months = len(period.months)
    return f"{period.first_month}月" if months == 1 else f"{'一二三四'[period.quarter - 1]}季度"


def _annual(year: Yearbook, person: Row[Any]) -> years.Annual:
    closing = year.closing[person.id]
    figures = closing.year
    points = {line.period: line.points for line in year.lines.get(person.id, ())}
    return years.Annual(
        name=person.name,
        group=person.group_name,
        rounds=tuple(points.get(one) for one in year.periods),
        year_points=figures.year_points,
        reward=figures.reward_points,
        appraisal=person.appraisal or "",
        factor=f"{number(figures.factor)}%" if figures.factor is not None else "",
        annual=figures.annual_points,
        grade=figures.grade or "",
        remark=closing.reason or "",
    )


def totals_of(year: Yearbook, printed_on: date, witnesses: str, remarks: Mapping[str, str]) -> Paper:
    """Return 年度汇总表 with its checks, by the roster of 31 December and the year's lines; remarks by number."""
    last = date(year.year, 12, 31)
    here = [one for one in year.people if one.present_to is None or one.present_to >= last]
    grades = tuple(dict.fromkeys(band.name for band in year.book.bands))
    groups = [name for _, name in sorted({(one.group_number or 0, one.group_name) for one in here})]
    tallies = tuple(_tally(year, name, [one for one in here if one.group_name == name], last) for name in groups)
    out = [one for one in here if exempt_in(one, last)]
    lowest = min(year.book.bands, key=lambda band: band.low if band.low is not None else -1, default=None)
    low = tuple(
        (one.name, lowest.name, remarks.get(one.member_no, ""))
        for one in here
        if lowest and one not in out and _grade(year, one) == lowest.name
    )
    apart = tuple(f"{one.name}不参加积分制管理，由党员大会直接评定：{one.appraisal or '待评定'}。" for one in out)
    return years.Totals(year.unit.name, year.year, grades, tallies, low, apart, printed_on, witnesses).paper()


def _tally(year: Yearbook, name: str, people: Sequence[Row[Any]], last: date) -> years.Tally:
    taking_part = [one for one in people if not exempt_in(one, last)]
    scored = [one for one in taking_part if one.id in year.closing]
    counted = Counter(grade for one in scored if (grade := _grade(year, one)))
    left_out = len(people) - len(taking_part)
    return years.Tally(name or "未分小组", len(people), left_out, len(scored), counted)


def _grade(year: Yearbook, person: Row[Any]) -> str:
    line = year.closing.get(person.id)
    return (line.year.grade or "") if line else ""


def flow_of(unit: str, telephone: str, book: RuleBook) -> Paper:
    """Return 流程图: the stages of the unit's own book, each with who takes it and within which term."""
    steps = tuple(_step(state, book.procedure) for state in book.procedure.stages)
    said = f"{book.title}（第 {book.version} 版）"
    return flows.Chart(unit, said, (*steps, _year_end(book)), telephone).paper()


def _step(state: RoundState, procedure: Procedure) -> Step:
    by = "评议小组" if procedure.scorers else "支部委员会"
    leader = "党小组长签意见，" if procedure.opinions else ""
    known = {
        RoundState.COLLECTING: Step(
            "申报登记", "党员填申请表，记录员登记台账", f"每期结束后 {procedure.claims_close_days} 日内"
        ),
        RoundState.REVIEWING: Step("审核", f"{leader}{by}审核"),
        RoundState.SCORED: Step("评分", f"评议小组 {procedure.scorers} 人分别评分"),
        RoundState.PROPOSED: Step("提出初步意见", "支部委员会"),
        RoundState.PASSED: Step("大会通过", "党员大会，应到会半数以上到会、过半数赞成"),
        RoundState.PUBLISHED: Step(
            "公示", "记录员拟稿，审核、审批后张贴", _term(procedure, WindowKind.PUBLICATION), _objecting(procedure)
        ),
        RoundState.CONFIRMING: Step("支部认定", "支部逐项认定"),
        RoundState.REPUBLISHED: Step("再次公示", "认定结果再次张贴", _term(procedure, WindowKind.REPUBLICATION)),
        RoundState.SETTLED: Step("登记入账", "公示期满无异议，记入积分台账"),
        RoundState.FILED: Step("上报备案", "支部书记上报，上级党组织备案", SPANS[procedure.filing_every] + "一次"),
    }
    return known[state]


def _term(procedure: Procedure, kind: WindowKind) -> str:
    rule = procedure.windows.get(kind)
    return _days(rule) if rule else ""


def _days(rule: WindowRule) -> str:
    return f"{rule.days} 个工作日" if rule.unit is DayUnit.WORKING else f"{rule.days} 日"


def _objecting(procedure: Procedure) -> str:
    within = _term(procedure, WindowKind.INVESTIGATION)
    appeals = "，再向".join(BODIES[body] for body in procedure.appeals)
    return (
        f"有异议：实名提出 → 指定没有参与过的人调查 → {within}内由{BODIES[procedure.first_answer]}书面答复"
        f" → 不服的，向{appeals}申诉"
    )


def _year_end(book: RuleBook) -> Step:
    grades = "、".join(dict.fromkeys(band.name for band in book.bands))
    said = f"评定{grades}" if grades else "公布全年积分"
    return Step("年度评定和结果运用", f"民主评议后{said}" if book.factors else said, "每年一次")
