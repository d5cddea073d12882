"""Drafts of rule books: begun from a version or from a book above, kept edition by edition."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import require
from shared.db.book_drafts import BookDraft, BookEdition
from shared.db.rules import IssuedBook
from shared.db.units import Unit
from shared.domain.book_drafts import BOOK_DRAFT, OPEN, next_day
from shared.domain.differences import differences
from shared.domain.errors import Forbidden, NotFound, NotNow
from shared.domain.rule_writing import Plain, written
from shared.domain.windows import local_day
from shared.usecases.book_readings import Reading, read_text, units_above
from shared.usecases.books import book_of
from shared.usecases.carry_out import remark
from shared.usecases.rules import SHIPPED, examples

# So many differences are named where somebody has changed something; the rest is counted.
TOLD = 3


def start_next(session: Session, actor: Actor, issued_id: UUID, now: datetime) -> BookDraft:
    """Begin the next version of one of the unit's own books, from the newest as it was written."""
    require(actor, Action.BOOK_DRAFT)
    issued = session.get(IssuedBook, (actor.county_id, issued_id))
    if issued is None or issued.unit_id != actor.unit_id:
        raise NotFound("本单位没有发布过这份细则。")
    newest = newest_version(session, actor.county_id, actor.unit_id, issued.name)
    assert newest is not None
    reading = read_text(session, actor.county_id, actor.unit_id, newest.source or newest.text)
    since = next_day(local_day(now), reading.book.round_span)
    values = {**reading.values, "version": newest.version + 1, "effective_from": since.isoformat()}
    return _begin(session, actor, values, f"从第 {newest.version} 版起草", now)


def start_overlay(session: Session, actor: Actor, issued_id: UUID, now: datetime) -> BookDraft:
    """Begin a book of the unit's own that lays itself over one from above."""
    require(actor, Action.BOOK_DRAFT)
    issued = session.get(IssuedBook, (actor.county_id, issued_id))
    above = units_above(session, actor.county_id, actor.unit_id)
    if issued is None or issued.unit_id not in above:
        raise NotFound("上级没有发布过这份细则。")
    unit = session.get_one(Unit, (actor.county_id, actor.unit_id))
    book = book_of(session, actor.county_id, issued.id)
    name = f"{issued.name}.{unit.code}"
    values = {
        "book": name,
        "title": f"{unit.name}积分管理实施细则",
        "version": 1,
        "effective_from": next_day(local_day(now), book.round_span).isoformat(),
        "inherits": issued.name,
    }
    if newest_version(session, actor.county_id, actor.unit_id, name) is not None:
        raise NotNow("本单位已经有依据这份细则的细则，请从它的最新一版起草。")
    return _begin(session, actor, values, f"依据“{book.title}”起草", now)


def start_from_example(session: Session, actor: Actor, example: str, now: datetime) -> BookDraft:
    """Begin a county's book from one that ships with the product; below it, books lay over the county's."""
    require(actor, Action.BOOK_DRAFT)
    if actor.unit_id != actor.county_id:
        raise Forbidden("县以下的单位在上级细则上增减，不能另立一份。")
    if example not in examples():
        raise NotFound("没有这份样本。")
    if newest_version(session, actor.county_id, actor.unit_id, example) is not None:
        raise NotNow("已经发布过这份细则，请从它的最新一版起草。")
    text = (SHIPPED / f"{example}.yaml").read_text("utf-8")
    reading = read_text(session, actor.county_id, actor.unit_id, text)
    since = next_day(local_day(now), reading.book.round_span)
    values = {**reading.values, "version": 1, "effective_from": since.isoformat()}
    return _begin(session, actor, values, "从样本起草", now)


def newest_version(session: Session, county_id: UUID, unit_id: UUID, name: str) -> IssuedBook | None:
    """Return the highest version of a book that a unit has issued."""
    mine = select(IssuedBook).filter_by(county_id=county_id, unit_id=unit_id, name=name)
    return session.scalars(mine.order_by(IssuedBook.version.desc()).limit(1)).first()


def _begin(session: Session, actor: Actor, values: Plain, said: str, now: datetime) -> BookDraft:
    open_ones = select(BookDraft.id).where(
        BookDraft.county_id == actor.county_id,
        BookDraft.unit_id == actor.unit_id,
        BookDraft.name == values["book"],
        BookDraft.state.in_(OPEN),
    )
    if session.scalar(open_ones.limit(1)) is not None:
        raise NotNow("这份细则已经有一份草稿，请接着改那一份，或者先撤下它。")
    draft = BookDraft(
        county_id=actor.county_id,
        unit_id=actor.unit_id,
        name=values["book"],
        version=values["version"],
        inherits=values.get("inherits"),
        edition=0,
        started_by=person_of(actor),
        started_at=now,
        state=BOOK_DRAFT.initial,
        stage=0,
    )
    session.add(draft)
    session.flush()
    save_edition(session, actor, draft, written(values), said, now)
    remark(session, actor, draft, "start", now, note=said)
    return draft


def reading_of(session: Session, actor: Actor, draft: BookDraft) -> Reading:
    """Return the draft's newest edition, read."""
    text = edition_of(session, draft, draft.edition).text
    return read_text(session, actor.county_id, draft.unit_id, text)


def edition_of(session: Session, draft: BookDraft, number: int) -> BookEdition:
    """Return one edition of a draft."""
    wanted = select(BookEdition).filter_by(county_id=draft.county_id, draft_id=draft.id, edition=number)
    found = session.scalar(wanted)
    if found is None:
        raise NotFound("没有这一稿，请重新打开页面。")
    return found


def editions_since(session: Session, draft: BookDraft, number: int) -> Sequence[BookEdition]:
    """Return what has been saved after one edition, in order."""
    later = select(BookEdition).filter_by(county_id=draft.county_id, draft_id=draft.id)
    return session.scalars(later.where(BookEdition.edition > number).order_by(BookEdition.edition)).all()


def save_edition(
    session: Session, actor: Actor, draft: BookDraft, text: str, said: str, now: datetime
) -> BookEdition:
    """Add an edition to a draft that is held; the ones before stay as they were."""
    edition = BookEdition(
        county_id=draft.county_id,
        unit_id=draft.unit_id,
        draft_id=draft.id,
        edition=draft.edition + 1,
        text=text,
        said=said,
        person_id=person_of(actor),
        person_name=actor.name,
        saved_at=now,
    )
    draft.edition += 1
    session.add(edition)
    session.flush()
    return edition


def said_of(before: Reading, after: Reading) -> str:
    """Return in words what one edition changes of another."""
    found = [one.sentence for one in differences(before.book, after.book)]
    more = f"；等 {len(found)} 处" if len(found) > TOLD else ""
    return "；".join(found[:TOLD]) + more if found else "改了文字，规则不变"


def person_of(actor: Actor) -> UUID:
    """Return who acts; drafts are people's."""
    if actor.person_id is None:
        raise Forbidden("请先登录。")
    return actor.person_id
