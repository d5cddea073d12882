"""Filings: the package builds itself when a period has settled; people submit, receive, return and file it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, see
from shared.db.filings import Filing, FilingEdition
from shared.db.rounds import Round
from shared.db.units import Unit
from shared.domain.errors import Forbidden, Invalid
from shared.domain.filings import FILING, PATIENCE_DAYS, FilingCommand, FilingState, changes
from shared.domain.packages import to_mend
from shared.domain.periods import Period, period_in_words
from shared.domain.procedures import WindowKind
from shared.domain.rounds import RoundCommand, RoundState
from shared.domain.windows import close, end_of_day, local_day
from shared.usecases.books import book_of
from shared.usecases.calendars import calendar
from shared.usecases.carry_out import arm, carry_out, remark, step
from shared.usecases.messages import Audience, asked, officers_of, tell
from shared.usecases.openings import open_to
from shared.usecases.packages import dispatches, package_digest
from shared.usecases.reminders import REMIND
from shared.usecases.rounds import path_of
from shared.usecases.totals import sum_of_parts

END_ROUNDS = "end_rounds"


def build_due(session: Session, actor: Actor, rounds: Sequence[Round], at: datetime) -> None:
    """Build the package of each unit's period whose rounds have all settled; a later change makes a supplement."""
    wanted = {(round_.unit_id, round_.filing_period) for round_ in rounds}
    wanted = {(unit_id, period) for unit_id, period in wanted if local_day(at) > Period.parse(period).last}
    units, periods = {unit_id for unit_id, _ in wanted}, {period for _, period in wanted}
    chosen = select(Round).where(Round.county_id == actor.county_id)
    chosen = chosen.where(Round.unit_id.in_(units), Round.filing_period.in_(periods)).order_by(Round.period)
    together: dict[tuple[UUID, str], list[Round]] = defaultdict(list)
    for round_ in session.scalars(chosen) if wanted else ():
        together[round_.unit_id, round_.filing_period].append(round_)
    over = {RoundState.SETTLED, RoundState.FILED}
    whole = [together[one][0] for one in sorted(wanted) if all(round_.state in over for round_ in together[one])]
    build_filings(session, actor, whole, at)


def supplement(session: Session, actor: Actor, round_: Round, at: datetime) -> None:
    """What settles after its period's package went up follows in a numbered one; before, it is in the first.

    One that nobody above has seen is built anew at once, one that was returned when it is sent up again. Both are
    held here: either they will have this in them, or they have gone up without.
    """
    of_period = select(Filing).filter_by(
        county_id=actor.county_id, unit_id=round_.unit_id, period=round_.filing_period
    )
    if session.scalar(of_period.limit(1)) is None:
        build_due(session, actor, [round_], at)
        return
    here = of_period.where(Filing.state.in_((FilingState.BUILT, FilingState.RETURNED))).with_for_update(
        key_share=True
    )
    waiting = session.scalars(here.execution_options(populate_existing=True).order_by(Filing.number)).all()
    for filing in waiting:
        if filing.state == FilingState.BUILT:
            _rebuild(session, actor, filing, at)
    if not waiting:
        build_filings(session, actor, [round_], at)


def build_filings(session: Session, actor: Actor, rounds: Sequence[Round], at: datetime) -> None:
    """Seal the figures of each round's filing period into a package for the level above, and arm its reminder.

    One round of each unit's period; a county's worth takes as many statements as one.
    """
    if not rounds:
        return
    known = calendar(session)
    for round_, sent in dispatches(session, actor.county_id, rounds):
        windows = book_of(session, round_.county_id, round_.book_id).procedure.windows
        due_at = close(at, windows[WindowKind.INVESTIGATION], known, "期满").closes_at
        filing = Filing(
            county_id=actor.county_id,
            id=uuid4(),
            unit_id=round_.unit_id,
            to_unit_id=sent.to_unit_id,
            period=round_.filing_period,
            number=sent.number,
            package=sent.content,
            digest=package_digest(sent.content),
            head=sent.head,
            due_at=due_at,
            state=FilingState.BUILT,
            stage=0,
        )
        session.add(filing)
        arm(session, filing, REMIND, due_at)
        _ask(session, actor, filing, f"已生成，请核对后上报{sent.to_name}", at)
    session.flush()


def submit_filing(session: Session, actor: Actor, filing_id: UUID, now: datetime) -> Filing:
    """Send it up, for the first time or, with what has changed meanwhile, after it was returned.

    Invalid with every place that must be mended before; other faults go up with it, for the level above to see.
    """
    filing = hold(session, actor, Action.FILING_SUBMIT, Filing, filing_id)
    _own(actor, filing)
    if filing.state == FilingState.RETURNED:
        _rebuild(session, actor, filing, now)
    if faults := to_mend(filing.package):
        raise Invalid(*faults)
    filing.submitted_at = now
    _next(session, actor, filing, FilingCommand.SUBMIT, now)
    # To whom it was made out: a unit that has been moved since finishes what it had begun where it was.
    above = session.get_one(Unit, (actor.county_id, filing.to_unit_id))
    open_to(session, filing.county_id, filing.unit_id, above.id, [filing.id], "备案", now)
    said = f"收到{period_in_words(filing.period)}备案材料第 {filing.number} 份，请接收核对。"
    tell(session, actor, above.id, "filing", filing.id, said, asked(above, Action.FILING_RECEIVE), now)
    return filing


