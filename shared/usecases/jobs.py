"""Jobs: ask for long work, see how far it is, fetch what it made; and, for the worker, take its next step.

Whoever has long work writes one function, a `Work`, and names it in `services/worker/jobs.py`:

    def print_some(session: Session, actor: Actor, job: Job, now: datetime) -> Progress

It does the next piece, seconds long, beginning after `job.done`; what it writes is committed together with the
`Progress` that it returns, so that a worker killed in the middle of it leaves nothing of it and it is taken again.
`actor` is who asked, with the roles that they hold now. A Refusal ends the job with its sentence; any other fault
is tried again, then ends it. `keep_file` keeps a file for whoever asked. A page asks with `ask_for_job` and leads
to `/jobs/{id}`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, defer

from shared.authz.actor import Actor, the_clock
from shared.db.clock import read_clock
from shared.db.jobs import Job, JobFile
from shared.db.session import enter
from shared.domain.errors import NotFound, Refusal
from shared.domain.jobs import JOB, MOST_ATTEMPTS, OPEN, Errand, JobCommand, JobState, Progress
from shared.domain.windows import local_day
from shared.usecases.carry_out import remark, step
from shared.usecases.members import actor_of
from shared.usecases.messages import Audience, tell

Work = Callable[[Session, Actor, Job, datetime], Progress]

SHOWN = 50
BROKEN = "系统出了错，这件工作没有办成，已经办的部分保留着。请过一会儿再试，还不行请联系系统管理员。"
_UNFINISHED = text("SELECT * FROM jifen.unfinished_jobs(:most)")
_STALE = text("SELECT * FROM jifen.stale_job_files(:most)")
_LANE = text("SELECT pg_try_advisory_xact_lock(7426112)")


class JobPlace(NamedTuple):
    """Where a job, or a file of one, lies; it is read only after entering there."""

    county_id: UUID
    unit_id: UUID
    id: UUID


@dataclass(frozen=True, slots=True)
class JobPage:
    """A job before whoever asked for it, and its files without their content."""

    job: Job
    files: Sequence[JobFile]

    @property
    def open(self) -> bool:
        """Whether it is still going on."""
        return self.job.state in OPEN


def ask_for_job(session: Session, actor: Actor, errand: Errand, now: datetime) -> Job:
    """Ask for long work; it begins within seconds of the commit, whatever becomes of the page.

    Whether the actor may have it done is asked before, by the use case that asks for it, and again by its steps.
    """
    job = Job(
        county_id=actor.county_id,
        unit_id=actor.unit_id,
        state=JOB.initial,
        kind=errand.kind,
        title=errand.title,
        arguments=dict(errand.arguments),
        total=errand.total,
        asked_by=actor.person_id,
        asked_at=now,
    )
    session.add(job)
    remark(session, actor, job, "ask", now, note=errand.title)
    return job


def see_job(session: Session, actor: Actor, job_id: UUID) -> JobPage:
    """Return a job of this person's own; to anybody else there is none."""
    job = session.get(Job, (actor.county_id, job_id))
    if job is None or job.asked_by != actor.person_id:
        raise NotFound("没有这件后台工作，或者不是您交办的。")
    files = select(JobFile).filter_by(county_id=actor.county_id, job_id=job.id).options(defer(JobFile.content))
    return JobPage(job, session.scalars(files.order_by(JobFile.made_at, JobFile.name)).all())


def see_jobs(session: Session, actor: Actor) -> Sequence[Job]:
    """Return what this person has asked for in this unit lately, newest first."""
    mine = select(Job).filter_by(county_id=actor.county_id, unit_id=actor.unit_id, asked_by=actor.person_id)
    return session.scalars(mine.order_by(Job.asked_at.desc(), Job.id).limit(SHOWN)).all()


