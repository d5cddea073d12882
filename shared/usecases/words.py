"""Departments' words: asked of the township when a claim touches them, given there, read by the branch."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold
from shared.db.claims import Claim, Word
from shared.db.units import level_above
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.procedures import Body
from shared.usecases.carry_out import remark
from shared.usecases.messages import Audience, tell
from shared.usecases.openings import close_to, open_to


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
    tell(session, actor, claim.unit_id, "word", claim.id, heard, Audience(roles=["secretary"]), now)
    session.flush()
    close_to(session, actor.county_id, claim.unit_id, [claim.id])
    return word
