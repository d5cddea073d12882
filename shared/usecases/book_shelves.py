"""Shelves: which rule books a unit uses, has issued and is drafting; a draft and a version as pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import able, require, see
from shared.db.book_drafts import BookDraft, BookEdition
from shared.db.history import History
from shared.db.rules import IssuedBook
from shared.db.units import Unit
from shared.domain.book_drafts import BookDraftState, force_faults, force_warnings
from shared.domain.differences import Difference, differences
from shared.domain.errors import NotFound
from shared.domain.rules import RuleBook
from shared.domain.units import UnitKind
from shared.domain.windows import local_day
from shared.usecases.book_approvals import Use, authors_of, takers, uses
from shared.usecases.book_drafts import newest_version, reading_of
from shared.usecases.book_readings import Reading, units_above
from shared.usecases.books import book_of
from shared.usecases.rules import examples


@dataclass(frozen=True, slots=True)
class Volume:
    """A version on the shelf, read."""

    issued: IssuedBook
    book: RuleBook


@dataclass(frozen=True, slots=True)
class Shelf:
    """A unit's books: what it uses now and from a later day, what it issued, what it drafts, what lies above."""

    used: Sequence[tuple[Use, RuleBook]]
    own: Sequence[Volume]
    drafts: Sequence[tuple[BookDraft, str]]
    above: Sequence[Volume]
    examples: Mapping[str, str]
    drafting: bool


@dataclass(frozen=True, slots=True)
class DraftPage:
    """A draft before whoever may see it; `against` is the version that it is compared with.

    `below`: units below may lay books of their own over it.
    """

    draft: BookDraft
    reading: Reading
    against: Volume | None
    differences: Sequence[Difference]
    editions: Sequence[BookEdition]
    steps: Sequence[History]
    units: int
    day_faults: Sequence[str]
    warnings: Sequence[str]
    open: bool
    drafts: bool
    approves: bool
    wrote: bool
    below: bool

    def count(self, chapter: str) -> int:
        """Return how many differences there are in a chapter."""
        return sum(one.chapter == chapter for one in self.differences)


@dataclass(frozen=True, slots=True)
class VersionPage:
    """An issued version, and how it differs from the one before."""

    volume: Volume
    issuer: Unit
    before: Volume | None
    differences: Sequence[Difference]
    using: int


@dataclass(frozen=True, slots=True)
class UsePage:
    """Which unit uses which version; `newer` is what the book that its own one inherits has come to meanwhile."""

    unit: Unit
    use: Use
    book: RuleBook
    newer: IssuedBook | None


def see_shelf(session: Session, actor: Actor) -> Shelf:
    """Return the books of the acting unit."""
    require(actor, Action.BOOK_SEE)
    mine = select(BookDraft).filter_by(county_id=actor.county_id, unit_id=actor.unit_id)
    drafts = session.scalars(mine.order_by(BookDraft.started_at.desc())).all()
    own = _newest(session, actor.county_id, [actor.unit_id])
    above = _newest(session, actor.county_id, units_above(session, actor.county_id, actor.unit_id))
    laid_over = {volume.book.inherits for volume in own} | {
        draft.inherits for draft in drafts if draft.state != BookDraftState.WITHDRAWN
    }
    names = {volume.issued.name for volume in own}
    return Shelf(
        used=[
            (use, book_of(session, actor.county_id, use.book.id))
            for use in uses(session, actor)
            if use.unit_id == actor.unit_id
        ],
        own=own,
        drafts=[(draft, reading_of(session, actor, draft).book.title) for draft in drafts],
        above=[volume for volume in above if volume.issued.name not in laid_over],
        examples={name: title for name, title in examples().items() if name not in names}
        if actor.unit_id == actor.county_id
        else {},
        drafting=able(actor, Action.BOOK_DRAFT),
    )