def keep_file(session: Session, job: Job, name: str, media_type: str, content: bytes) -> JobFile:
    """Keep a file for whoever asked for the job; seven days later it is gone."""
    file = JobFile(
        county_id=job.county_id,
        unit_id=job.unit_id,
        job_id=job.id,
        name=name,
        media_type=media_type,
        content=content,
        made_at=session.scalar(select(func.clock_timestamp())),
    )
    session.add(file)
    session.flush()
    return file


def open_file(session: Session, actor: Actor, file_id: UUID) -> JobFile:
    """Return a file of one's own job."""
    file = session.get(JobFile, (actor.county_id, file_id))
    if file is None:
        raise NotFound("没有这份文件，或者已经超过七天。请重新生成。")
    see_job(session, actor, file.job_id)
    return file


def enter_lane(session: Session) -> bool:
    """Take the one lane for long work until this transaction ends; False while another worker is in it.

    One at a time, so that the clock always finds somebody free.
    """
    return bool(session.scalar(_LANE))


def unfinished(session: Session, most: int) -> list[JobPlace]:
    """Return the jobs that wait or go on anywhere, the oldest first."""
    return [JobPlace(*row) for row in session.execute(_UNFINISHED, {"most": most})]


def take_step(session: Session, place: JobPlace, works: Mapping[str, Work]) -> None:
    """Take the next step of a job in this transaction; the first only says that it has begun."""
    job = _held(session, place)
    if job is None:
        return
    now = read_clock(session, place.county_id)
    if job.state == JobState.WAITING:
        step(session, the_clock(job.county_id, job.unit_id), job, JOB, JobCommand.START, now)
    elif job.state == JobState.RUNNING:
        _work(session, job, works[job.kind], now)


def _work(session: Session, job: Job, work: Work, now: datetime) -> None:
    actor = actor_of(session, job.county_id, job.unit_id, job.asked_by, local_day(now))
    came = work(session, actor, job, now)
    # A step may have entered units below; what follows is the job's own.
    enter(session, job.county_id, [job.unit_id])
    job.done, job.total, job.attempts = came.done, came.total, 0
    job.said, job.address = came.said or job.said, came.address or job.address
    if came.finished:
        _end(session, job, JobCommand.FINISH, now)


def note_fault(session: Session, place: JobPlace, fault: Exception) -> None:
    """Note that a step has failed; a refusal, or one fault too many, ends the job."""
    job = _held(session, place)
    if job is None or job.state != JobState.RUNNING:
        return
    job.attempts += 1
    if isinstance(fault, Refusal) or job.attempts >= MOST_ATTEMPTS:
        job.said = str(fault) if isinstance(fault, Refusal) else BROKEN
        _end(session, job, JobCommand.FAIL, read_clock(session, place.county_id))


def stale_files(session: Session, most: int) -> list[JobPlace]:
    """Return the files that have been kept long enough."""
    return [JobPlace(*row) for row in session.execute(_STALE, {"most": most})]


def drop_file(session: Session, place: JobPlace) -> None:
    """Forget a file for good."""
    file = session.get(JobFile, (place.county_id, place.id), options=[defer(JobFile.content)])
    if file is not None:
        session.delete(file)


def _held(session: Session, place: JobPlace) -> Job | None:
    """Lock the job; None where another worker holds it, so that two never do one piece."""
    enter(session, place.county_id, [place.unit_id])
    mine = select(Job).filter_by(county_id=place.county_id, id=place.id).with_for_update(skip_locked=True)
    return session.scalar(mine)


def _end(session: Session, job: Job, command: JobCommand, now: datetime) -> None:
    job.ended_at = now
    clock = the_clock(job.county_id, job.unit_id)
    step(session, clock, job, JOB, command, now, note=job.said or None)
    words = "已经办好" if command == JobCommand.FINISH else "没有办成"
    said = f"您交办的“{job.title}”{words}。{job.said}"
    tell(session, clock, job.unit_id, "job", job.id, said, Audience([job.asked_by]), now)
