"""Rule books in force: issued by a level, adopted by a unit from a day on, read back as they were issued."""

import hashlib
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import require
from shared.db.rules import Adoption, IssuedBook
from shared.domain import rule_books
from shared.domain.errors import Invalid, NotFound
from shared.domain.rules import RuleBook
from shared.usecases.carry_out import remark


def issue_book(
    session: Session, actor: Actor, unit_id: UUID, checked: rule_books.Checked, now: datetime
) -> IssuedBook:
    """Put a version in force, with what it inherits merged in; refused with every fault the linter finds."""
    require(actor, Action.BOOK_ISSUE)
    above = select(IssuedBook.id).filter_by(county_id=actor.county_id, name=checked.book.inherits)
    newest = session.scalar(above.order_by(IssuedBook.version.desc()).limit(1))
    return write_version(session, actor, unit_id, checked, newest, now)


def write_version(
    session: Session,
    actor: Actor,
    unit_id: UUID,
    checked: rule_books.Checked,
    above_id: UUID | None,
    now: datetime,
) -> IssuedBook:
    """Write down a version for good; whoever may do so has been asked. `above_id` is the version it inherits."""
    if checked.errors:
        raise Invalid(*map(str, checked.errors))
    text = rule_books.text_of(checked.tree)
    issued = IssuedBook(
        county_id=actor.county_id,
        unit_id=unit_id,
        name=checked.book.id,
        version=checked.book.version,
        effective_from=checked.book.effective_from,
        text=text,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        overdue_days=checked.book.procedure.overdue_days,
        source=checked.text,
        above_id=above_id,
    )
    session.add(issued)
    session.flush()
    remark(session, actor, issued, "issue", now)
    return issued


def adopt_book(session: Session, actor: Actor, unit_id: UUID, book_id: UUID, since: date) -> Adoption:
    """Let a unit use a version for the rounds that begin on or after a day."""
    require(actor, Action.BOOK_ADOPT)
    adoption = Adoption(county_id=actor.county_id, unit_id=unit_id, book_id=book_id, since=since)
    session.add(adoption)
    session.flush()
    return adoption


def book_of(session: Session, county_id: UUID, book_id: UUID) -> RuleBook:
    """Return an issued version. It never changes: each process reads it once, and asks the database no more."""
    known = _KNOWN.get((county_id, book_id))
    if known is None:
        issued = session.get(IssuedBook, (county_id, book_id))
        if issued is None:
            raise NotFound("没有这份积分细则。")
        known = _KNOWN[county_id, book_id] = _read(issued.text)
    return known


_KNOWN: dict[tuple[UUID, UUID], RuleBook] = {}


@lru_cache(maxsize=256)
def _read(text: str) -> RuleBook:
    """Read an issued text; units that use one version share what was read."""
    return rule_books.book_of(text)