def see_draft(session: Session, actor: Actor, draft_id: UUID, now: datetime) -> DraftPage:
    """Return a draft with its faults, its differences to the version before, its editions and its steps."""
    draft = see(session, actor, Action.BOOK_SEE, BookDraft, draft_id)
    reading = reading_of(session, actor, draft)
    against = _against(session, actor, draft, reading)
    kept = select(BookEdition).filter_by(county_id=draft.county_id, draft_id=draft.id)
    told = select(History).filter_by(county_id=draft.county_id, subject_id=draft.id)
    return DraftPage(
        draft=draft,
        reading=reading,
        against=against,
        differences=differences(against.book, reading.book) if against else [],
        editions=session.scalars(kept.order_by(BookEdition.edition.desc())).all(),
        steps=session.scalars(told.order_by(History.at, History.recorded_at)).all(),
        units=len(takers(session, actor, draft)),
        day_faults=force_faults(reading.book, local_day(now)),
        warnings=force_warnings(reading.book),
        open=draft.state == BookDraftState.DRAFTING,
        drafts=able(actor, Action.BOOK_DRAFT),
        approves=able(actor, Action.BOOK_APPROVE),
        wrote=actor.person_id in {*authors_of(session, draft), draft.submitted_by},
        below=session.get_one(Unit, (actor.county_id, draft.unit_id)).kind != UnitKind.BRANCH,
    )


def see_version(session: Session, actor: Actor, issued_id: UUID) -> VersionPage:
    """Return an issued version: of the county, it is no secret in it."""
    require(actor, Action.BOOK_SEE)
    issued = session.get(IssuedBook, (actor.county_id, issued_id))
    if issued is None:
        raise NotFound("没有这份积分细则。")
    volume = Volume(issued, book_of(session, actor.county_id, issued.id))
    before = _before(session, issued)
    using = sum(use.book.id == issued.id for use in uses(session, actor))
    issuer = session.get_one(Unit, (actor.county_id, issued.unit_id))
    found = differences(before.book, volume.book) if before else []
    return VersionPage(volume, issuer, before, found, using)


def see_uses(session: Session, actor: Actor) -> list[UsePage]:
    """Return which version each unit from here downwards uses, by unit; and which overlays lie over an old one."""
    require(actor, Action.BOOK_SEE)
    found = uses(session, actor)
    of_county = select(Unit).where(Unit.county_id == actor.county_id, Unit.id.in_([use.unit_id for use in found]))
    units = {unit.id: unit for unit in session.scalars(of_county)}
    newer = {use.book.id: _newer(session, use.book) for use in found}
    pages = [
        UsePage(units[use.unit_id], use, book_of(session, actor.county_id, use.book.id), newer[use.book.id])
        for use in found
    ]
    return sorted(pages, key=lambda page: page.unit.code)


def _newest(session: Session, county_id: UUID, units: Sequence[UUID]) -> list[Volume]:
    """Return the newest version of each book that these units have issued."""
    issued = (
        select(IssuedBook)
        .where(IssuedBook.county_id == county_id, IssuedBook.unit_id.in_(units))
        .distinct(IssuedBook.unit_id, IssuedBook.name)
        .order_by(IssuedBook.unit_id, IssuedBook.name, IssuedBook.version.desc())
    )
    return [Volume(one, book_of(session, county_id, one.id)) for one in session.scalars(issued)]


def _against(session: Session, actor: Actor, draft: BookDraft, reading: Reading) -> Volume | None:
    if draft.issued_id is not None:
        return _before(session, session.get_one(IssuedBook, (actor.county_id, draft.issued_id)))
    newest = newest_version(session, actor.county_id, draft.unit_id, draft.name)
    if newest is not None:
        return Volume(newest, book_of(session, actor.county_id, newest.id))
    return Volume(reading.above.issued, reading.above.book) if reading.above else None


def _before(session: Session, issued: IssuedBook) -> Volume | None:
    """Return the version before; of a first one, the book above that it lays itself over."""
    same = select(IssuedBook).filter_by(county_id=issued.county_id, unit_id=issued.unit_id, name=issued.name)
    older = same.where(IssuedBook.version < issued.version).order_by(IssuedBook.version.desc()).limit(1)
    before = session.scalar(older)
    if before is None and issued.above_id is not None:
        before = session.get(IssuedBook, (issued.county_id, issued.above_id))
    return Volume(before, book_of(session, before.county_id, before.id)) if before else None


def _newer(session: Session, issued: IssuedBook) -> IssuedBook | None:
    if issued.above_id is None:
        return None
    above = session.get_one(IssuedBook, (issued.county_id, issued.above_id))
    newest = newest_version(session, above.county_id, above.unit_id, above.name)
    return newest if newest is not None and newest.version > above.version else None
