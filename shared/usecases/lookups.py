"""Lookups: whoever has no account hears what became of what they handed in, by its number and their code."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import see
from shared.db.objections import Objection
from shared.domain.accounts import digits_of
from shared.domain.errors import NotNow
from shared.usecases.keys import key_for

DIGITS = 8
_FIND = text("SELECT * FROM jifen.find_answer(:number)")


@dataclass(frozen=True, slots=True)
class Answered:
    """A complaint or an objection as who handed it in hears of it; without an answer it still waits for one."""

    id: UUID
    kind: str
    number: str
    about: str
    state: str
    received_at: datetime
    answer: str | None
    answered_at: datetime | None


def code_for(secret: bytes, handed_in: UUID) -> str:
    """Return the code that stands on the receipt of a complaint or an objection: 8 digits, kept nowhere."""
    found = hmac.new(key_for(secret, "receipts"), handed_in.bytes, hashlib.sha256).digest()
    return f"{int.from_bytes(found[:8], 'big') % 10**DIGITS:0{DIGITS}d}"


def receipt_of(session: Session, actor: Actor, secret: bytes, objection_id: UUID) -> tuple[str, str]:
    """Return the number and the code of an objection that came on paper, for who gives the receipt out."""
    objection = see(session, actor, Action.OBJECTION_ENTER, Objection, objection_id)
    if not objection.on_paper:
        raise NotNow("这件异议是登录以后提的，本人在“我的异议”里看得到，不用回执。")
    return objection.number, code_for(secret, objection.id)


def look_up(session: Session, secret: bytes, number: str, code: str) -> Answered | None:
    """Return what has this number and this code; None for none such. Two branches may have the same number."""
    given = digits_of(code)
    for row in session.execute(_FIND, {"number": number.strip()}):
        if hmac.compare_digest(code_for(secret, row.id).encode(), given.encode()):
            return Answered(*row)
    return None