def _rebuild(session: Session, actor: Actor, filing: Filing, now: datetime) -> None:
    """Put what has changed since into a package that lies here; one that was returned is kept as it was."""
    content, head = _anew(session, actor, filing)
    if package_digest(content) == filing.digest:
        return
    note = f"变动 {len(changes(filing.package, content))} 行"
    if filing.state == FilingState.RETURNED:
        note = f"第 {filing.edition + 1} 版，与退回的一版相比{note}"
        _keep(session, filing, now)
    else:
        _ask(session, actor, filing, f"已按更正重新生成，{note}，请核对后上报", now)
    filing.package, filing.digest, filing.head = content, package_digest(content), head
    remark(session, actor, filing, "rebuild", now, note=note)


def _keep(session: Session, filing: Filing, now: datetime) -> None:
    kept = {name: getattr(filing, name) for name in ("edition", "package", "digest", "head", "return_reason")}
    of_branch = {"county_id": filing.county_id, "unit_id": filing.unit_id}
    session.add(FilingEdition(filing_id=filing.id, replaced_at=now, **of_branch, **kept))
    filing.edition += 1


def _ask(session: Session, actor: Actor, filing: Filing, what: str, at: datetime) -> None:
    """Tell whoever sends it up that it waits."""
    said = f"{period_in_words(filing.period)}备案材料{what}。"
    to = Audience(roles=["secretary"], steps=[Action.FILING_SUBMIT])
    tell(session, actor, filing.unit_id, "filing", filing.id, said, to, at)


def _anew(session: Session, actor: Actor, filing: Filing) -> tuple[dict[str, Any], str]:
    """Return a package's content and head as they would be today, with what the secretary has remarked on it."""
    if "parts" in filing.package:
        return sum_of_parts(session, actor, filing.period), ""
    of_period = select(Round).filter_by(
        county_id=filing.county_id, unit_id=filing.unit_id, filing_period=filing.period
    )
    rounds = session.scalars(of_period.order_by(Round.period).limit(1)).all()
    ((_, sent),) = dispatches(session, filing.county_id, rounds)
    return {**sent.content, "remarks": filing.package.get("remarks", {})}, sent.head


def editions_of(session: Session, actor: Actor, filing_id: UUID) -> Sequence[FilingEdition]:
    """Return the editions of a package that were returned and replaced, in order, for whoever may see it."""
    filing = see(session, actor, Action.FILING_SEE, Filing, filing_id)
    kept = select(FilingEdition).filter_by(county_id=filing.county_id, filing_id=filing.id)
    return session.scalars(kept.order_by(FilingEdition.edition)).all()


def receive_filing(session: Session, actor: Actor, filing_id: UUID, now: datetime) -> Filing:
    """Take it in at the level above; its digest is checked before anything else."""
    filing = hold(session, actor, Action.FILING_RECEIVE, Filing, filing_id)
    _above(actor, filing)
    if package_digest(filing.package) != filing.digest:
        raise Invalid("材料与其校验码不一致，请退回重报。")
    filing.received_at = now
    _next(session, actor, filing, FilingCommand.RECEIVE, now)
    return filing


def return_filing(
    session: Session, actor: Actor, filing_id: UUID, place: str, reason: str, now: datetime
) -> Filing:
    """Give it back with the place in it and the reason."""
    filing = hold(session, actor, Action.FILING_RETURN, Filing, filing_id)
    _above(actor, filing)
    faults = [] if place.strip() else ["退回要写明是哪一处。"]
    faults += [] if reason.strip() else ["退回要写明什么原因。"]
    if faults:
        raise Invalid(*faults)
    filing.return_reason = f"{place.strip()}：{reason.strip()}"
    _next(session, actor, filing, FilingCommand.RETURN, now, note=filing.return_reason)
    said = f"{period_in_words(filing.period)}备案材料被退回。{filing.return_reason}"
    sender = session.get_one(Unit, (filing.county_id, filing.unit_id))
    tell(session, actor, sender.id, "filing", filing.id, said, asked(sender, Action.FILING_SUBMIT), now)
    return filing


def file_filing(session: Session, actor: Actor, filing_id: UUID, now: datetime) -> Filing:
    """File it and give the receipt; the branch's rounds end with it."""
    filing = hold(session, actor, Action.FILING_FILE, Filing, filing_id)
    _above(actor, filing)
    filing.filed_at, filing.receipt = now, f"备{filing.period}-{filing.number}-{filing.digest[:8]}"
    step(session, actor, filing, FILING, FilingCommand.FILE, now, note=filing.receipt)
    arm(session, filing, END_ROUNDS, now)
    said = f"{period_in_words(filing.period)}已备案，回执 {filing.receipt}。"
    to = Audience(roles=[officers_of(session.get_one(Unit, (filing.county_id, filing.unit_id))), "recorder"])
    tell(session, actor, filing.unit_id, "filed", filing.id, said, to, now)
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
