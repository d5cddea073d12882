"""Filings: the package builds itself when a period has settled; people submit, receive, return and file it."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold
from shared.db.filings import Filing
from shared.db.rounds import Round
from shared.db.units import level_above
from shared.domain.errors import Forbidden, Invalid
from shared.domain.filings import FILING, FilingCommand, FilingState
from shared.domain.periods import Period
from shared.domain.procedures import WindowKind
from shared.domain.rounds import RoundCommand, RoundState
from shared.domain.windows import close, end_of_day, local_day
from shared.usecases.books import book_of
from shared.usecases.calendars import calendar
from shared.usecases.carry_out import arm, carry_out, step
from shared.usecases.messages import Audience, officers_of, tell
from shared.usecases.openings import open_to
from shared.usecases.reminders import REMIND
from shared.usecases.rounds import path_of
from shared.usecases.seals import last_seal

END_ROUNDS = "end_rounds"

# Within so many days whoever has the package receives it, files it, or mends what was returned.
PATIENCE_DAYS = 7

_FIGURES = text("""
SELECT r.period, m.member_no, m.name, l.state, l.points::text AS points
FROM round r JOIN line l ON l.county_id = r.county_id AND l.round_id = r.id
JOIN member m ON m.county_id = l.county_id AND m.id = l.member_id
WHERE r.county_id = :county AND r.unit_id = :unit AND r.filing_period = :period
ORDER BY r.period, m.member_no
""")
_CLAIMS = text("""
SELECT c.state, count(*) AS number FROM claim c JOIN round r ON r.county_id = c.county_id AND r.id = c.round_id
WHERE r.county_id = :county AND r.unit_id = :unit AND r.filing_period = :period GROUP BY c.state
""")
_NOTICES = text("""
SELECT n.code, n.kind, n.published_at, n.closes_at, s.seq, s.digest, s.head,
       (SELECT count(*) FROM objection o WHERE o.county_id = n.county_id AND o.notice_id = n.id) AS objections
FROM notice n JOIN seal s ON s.county_id = n.county_id AND s.notice_id = n.id
WHERE n.county_id = :county AND n.unit_id = :unit AND n.period = :period ORDER BY s.seq
""")


def build_due(session: Session, actor: Actor, rounds: Sequence[Round], at: datetime) -> None:
    """Build the package of each period whose rounds have all settled; a later change makes a supplement."""
    for period in sorted({round_.filing_period for round_ in rounds}):
        of_period = select(Round).filter_by(county_id=actor.county_id, unit_id=actor.unit_id, filing_period=period)
        all_rounds = list(session.scalars(of_period))
        over = local_day(at) > Period.parse(period).last
        if over and all(round_.state in {RoundState.SETTLED, RoundState.FILED} for round_ in all_rounds):
            build_filing(session, actor, all_rounds[0], period, at)


def supplement(session: Session, actor: Actor, round_: Round, at: datetime) -> None:
    """What settles after its period's package is built follows in a numbered one; before, it is part of the first."""
    sent = select(Filing.id).filter_by(
        county_id=actor.county_id, unit_id=round_.unit_id, period=round_.filing_period
    )
    if session.scalar(sent.limit(1)) is None:
        build_due(session, actor, [round_], at)
    else:
        build_filing(session, actor, round_, round_.filing_period, at)


def build_filing(session: Session, actor: Actor, round_: Round, period: str, at: datetime) -> Filing | None:
    """Seal the period's figures into a package for the level above, and arm the reminder to submit it."""
    above = level_above(session, actor.county_id, round_.unit_id)
    if above is None:
        return None
    number = select(func.count()).select_from(Filing)
    sent = session.scalar(number.filter_by(county_id=actor.county_id, unit_id=round_.unit_id, period=period)) or 0
    package = _package(session, round_, period)
    rule = book_of(session, actor.county_id, round_.book_id).procedure.windows[WindowKind.INVESTIGATION]
    seal = last_seal(session, actor.county_id, round_.unit_id)
    filing = Filing(
        county_id=actor.county_id,
        unit_id=round_.unit_id,
        to_unit_id=above.id,
        period=period,
        number=sent + 1,
        package=package,
        digest=package_digest(package),
        head=seal.head if seal else "",
        due_at=close(at, rule, calendar(session), "期满").closes_at,
        state=FilingState.BUILT,
        stage=0,
    )
    session.add(filing)
    session.flush()
    arm(session, filing, REMIND, filing.due_at)
    said = f"{period} 备案材料已生成，请核对后上报{above.name}。"
    tell(session, actor, round_.unit_id, "filing", filing.id, said, Audience(roles=["secretary"]), at)
    return filing


