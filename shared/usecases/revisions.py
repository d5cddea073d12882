"""Revisions: a row held still by the step that is about to be taken, so that what was read can be compared."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold
from shared.db.base import InCounty
from shared.db.claims import Claim, Record
from shared.db.filings import Filing
from shared.db.meetings import Meeting
from shared.db.notices import Notice
from shared.db.objections import Objection
from shared.db.reports import Report
from shared.db.rounds import Round

# The row that a step is taken with; the step itself holds it once more, which is nothing.
OF_STEP: Mapping[Action, type[InCounty]] = {
    Action.APPEAL_DECIDE: Objection,
    Action.APPEAL_RAISE: Objection,
    Action.CLAIM_DECIDE: Claim,
    Action.CLAIM_RETURN: Claim,
    Action.CLAIM_SUBMIT: Claim,
    Action.CLAIM_WITHDRAW: Claim,
    Action.FILING_FILE: Filing,
    Action.FILING_RECEIVE: Filing,
    Action.FILING_RETURN: Filing,
    Action.FILING_SUBMIT: Filing,
    Action.LINE_CONFIRM: Round,
    Action.LINE_PROPOSE: Round,
    Action.MEETING_HOLD: Meeting,
    Action.NOTICE_APPROVE: Notice,
    Action.NOTICE_DRAFT: Notice,
    Action.NOTICE_PUBLISH: Notice,
    Action.NOTICE_RETURN: Notice,
    Action.NOTICE_REVIEW: Notice,
    Action.OBJECTION_ANSWER: Objection,
    Action.OBJECTION_ASSIGN: Objection,
    Action.OBJECTION_CONFIRM: Objection,
    Action.OBJECTION_INVESTIGATE: Objection,
    Action.OBJECTION_RAISE: Objection,
    Action.OPINION_GIVE: Claim,
    Action.RECORD_STRIKE: Record,
    Action.REPORT_REPLY: Report,
    Action.REPORT_SETTLE: Report,
}


def keep_still(session: Session, actor: Actor, action: Action, row_id: UUID) -> None:
    """Lock the row of a step until the transaction ends; refused as the step would be."""
    hold(session, actor, action, OF_STEP[action], row_id)
