"""The gate: the only way from an id to a row. A stranger gets 404, a known person without the right 403."""

from collections.abc import Sequence
from functools import cache
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Select, bindparam, event, select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.policy import allows
from shared.db.base import InCounty, Stateful
from shared.db.kinships import kin_concerned
from shared.db.members import Member
from shared.db.policies import Signature
from shared.domain.errors import Forbidden, NotFound, NotNow
from shared.domain.kinships import step_aside
from shared.domain.steps import step_in_words
from shared.telemetry.tallies import count

Row = TypeVar("Row", bound=InCounty)

# A role that acts only on rows of its own: the member's on theirs, who leads a group on their group's, who keeps
# in touch with members away on theirs.
OWN_ROWS = {
    "member": "member_id",
    "group_leader": "group_id",
    "village_head": "group_id",
    "contact": "contact_id",
}
# What hangs on the board is everybody's to see, to object to and to take further.
ON_THE_BOARD = {Action.BOARD_SEE, Action.OBJECTION_RAISE, Action.APPEAL_RAISE}
# What another unit's row may meet here, once it has been opened or sent: all else is done where the row lives.
ACROSS = {
    Action.APPEAL_DECIDE,
    Action.FILING_FILE,
    Action.FILING_RECEIVE,
    Action.FILING_RETURN,
    Action.OUTCOME_DECIDE,
    Action.POLICY_GRANT,
    Action.SAMPLING_CHECK,
    Action.TRANSFER_ACCEPT,
    Action.WORD_GIVE,
}
# What one person decides, reviews or answers about another by themselves: not for those whom they have declared
# as kin (回避), wherever in the county these are members.
ALONE = {
    Action.APPEAL_DECIDE,
    Action.CLAIM_DECIDE,
    Action.OBJECTION_ANSWER,
    Action.OBJECTION_INVESTIGATE,
    Action.OUTCOME_DECIDE,
    Action.SAMPLING_CHECK,
    Action.SCORE_AGREE,
    Action.SCORE_GIVE,
    Action.WORD_GIVE,
}


class OneOfTwo(NotNow):
    """The step was rehearsed, nothing has changed: this unit wants two people for it, and this is the first.

    Whoever meets it signs for the person (shared/usecases/signatures.py); another person's act carries it out.
    """

    def __init__(self, action: Action, row: Stateful) -> None:
        super().__init__(f"本单位规定“{step_in_words(action)}”要两个人先后办理，您是第一位；另一位办理后才生效。")
        self.action, self.row_type, self.row_id, self.stage = action, type(row), row.id, row.stage


def able(actor: Actor, action: str, without: frozenset[str] = frozenset()) -> bool:
    """Return whether any of the actor's roles, but for those `without`, may take the action in their unit."""
    return _lets(actor, action) and allows(actor.roles - without, action, actor.overlay)


def require(actor: Actor, action: Action) -> None:
    """Refuse an actor none of whose roles may take the action."""
    if not able(actor, action):
        raise _refusal(actor, action)


def may(actor: Actor, action: Action, row: InCounty) -> bool:
    """Return whether this actor may take this action on this row."""
    if not _lets(actor, action):
        return False
    by = [role for role in actor.roles if allows(frozenset({role}), action, actor.overlay)]
    return any(_at_home(actor, role, action, row) and _reaches(actor, role, action, row) for role in by)


def _lets(actor: Actor, action: str) -> bool:
    """Whether whoever acts through a program has let it take this step.

    What a step reads on its way is its own affair: what a program is shown was asked for at the door.
    """
    return actor.only is None or action in actor.only or action.endswith(":see")


def _at_home(actor: Actor, role: str, action: Action, row: InCounty) -> bool:
    """A role is held in one unit: a secretary above is none of the branch whose case was opened to them."""
    if role == "clock" or action in ACROSS or action.endswith(":see"):
        return True
    return getattr(row, "unit_id", actor.unit_id) == actor.unit_id


def _reaches(actor: Actor, role: str, action: Action, row: InCounty) -> bool:
    column = OWN_ROWS.get(role)
    if column is None or action in ON_THE_BOARD:
        return True
    if column == "member_id" and isinstance(row, Member):
        return row.id == actor.member_id
    if not hasattr(row, column):
        return True
    own = getattr(actor, column)
    return own is not None and getattr(row, column) == own


