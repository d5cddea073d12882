"""Audit cases: a drawn line as who checks it sees it, each look written down; and what they found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, require, see
from shared.db.audits import Audit, AuditedLine
from shared.db.claims import Claim, Record
from shared.db.members import Member
from shared.db.rounds import Award, Line
from shared.db.units import Unit
from shared.domain.audits import Tally, Verdict, tally
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.periods import period_in_words
from shared.domain.wording import roles, said
from shared.usecases.audits import why_of
from shared.usecases.carry_out import remark
from shared.usecases.looks import LOOK
from shared.usecases.openings import case_of, open_to

# Whoever opined on, entered, decided, scored or proposed what a line counts has signed for it.
_SIGNED = text("""
SELECT DISTINCT ON (h.actor_id, h.command) h.actor_id, h.actor_name, h.role, h.command, h.subject_kind, h.at
FROM history h
WHERE h.county_id = :county AND h.subject_id = ANY(CAST(:subjects AS uuid[])) AND h.actor_id IS NOT NULL
  AND h.command IN ('opinion', 'accept', 'refuse', 'confirm', 'decide', 'enter', 'score', 'agree', 'propose')
ORDER BY h.actor_id, h.command, h.at
""")

ELSEWHERE = "这一行由别的单位核查。"


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody who signed for a line: in which office, and what."""

    person_id: UUID
    name: str
    role: str
    what: str


@dataclass(frozen=True, slots=True)
class Case:
    """A drawn line with everything that stands behind it; `why_not` says why the actor does not check it."""

    drawn: AuditedLine
    audit: Audit
    branch: Unit
    line: Line
    member: Member
    claims: Sequence[Claim]
    records: Sequence[Record]
    awards: Sequence[Award]
    signers: Sequence[Signer]
    why_not: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """An audit with the drawn lines that the actor may see; `tallies` by branch, in the order of the draw."""

    audit: Audit
    unit: Unit
    lines: Sequence[tuple[AuditedLine, Unit, Unit]]
    tallies: Sequence[tuple[Unit, Tally]]
    closes: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of a line; `should_be` is the figure that would have been right, where it is known."""

    verdict: Verdict
    finding: str = ""
    should_be: Decimal | None = None


def audits_of(session: Session, actor: Actor) -> Sequence[tuple[Audit, Tally]]:
    """Return the audits that this unit has drawn or has to check lines of, the newest first."""
    require(actor, Action.SAMPLING_SEE)
    audits = session.scalars(select(Audit).filter_by(county_id=actor.county_id).order_by(Audit.drawn_at.desc()))
    return [(audit, tally([line.verdict for line in _lines(session, audit.id, actor)])) for audit in audits]


def see_audit(session: Session, actor: Actor, audit_id: UUID) -> AuditPage:
    """Return an audit to who has drawn it, with all lines, and to who checks some of them, with those."""
    audit = see(session, actor, Action.SAMPLING_SEE, Audit, audit_id)
    units = {unit.id: unit for unit in session.scalars(select(Unit).filter_by(county_id=actor.county_id))}
    lines = _lines(session, audit.id, actor)
    branches = list(dict.fromkeys(line.branch_id for line in lines))
    return AuditPage(
        audit=audit,
        unit=units[audit.unit_id],
        lines=[(line, units[line.branch_id], units[line.to_unit_id]) for line in lines],
        tallies=[(units[one], tally([x.verdict for x in lines if x.branch_id == one])) for one in branches],
        closes=audit.unit_id == actor.unit_id and audit.closed_at is None,
    )


def look_at_case(session: Session, actor: Actor, drawn_id: UUID, now: datetime) -> Case:
    """Return a drawn line to who checks it, and write down that they have looked at the member's points."""
    case = _case(session, actor, see(session, actor, Action.SAMPLING_SEE, AuditedLine, drawn_id))
    remark(session, actor, case.member, LOOK, now, note=f"抽查{period_in_words(case.audit.period)}")
    return case


