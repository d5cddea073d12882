"""Leftovers: a row in each table that a branch's quarter leaves empty, put there past the use cases.

How such rows come about is for the tests of the use cases. Here it matters that there is one, that it hangs
together by its keys, and what is written in it.
"""

from decimal import Decimal
from uuid import uuid4

from sqlalchemy.orm import Session

from shared.db.accounts import Account, Card, OneTimeCode
from shared.db.appraisals import SelfReport
from shared.db.ballots import Ballot, PaperCount
from shared.db.claims import Score, Word
from shared.db.complaints import Complaint
from shared.db.deliveries import ContactWay, Delivery, PhoneCall
from shared.db.drafts import Draft, Submission
from shared.db.erasures import Erasure
from shared.db.evidence import Evidence
from shared.db.goals import Goal
from shared.db.kinships import Kinship
from shared.db.ledger import Appraisal
from shared.db.meetings import Meeting
from shared.db.messages import Notification
from shared.db.minutes import Minutes
from shared.db.motions import Motion, WrittenOpinion
from shared.db.objections import Appeal, Objection
from shared.db.outcomes import OutcomeCase, OutcomeStep
from shared.db.policies import Signature
from shared.db.proxies import Proxy
from shared.db.reflections import Reflection
from shared.db.reports import Report
from shared.db.reviews import Review
from shared.db.sign_ins import SignIn
from shared.db.terms import Term
from shared.db.tokens import KeptAnswer, Token
from shared.db.witnesses import Witness
from tests.leaks.above import leave_above
from tests.leaks.scene import AT, DAY, LATER, Scene, a_digest
from tests.leaks.shown import leave_shown
from tests.quarters import Quarter


def leave(session: Session, quarter: Quarter, said: str = "说的话") -> None:
    """Leave a row in every table that the quarter has not come to; the login of `session` may write anywhere."""
    scene = Scene(session, quarter, said)
    for part in (_sign_ins, _words, _claims, _meetings, _cases, _papers, leave_above, leave_shown):
        part(scene)


def _sign_ins(scene: Scene) -> None:
    mei, said = scene.mei, scene.said
    scene.add(Account, person_id=mei, password_hash=said, opened_at=AT)
    scene.add(Card, member_id=scene.member, digest=a_digest(), made_at=AT)
    scene.add(OneTimeCode, person_id=mei, kind="recovery", digest=a_digest(), made_at=AT)
    scene.add(
        SignIn, person_id=mei, digest=a_digest(), means="password", level="full", device=said, made_at=AT,
        seen_at=AT, ends_at=AT,
    )  # fmt: skip
    token = scene.add(
        Token, acts_in_id=scene.branch.unit_id, person_id=mei, name=said, digest=a_digest(), level="full",
        scopes="claim:see", made_by=mei, made_at=AT, ends_at=LATER,
    )  # fmt: skip
    scene.add(KeptAnswer, token_id=token, key=said, digest=a_digest(), status=200, body=said, made_at=AT)
    scene.add(Draft, person_id=mei, page="/complaints", fields={"text": said}, kept_at=AT)
    scene.add(Submission, person_id=mei, address="/home", made_at=AT)
    scene.add(
        Kinship, person_id=mei, officer=said, relative_id=mei, relative=said, to_unit_id=scene.branch.unit_id,
        kin="other", declared_at=AT,
    )  # fmt: skip


