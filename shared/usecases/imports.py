"""Imports: what was uploaded is rehearsed, confirmed, carried out, and undone within a day; or given up."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.authz.gate import hold, require
from shared.db.imports import Import, ImportRow
from shared.db.jobs import Job
from shared.db.session import enter
from shared.domain.errors import NotFound, NotNow
from shared.domain.imports import (
    IMPORT,
    Column,
    ImportCommand,
    ImportKind,
    ImportState,
    Outcome,
)
from shared.domain.jobs import Errand, JobState, Progress
from shared.usecases.balance_imports import BALANCES
from shared.usecases.carry_out import step
from shared.usecases.deed_imports import CLAIMS, RECORDS
from shared.usecases.importers import Importer
from shared.usecases.jobs import JobPlace, ask_for_job
from shared.usecases.rehearsals import rehearse
from shared.usecases.roster_imports import ROSTERS
from shared.usecases.taken_imports import TAKEN
from shared.usecases.unit_imports import UNITS

IMPORTERS: Mapping[ImportKind, Importer] = {
    ImportKind.UNITS: UNITS,
    ImportKind.ROSTER: ROSTERS,
    ImportKind.RECORDS: RECORDS,
    ImportKind.CLAIMS: CLAIMS,
    ImportKind.TAKEN: TAKEN,
    ImportKind.BALANCES: BALANCES,
}
# What is larger is rehearsed, carried out and undone by a job, in pieces of as many lines.
AT_ONCE = 1000
PIECE = 2500
MAY_BE_UNDONE = timedelta(days=1)
JOB = "import"
_STALE = text("SELECT * FROM jifen.stale_imports(:most)")


def importer_of(kind: str) -> Importer:
    """Return what imports this kind; NotFound where nothing does."""
    if kind not in IMPORTERS:
        raise NotFound("没有这一种导入。")
    return IMPORTERS[ImportKind(kind)]


def columns_of(actor: Actor, kind: str) -> Sequence[Column]:
    """Return the columns of a kind of import for this actor."""
    importer = importer_of(kind)
    require(actor, importer.action)
    return importer.columns(actor)


def check_import(session: Session, actor: Actor, made: Import, now: datetime) -> None:
    """Have every row read and compared, at once or, where there are many, by a job."""
    importer = importer_of(made.kind)
    if len(made.lines["lines"]) > AT_ONCE:
        _ask(session, actor, made, "check", f"试导{importer.noun}：{made.name}", now)
    else:
        rehearse(session, actor, made, importer)
        step(session, actor, made, IMPORT, ImportCommand.CHECK, now)


def confirm(session: Session, actor: Actor, import_id: UUID, now: datetime) -> Import:
    """Have what was rehearsed carried out, the wrong rows left aside."""
    made = held_import(session, actor, import_id)
    importer = importer_of(made.kind)
    if made.state == ImportState.CHECKED and not work(made):
        raise NotNow("没有可以导入的行：都没有变化，或者都有错。")
    begun = _stopped_at(session, made)
    step(session, actor, made, IMPORT, ImportCommand.CONFIRM, now)
    if work(made) > AT_ONCE:
        _ask(session, actor, made, "carry_out", f"导入{importer.noun}：{made.name}", now, begun)
    else:
        importer.carry_out(session, actor, made, 0, 2**31 - 1, now)
        _done(session, actor, made, now)
    return made


def _stopped_at(session: Session, made: Import) -> int:
    """Return the line up to which a job that has failed had come; 0 where there was none yet."""
    if made.state != ImportState.CONFIRMED:
        return 0
    job = session.get_one(Job, (made.county_id, made.job_id))
    if job.state != JobState.FAILED:
        raise NotNow("正在导入，请看它的进度，不用再确认。")
    return int(max(job.done, job.arguments["from"]))


def undo(session: Session, actor: Actor, import_id: UUID, now: datetime) -> Import:
    """Take back, within a day, what an import has made and nothing has touched since; the rest says why not."""
    made = held_import(session, actor, import_id)
    IMPORT.after(ImportState(made.state), ImportCommand.UNDO)
    if made.done_at is None or now >= made.done_at + MAY_BE_UNDONE:
        raise NotNow("导入超过一天，不能整批撤销了；要改的请逐个改，或者导入一份更正的表。")
    if work(made) > AT_ONCE:
        _ask(session, actor, made, "undo", f"撤销导入：{made.name}", now)
    else:
        _undone(session, actor, made, now)
    return made


def drop(session: Session, actor: Actor, import_id: UUID, now: datetime) -> None:
    """Give up an import that has not been confirmed; what was uploaded is forgotten."""
    made = held_import(session, actor, import_id)
    step(session, actor, made, IMPORT, ImportCommand.DROP, now)
    made.lines = {"lines": []}


def go_on(session: Session, actor: Actor, job: Job, now: datetime) -> Progress:
    """Take the next step of a large import: the whole rehearsal or undoing, or a piece of carrying it out."""
    made = held_import(session, actor, UUID(job.arguments["import"]))
    importer, address = importer_of(made.kind), f"/imports/{made.id}"
    if job.arguments["step"] == "check":
        rehearse(session, actor, made, importer)
        step(session, actor, made, IMPORT, ImportCommand.CHECK, now)
        return Progress(job.total, job.total, "试导完了，请核对后确认。", address)
    if job.arguments["step"] == "undo":
        _undone(session, actor, made, now)
        return Progress(job.total, job.total, "撤销完了。", address)
    begun = max(job.done, job.arguments["from"])
    to = begun + PIECE
    importer.carry_out(session, actor, made, begun, to, now)
    _home(session, actor, made)
    if to < job.total:
        return Progress(to, job.total, address=address)
    _done(session, actor, made, now)
    return Progress(job.total, job.total, f"导入了 {work(made)} 行。", address)


def _ask(
    session: Session, actor: Actor, made: Import, what: str, title: str, now: datetime, begun: int = 0
) -> None:
    last = made.lines["lines"][-1][0]
    errand = Errand(JOB, title, {"import": str(made.id), "step": what, "from": begun}, last)
    made.job_id = ask_for_job(session, actor, errand, now).id


def _done(session: Session, actor: Actor, made: Import, now: datetime) -> None:
    _home(session, actor, made)
    made.done_at = now
    step(session, actor, made, IMPORT, ImportCommand.CARRY_OUT, now)


def _undone(session: Session, actor: Actor, made: Import, now: datetime) -> None:
    try:
        with session.begin_nested():
            importer_of(made.kind).undo(session, actor, made, now)
    except IntegrityError as fault:
        raise NotNow("导入的内容已经在别处用到了，不能整批撤销；要改的请逐个改。") from fault
    _home(session, actor, made)
    step(session, actor, made, IMPORT, ImportCommand.UNDO, now)


def _home(session: Session, actor: Actor, made: Import) -> None:
    """What was carried out may have entered units below; what follows is the import's own."""
    session.flush()
    enter(session, made.county_id, [made.unit_id], actor.person_id)


def held_import(session: Session, actor: Actor, import_id: UUID) -> Import:
    """Return an import, locked, for whoever may make such ones."""
    made = session.get(Import, (actor.county_id, import_id))
    if made is None:
        raise NotFound("没有这次导入。")
    return hold(session, actor, importer_of(made.kind).action, Import, import_id)


def stale_imports(session: Session, most: int) -> list[JobPlace]:
    """Return the imports whose files have been kept long enough."""
    return [JobPlace(*row) for row in session.execute(_STALE, {"most": most})]


def forget_file(session: Session, place: JobPlace) -> None:
    """Forget what a file held and what its rows became; that it was imported, and how many rows, stays."""
    session.execute(delete(ImportRow).filter_by(county_id=place.county_id, import_id=place.id))
    session.get_one(Import, (place.county_id, place.id)).lines = {"lines": []}


def work(made: Import) -> int:
    """Return how many rows do anything."""
    counted: Mapping[str, Any] = made.counts
    return int(counted.get(Outcome.NEW, 0)) + int(counted.get(Outcome.CHANGED, 0))
