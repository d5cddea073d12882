"""Revisions: a row held still by the step that is about to be taken, so that what was read can be compared."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold
from shared.db.base import InCounty
from shared.db.claims import Claim
from shared.db.filings import Filing
from shared.db.objections import Objection

# The row that a step is taken with; the step itself holds it once more, which is nothing.
OF_STEP: Mapping[Action, type[InCounty]] = {
    Action.CLAIM_SUBMIT: Claim,
    Action.CLAIM_WITHDRAW: Claim,
    Action.FILING_FILE: Filing,
    Action.FILING_RECEIVE: Filing,
    Action.FILING_RETURN: Filing,
    Action.FILING_SUBMIT: Filing,
    Action.OBJECTION_RAISE: Objection,
}


def keep_still(session: Session, actor: Actor, action: Action, row_id: UUID) -> None:
    """Lock the row of a step until the transaction ends; refused as the step would be."""
    hold(session, actor, action, OF_STEP[action], row_id)