def see(session: Session, actor: Actor, action: Action, row_type: type[Row], row_id: UUID) -> Row:
    """Return the row for reading. NotFound where row-level security shows none, Forbidden without the right."""
    row: Row | None = session.scalar(_by_id(row_type), {"county": actor.county_id, "id": row_id})
    return _admit(actor, action, row)


def see_all(
    session: Session, actor: Actor, action: Action, row_type: type[Row], row_ids: Sequence[UUID]
) -> list[Row]:
    """Return several rows for reading, in the order of their ids given; NotFound where one is not shown."""
    shown = select(row_type).where(row_type.county_id == actor.county_id, row_type.id.in_(row_ids))
    found = {row.id: row for row in session.scalars(shown)}
    return [_admit(actor, action, found.get(row_id)) for row_id in row_ids]


def hold(session: Session, actor: Actor, action: Action, row_type: type[Row], row_id: UUID) -> Row:
    """Lock the row until the transaction ends and return it as it is now, not as it was first read."""
    row: Row | None = session.scalar(_held(row_type), {"county": actor.county_id, "id": row_id})
    held = _admit(actor, action, row)
    _refuse_kin(session, actor, action, [held])
    return _second(session, actor, action, held)


def hold_all(
    session: Session, actor: Actor, action: Action, row_type: type[Row], row_ids: Sequence[UUID]
) -> list[Row]:
    """Lock several rows in the order of their ids, so that two who hold the same never wait for each other."""
    fresh = (
        select(row_type)
        .where(row_type.county_id == actor.county_id, row_type.id.in_(row_ids))
        .order_by(row_type.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    rows = list(session.scalars(fresh))
    if len(rows) != len(set(row_ids)):
        raise NotFound("没有这样的记录。")
    held = [_admit(actor, action, row) for row in rows]
    _refuse_kin(session, actor, action, held)
    return [_second(session, actor, action, row) for row in held]


@cache
def _by_id(row_type: type[Row]) -> Select[tuple[Row]]:
    # Built once: building it took longer than PostgreSQL takes to answer it.
    return select(row_type).where(row_type.county_id == bindparam("county"), row_type.id == bindparam("id"))


@cache
def _held(row_type: type[Row]) -> Select[tuple[Row]]:
    return _by_id(row_type).with_for_update(key_share=True).execution_options(populate_existing=True)


def _admit(actor: Actor, action: Action, row: Row | None) -> Row:
    if row is None:
        count("decisions", "hidden")
        raise NotFound("没有这样的记录。")
    if not may(actor, action, row):
        raise _refusal(actor, action)
    count("decisions", "allowed")
    return row


def _refusal(actor: Actor, action: Action) -> Forbidden:
    count("decisions", "forbidden")
    who = actor.roles_in_words or actor.name
    return Forbidden(f"您现在的身份（{who}）不能办理“{step_in_words(action)}”这一步。", action)


def _refuse_kin(session: Session, actor: Actor, action: Action, rows: Sequence[InCounty]) -> None:
    """Refuse whoever has declared as kin somebody whom one of the rows concerns."""
    if action not in ALONE or actor.person_id is None:
        return
    concerned = kin_concerned(session, actor.county_id, actor.person_id, rows)
    if concerned:
        raise Forbidden(step_aside(concerned))


def _second(session: Session, actor: Actor, action: Action, row: Row) -> Row:
    """Let the first of two people take the step as a rehearsal, refused at the commit; the second in earnest."""
    if action in actor.overlay.twice and isinstance(row, Stateful) and not _signed(session, actor, action, row):
        first = OneOfTwo(action, row)
        event.listen(session, "before_commit", lambda at: _rehearsed(at, first))
    return row


def _signed(session: Session, actor: Actor, action: Action, row: Stateful) -> bool:
    """Whether another person has signed for this step since the row came to stand where it stands."""
    others = select(Signature.id).filter_by(
        county_id=actor.county_id, unit_id=actor.unit_id, subject_id=row.id, action=action, stage=row.stage
    )
    return session.scalar(others.where(Signature.person_id != actor.person_id).limit(1)) is not None


def _rehearsed(session: Session, first: OneOfTwo) -> None:
    # A savepoint ends by the same event; only what would last is refused.
    if not session.in_nested_transaction():
        raise first
