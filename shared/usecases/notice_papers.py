"""A notice's papers: the sheet for the wall with its proof, and the report once its window has closed."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.db.notices import Notice
from shared.db.units import Unit
from shared.domain.attestations import Attested, in_words
from shared.domain.boards import Ground
from shared.domain.errors import NotNow
from shared.domain.periods import Period
from shared.domain.procedures import WindowKind
from shared.domain.rule_words import BODIES, number
from shared.domain.rules import RuleBook
from shared.domain.windows import local_day
from shared.domain.wording import said
from shared.papers import notices
from shared.papers.layouts import Column, Paper, Size
from shared.usecases.appraisal_notices import PostedResult
from shared.usecases.galleys import Galley, see_galley
from shared.usecases.postings import PostedLine, Posting
from shared.usecases.wishes import Wish

_OBJECTED = text("""
SELECT o.number, o.outcome, m.name FROM objection o
JOIN line l ON l.county_id = o.county_id AND l.id = o.line_id
JOIN member m ON m.county_id = l.county_id AND m.id = l.member_id
WHERE o.county_id = :county AND o.notice_id = :notice ORDER BY o.handed_in_at, o.number
""")

_FIGURES = (
    Column("基础分", 18, "right"),
    Column("加分（依据）"),
    Column("扣分（依据）", 36),
    Column("合计", 18, "right"),
)
_YEARLY = (
    Column("全年积分", 0, "right"),
    Column("折算", 0, "center"),
    Column("奖励积分", 0, "right"),
    Column("等次", 0, "center"),
    Column("年度积分", 0, "right"),
)
_APPRAISED = (Column("评议结果", 0, "center"), Column("说明"))


def poster_of(galley: Galley, address: str, size: Size) -> Paper:
    """Return 公示 as it hangs; NotNow before it has been published."""
    posting = _published(galley)
    notice = posting.notice
    assert notice.published_at is not None
    return notices.Poster(
        unit=galley.unit.name,
        title=_title(notice, galley.unit),
        period=Period.parse(notice.period).in_words,
        book=book_said(posting.book),
        first_day=local_day(notice.published_at),
        last_day=notice.last_day,
        columns=_columns(posting),
        lines=tuple(map(_result, posting.results))
        or tuple(_line(one, posting.spans > 1) for one in posting.lines),
        how=(
            *counted_before(posting.attested),
            *how_to_object(posting.book, galley.unit, galley.above, own=bool(posting.results)),
        ),
        code=f"/n/{notice.code}",
        address=f"{address}/n/{notice.code}",
        size=size,
        what=_what(posting),
    ).paper()


def _what(posting: Posting) -> str:
    return "民主评议结果" if posting.results else "党员积分"


def _columns(posting: Posting) -> tuple[Column, ...]:
    if posting.results:
        return _APPRAISED
    return _YEARLY if posting.lines and posting.lines[0].year is not None else _FIGURES


def _result(one: PostedResult) -> notices.Line:
    name = one.name + (f"（{one.apart}）" if one.apart else "")
    return notices.Line(one.ordinal, name, one.group, (one.result, one.reason or ""))


def _title(notice: Notice, unit: Unit) -> str:
    """The unit stands above the title; a period is read in words."""
    said = notice.title.removeprefix(unit.name).strip()
    return said.replace(f"{notice.period} ", notice.period).replace(
        notice.period, Period.parse(notice.period).in_words
    )


def _published(galley: Galley) -> Posting:
    if galley.posting is None or galley.notice.published_at is None:
        raise NotNow("张贴以后才能打印：四步办完就可以。")
    return galley.posting


def _line(one: PostedLine, several: bool) -> notices.Line:
    name = one.name + (f"（{one.apart}）" if one.apart else "")
    period = f" {Period.parse(one.period).in_words}" if several else ""
    return notices.Line(one.ordinal, name + period, one.group, _annual(one) if one.year else _cells(one))


def _cells(one: PostedLine) -> tuple[str | Decimal | None, ...]:
    later = [f"另计入年度：{grounds(one.columns.for_year)}"] if one.columns.for_year else []
    gains = "；".join(filter(None, [grounds(one.columns.gains), *later]))
    return (one.columns.base, gains, grounds(one.columns.losses), one.points)


def _annual(one: PostedLine) -> tuple[str | Decimal | None, ...]:
    factor = f"{number(one.year.factor)}%" if one.year.factor is not None else "—"
    figures = one.year
    return (figures.year_points, factor, figures.reward_points, figures.grade or "—", figures.annual_points)


def grounds(found: Sequence[Ground]) -> str:
    """Return grounds in one line: clause, how often, points with their sign."""
    each = (
        f"{one.clause}{f'×{one.times}' if one.times > 1 else ''} {one.points:+.2f}".replace("-", "−")
        for one in found
    )
    return "；".join(each)


def counted_before(there: Sequence[Attested]) -> tuple[str, ...]:
    """Return who took part in counting the figures, where the book wants somebody there."""
    return (f"参加、监督统计：{in_words(there)}。",) if there else ()


def how_to_object(book: RuleBook, unit: Unit, above: Unit | None, own: bool = False) -> tuple[str, ...]:
    """Return in sentences who may object, how, to whom, and who supervises; `own`: each to their own result."""
    procedure = book.procedure
    days = procedure.windows[WindowKind.INVESTIGATION].days
    phone = f"，电话 {unit.telephone}" if unit.telephone else ""
    place = f"（{unit.address}）" if unit.address else ""
    appeals = "，再向".join(BODIES[body] for body in procedure.appeals)
    answered = (
        f"支部委员会研究，{days} 日内答复本人；一个人的异议只暂缓这一个人的结果。"
        if own
        else f"{BODIES[procedure.first_answer]}受理，指定没有参与过的人调查，{days} 日内书面答复；"
        f"不服可以向{appeals}申诉。"
    )
    found = [
        f"有不同意见的，{_objectors(book, own)}书面的交{unit.name}{place}{phone}；纸质的以递交时间为准。",
        answered,
    ]
    if above is not None and above.telephone:
        found.append(f"监督电话：{above.name} {above.telephone}")
    return tuple(found)


def _objectors(book: RuleBook, own: bool) -> str:
    if own:
        return "本人可以在公示期内对自己的评议结果提出，写明意见和理由。"
    who = "党员和本村（居）群众" if len(book.procedure.objectors) > 1 else "本支部党员"
    return f"{who}可以在公示期内实名提出，写明对哪一行、什么理由。"


def book_said(book: RuleBook) -> str:
    """Return a book by its title and version."""
    return f"《{book.title}》（第 {book.version} 版）"


def report_of(galley: Galley, objected: Sequence[Any], now: datetime) -> Paper:
    """Return 公示情况报告."""
    posting = _published(galley)
    notice = posting.notice
    assert notice.published_at is not None
    handled = tuple(
        f"{one.number}（{one.name}）：{said(one.outcome) if one.outcome else '办理中'}" for one in objected
    )
    members = {one.member_id for one in posting.lines} | {one.member_id for one in posting.results}
    open_ones = {one.member_id for one in posting.lines if one.state != "settled"}
    open_ones |= {one.member_id for one in posting.results if one.settled_at is None}
    return notices.Report(
        unit=galley.unit.name,
        to=galley.above.name if galley.above else "上级党组织",
        period=Period.parse(notice.period).in_words,
        book=book_said(posting.book),
        members=len(members),
        first_day=local_day(notice.published_at),
        last_day=notice.last_day,
        place=f"{galley.unit.address}公开栏" if galley.unit.address else "党务公开栏",
        received=posting.received,
        closed=posting.closed,
        handled=handled,
        settled=len(members - open_ones),
        reported_on=local_day(now),
        what=_what(posting),
        done="已经确定" if posting.results else "已登记入账",
    ).paper()


def poster(session: Session, actor: Actor, notice_id: UUID, wish: Wish) -> Paper:
    """公示."""
    return poster_of(see_galley(session, actor, notice_id, wish.now), wish.address, wish.size)


def report(session: Session, actor: Actor, notice_id: UUID, wish: Wish) -> Paper:
    """公示情况报告."""
    galley = see_galley(session, actor, notice_id, wish.now)
    objected = session.execute(_OBJECTED, {"county": actor.county_id, "notice": notice_id}).all()
    return report_of(galley, objected, wish.now)
