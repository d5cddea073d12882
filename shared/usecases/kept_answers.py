"""Kept answers: a program's call is carried out once for each key that it gives, and told the same ever after."""

from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.db.tokens import KeptAnswer
from shared.domain.errors import Invalid
from shared.usecases.suspensions import refuse_suspended

# Written out: an insert that may meet another is compiled anew each time, at a tenth of what a claim takes.
_BEGIN = text("""
INSERT INTO kept_answer (county_id, id, unit_id, token_id, key, digest, status, body, made_at)
VALUES (:county_id, gen_random_uuid(), :unit_id, :token_id, :key, :digest, 0, '', clock_timestamp())
ON CONFLICT DO NOTHING RETURNING id
""")
_KEEP = text("UPDATE kept_answer SET status = :status, body = :body WHERE county_id = :county AND id = :id")


class Said(NamedTuple):
    """What a call was answered; `again` where it had been answered before."""

    status: int
    body: str
    again: bool = False


def answered_once(
    session: Session, actor: Actor, token_id: UUID, key: str, digest: str, act: Callable[[], Said]
) -> Said:
    """Carry a call out and keep its answer; for a key that was answered already, return that answer.

    The row is written first: of two at once the second waits for the first one's transaction, and then finds it
    answered. What is refused keeps nothing. Invalid where the key came with something else, by its `digest`;
    NotNow in a suspended county.
    """
    mine = {"county_id": actor.county_id, "token_id": token_id, "key": key}
    made = session.scalar(_BEGIN, {**mine, "unit_id": actor.unit_id, "digest": digest})
    if made is None:
        return _kept(session.scalars(select(KeptAnswer).filter_by(**mine)).one(), digest)
    refuse_suspended(session, actor.county_id)
    said = act()
    session.execute(_KEEP, {"county": actor.county_id, "id": made, "status": said.status, "body": said.body})
    return said


def _kept(row: KeptAnswer, digest: str) -> Said:
    if row.digest != digest:
        raise Invalid("这个 Idempotency-Key 已经用在另一个请求上：每件事请用一个新的。")
    return Said(row.status, row.body, again=True)
