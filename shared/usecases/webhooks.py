"""Webhooks: a county's own addresses, each with a secret that signs what is told to it."""

import secrets
from base64 import b64encode
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import require
from shared.db.webhooks import Telling, Webhook
from shared.domain.errors import Forbidden, Invalid, NotFound, NotNow
from shared.domain.webhooks import EVENTS, MOST, TellingState, check_webhook
from shared.usecases.carry_out import remark
from shared.usecases.keys import sealed

PURPOSE = "webhooks"


@dataclass(frozen=True, slots=True)
class Known:
    """A webhook as its list shows it: its address, its events in words, and how many tellings stand how."""

    id: UUID
    address: str
    events: Sequence[str]
    made_at: datetime
    heard: int
    waiting: int
    dead: int


def add_webhook(
    session: Session,
    actor: Actor,
    sealing: bytes,
    address: str,
    events: Collection[str],
    private: bool,
    now: datetime,
) -> str:
    """Have a county's program told of events at an address, and return the secret that signs them, this once.

    `sealing` opens that secret when it is used; `private` where the operator lets programs inside their own
    network be told.
    """
    let_admit(actor)
    check_webhook(address, events, private)
    if len(webhooks_of(session, actor)) >= MOST:
        raise Invalid(f"最多登记 {MOST} 个网址，请先停用不再用的。")
    webhook_id = uuid4()
    secret, kept = _new_secret(sealing, webhook_id)
    row = Webhook(
        county_id=actor.county_id,
        id=webhook_id,
        unit_id=actor.unit_id,
        address=address,
        events=",".join(event for event in EVENTS if event in events),
        secret=kept,
        made_by=actor.person_id,
        made_at=func.clock_timestamp(),
    )
    session.add(row)
    session.flush()
    remark(session, actor, row, "make", now, address)
    return secret


def renew_secret(session: Session, actor: Actor, sealing: bytes, webhook_id: UUID, now: datetime) -> str:
    """Sign with a new secret from now on, and return it, this once; what was not believed is told again."""
    row = _held(session, actor, webhook_id)
    secret, row.secret = _new_secret(sealing, row.id)
    remark(session, actor, row, "renew", now, row.address)
    return secret


def end_webhook(session: Session, actor: Actor, webhook_id: UUID, now: datetime) -> None:
    """Tell an address nothing more; what is on its way to it is dropped."""
    row = _held(session, actor, webhook_id)
    row.ended_at = func.clock_timestamp()
    waiting = {"county_id": actor.county_id, "webhook_id": row.id, "state": TellingState.WAITING}
    for telling in session.scalars(select(Telling).filter_by(**waiting).with_for_update()):
        give_up(telling, "这个网址已经停用")
    remark(session, actor, row, "end", now, row.address)


def webhooks_of(session: Session, actor: Actor) -> Sequence[Known]:
    """Return the county's addresses that are told, the newest first."""
    let_admit(actor)
    counted = dict[tuple[UUID, str], int]()
    tally = select(Telling.webhook_id, Telling.state, func.count()).group_by(Telling.webhook_id, Telling.state)
    for webhook_id, state, number in session.execute(tally.where(Telling.county_id == actor.county_id)):
        counted[webhook_id, state] = number
    mine = select(Webhook).filter_by(county_id=actor.county_id, unit_id=actor.unit_id, ended_at=None)
    return [
        Known(
            row.id,
            row.address,
            [EVENTS[event] for event in row.events.split(",")],
            row.made_at,
            *(counted.get((row.id, state), 0) for state in ("heard", "waiting", "dead")),
        )
        for row in session.scalars(mine.order_by(Webhook.made_at.desc(), Webhook.id))
    ]


def give_up(row: Telling, error: str) -> None:
    """Let a telling be, with the reason."""
    row.state, row.error = TellingState.DEAD, error
    row.done_at = func.clock_timestamp()


def let_admit(actor: Actor) -> None:
    """Refuse whoever does not admit programs to the county."""
    require(actor, Action.PROGRAM_ADMIT)
    if actor.unit_id != actor.county_id:
        raise Forbidden("接入程序由县里的系统管理员办理。")


def _new_secret(sealing: bytes, webhook_id: UUID) -> tuple[str, str]:
    """Return a new secret, and what is kept of it."""
    if not sealing:
        raise NotNow("本系统还没有设通知用的密钥（JIFEN_WEBHOOKS_SECRET），请联系运维设好后再登记。")
    secret = f"whsec_{secrets.token_urlsafe(32)}"
    return secret, b64encode(sealed(sealing, webhook_id, secret, PURPOSE)).decode()


def _held(session: Session, actor: Actor, webhook_id: UUID) -> Webhook:
    let_admit(actor)
    row = session.get(Webhook, (actor.county_id, webhook_id), with_for_update=True)
    if row is None or row.ended_at is not None:
        raise NotFound("没有这个网址，可能已经停用。")
    return row