def _words(scene: Scene) -> None:
    mei, said, unit_id = scene.mei, scene.said, scene.branch.unit_id
    scene.add(
        Complaint, about_unit_id=unit_id, person_id=mei, number=str(unit_id)[:13], kind="complaint", text=said,
        name=said, telephone="13800000000", received_at=AT, state="received",
    )  # fmt: skip
    told = scene.add(
        Notification, person_id=mei, key=str(uuid4()), topic="notice.posted", text=said,
        subject_id=scene.quarter.notice_id, made_at=AT,
    )  # fmt: skip
    scene.add(ContactWay, person_id=mei, channel="webhook", address=f"json://localhost/{said}", rank=1)
    scene.add(
        Delivery, notification_id=told, person_id=mei, channel="webhook", state="failed", due_at=AT, attempts=3,
        error=said,
    )  # fmt: skip
    scene.add(PhoneCall, member_id=scene.member, called_by=scene.who("recorder"), called_at=AT, reached=False,
              note=said)  # fmt: skip
    scene.add(Goal, member_id=scene.member, year=2027, text=said, written_at=AT)
    scene.add(Reflection, member_id=scene.member, quarter="2026-Q4", text=said, written_at=AT)
    scene.add(Proxy, member_id=scene.member, person_id=scene.who("office"), until=LATER.date(), named_at=AT)
    scene.add(
        Report, member_id=scene.member, reported_by=scene.branch.members[1].person_id, kind="contribution",
        happened_on=DAY, text=said, reported_at=AT, state="reported",
    )  # fmt: skip


def _claims(scene: Scene) -> None:
    claim, said = scene.quarter.claims[0], scene.said
    scene.add(
        Evidence, subject_kind="claim", subject_id=claim, name=f"{said}.jpg", media_type="image/jpeg", size=1,
        digest=a_digest(), original=a_digest(), added_by=scene.mei, added_at=AT,
    )  # fmt: skip
    scene.add(
        Erasure, member_id=scene.member, person_id=scene.mei, reason=said, asked_at=AT, due_at=LATER, state="asked"
    )
    other = scene.branch.members[1]
    scene.add(Witness, claim_id=claim, member_id=other.id, named_at=AT, confirms=True, said=said, said_at=AT)
    scene.add(Score, claim_id=claim, person_id=other.person_id, points=Decimal(1), scored_at=AT)
    scene.add(
        Word, claim_id=claim, at_unit_id=scene.branch.parent_id, department="民政办", asked_at=AT, agrees=True,
        text=said, person_id=scene.who("word"), given_at=AT,
    )  # fmt: skip
    objection = scene.one(Objection)
    scene.add(
        Appeal, objection_id=objection.id, level=1, body="parent", at_unit_id=scene.branch.parent_id,
        grounds=said, raised_at=AT, due_at=LATER,
    )  # fmt: skip


def _meetings(scene: Scene) -> None:
    said, meeting = scene.said, scene.one(Meeting).id
    scene.add(Minutes, meeting_id=meeting, written_by=scene.who("recorder"), place=said, said=said, changed_at=AT)
    scene.add(Motion, meeting_id=meeting, kind="other", title=said, put_at=AT)
    scene.add(WrittenOpinion, meeting_id=meeting, person_id=scene.mei, text=said, received_at=AT)
    scene.add(
        PaperCount, ballot_id=scene.one(Ballot).id, person_id=scene.who("recorder"), slips=0, counts={},
        entered_at=AT,
    )  # fmt: skip
    scene.add(
        SelfReport, member_id=scene.member, year=2026, study=said, work=said, life=said, gaps=said,
        handed_in_at=AT,
    )  # fmt: skip
    scene.add(Appraisal, member_id=scene.member, year=2026, result="合格", minute=said, decided_at=AT)


def _cases(scene: Scene) -> None:
    said = scene.said
    case = scene.add(
        OutcomeCase, member_id=scene.member, period="2026", kind="praise", measure="commend", basis=said,
        legal_basis=said, body="committee", terms={}, owner_id=scene.who("secretary"), proposed_at=AT,
        state="proposed",
    )  # fmt: skip
    scene.add(
        OutcomeStep, case_id=case, person_id=scene.who("secretary"), command="talk", done_on=DAY, text=said,
        written_at=AT,
    )  # fmt: skip
    scene.add(Term, number=1, since=DAY, until=LATER.date(), minute=said, entered_by=scene.who("secretary"))
    scene.add(Review, kind="term", subject_id=scene.branch.unit_id, what=said, due_on=DAY, state="waiting")


def _papers(scene: Scene) -> None:
    scene.add(
        Signature, subject_kind="claim", subject_id=scene.quarter.claims[0], action="claim:decide", stage=1,
        person_id=scene.who("organiser"), person_name=scene.said, signed_at=AT,
    )  # fmt: skip
