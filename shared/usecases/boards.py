"""Boards: what hangs on a unit's board, for whom, until when; and where a printed notice's short code leads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import require, see
from shared.db.clock import read_clock
from shared.db.notices import Notice
from shared.db.rules import book_for
from shared.db.units import Unit, children, level_above
from shared.domain.boards import hangs_until
from shared.domain.errors import NotFound
from shared.domain.notices import NoticeKind, NoticeState
from shared.domain.periods import Period
from shared.domain.rules import RuleBook
from shared.domain.windows import local_day
from shared.usecases.books import book_of
from shared.usecases.evidence import File
from shared.usecases.examples import Showing, examples_on_board, see_picture
from shared.usecases.places import Place, demonstrations, visit
from shared.usecases.postings import Posting, Proof, book_behind, posting_of, proof_of
from shared.usecases.summaries import quarters_of

# Lines that are not yet settled keep their notice on the board; those that a later one took over do not.
_STANDING = text("""
SELECT l.notice_id, count(*) FILTER (WHERE l.state <> 'settled') AS undecided, max(h.at) AS settled_at
FROM line l LEFT JOIN history h ON h.county_id = l.county_id AND h.subject_id = l.id AND h.command = 'settle'
WHERE l.county_id = :county AND l.notice_id = ANY(CAST(:notices AS uuid[])) GROUP BY l.notice_id
UNION ALL
SELECT e.notice_id, count(*) FILTER (WHERE v.settled_at IS NULL), max(v.settled_at)
FROM evaluation e JOIN verdict v ON v.county_id = e.county_id AND v.evaluation_id = e.id
WHERE e.county_id = :county AND e.notice_id = ANY(CAST(:notices AS uuid[])) GROUP BY e.notice_id
""")


@dataclass(frozen=True, slots=True)
class Hanging:
    """A notice and until when it hangs: None for as long as something in it is open; `down` once it is over."""

    notice: Notice
    until: datetime | None
    down: bool


@dataclass(frozen=True, slots=True)
class Board:
    """A unit's board at an instant: what is open and the newest in full, the others by name."""

    unit: Unit
    above: Unit | None
    now: datetime
    demonstration: bool
    book: RuleBook | None
    postings: tuple[tuple[Posting, Proof], ...]
    hanging: tuple[Hanging, ...]
    below: tuple[Unit, ...]
    quarters: tuple[Period, ...]
    examples: tuple[Showing, ...] = ()


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed notice found by its code; without `posting` only its proof and its dates are shown."""

    unit: Unit
    above: Unit | None
    now: datetime
    demonstration: bool
    hanging: Hanging
    proof: Proof
    posting: Posting | None


@dataclass(frozen=True, slots=True)
class County:
    """A demonstration county and its units, the tree flattened: (unit, how deep it lies)."""

    county: Unit
    units: tuple[tuple[Unit, int], ...]


def see_board(session: Session, actor: Actor, place: Place) -> Board:
    """Return a unit's board; NotFound for the public where the rule book does not make it public.

    What has been taken down stays to be seen in a demonstration, marked as such.
    """
    require(actor, Action.BOARD_SEE)
    now = read_clock(session, place.county_id)
    unit = session.get_one(Unit, (place.county_id, place.unit_id))
    hanging = [
        one
        for one in _hanging(session, unit, now)
        if _shown_to(actor, book_behind(session, one.notice)) and (place.demonstration or not one.down)
    ]
    book = _book_today(session, unit, now)
    if not _at_home(actor, place) and not hanging and not (book and book.procedure.public_board):
        raise NotFound("没有这个公示栏，或者它按细则不对外公开。")
    return Board(
        unit=unit,
        above=level_above(session, place.county_id, unit.id),
        now=now,
        demonstration=place.demonstration,
        book=book,
        postings=tuple((posting_of(session, one), proof_of(session, one)) for one in _in_full(hanging)),
        hanging=tuple(hanging),
        below=tuple(children(session, place.county_id, unit.id)) if _at_home(actor, place) else (),
        quarters=tuple(quarters_of(session, unit)),
        examples=examples_on_board(session, actor, place, bool(book and book.procedure.public_board)),
    )


def see_picture_on_board(session: Session, actor: Actor, place: Place, example_id: UUID) -> File:
    """Return the picture beside a good example, to whoever sees it on the board."""
    require(actor, Action.BOARD_SEE)
    unit = session.get_one(Unit, (place.county_id, place.unit_id))
    book = _book_today(session, unit, read_clock(session, place.county_id))
    return see_picture(session, actor, place, bool(book and book.procedure.public_board), example_id)


def see_printed(session: Session, actor: Actor, place: Place) -> Printed:
    """Return what a printed notice's code leads to: its proof always, its rows while it hangs and may be seen."""
    notice = see(session, actor, Action.BOARD_SEE, Notice, place.id)
    unit = session.get_one(Unit, (place.county_id, notice.unit_id))
    now = read_clock(session, place.county_id)
    one = _until(session, [notice], now)[0]
    shown = _shown_to(actor, book_behind(session, notice)) and (place.demonstration or not one.down)
    return Printed(
        unit=unit,
        above=level_above(session, place.county_id, unit.id),
        now=now,
        demonstration=place.demonstration,
        hanging=one,
        proof=proof_of(session, notice),
        posting=posting_of(session, notice) if shown else None,
    )


