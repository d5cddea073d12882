"""Approval of drafted books: handed in, returned with a reason, or put in force by another person from a day."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold
from shared.db.book_drafts import BookDraft, BookEdition
from shared.db.rules import Adoption, IssuedBook
from shared.db.session import enter
from shared.db.units import subtree
from shared.domain.book_drafts import BOOK_DRAFT, BookDraftCommand, force_faults
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.periods import day_in_words
from shared.domain.windows import local_day
from shared.usecases.book_drafts import newest_version, person_of, reading_of
from shared.usecases.book_readings import Reading
from shared.usecases.books import write_version
from shared.usecases.carry_out import step
from shared.usecases.messages import Audience, tell
from shared.usecases.places import enter_as

TOLD = ("secretary", "recorder", "office")
HANDED_IN = ("county_officer", "bureau_officer", "township_officer", "secretary")


class Use(NamedTuple):
    """Which version a unit uses for the rounds that begin on or after a day."""

    unit_id: UUID
    book: IssuedBook
    since: date


def submit_draft(session: Session, actor: Actor, draft_id: UUID, now: datetime) -> BookDraft:
    """Hand a draft in for another person's approval; refused with everything that is wrong with it."""
    draft = hold(session, actor, Action.BOOK_DRAFT, BookDraft, draft_id)
    reading = reading_of(session, actor, draft)
    _refuse_faults(reading, now)
    draft.submitted_by, draft.submitted_at = person_of(actor), now
    step(session, actor, draft, BOOK_DRAFT, BookDraftCommand.SUBMIT, now, note=f"第 {draft.edition} 稿")
    said = f"{actor.name}送来“{reading.book.title}”第 {draft.version} 版，请审批。"
    tell(session, actor, draft.unit_id, "book", draft.id, said, Audience(roles=HANDED_IN), now)
    return draft


def return_draft(session: Session, actor: Actor, draft_id: UUID, reason: str, now: datetime) -> BookDraft:
    """Give it back to be changed, with the reason."""
    draft = hold(session, actor, Action.BOOK_APPROVE, BookDraft, draft_id)
    if not reason.strip():
        raise Invalid("退回要写明要改哪里、为什么。")
    step(session, actor, draft, BOOK_DRAFT, BookDraftCommand.RETURN, now, note=reason)
    said = f"“{reading_of(session, actor, draft).book.title}”第 {draft.version} 版被退回修改：{reason}"
    tell(session, actor, draft.unit_id, "book", draft.id, said, Audience(authors_of(session, draft)), now)
    draft.submitted_by = draft.submitted_at = None
    return draft


def withdraw_draft(session: Session, actor: Actor, draft_id: UUID, now: datetime) -> BookDraft:
    """Take a draft off the table; its editions stay to be read."""
    draft = hold(session, actor, Action.BOOK_DRAFT, BookDraft, draft_id)
    step(session, actor, draft, BOOK_DRAFT, BookDraftCommand.WITHDRAW, now)
    return draft


def approve_draft(session: Session, actor: Actor, draft_id: UUID, now: datetime) -> IssuedBook:
    """Put a version in force from its day on for those that use the one before; running rounds keep theirs."""
    draft = hold(session, actor, Action.BOOK_APPROVE, BookDraft, draft_id)
    if actor.person_id in {*authors_of(session, draft), draft.submitted_by}:
        raise Forbidden("这份草稿有您写的内容，要由没有参加起草的另一个人审批。")
    reading = reading_of(session, actor, draft)
    _refuse_faults(reading, now)
    newest = newest_version(session, actor.county_id, draft.unit_id, draft.name)
    if (newest.version if newest else 0) + 1 != draft.version:
        raise NotNow("这份细则已经有了更新的一版，请从那一版重新起草。")
    above_id = reading.above.issued.id if reading.above else None
    issued = write_version(session, actor, draft.unit_id, reading.checked, above_id, now)
    draft.approved_by, draft.approved_at, draft.issued_id = person_of(actor), now, issued.id
    session.flush()
    step(session, actor, draft, BOOK_DRAFT, BookDraftCommand.APPROVE, now, note=f"第 {issued.version} 版")
    _put_in_force(session, actor, issued, takers(session, actor, draft), now)
    return issued


def _put_in_force(session: Session, actor: Actor, issued: IssuedBook, using: Sequence[Use], now: datetime) -> None:
    late = [one for one in using if one.since >= issued.effective_from]
    if late:
        day = day_in_words(max(one.since for one in late))
        raise NotNow(f"有 {len(late)} 个单位已定于{day}换用另一版，施行日要在那以后。")
    with subtree_of(session, actor):
        session.add_all(
            Adoption(
                county_id=actor.county_id, unit_id=one.unit_id, book_id=issued.id, since=issued.effective_from
            )
            for one in using
        )
        session.flush()
    for one in using:
        said = f"自{day_in_words(issued.effective_from)}起施行新的积分细则，已经开始的一期照旧办完。"
        tell(session, actor, one.unit_id, "book", issued.id, said, Audience(roles=TOLD), now)


def takers(session: Session, actor: Actor, draft: BookDraft) -> list[Use]:
    """Return the units from here downwards that will use the version.

    They use the one before; or the book above that this one lays itself over, with nothing in between.
    """
    return [
        one
        for one in uses(session, actor)
        if one.book.name == draft.inherits or (one.book.name, one.book.unit_id) == (draft.name, draft.unit_id)
    ]


def uses(session: Session, actor: Actor) -> list[Use]:
    """Return which version each unit from here downwards uses last, also where it begins on a later day."""
    with subtree_of(session, actor) as units:
        last = (
            select(Adoption.unit_id, Adoption.book_id, Adoption.since)
            .where(Adoption.county_id == actor.county_id, Adoption.unit_id.in_(units))
            .distinct(Adoption.unit_id)
            .order_by(Adoption.unit_id, Adoption.since.desc())
        )
        rows = session.execute(last).all()
    of_county = select(IssuedBook).filter_by(county_id=actor.county_id)
    books = {
        book.id: book for book in session.scalars(of_county.where(IssuedBook.id.in_({r.book_id for r in rows})))
    }
    return [Use(row.unit_id, books[row.book_id], row.since) for row in rows]


@contextmanager
def subtree_of(session: Session, actor: Actor) -> Iterator[list[UUID]]:
    """Act, for these statements only, in the acting unit and all below it: which version is used is no secret."""
    units = subtree(session, actor.county_id, actor.unit_id)
    session.flush()
    enter(session, actor.county_id, units, actor.person_id)
    try:
        yield units
    finally:
        enter_as(session, actor)


def _refuse_faults(reading: Reading, now: datetime) -> None:
    faults = [f"{one.what}；{one.remedy}。" for one in reading.errors]
    faults += force_faults(reading.book, local_day(now))
    if faults:
        raise Invalid(*faults)


def authors_of(session: Session, draft: BookDraft) -> list[UUID]:
    """Return who has saved an edition of a draft: none of them approves it."""
    wrote = select(BookEdition.person_id).filter_by(county_id=draft.county_id, draft_id=draft.id).distinct()
    return list(session.scalars(wrote.order_by(BookEdition.person_id)))
