"""Leftovers of those above a branch, and of what goes between it and them: books, filings, audits, files."""

from shared.db.archives import Suspension
from shared.db.audits import Audit, AuditedLine
from shared.db.book_drafts import BookDraft, BookEdition
from shared.db.delegations import Delegation
from shared.db.filings import Filing, FilingEdition
from shared.db.imports import ColumnMatch, Import, ImportRow
from shared.db.jobs import Job, JobFile
from shared.db.messages import Message
from shared.db.policies import Policy
from shared.db.reorganisations import Reorganisation
from shared.db.retention import Retention
from shared.db.rounds import Line
from shared.db.rules import IssuedBook
from shared.db.supervisions import Supervision
from shared.db.transfers import Transfer, TransferStatement
from shared.db.trials import Trial, TrialLine, TrialPart
from shared.db.units import Holding
from shared.db.webhooks import Telling, Webhook
from shared.db.work_meetings import HeardReport, WorkMeeting
from shared.db.yardsticks import Yardstick
from tests.leaks.scene import AT, DAY, LATER, Scene, a_digest

OFFICER = "township_officer"


def leave_above(scene: Scene) -> None:
    """Leave a row in every table of those above, and of files and programs."""
    for part in (_filings, _audits, _books, _arrangements, _transfers, _files, _programs):
        part(scene)


def _filings(scene: Scene) -> None:
    filing, said, town = scene.one(Filing, period="2026-Q1"), scene.said, scene.branch.parent_id
    scene.add(
        FilingEdition, filing_id=filing.id, edition=0, package=filing.package, digest=a_digest(), head=a_digest(),
        return_reason=said, replaced_at=AT,
    )  # fmt: skip
    scene.add(
        Supervision, town, branch_id=scene.branch.unit_id, period="2026-03", figures={}, mark=60,
        standing="urged", words=said, decided_by=scene.who(OFFICER), decided_at=AT,
    )  # fmt: skip
    month = f"{scene.branch.unit_id.int % 9000 + 1000}-03"
    meeting = scene.add(
        WorkMeeting, town, month=month, held_on=DAY, agenda=said, called_by=scene.who(OFFICER), called_at=AT
    )
    scene.add(HeardReport, town, work_meeting_id=meeting, reporting_id=scene.branch.unit_id, heard=True,
              summary=said)  # fmt: skip


def _audits(scene: Scene) -> None:
    town, said = scene.branch.parent_id, scene.said
    audit = scene.add(
        Audit, town, period="2026-Q1", why=said, seed="07 12 25", branch_percent=10, line_percent=10,
        population=10, population_digest=a_digest(), crosswise=False, drawn_by=scene.who(OFFICER), drawn_at=AT,
        state="drawn",
    )  # fmt: skip
    scene.add(
        AuditedLine, town, to_unit_id=town, branch_id=scene.branch.unit_id, audit_id=audit,
        line_id=scene.one(Line).id, ordinal=1, verdict="wrong", finding=said, signers=[],
        checked_by=scene.who(OFFICER), checked_by_name=said, checked_at=AT,
    )  # fmt: skip


def _books(scene: Scene) -> None:
    town, said, officer = scene.branch.parent_id, scene.said, scene.who(OFFICER)
    book = scene.session.query(IssuedBook).filter_by(county_id=scene.branch.county_id).first()
    assert book is not None
    draft = scene.add(
        BookDraft, town, name=f"overlay-{scene.branch.unit_id.hex[:8]}", version=1, edition=1, started_by=officer,
        started_at=AT, state="withdrawn",
    )  # fmt: skip
    scene.add(
        BookEdition, town, draft_id=draft, edition=1, text=book.text, said=said, person_id=officer,
        person_name=said, saved_at=AT,
    )  # fmt: skip
    trial = scene.add(
        Trial, town, draft_id=draft, edition=1, before_id=book.id, rounds=["2026-Q1"],
        units=[str(scene.branch.unit_id)], asked_by=officer, asked_at=AT, done_at=AT,
    )  # fmt: skip
    scene.add(TrialPart, trial_id=trial, to_unit_id=town, members=1, raised=1, lowered=0, regraded=0, shifts={})
    scene.add(TrialLine, trial_id=trial, member_id=scene.member, result_before="合格", result_after="优秀",
              reasons=[said])  # fmt: skip


