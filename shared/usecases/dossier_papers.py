"""A member's papers: claim form, statement, page of the ledger, card and booklet."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import see
from shared.db.members import Member
from shared.domain.periods import Period
from shared.domain.rounds import ROUND, RoundState
from shared.domain.rule_words import worth
from shared.domain.windows import local_day
from shared.domain.wording import day
from shared.papers import booklets, cards, claims, ledger, statements
from shared.papers.layouts import Cell, Paper
from shared.usecases.carry_out import remark
from shared.usecases.looks import LOOK
from shared.usecases.postings import PostedLine
from shared.usecases.yearbooks import Yearbook, read_year, sums_of

NOUGHT = Decimal("0.00")
_ENTRIES = text("""
SELECT e.member_id, r.period, e.recorded_at, e.happened_on, e.clause, e.note, e.points, e.scope, e.reverses_id,
       m.name, coalesce(d.actor_name, '') AS decided_by
FROM ledger_entry e
JOIN round r ON r.county_id = e.county_id AND r.id = e.round_id
JOIN member m ON m.county_id = e.county_id AND m.id = e.member_id
LEFT JOIN LATERAL (
    SELECT h.actor_name FROM history h
    WHERE h.county_id = e.county_id AND h.subject_id = e.source_id AND h.command IN ('accept', 'enter', 'score')
      AND h.at <= e.recorded_at
    ORDER BY h.at DESC, h.recorded_at DESC LIMIT 1) d ON e.source_id IS NOT NULL
WHERE e.county_id = :county AND e.unit_id = :unit AND r.period LIKE :period
  AND (CAST(:member AS uuid) IS NULL OR e.member_id = CAST(:member AS uuid))
ORDER BY m.name_sort, m.member_no, r.first_day, e.recorded_at, e.edition, e.ordinal, e.id
""")


def see_dossier(session: Session, actor: Actor, member_id: UUID, year: int, now: datetime) -> Yearbook:
    """Return what a member's papers of a year are made of: to themselves, and to the officers who keep the record.

    That an officer has looked is written down, as it is when they look on the screen.
    """
    action = Action.STATEMENT_SEE if actor.member_id == member_id else Action.RECORD_SEE
    member = see(session, actor, action, Member, member_id)
    if actor.member_id != member_id:
        remark(session, actor, member, LOOK, now)
    return read_year(session, member.county_id, member.unit_id, year, member.id)


def entries_of(
    session: Session, county_id: UUID, unit_id: UUID, period: str, member_id: UUID | None = None
) -> tuple[Mapping[UUID, tuple[ledger.Entry, ...]], tuple[ledger.Entry, ...]]:
    """Return a branch's ledger entries of a round, or of a year, by member and all in order."""
    where = {"county": county_id, "unit": unit_id, "member": member_id, "period": f"{period}%"}
    rows = session.execute(_ENTRIES, where).all()
    of_member = {who: tuple(map(_entry, group)) for who, group in groupby(rows, lambda row: row.member_id)}
    return of_member, tuple(one for entries in of_member.values() for one in entries)


def _entry(row: Row[Any]) -> ledger.Entry:
    reversal = "冲销：" if row.reverses_id else ""
    return ledger.Entry(
        name=row.name,
        period=Period.parse(row.period).in_words,
        entered_on=local_day(row.recorded_at),
        happened_on=row.happened_on,
        reason=f"{reversal}{row.clause}" + (f"（{row.note}）" if row.note else ""),
        points=row.points,
        for_year=row.scope == "year",
        decided_by=row.decided_by,
    )


def statement_of(year: Yearbook, person: Row[Any], entered: Sequence[ledger.Entry], printed_on: date) -> Paper:
    """Return 积分明细表: every round of the year with its figures."""
    closing = year.closing.get(person.id)
    return statements.Statement(
        unit=year.unit.name,
        group=person.group_name,
        name=person.name,
        number=person.member_no,
        member_class=person.class_,
        rounds=tuple(_round(year, line) for line in year.lines.get(person.id, ())),
        balance=sum((one.points for one in entered if not one.for_year), NOUGHT),
        years=(f"{year.year}年度：{_result(closing)}。",) if closing else (),
        told=("对其中任何一分有不同意见，公示期内可以向支部提出异议。",),
        printed_on=printed_on,
    ).paper()


