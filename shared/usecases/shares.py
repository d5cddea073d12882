"""Shares: a unit's policy as people read it: each step, who may take it here, and where it differs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import require
from shared.authz.policy import table
from shared.db.policies import Policy, Signature
from shared.db.units import Unit
from shared.domain.policies import Overlay, who_may
from shared.domain.policy_checks import FOR_TWO, OFFICES, free_steps
from shared.domain.roles import WORDS
from shared.domain.steps import step_in_words
from shared.domain.windows import local_day
from shared.usecases.policies import people_by_role

LATEST = 20


@dataclass(frozen=True, slots=True)
class Share:
    """One step: who may take it, 支部书记（王秀英）, and what the unit's own rules change in it."""

    step: str
    words: str
    by: tuple[str, ...]
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shares:
    """What a page says of a unit's policy: its shares, its proposals newest first, what others have sent to it."""

    unit_name: str
    overlay: Overlay
    shares: tuple[Share, ...]
    proposals: Sequence[Policy]
    sent: Sequence[tuple[Policy, str]]
    signatures: Sequence[Signature]


def see_shares(session: Session, actor: Actor, now: datetime) -> Shares:
    """Return how the steps are shared out in the actor's unit."""
    require(actor, Action.POLICY_SEE)
    people = people_by_role(session, actor.county_id, actor.unit_id, local_day(now))
    proposals = select(Policy).filter_by(county_id=actor.county_id, unit_id=actor.unit_id)
    return Shares(
        unit_name=session.get_one(Unit, (actor.county_id, actor.unit_id)).name,
        overlay=actor.overlay,
        shares=_shares(actor.overlay, {role: [n for n in them.values() if n] for role, them in people.items()}),
        proposals=session.scalars(proposals.order_by(Policy.proposed_at.desc()).limit(LATEST)).all(),
        sent=_sent(session, actor),
        signatures=_signed(session, actor),
    )


def _shares(overlay: Overlay, names: dict[str, list[str]]) -> tuple[Share, ...]:
    """Return the steps that somebody here may take, or that the unit's own rules speak of."""
    shared = overlay.over(table())
    named = {rule.step for rule in overlay.rules}
    found = []
    for step in free_steps(table()):
        able = [role for role in who_may(shared, step) if role in OFFICES and (names.get(role) or step in named)]
        if able or step in named:
            by = tuple(f"{WORDS[role]}（{'、'.join(names.get(role, [])) or '暂无人'}）" for role in able)
            changed = tuple(rule.in_words for rule in overlay.rules if rule.step == step)
            found.append(Share(step, step_in_words(step), by, changed))
    return tuple(found)


def _sent(session: Session, actor: Actor) -> list[tuple[Policy, str]]:
    """Return the proposals that wait to be granted here, each with its unit's name."""
    waiting = (
        select(Policy, Unit.name)
        .join(Unit, (Unit.county_id == Policy.county_id) & (Unit.id == Policy.unit_id))
        .where(Policy.county_id == actor.county_id, Policy.to_unit_id == actor.unit_id, Policy.state == "proposed")
    )
    return [(policy, name) for policy, name in session.execute(waiting.order_by(Policy.proposed_at))]


def _signed(session: Session, actor: Actor) -> Sequence[Signature]:
    """Return who has signed lately as the first of two."""
    here = select(Signature).filter_by(county_id=actor.county_id, unit_id=actor.unit_id)
    return session.scalars(here.order_by(Signature.signed_at.desc()).limit(LATEST)).all()


def choices() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the steps and the offices of which a unit's rules may speak, each with its words."""
    twice = {step: "（可以要两个人）" for step in FOR_TWO}
    steps = [(step, step_in_words(step) + twice.get(step, "")) for step in free_steps(table())]
    return steps, [(role, WORDS[role]) for role in OFFICES]