def package_digest(package: dict[str, Any]) -> str:
    """Return the digest of a package in its canonical form: sorted keys, no spaces."""
    written = json.dumps(package, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def submit_filing(session: Session, actor: Actor, filing_id: UUID, now: datetime) -> Filing:
    """Send it up, for the first time or after it was returned."""
    filing = hold(session, actor, Action.FILING_SUBMIT, Filing, filing_id)
    _own(actor, filing)
    filing.submitted_at = now
    _next(session, actor, filing, FilingCommand.SUBMIT, now)
    above = level_above(session, actor.county_id, filing.unit_id)
    if above is not None:
        open_to(session, filing.county_id, filing.unit_id, above.id, [filing.id], "备案", now)
        said = f"收到 {filing.period} 备案材料第 {filing.number} 份，请接收核对。"
        tell(session, actor, above.id, "filing", filing.id, said, Audience(roles=[officers_of(above)]), now)
    return filing


def receive_filing(session: Session, actor: Actor, filing_id: UUID, now: datetime) -> Filing:
    """Take it in at the level above; its digest is checked before anything else."""
    filing = hold(session, actor, Action.FILING_RECEIVE, Filing, filing_id)
    _above(actor, filing)
    if package_digest(filing.package) != filing.digest:
        raise Invalid("材料与其校验码不一致，请退回重报。")
    filing.received_at = now
    _next(session, actor, filing, FilingCommand.RECEIVE, now)
    return filing


def return_filing(session: Session, actor: Actor, filing_id: UUID, reason: str, now: datetime) -> Filing:
    """Give it back with the reason and the place."""
    filing = hold(session, actor, Action.FILING_RETURN, Filing, filing_id)
    _above(actor, filing)
    if not reason.strip():
        raise Invalid("退回要写明哪一处、什么原因。")
    filing.return_reason = reason
    _next(session, actor, filing, FilingCommand.RETURN, now, note=reason)
    tell(session, actor, filing.unit_id, "filing", filing.id, f"{filing.period} 备案材料被退回：{reason}",
         Audience(roles=["secretary"]), now)  # fmt: skip
    return filing


def file_filing(session: Session, actor: Actor, filing_id: UUID, now: datetime) -> Filing:
    """File it and give the receipt; the branch's rounds end with it."""
    filing = hold(session, actor, Action.FILING_FILE, Filing, filing_id)
    _above(actor, filing)
    filing.filed_at, filing.receipt = now, f"备{filing.period}-{filing.number}-{filing.digest[:8]}"
    step(session, actor, filing, FILING, FilingCommand.FILE, now, note=filing.receipt)
    arm(session, filing, END_ROUNDS, now)
    said = f"{filing.period} 已备案，回执 {filing.receipt}。"
    tell(session, actor, filing.unit_id, "filed", filing.id, said, Audience(roles=["secretary", "recorder"]), now)
    return filing


def end_rounds(session: Session, actor: Actor, filing: Filing, at: datetime) -> None:
    """Let the clock end a filed period's rounds, in the branch, where they are."""
    ended = select(Round).filter_by(county_id=actor.county_id, unit_id=filing.unit_id, filing_period=filing.period)
    for round_ in session.scalars(ended):
        machine = path_of(book_of(session, actor.county_id, round_.book_id), round_)
        carry_out(session, actor, Round, [round_.id], machine, RoundCommand.FILE, at)


def _next(
    session: Session, actor: Actor, filing: Filing, command: FilingCommand, now: datetime, note: str | None = None
) -> None:
    """Take a step that leaves the next one to somebody, and let the clock remind them."""
    step(session, actor, filing, FILING, command, now, note)
    filing.due_at = end_of_day(local_day(now) + timedelta(days=PATIENCE_DAYS))
    arm(session, filing, REMIND, filing.due_at)


def _own(actor: Actor, filing: Filing) -> None:
    if filing.unit_id != actor.unit_id:
        raise Forbidden("只能上报本单位的材料。")


def _above(actor: Actor, filing: Filing) -> None:
    if filing.to_unit_id != actor.unit_id:
        raise Forbidden("这份材料不是报给您所在单位的。")


def _package(session: Session, round_: Round, period: str) -> dict[str, Any]:
    where = {"county": round_.county_id, "unit": round_.unit_id, "period": period}
    figures = [dict(row._mapping) for row in session.execute(_FIGURES, where)]
    notices = [
        _plain(dict(row._mapping)) for row in session.execute(_NOTICES, {**where, "period": round_.notice_period})
    ]
    return {
        "period": period,
        "lines": figures,
        "open": sum(row["state"] != "settled" for row in figures),
        "claims": {row.state: row.number for row in session.execute(_CLAIMS, where)},
        "notices": notices,
    }


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in row.items()}