def demonstration_counties(session: Session) -> list[County]:
    """Return the demonstration counties with their units, for the table of contents."""
    found = []
    for place in demonstrations(session):
        visit(session, place)
        units = session.scalars(select(Unit).filter_by(county_id=place.county_id).order_by(Unit.code)).all()
        county = next(unit for unit in units if unit.id == place.county_id)
        found.append(County(county, tuple(_flattened(units, county.id, 0))))
    return found


def _flattened(units: Sequence[Unit], parent: UUID, depth: int) -> list[tuple[Unit, int]]:
    rows: list[tuple[Unit, int]] = []
    for unit in units:
        if unit.parent_id == parent:
            rows += [(unit, depth), *_flattened(units, unit.id, depth + 1)]
    return rows


def _in_full(hanging: Sequence[Hanging]) -> list[Notice]:
    """The notices whose window is open, and the newest that is no correction, which alone says too little."""
    newest = next((one for one in hanging if one.notice.kind != NoticeKind.CORRECTION), None)
    return [one.notice for one in hanging if one is newest or one.notice.state == NoticeState.PUBLISHED]


def _shown_to(actor: Actor, book: RuleBook) -> bool:
    """The public sees what the book makes public; who has signed in there or above sees the rest as well."""
    return book.procedure.public_board or actor.roles != frozenset({"public"})


def _at_home(actor: Actor, place: Place) -> bool:
    """Who looks around may go on from here: a demonstration's visitor, and whoever has signed in here or above."""
    return place.demonstration or actor.person_id is not None


def _book_today(session: Session, unit: Unit, now: datetime) -> RuleBook | None:
    issued = book_for(session, unit.county_id, unit.id, local_day(now))
    return book_of(session, unit.county_id, issued.id) if issued else None


def _hanging(session: Session, unit: Unit, now: datetime) -> list[Hanging]:
    posted = select(Notice).where(
        Notice.county_id == unit.county_id,
        Notice.unit_id == unit.id,
        Notice.state.in_([NoticeState.PUBLISHED, NoticeState.CLOSED]),
    )
    return _until(session, list(session.scalars(posted.order_by(Notice.published_at.desc(), Notice.code))), now)


def _until(session: Session, notices: Sequence[Notice], now: datetime) -> list[Hanging]:
    if not notices:
        return []
    where = {"county": notices[0].county_id, "notices": [notice.id for notice in notices]}
    standing: dict[UUID, Any] = {row.notice_id: row for row in session.execute(_STANDING, where)}
    found = []
    for notice in notices:
        lines = standing.get(notice.id)
        until = notice.taken_down_at or hangs_until(
            notice.closed_at, lines.settled_at if lines else None, lines.undecided if lines else 0
        )
        found.append(Hanging(notice, until, until is not None and now >= until))
    return found
