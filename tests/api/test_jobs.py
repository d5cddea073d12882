"""A page for long work: how far it is without anybody waiting, and what came of it."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from shared.db.jobs import Job
from shared.db.session import Db, acting
from shared.domain.jobs import Errand, Progress
from shared.usecases.jobs import ask_for_job, keep_file, take_step, unfinished
from tests.api.conftest import Browser
from tests.api.people import signed_in
from tests.builders import Branch, a_county

NOW = datetime(2026, 1, 5, 1, tzinfo=UTC)


@pytest.fixture
def branch(db: Db) -> Branch:
    return a_county(db, members=1)[0]


def asked(db: Db, branch: Branch) -> UUID:
    with acting(db, branch.county_id, branch.unit_id) as session:
        return ask_for_job(session, branch["recorder"], Errand("trial", "打印登记卡", {}, 2), NOW).id


def stepped(db: Db, clockwork: Db, branch: Branch) -> None:
    """The worker takes the next step of this branch's job: half of it, with a file."""

    def half(session: object, actor: object, job: Job, now: datetime) -> Progress:
        keep_file(session, job, "登记卡.pdf", "application/pdf", b"%PDF")  # type: ignore[arg-type]
        return Progress(job.done + 1, 2, f"印好 {job.done + 1} 本", "/members")

    with clockwork.begin() as session:
        place = next(one for one in unfinished(session, 500) if one.county_id == branch.county_id)
        take_step(session, place, {"trial": half})


def test_a_job_is_watched_and_its_file_fetched(browser: Browser, db: Db, clockwork: Db, branch: Branch) -> None:
    job_id = asked(db, branch)
    recorder = signed_in(browser.app, db, branch["recorder"])
    assert "排队中" in recorder.opens(f"/jobs/{job_id}")
    stepped(db, clockwork, branch)
    stepped(db, clockwork, branch)

    assert "正在办 进度 1 / 2" in recorder.opens(f"/jobs/{job_id}")
    assert recorder.page is not None
    assert '<noscript><meta http-equiv="refresh"' in recorder.page.text
    stepped(db, clockwork, branch)

    said = recorder.opens(f"/jobs/{job_id}")
    assert "已办好 印好 2 本" in said
    assert "看结果" in said
    assert "refresh" not in recorder.page.text
    assert "打印登记卡" in recorder.opens("/jobs")
    address = next(part for part in recorder.client.get(f"/jobs/{job_id}").text.split('"') if "/files/" in part)
    got = recorder.client.get(address)
    assert (got.content, got.headers["content-type"]) == (b"%PDF", "application/pdf")
    assert got.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E7%99%BB")
    signed_in(browser.app, db, branch["office"]).opens(address, 404)


def test_nobody_else_sees_it(browser: Browser, db: Db, branch: Branch) -> None:
    job_id = asked(db, branch)

    other = signed_in(browser.app, db, branch["office"])

    other.opens(f"/jobs/{job_id}", 404)
    assert "还没有交办过" in other.opens("/jobs")
