"""Drafts: what was typed is kept on the server until it is handed in; and a form is handed in once only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.db.drafts import Draft, Submission
from shared.domain.errors import Forbidden, Invalid

# A form is a page of text; whatever is longer is not somebody's typing.
MOST_CHARACTERS = 40_000


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft as it is put back into its form."""

    fields: Mapping[str, list[str]]
    kept_at: datetime


def keep_draft(session: Session, actor: Actor, page: str, fields: Mapping[str, list[str]]) -> None:
    """Keep what somebody has typed into the form of this page, in place of what was kept before."""
    person = _person(actor)
    if sum(len(value) for values in fields.values() for value in values) > MOST_CHARACTERS:
        raise Invalid("填写的内容太长，没有存下来：请分成几次填写。")
    now = func.clock_timestamp()
    row = insert(Draft).values(
        county_id=actor.county_id, unit_id=actor.unit_id, person_id=person, page=page, fields=fields, kept_at=now
    )
    same = ["county_id", "unit_id", "person_id", "page"]
    session.execute(row.on_conflict_do_update(index_elements=same, set_={"fields": fields, "kept_at": now}))


def kept_draft(session: Session, actor: Actor, page: str) -> Kept | None:
    """Return what this person has typed into the page's form, or None."""
    draft = session.scalar(select(Draft).where(_theirs(actor, page)))
    return Kept(draft.fields, draft.kept_at) if draft else None


def drop_draft(session: Session, actor: Actor, page: str) -> None:
    """Forget a draft: it has been handed in, or its writer does not want it."""
    session.execute(delete(Draft).where(_theirs(actor, page)))


def once(session: Session, actor: Actor, key: UUID, act: Callable[[], str]) -> str:
    """Carry out a form's act and return where it leads; for a form already handed in, only where it led.

    The row is written first: a second click waits for the first one's transaction, and then finds it done.
    """
    mine = {"county_id": actor.county_id, "id": key, "unit_id": actor.unit_id, "person_id": _person(actor)}
    row = insert(Submission).values(**mine, address="", made_at=func.clock_timestamp())
    if session.scalar(row.on_conflict_do_nothing().returning(Submission.id)) is None:
        return _where_it_led(session, actor, key)
    address = act()
    session.get_one(Submission, (actor.county_id, key)).address = address
    return address


def _where_it_led(session: Session, actor: Actor, key: UUID) -> str:
    done = session.get(Submission, (actor.county_id, key))
    if done is None or done.person_id != actor.person_id:
        raise Forbidden("这张表已由别人提交，请重新打开页面填写。")
    return done.address


def _theirs(actor: Actor, page: str) -> ColumnElement[bool]:
    here = and_(Draft.county_id == actor.county_id, Draft.unit_id == actor.unit_id, Draft.page == page)
    return and_(here, Draft.person_id == _person(actor))


def _person(actor: Actor) -> UUID:
    if actor.person_id is None:
        raise Forbidden("请先登录。")
    return actor.person_id
