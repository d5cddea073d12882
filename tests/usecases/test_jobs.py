"""Long work: taken step by step whatever happens to the worker, seen by whoever asked, its files not for ever."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.worker.jobs import run_all, sweep_files
from shared.authz.actor import Actor
from shared.db.jobs import Job, JobFile
from shared.db.messages import Message
from shared.db.session import Db, acting
from shared.domain.errors import Invalid, NotFound
from shared.domain.jobs import Errand, Progress
from shared.usecases.jobs import BROKEN, Work, ask_for_job, enter_lane, keep_file, open_file, see_job, see_jobs
from tests.builders import FOUNDED, Branch, a_county


@pytest.fixture
def branch(db: Db, clockwork: Db) -> Branch:
    """A branch, with nothing left to do by other tests' jobs."""
    run_all(clockwork, dict.fromkeys(("count", "trial"), refusing))
    return a_county(db, members=1)[0]


def refusing(session: Session, actor: Actor, job: Job, now: datetime) -> Progress:
    raise Invalid("第 3 行的编号重复。")


def asked(db: Db, branch: Branch, total: int = 3) -> UUID:
    with acting(db, branch.county_id, branch.unit_id) as session:
        return ask_for_job(session, branch["recorder"], Errand("count", "数一数", {"from": 1}, total), FOUNDED).id


def seen(db: Db, branch: Branch, job_id: UUID) -> Job:
    with acting(db, branch.county_id, branch.unit_id) as session:
        return see_job(session, branch["recorder"], job_id).job


def test_a_job_is_done_in_steps_and_whoever_asked_is_told(db: Db, clockwork: Db, branch: Branch) -> None:
    told: list[tuple[str, int]] = []

    def count(session: Session, actor: Actor, job: Job, now: datetime) -> Progress:
        told.append((actor.name, job.done))
        return Progress(job.done + 1, job.total, f"数到 {job.done + 1}", "/home")

    job_id = asked(db, branch)
    assert seen(db, branch, job_id).state == "waiting"
    run_all(clockwork, {"count": count})

    job = seen(db, branch, job_id)
    assert [done for _, done in told] == [0, 1, 2]
    assert {name for name, _ in told} == {branch["recorder"].name}
    assert (job.state, job.done, job.said, job.address) == ("done", 3, "数到 3", "/home")
    with acting(db, branch.county_id, branch.unit_id) as session:
        message = session.scalars(select(Message).filter_by(subject_id=job_id)).one()
    assert message.body["text"] == "您交办的“数一数”已经办好。数到 3"
    assert message.body["persons"] == [str(branch["recorder"].person_id)]


def test_a_step_that_is_broken_off_leaves_nothing_and_is_taken_again(
    db: Db, clockwork: Db, branch: Branch
) -> None:
    kills: Iterator[bool] = iter([False, True, False, False])

    def writes(session: Session, actor: Actor, job: Job, now: datetime) -> Progress:
        keep_file(session, job, f"{job.done}.txt", "text/plain", b"1")
        if next(kills):
            raise KeyboardInterrupt
        return Progress(job.done + 1, job.total)

    job_id = asked(db, branch)
    with pytest.raises(KeyboardInterrupt):
        run_all(clockwork, {"count": writes})
    assert seen(db, branch, job_id).done == 1
    run_all(clockwork, {"count": writes})

    with acting(db, branch.county_id, branch.unit_id) as session:
        page = see_job(session, branch["recorder"], job_id)
        assert [file.name for file in page.files] == ["0.txt", "1.txt", "2.txt"]
        assert not page.open


def test_a_refusal_ends_it_with_its_sentence(db: Db, clockwork: Db, branch: Branch) -> None:
    job_id = asked(db, branch)
    run_all(clockwork, {"count": refusing})

    job = seen(db, branch, job_id)
    assert (job.state, job.said) == ("failed", "第 3 行的编号重复。")


def test_any_other_fault_is_tried_again_and_then_told(db: Db, clockwork: Db, branch: Branch) -> None:
    tries: list[int] = []

    def breaks(session: Session, actor: Actor, job: Job, now: datetime) -> Progress:
        tries.append(1)
        raise ZeroDivisionError

    job_id = asked(db, branch)
    run_all(clockwork, {"count": breaks})

    assert len(tries) == 3
    assert (seen(db, branch, job_id).state, seen(db, branch, job_id).said) == ("failed", BROKEN)


def test_one_at_a_time_so_that_the_clock_finds_somebody_free(db: Db, clockwork: Db, branch: Branch) -> None:
    asked(db, branch)
    works: dict[str, Work] = {"count": lambda session, actor, job, now: Progress(job.total, job.total)}

    with clockwork.begin() as lane:
        assert enter_lane(lane)
        assert run_all(clockwork, works) == 0
    assert run_all(clockwork, works) == 2


def test_jobs_take_turns(db: Db, clockwork: Db, branch: Branch) -> None:
    first, second = asked(db, branch), asked(db, branch)
    order: list[UUID] = []

    def count(session: Session, actor: Actor, job: Job, now: datetime) -> Progress:
        order.append(job.id)
        return Progress(job.done + 1, job.total)

    run_all(clockwork, {"count": count})

    assert sorted(order[:2]) == sorted([first, second])
    assert sorted(order[2:4]) == sorted([first, second])


def test_another_person_sees_neither_a_job_nor_its_files(db: Db, clockwork: Db, branch: Branch) -> None:
    job_id = asked(db, branch)
    with acting(db, branch.county_id, branch.unit_id) as session:
        file = keep_file(session, session.get_one(Job, (branch.county_id, job_id)), "名册.txt", "text/plain", b"1")
        assert open_file(session, branch["recorder"], file.id).content == b"1"
        assert [job.id for job in see_jobs(session, branch["recorder"])] == [job_id]
        assert see_jobs(session, branch["office"]) == []
        with pytest.raises(NotFound):
            see_job(session, branch["office"], job_id)
        with pytest.raises(NotFound):
            open_file(session, branch["office"], file.id)


def test_files_go_after_seven_days(db: Db, clockwork: Db, branch: Branch) -> None:
    job_id = asked(db, branch)
    with acting(db, branch.county_id, branch.unit_id) as session:
        job = session.get_one(Job, (branch.county_id, job_id))
        new = keep_file(session, job, "new", "text/plain", b"1")
        there = {"county_id": job.county_id, "unit_id": job.unit_id, "job_id": job.id}
        words = {"name": "old", "media_type": "text/plain", "content": b"1"}
        old = JobFile(**there, **words, made_at=new.made_at - timedelta(days=7, seconds=1))
        session.add(old)

    sweep_files(clockwork)

    with acting(db, branch.county_id, branch.unit_id) as session:
        assert open_file(session, branch["recorder"], new.id).name == "new"
        with pytest.raises(NotFound, match="七天"):
            open_file(session, branch["recorder"], old.id)
