"""Sampling audits: drawn from a seed, checked by those above or beside, closed with a report."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, require
from shared.db.audits import Audit, AuditedLine
from shared.db.openings import Opening
from shared.db.units import Unit
from shared.domain.audits import AUDIT, AuditCommand, AuditState, Drawn, digest_of, draw_lines
from shared.domain.errors import Invalid, NotNow
from shared.domain.periods import Period
from shared.usecases.audit_reports import report_of
from shared.usecases.carry_out import remark, step
from shared.usecases.messages import Audience, officers_of, tell
from shared.usecases.openings import open_to
from shared.usecases.tallies import periods_settled

_DRAWABLE = text("SELECT unit_id, id FROM jifen.drawable(:period)")
_CASES = text("SELECT line_id, subject_id FROM jifen.case_below(CAST(:lines AS uuid[]))")
# Who in a branch answers for what is found there, and who checks another's lines.
ANSWERING = ("secretary", "discipline")


class Plan(NamedTuple):
    """What is to be drawn: shares in whole per cent; the seed is chance, or what a meeting has drawn by lot."""

    period: str
    why: str
    branch_percent: int
    line_percent: int
    seed: str
    crosswise: bool


def draw_audit(session: Session, actor: Actor, plan: Plan, now: datetime) -> Audit:
    """Draw lines below the acting unit, open each as a case to who checks it, and tell everybody concerned.

    Invalid with every fault of the plan; NotNow where nothing of the period has settled below.
    """
    require(actor, Action.SAMPLING_DRAW)
    _refuse(plan)
    population = population_of(session, plan.period)
    drawn = draw_lines(
        population, plan.branch_percent, plan.line_percent, plan.seed, actor.unit_id, plan.crosswise
    )
    if not drawn or actor.person_id is None:
        raise NotNow(f"{Period.parse(plan.period).in_words}下面还没有登记入账的积分，没有可以抽的。")
    audit = Audit(
        county_id=actor.county_id,
        unit_id=actor.unit_id,
        period=plan.period,
        why=plan.why.strip(),
        seed=plan.seed.strip(),
        branch_percent=plan.branch_percent,
        line_percent=plan.line_percent,
        population=sum(map(len, population.values())),
        population_digest=digest_of(population),
        crosswise=plan.crosswise,
        drawn_by=actor.person_id,
        drawn_at=now,
        state=AuditState.DRAWN,
        stage=0,
    )
    session.add(audit)
    session.flush()
    note = f"{audit.population} 行中抽 {len(drawn)} 行，种子 {audit.seed}"
    remark(session, actor, audit, "draw", now, note=note)
    _open(session, audit, drawn, now)
    _tell_of(session, actor, audit, drawn, now)
    return audit


def population_of(session: Session, period: str) -> Mapping[UUID, Sequence[UUID]]:
    """Return which lines of a period have settled below the acting unit, by branch; ids alone."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for row in session.execute(_DRAWABLE, {"period": period}):
        found[row.unit_id].append(row.id)
    return found


def periods_of(session: Session, actor: Actor) -> list[str]:
    """Return the months and quarters of which something has settled below, the newest first."""
    require(actor, Action.SAMPLING_DRAW)
    return [one for one in periods_settled(session) if len(one) > 4]


def close_audit(session: Session, actor: Actor, audit_id: UUID, conclusion: str, now: datetime) -> Audit:
    """End an audit with its report; what it opened is shut again, and each branch hears what was found there.

    Nothing is corrected by it: a line that was found wrong goes through the branch's own procedure.
    """
    audit = hold(session, actor, Action.SAMPLING_CLOSE, Audit, audit_id)
    lines = _lines(session, audit)
    waiting = sum(line.verdict is None for line in lines)
    if waiting:
        raise NotNow(f"还有 {waiting} 行没有核查完，不能办结。")
    if not conclusion.strip():
        raise Invalid("请写明这次抽查的结论和处理意见。")
    audit.report, audit.conclusion, audit.closed_at = report_of(session, lines), conclusion.strip(), now
    step(session, actor, audit, AUDIT, AuditCommand.CLOSE, now)
    _shut(session, audit, now)
    for branch_id in {line.branch_id for line in lines}:
        wrong = sum(line.branch_id == branch_id and line.verdict == "wrong" for line in lines)
        said = f"{Period.parse(audit.period).in_words}积分抽查已办结，本支部"
        said += f"有 {wrong} 行不属实，请按更正程序办理，并说明经手情况。" if wrong else "抽到的各行都属实。"
        tell(session, actor, branch_id, "audit", audit.id, said, Audience(roles=ANSWERING), now)
    return audit


