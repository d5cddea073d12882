"""Departments' words: asked of the township when a claim touches them, given there, read by the branch."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, require
from shared.db.claims import Claim, Word
from shared.db.rules import IssuedBook
from shared.db.units import Unit, level_above
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.procedures import Body
from shared.usecases.books import book_of
from shared.usecases.carry_out import remark
from shared.usecases.messages import Audience, tell
from shared.usecases.openings import close_to, open_to


class Asked(NamedTuple):
    """What a department is asked about: one claim of a branch, and what its item is called."""

    word: Word
    claim: Claim
    unit: str
    title: str


def ask_for_word(session: Session, actor: Actor, claim: Claim, department: str, now: datetime) -> None:
    """Open one claim, and nothing else of the branch, to the level above for a department's word."""
    above = level_above(session, actor.county_id, claim.unit_id)
    asked = session.scalar(
        select(Word).filter_by(county_id=actor.county_id, claim_id=claim.id, department=department)
    )
    if above is None or asked is not None:
        return
    word = Word(
        county_id=actor.county_id,
        unit_id=claim.unit_id,
        at_unit_id=above.id,
        claim_id=claim.id,
        department=department,
        asked_at=now,
    )
    open_to(session, actor.county_id, claim.unit_id, above.id, [claim.id], f"请{department}反馈", now)
    session.add(word)
    session.flush()


def see_words(session: Session, actor: Actor, word_id: UUID | None = None) -> Sequence[Asked]:
    """Return what is asked of the actor's department here, longest waiting first; one of them by its id."""
    require(actor, Action.WORD_GIVE)
    asked = (
        select(Word, Claim, Unit.name)
        .join(Claim, (Claim.county_id == Word.county_id) & (Claim.id == Word.claim_id))
        .join(Unit, (Unit.county_id == Word.county_id) & (Unit.id == Word.unit_id))
        .where(Word.county_id == actor.county_id, Word.at_unit_id == actor.unit_id)
        .where(Word.department == actor.department, Word.given_at.is_(None))
    )
    if word_id is not None:
        asked = asked.where(Word.id == word_id)
    titles = _titles(session, actor)
    rows = session.execute(asked.order_by(Word.asked_at, Word.id)).tuples()
    return [Asked(word, claim, unit, titles.get(claim.item, claim.item)) for word, claim, unit in rows]


def _titles(session: Session, actor: Actor) -> dict[str, str]:
    """Return what items are called: a branch's own book is not known here, the county's books are."""
    issued = select(IssuedBook).filter_by(county_id=actor.county_id).order_by(IssuedBook.version)
    books = [book_of(session, actor.county_id, one.id) for one in session.scalars(issued)]
    return {item.id: item.title for book in books for item in book.items.values()}


def give_word(session: Session, actor: Actor, word_id: UUID, agrees: bool, text: str, now: datetime) -> Word:
    """Give a department's word, once; the look into the branch's claim is written into its history."""
    word = hold(session, actor, Action.WORD_GIVE, Word, word_id)
    if actor.department != word.department:
        raise Forbidden(f"这一项由{word.department}反馈。")
    if word.given_at is not None:
        raise NotNow(f"{word.department}已经反馈过了。")
    if not agrees and not text.strip():
        raise Invalid("不同意要写明情况。")
    claim = hold(session, actor, Action.WORD_GIVE, Claim, word.claim_id)
    word.agrees, word.text, word.person_id, word.given_at = agrees, text, actor.person_id, now
    if not agrees:
        # The committee still decides; the refusal will name who spoke against it.
        claim.refused_by, claim.reason = Body.PARENT, f"{word.department}：{text}"
    remark(session, actor, claim, "word", now, note=f"{word.department}：{'同意' if agrees else '不同意'} {text}")
    heard = f"{word.department}已对申请 {claim.number} 反馈。"
    to = Audience(roles=["secretary"], steps=[Action.CLAIM_DECIDE])
    tell(session, actor, claim.unit_id, "word", claim.id, heard, to, now)
    session.flush()
    close_to(session, actor.county_id, claim.unit_id, [claim.id])
    return word
