"""Adoptions: the level above chooses a unit's first rule book and from which day; later ones come by versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor, the_clock
from shared.authz.gate import require
from shared.db.clock import read_clock
from shared.db.rules import Adoption, IssuedBook
from shared.db.units import Unit
from shared.domain.errors import Invalid, NotFound, NotNow
from shared.domain.periods import day_in_words, period_of
from shared.domain.rules import RuleBook
from shared.domain.units import UnitKind
from shared.domain.windows import local_day
from shared.usecases.book_approvals import TOLD, subtree_of
from shared.usecases.book_readings import units_above
from shared.usecases.books import adopt_book, book_of
from shared.usecases.carry_out import remark
from shared.usecases.messages import Audience, tell
from shared.usecases.rounds import open_current


@dataclass(frozen=True, slots=True)
class Choice:
    """A book that a unit may begin with, and the first day of the period that runs under it."""

    issued: IssuedBook
    book: RuleBook
    begins: date


@dataclass(frozen=True, slots=True)
class ChoicePage:
    """A unit that has no book, and those that it may begin with."""

    unit: Unit
    choices: Sequence[Choice]


def without_book(session: Session, actor: Actor) -> list[Unit]:
    """Return the branches from here downwards that have chosen no book, by code: nothing is scored in them."""
    with subtree_of(session, actor) as units:
        used = select(Adoption.unit_id).where(Adoption.county_id == actor.county_id, Adoption.unit_id.in_(units))
        bare = select(Unit).where(
            Unit.county_id == actor.county_id,
            Unit.id.in_(units),
            Unit.kind == UnitKind.BRANCH,
            Unit.until.is_(None),
            Unit.id.not_in(used),
        )
        return list(session.scalars(bare.order_by(Unit.code)))


def see_choice(session: Session, actor: Actor, unit_id: UUID) -> ChoicePage:
    """Return what a unit below may begin with; NotFound where there is none, NotNow where it has a book."""
    require(actor, Action.BOOK_ADOPT)
    unit = session.get(Unit, (actor.county_id, unit_id))
    with subtree_of(session, actor) as units:
        used = select(func.count()).select_from(Adoption).filter_by(county_id=actor.county_id, unit_id=unit_id)
        has_book = bool(session.scalar(used))
    if unit is None or unit.id not in units or unit.kind != UnitKind.BRANCH or unit.until is not None:
        raise NotFound("没有这个党支部。")
    if has_book:
        raise NotNow(f"{unit.name}已经选定积分细则；换用新的一版，由发布细则的单位起草、审批后按施行日换。")
    today = local_day(read_clock(session, actor.county_id))
    return ChoicePage(unit, [_choice(session, one, today) for one in _newest(session, actor, unit)])


def choose_book(
    session: Session, actor: Actor, unit_id: UUID, book_id: UUID, since: date, now: datetime
) -> Adoption:
    """Let a unit below begin with a book on the first day of a period: the one that runs now, or a later one."""
    page = see_choice(session, actor, unit_id)
    choice = next((one for one in page.choices if one.issued.id == book_id), None)
    if choice is None:
        raise Invalid("请从名单里选择积分细则。")
    faults = _faults(choice, since)
    if faults:
        raise Invalid(*faults)
    said = f"选定“{choice.book.title}”第 {choice.issued.version} 版，{day_in_words(since)}起"
    with subtree_of(session, actor):
        adoption = adopt_book(session, actor, unit_id, book_id, since)
        remark(session, actor, adoption, "adopt", now, note=said)
        open_current(session, the_clock(actor.county_id, unit_id), now)
        session.flush()
    tell(session, actor, unit_id, "book", book_id, f"本支部{said}计分。", Audience(roles=TOLD), now)
    return adoption


def _faults(choice: Choice, since: date) -> list[str]:
    span, near = choice.book.round_span, period_of(max(since, choice.begins), choice.book.round_span)
    if since < choice.begins:
        return [f"从哪一天起最早可以写{day_in_words(choice.begins)}：已经结束的一期不再补。"]
    if since != period_of(since, span).first:
        return [f"要从一期的第一天起，请改为{day_in_words(near.first)}或者{day_in_words(near.next.first)}。"]
    return []


def _choice(session: Session, issued: IssuedBook, today: date) -> Choice:
    """A version that comes into force later begins with its own day."""
    book = book_of(session, issued.county_id, issued.id)
    running = period_of(max(today, issued.effective_from), book.round_span)
    begins = running.first if running.first >= issued.effective_from else running.next.first
    return Choice(issued, book, begins)


def _newest(session: Session, actor: Actor, unit: Unit) -> Sequence[IssuedBook]:
    """Return the newest version of each book of the unit and the levels above it, the nearest level first."""
    levels = [unit.id, *units_above(session, actor.county_id, unit.id)]
    newest = (
        select(IssuedBook)
        .where(IssuedBook.county_id == actor.county_id, IssuedBook.unit_id.in_(levels))
        .distinct(IssuedBook.unit_id, IssuedBook.name)
        .order_by(IssuedBook.unit_id, IssuedBook.name, IssuedBook.version.desc())
    )
    return sorted(session.scalars(newest), key=lambda one: (levels.index(one.unit_id), one.name))