def _arrangements(scene: Scene) -> None:
    branch, said, secretary = scene.branch, scene.said, scene.who("secretary")
    scene.add(
        Policy, to_unit_id=branch.parent_id, rules=[], reason=said, proposed_by=secretary, proposed_name=said,
        proposed_at=AT, decided_by=scene.who(OFFICER), decided_name=said, decided_at=AT, answer=said,
        state="refused",
    )  # fmt: skip
    scene.add(
        Delegation, holding_id=scene.one(Holding, 1).id, from_holding_id=scene.one(Holding).id, kind="delegated",
        reason=said, made_by=secretary, made_at=AT, ended_at=AT, ended_by=secretary,
    )  # fmt: skip
    scene.add(
        Reorganisation, branch.parent_id, subject_id=branch.unit_id, change="rename", takes_effect_on=DAY,
        document=said, particulars={"name": said}, decided_by=scene.who(OFFICER), decided_at=AT, state="stopped",
    )  # fmt: skip
    scene.add(
        Yardstick, branch.county_id, measures={}, reason=said, proposed_by=scene.mei, proposed_name=said,
        proposed_at=AT, decided_by=secretary, decided_name=said, decided_at=AT, answer=said, state="refused",
    )  # fmt: skip
    scene.add(Retention, branch.county_id, days=365, basis=said, set_by=scene.mei, set_at=AT)
    scene.add(
        Suspension, branch.county_id, kind="suspended", sentence=said, ordered_by=said, since=AT, ended_at=AT
    )


def _transfers(scene: Scene) -> None:
    town, said = scene.branch.parent_id, scene.said
    transfer = scene.add(
        Transfer, to_unit_id=town, member_id=scene.member, name=said, letter=said, reason=said, proposed_at=AT,
        state="declined",
    )  # fmt: skip
    package = {"name": said, "member_no": "001", "from": said, "to": said, "moved_on": "2027-01-20", "year": 2027,
               "present_from": None, "pending": [], "rounds": [], "deeds": []}  # fmt: skip
    scene.add(
        TransferStatement, to_unit_id=town, transfer_id=transfer, to_member_id=scene.member, number=1, year=2027,
        package=package, digest=a_digest(), head=a_digest(), sealed_at=AT,
    )  # fmt: skip


def _files(scene: Scene) -> None:
    said, recorder = scene.said, scene.who("recorder")
    file = {"heading": 0, "said": [said]}
    lines = {"lines": [[1, ["编号", "姓名"]], [2, ["101", said]]]}
    made = scene.add(
        Import, kind="roster", name=f"{said}.xlsx", file=file, lines=lines, places={"member_no": 0, "name": 1},
        counts={"new": 0, "changed": 0, "unchanged": 0, "wrong": 1}, made_by=recorder, made_at=AT, state="checked",
    )  # fmt: skip
    scene.add(
        ImportRow, import_id=made, line=2, outcome="wrong", title=said, before={}, after={"name": said},
        faults={"said": [["第2行 B列", said, said]]},
    )  # fmt: skip
    scene.add(ColumnMatch, kind="roster", heading=said, key="name")
    job = scene.add(
        Job, kind="notice_prints", title=said, arguments={}, total=1, said=said, asked_by=recorder, asked_at=AT,
        ended_at=AT, state="done",
    )  # fmt: skip
    scene.add(JobFile, job_id=job, name=f"{said}.pdf", media_type="application/pdf", content=said.encode(),
              made_at=AT)  # fmt: skip


def _programs(scene: Scene) -> None:
    said, town = scene.said, scene.branch.parent_id
    hook = scene.add(
        Webhook, town, address=f"https://example.test/{said}", events="notice.posted", secret=said,
        made_by=scene.who(OFFICER), made_at=AT, ended_at=LATER,
    )  # fmt: skip
    message = scene.one(Message)
    scene.add(
        Telling, town, webhook_id=hook, message_id=message.id, event="notice.posted",
        subject_id=message.subject_id, subject_unit_id=scene.branch.unit_id, subject_state="posted",
        happened_at=AT, state="dead", due_at=AT, error=said, done_at=AT,
    )  # fmt: skip