def find(session: Session, actor: Actor, drawn_id: UUID, found: Found, now: datetime) -> AuditedLine:
    """Write down what was found of a line, with who signed for it; once, and never by somebody concerned."""
    drawn = hold(session, actor, Action.SAMPLING_CHECK, AuditedLine, drawn_id)
    if drawn.to_unit_id != actor.unit_id:
        raise Forbidden(ELSEWHERE)
    case = _case(session, actor, drawn)
    if case.why_not:
        raise Forbidden(case.why_not)
    if drawn.verdict is not None:
        raise NotNow(f"这一行已经由{drawn.checked_by_name}核查过了。")
    if found.verdict is Verdict.WRONG and not found.finding.strip():
        raise Invalid("认为不属实的，要写明哪里不属实、依据是什么。")
    drawn.verdict, drawn.finding, drawn.should_be = found.verdict, found.finding.strip() or None, found.should_be
    drawn.checked_by, drawn.checked_by_name, drawn.checked_at = actor.person_id, actor.name, now
    drawn.signers = [{"name": one.name, "role": one.role, "what": one.what} for one in case.signers]
    remark(session, actor, drawn, "check", now, note=found.verdict)
    if found.verdict is Verdict.WRONG and actor.unit_id != drawn.unit_id:
        shown = [drawn.line_id, *case_of(session, case.line)]
        open_to(session, drawn.county_id, actor.unit_id, drawn.unit_id, shown, why_of(drawn.audit_id), now)
    return drawn


def _case(session: Session, actor: Actor, drawn: AuditedLine) -> Case:
    line = session.get(Line, (drawn.county_id, drawn.line_id))
    audit = session.get(Audit, (drawn.county_id, drawn.audit_id))
    if line is None or audit is None or audit.closed_at is not None:
        raise NotNow("这一行还没有打开给您所在的单位，或者抽查已经办结。")
    member = session.get_one(Member, (drawn.county_id, line.member_id))
    of_line = {"county_id": line.county_id, "round_id": line.round_id, "member_id": line.member_id}
    claims = session.scalars(select(Claim).filter_by(**of_line).order_by(Claim.happened_on, Claim.number)).all()
    records = session.scalars(select(Record).filter_by(**of_line).order_by(Record.happened_on)).all()
    awards = select(Award).filter_by(county_id=line.county_id, line_id=line.id, edition=line.edition)
    signers = _signers(session, line, [line.id, *(one.id for one in (*claims, *records))], member)
    return Case(
        drawn=drawn,
        audit=audit,
        branch=session.get_one(Unit, (drawn.county_id, drawn.branch_id)),
        line=line,
        member=member,
        claims=claims,
        records=records,
        awards=session.scalars(awards.order_by(Award.ordinal)).all(),
        signers=signers,
        why_not=_why_not(actor, drawn, member, signers),
    )


def _signers(session: Session, line: Line, subjects: Sequence[UUID], member: Member) -> list[Signer]:
    rows = session.execute(_SIGNED, {"county": line.county_id, "subjects": list(subjects)})
    return [
        Signer(row.actor_id, row.actor_name, roles(row.role), said(row.command, row.subject_kind))
        for row in rows
        if row.actor_id != member.person_id
    ]


def _why_not(actor: Actor, drawn: AuditedLine, member: Member, signers: Sequence[Signer]) -> str:
    if drawn.to_unit_id != actor.unit_id:
        return ELSEWHERE
    if actor.person_id == member.person_id:
        return "这是您自己的积分，请由别的同志核查。"
    if actor.person_id in {one.person_id for one in signers}:
        return "这一行积分您经手过，请由别的同志核查。"
    return ""


def _lines(session: Session, audit_id: UUID, actor: Actor) -> Sequence[AuditedLine]:
    of_audit = select(AuditedLine).filter_by(county_id=actor.county_id, audit_id=audit_id)
    return session.scalars(of_audit.order_by(AuditedLine.ordinal)).all()
