"""Cards and handed-out codes: ways in for members who have neither telephone nor password."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import see
from shared.db.accounts import Card, OneTimeCode
from shared.db.members import Member
from shared.domain.accounts import digits_of
from shared.usecases.accounts import (
    Named,
    accounts_named,
    entered,
    holds_office,
    in_hand,
    open_account,
    require_charge,
)
from shared.usecases.browsers import Opened, begin
from shared.usecases.carry_out import remark
from shared.usecases.factors import end_codes, spend
from shared.usecases.keys import digest_of_code
from shared.usecases.sign_ins import digest_of

_CARD = text("SELECT * FROM jifen.find_card(:digest)")
VALID = timedelta(minutes=15)
DIGITS = 8


def issue_card(session: Session, actor: Actor, member_id: UUID, now: datetime) -> str:
    """Return the token that a member's new card carries in its QR; the card before it opens nothing any more."""
    member = see(session, actor, Action.CARD_ISSUE, Member, member_id)
    require_charge(session, actor, Action.CARD_ISSUE, member.person_id)
    open_account(session, actor, member.person_id, now)
    for old in session.scalars(select(Card).filter_by(county_id=actor.county_id, member_id=member_id)):
        old.withdrawn_at = old.withdrawn_at or func.clock_timestamp()
    token = secrets.token_urlsafe(24)
    card = Card(
        county_id=actor.county_id,
        unit_id=actor.unit_id,
        member_id=member_id,
        digest=digest_of(token),
        made_by=actor.person_id,
        made_at=func.clock_timestamp(),
    )
    session.add(card)
    session.flush()
    remark(session, actor, card, "issue", now)
    return token


def sign_in_with_card(session: Session, token: str, digits: str, device: str) -> Opened | None:
    """Sign in by a card and the last four digits of its holder's telephone, else of their member's number.

    None for no such card, wrong digits, and whoever holds an office: a card alone is not enough for those.
    """
    found = session.execute(_CARD, {"digest": digest_of(token)}).one_or_none()
    if found is None or not secrets.compare_digest(found.tail.encode(), digits.strip().encode()):
        return None
    if holds_office(session, found.county_id, found.person_id):
        return None
    named = Named(found.county_id, found.unit_id, found.person_id, None)
    return begin(session, entered(session, named), "card", device)


def hand_out_code(session: Session, secret: bytes, actor: Actor, person_id: UUID, now: datetime) -> str:
    """Return a code to tell somebody in person: it signs them in once within a quarter of an hour.

    Who has an office still needs a second factor then; anybody may set a new password with it.
    """
    require_charge(session, actor, Action.ACCOUNT_HAND_CODE, person_id)
    open_account(session, actor, person_id, now)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    with in_hand(session, actor, person_id) as account:
        end_codes(session, account, "handed")
        handed = OneTimeCode(
            county_id=account.county_id,
            unit_id=account.unit_id,
            person_id=person_id,
            kind="handed",
            digest=digest_of_code(secret, person_id, code),
            made_by=actor.person_id,
            made_at=func.clock_timestamp(),
            ends_at=func.clock_timestamp() + VALID,
        )
        session.add(handed)
        remark(session, actor, account, "hand_out_code", now)
    return code


def sign_in_with_code(session: Session, secret: bytes, name: str, code: str, device: str) -> Opened | None:
    """Sign in by telephone or member's number and a code that was handed out; None for a wrong or used one."""
    for named in accounts_named(session, name):
        account = entered(session, named)
        digest = digest_of_code(secret, named.person_id, digits_of(code))
        if spend(session, named.county_id, named.person_id, digest, "handed"):
            return begin(session, account, "handed", device)
    return None