def _round(year: Yearbook, line: PostedLine) -> statements.Round:
    figures = year.figures.get(line.line_id, ())
    states = {one.period: one.state for one in year.rounds}
    return statements.Round(
        period=Period.parse(line.period).in_words,
        state=ROUND.words[RoundState(states[line.period])],
        figures=_figures(one for one in figures if one.scope == "round"),
        points=line.points,
        for_year=_figures(one for one in figures if one.scope == "year"),
    )


def _figures(rows: Any) -> tuple[statements.Figure, ...]:
    return tuple(
        statements.Figure(one.happened_on, one.clause, one.text or one.note or "", one.points) for one in rows
    )


def _result(line: PostedLine) -> str:
    annual = line.year
    if annual is None or annual.annual_points is None:
        return "尚未评定"
    return f"年度积分 {annual.annual_points:.2f} 分" + (f"，{annual.grade}" if annual.grade else "")


def record_of(year: Yearbook, person: Row[Any], entered: Sequence[ledger.Entry], period: str) -> Paper:
    """Return 积分管理记录表: a member's page of the ledger."""
    whose = (year.unit.name, person.group_name, person.name, person.member_no, person.class_)
    return ledger.RecordSheet(*whose, period, tuple(entered)).paper()


def card_of(year: Yearbook, person: Row[Any], address: str) -> Paper:
    """Return 积分登记卡."""
    closing = year.closing.get(person.id)
    whose = (year.unit.name, person.group_name, person.name, person.member_no, person.class_, year.year)
    rounds = tuple(_card_round(line) for line in year.lines.get(person.id, ()))
    return cards.Card(*whose, rounds, _result(closing) if closing else "", f"{address}/points").paper()


def _card_round(line: PostedLine) -> cards.Round:
    return cards.Round(Period.parse(line.period).in_words, *sums_of(line), line.points)


def booklet_of(year: Yearbook, person: Row[Any], printed_on: date) -> Paper:
    """Return 积分管理手册: the whole year of one member."""
    months = tuple(
        booklets.Month(_card_round(line), _round(year, line).figures) for line in year.lines.get(person.id, ())
    )
    particulars = (
        ("姓　名", person.name),
        ("编　号", person.member_no),
        ("党小组", person.group_name),
        ("类　别", person.class_),
        ("职　务", person.office),
        ("联系人", person.contact or ""),
        ("入册日期", day(person.present_from) if person.present_from else ""),
        ("预备党员", "是" if person.probationary else "否"),
    )
    book = f"{year.book.title}（第 {year.book.version} 版）"
    annual = _annual(year, person)
    return booklets.Booklet(
        year.unit.name, person.name, year.year, particulars, months, annual, book, printed_on
    ).paper()


def _annual(year: Yearbook, person: Row[Any]) -> tuple[tuple[str, Cell], ...]:
    line = year.closing.get(person.id)
    figures = line.year if line else None
    return (
        ("全年积分", figures.year_points if figures else None),
        ("民主评议", person.appraisal or ""),
        ("年度积分", figures.annual_points if figures else None),
        ("等　次", (figures.grade or "") if figures else ""),
    )


def application_of(
    year: Yearbook, person: Row[Any], period: str, deeds: Sequence[Row[Any]], address: str
) -> Paper:
    """Return 积分申请表: what has been claimed, else lines to fill in; on its back what may be claimed."""
    offered = tuple(
        (item.title, worth(item))
        for item in year.book.items.values()
        if item.claimable and not item.replaces and (not item.classes or person.class_ in item.classes)
    )
    return claims.Application(
        unit=year.unit.name,
        group=person.group_name,
        member=person.name,
        number=person.member_no,
        member_class=person.class_,
        period=Period.parse(period).in_words,
        deeds=tuple(_deed(year, row) for row in deeds),
        offered=offered,
        address=f"{address}/{person.id}",
    ).paper()


def _deed(year: Yearbook, row: Row[Any]) -> claims.Deed:
    item = year.book.items.get(row.item)
    done = {True: "已完成", False: "未完成"}.get(row.done, "")
    opinion = "，".join(filter(None, (done, row.quality)))
    decision = row.decision or row.reason or ""
    title = item.title if item else row.item
    return claims.Deed(title, row.happened_on, row.text, row.points, opinion, decision)