def why_of(audit_id: UUID) -> str:
    """Return by what the openings of an audit are known: they are shut with it, no others."""
    return f"抽查 {audit_id}"


def _refuse(plan: Plan) -> None:
    faults = []
    try:
        if len(str(Period.parse(plan.period))) == 4:
            faults.append("抽查按月或季度进行，不按年度。")
    except ValueError as fault:
        faults.append(f"{fault}。")
    if not plan.why.strip():
        faults.append("请写明为什么抽查、依据哪次会议或通知。")
    if not plan.seed.strip():
        faults.append("请写明抽取用的种子，任何一串数字或文字都行。")
    shares = {"支部": plan.branch_percent, "积分": plan.line_percent}
    faults += [f"抽{noun}的比例应在 1% 到 100% 之间。" for noun, share in shares.items() if not 1 <= share <= 100]
    if faults:
        raise Invalid(*faults)


def _open(session: Session, audit: Audit, drawn: Sequence[Drawn], now: datetime) -> None:
    """Write down which lines were drawn, and open each to who checks it, with what stands behind it."""
    rows = [
        AuditedLine(
            county_id=audit.county_id,
            unit_id=audit.unit_id,
            to_unit_id=one.checker_id,
            branch_id=one.branch_id,
            audit_id=audit.id,
            line_id=one.line_id,
            ordinal=place,
        )
        for place, one in enumerate(drawn, 1)
    ]
    session.add_all(rows)
    session.flush()
    _show(session, audit, rows, now)


def _show(session: Session, audit: Audit, rows: Sequence[AuditedLine], now: datetime) -> None:
    cases: dict[UUID, list[UUID]] = defaultdict(list)
    for row in session.execute(_CASES, {"lines": [one.line_id for one in rows]}):
        cases[row.line_id].append(row.subject_id)
    for checker in {one.to_unit_id for one in rows}:
        mine = [row for row in rows if row.to_unit_id == checker]
        subjects = [audit.id, *(row.id for row in mine), *(one for row in mine for one in cases[row.line_id])]
        open_to(session, audit.county_id, audit.unit_id, checker, subjects, why_of(audit.id), now)


def _shut(session: Session, audit: Audit, now: datetime) -> None:
    """Shut what an audit opened; another that still runs and has drawn the same line opens it again."""
    session.execute(delete(Opening).where(Opening.county_id == audit.county_id, Opening.why == why_of(audit.id)))
    running = select(Audit).filter_by(county_id=audit.county_id, unit_id=audit.unit_id, state=AuditState.DRAWN)
    for other in session.scalars(running.where(Audit.id != audit.id)):
        _show(session, other, _lines(session, other), now)


def _tell_of(session: Session, actor: Actor, audit: Audit, drawn: Sequence[Drawn], now: datetime) -> None:
    units = {unit.id: unit for unit in session.scalars(select(Unit).filter_by(county_id=actor.county_id))}
    period = Period.parse(audit.period).in_words
    for branch_id in {one.branch_id for one in drawn}:
        mine = [one for one in drawn if one.branch_id == branch_id]
        by = "、".join(sorted({units[one.checker_id].name for one in mine}))
        said = f"{units[audit.unit_id].name}抽查{period}积分，抽到本支部 {len(mine)} 行，由{by}核查，请配合。"
        tell(session, actor, branch_id, "audit", audit.id, said, Audience(roles=ANSWERING), now)
    for checker_id in {one.checker_id for one in drawn}:
        number = sum(one.checker_id == checker_id for one in drawn)
        roles = ANSWERING if units[checker_id].kind == "branch" else (officers_of(units[checker_id]),)
        said = f"{period}积分抽查，请核查 {number} 行。每看一行都会记录下来。"
        to = Audience(roles=roles, steps=[Action.SAMPLING_CHECK])
        tell(session, actor, checker_id, "audit", audit.id, said, to, now)


def _lines(session: Session, audit: Audit) -> Sequence[AuditedLine]:
    of_audit = select(AuditedLine).filter_by(county_id=audit.county_id, audit_id=audit.id)
    return session.scalars(of_audit.order_by(AuditedLine.ordinal)).all()
