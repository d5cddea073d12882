"""Announcements: steps that a county's programs may be told of, put in the outbox by ids and states alone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.db.messages import Message
from shared.domain.webhooks import STEPS
from shared.telemetry.tracing import carried

TOPIC = "event"


def announce(
    session: Session, actor: Actor, step: tuple[str, str], moved: Sequence[Row[Any]], at: datetime
) -> None:
    """Put a step, its table and command, in the outbox if programs may be told of it: which rows stand where."""
    if step not in STEPS or not moved:
        return
    subjects = [{"id": str(row.id), "unit_id": str(row.unit_id), "state": row.state} for row in moved]
    session.add(
        Message(
            county_id=actor.county_id,
            unit_id=actor.unit_id,
            topic=TOPIC,
            subject_id=moved[0].id,
            body={"text": "", "persons": [], "roles": [], "event": STEPS[step], "subjects": subjects, **carried()},
            made_at=at,
            next_at=at,
        )
    )
