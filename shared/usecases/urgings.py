"""Urgings: the level above urges a branch to finish what is late, and then leaves it three days to do so."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold
from shared.db.units import Unit
from shared.domain.errors import NotNow
from shared.domain.urgings import WORDS, Subject, again_from
from shared.domain.windows import local_day
from shared.usecases.carry_out import remark
from shared.usecases.messages import Audience, tell

# Numbers of the acting unit and those below; of any other unit there are none.
_LATE = text(
    "SELECT coalesce(sum(number), 0)::integer FROM jifen.waiting() WHERE unit_id = :unit AND noun = :noun AND late"
)
_LAST = text("SELECT jifen.last_urged(:unit, :command)")


def urge(session: Session, actor: Actor, unit_id: UUID, subject: Subject, now: datetime) -> date:
    """Urge a branch below to finish what is late; return the first day on which it may be urged again.

    NotNow where nothing of the kind is late there, or where anybody has urged it of the same within three days.
    """
    branch = hold(session, actor, Action.BRANCH_REMIND, Unit, unit_id)
    late = session.scalar(_LATE, {"unit": branch.id, "noun": str(subject)})
    if not late:
        raise NotNow(f"{branch.name}没有逾期的{WORDS[subject]}，不用催办。")
    free = urged_again_from(session, branch.id, subject)
    if free is not None and local_day(now) < free:
        raise NotNow(f"三天内已经就{WORDS[subject]}催办过{branch.name}，{free} 起可以再次催办。")
    own = session.get_one(Unit, (actor.county_id, actor.unit_id))
    said = f"{own.name}催办：{branch.name}有 {late} 件{WORDS[subject]}已经逾期，请尽快办理。"
    remark(session, actor, branch, _command(subject), now, note=said)
    tell(session, actor, branch.id, "urging", branch.id, said, Audience(roles=["secretary", "committee"]), now)
    return again_from(local_day(now))


def urged_again_from(session: Session, unit_id: UUID, subject: Subject) -> date | None:
    """Return the first day on which a branch may be urged of this again; None where nobody ever has."""
    last = session.scalar(_LAST, {"unit": unit_id, "command": _command(subject)})
    return again_from(local_day(last)) if last else None


def _command(subject: Subject) -> str:
    return f"urge_{subject}"
