"""A new year's calendar: what runs may be lengthened, never shortened or reopened; the old clock is outlived."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import create_engine, make_url, select, text

from services.cli.calendar import imported
from services.cli.database import furnish
from shared.db.deadlines import Deadline
from shared.db.history import History
from shared.db.messages import Message
from shared.db.notices import Notice
from shared.db.objections import Objection
from shared.db.session import Db, acting, connect
from shared.domain.errors import Invalid
from shared.usecases.calendars import calendar, import_year, install_shipped_calendar, install_year
from shared.usecases.extensions import extend, running
from tests.builders import Branch, a_county, run_clock, set_clock
from tests.calendar_files import FILES
from tests.databases import of_its_own
from tests.quarters import CLOSES, POSTED, Quarter, objected, posted

NOW = datetime(2026, 4, 15, tzinfo=UTC)
TEXT = {int(file.stem): file.read_text("utf-8") for file in FILES}
# The window of the quarter's notice ends on 21 April, a Tuesday.
LAST_DAY_OFF = TEXT[2026].replace(
    "to: 2026-04-06}", "to: 2026-04-06}\n  - {name: 国庆节, from: 2026-04-21, to: 2026-04-22}"
)


@pytest.fixture
def own(admin_database_url: str) -> tuple[Db, Db]:
    """App and worker of a database whose calendar these tests may change; its years are as shipped."""
    urls = of_its_own(admin_database_url, "jifen_calendars")
    app, worker = connect(urls.app), connect(urls.worker)
    with app.begin() as session:
        for year in FILES:
            install_year(session, TEXT[int(year.stem)], NOW)
    return app, worker


def moved(worker: Db, county_id: UUID) -> int:
    """Extend whatever runs in one county, as the import does in all."""
    with worker.begin() as session:
        waiting = [one for one in running(session) if one.county_id == county_id]
    done = 0
    for one in waiting:
        with acting(worker, one.county_id, one.unit_id) as session:
            done += extend(session, one)
    return done


def install(app: Db, year: str) -> None:
    with app.begin() as session:
        import_year(session, year, NOW)


def notice_of(app: Db, quarter: Quarter) -> Notice:
    with acting(app, quarter.branch.county_id, quarter.branch.unit_id) as session:
        return session.get_one(Notice, (quarter.branch.county_id, quarter.notice_id))


def a_quarter(own: tuple[Db, Db]) -> Quarter:
    return posted(*own, a_county(own[0]))[0]


def in_branch(app: Db, branch: Branch, what: type, **where: object) -> list[object]:
    with acting(app, branch.county_id, branch.unit_id) as session:
        return list(session.scalars(select(what).filter_by(**where)))


def test_an_open_window_is_lengthened_with_a_new_clock_a_history_and_word_to_the_branch(
    own: tuple[Db, Db],
) -> None:
    app, worker = own
    quarter = a_quarter(own)
    install(app, LAST_DAY_OFF)

    assert moved(worker, quarter.branch.county_id) == 1

    notice = notice_of(app, quarter)
    assert notice.closes_at == CLOSES + timedelta(days=2)
    assert str(notice.last_day) == "2026-04-23"
    assert "顺延" in (notice.why or "")
    armed = in_branch(app, quarter.branch, Deadline, subject_id=notice.id, command="close_window")
    assert {one.due_at for one in armed} == {CLOSES, CLOSES + timedelta(days=2)}  # type: ignore[attr-defined]
    assert len(in_branch(app, quarter.branch, History, subject_id=notice.id, command="extend")) == 1
    assert len(in_branch(app, quarter.branch, Message, subject_id=notice.id, topic="window")) == 1
    assert moved(worker, quarter.branch.county_id) == 0


@pytest.mark.long
def test_the_old_clock_is_outlived_and_the_new_one_closes(own: tuple[Db, Db]) -> None:
    app, worker = own
    quarter = a_quarter(own)
    install(app, LAST_DAY_OFF)
    moved(worker, quarter.branch.county_id)

    set_clock(app, quarter.branch.county_id, CLOSES)
    run_clock(worker, quarter.branch.county_id)
    assert notice_of(app, quarter).state == "published"

    set_clock(app, quarter.branch.county_id, CLOSES + timedelta(days=2))
    run_clock(worker, quarter.branch.county_id)
    notice = notice_of(app, quarter)
    assert (notice.state, notice.closed_at) == ("closed", CLOSES + timedelta(days=2))
    outcomes = in_branch(app, quarter.branch, Deadline, subject_id=notice.id, command="close_window")
    assert {(one.due_at, one.outcome) for one in outcomes} == {  # type: ignore[attr-defined]
        (CLOSES, "outlived"),
        (CLOSES + timedelta(days=2), "done"),
    }


@pytest.mark.long
def test_a_window_is_never_shortened(own: tuple[Db, Db]) -> None:
    app, worker = own
    county = a_county(app)
    install(app, LAST_DAY_OFF)
    quarter = posted(app, worker, county)[0]
    assert notice_of(app, quarter).closes_at == CLOSES + timedelta(days=2)

    install(app, TEXT[2026])

    assert moved(worker, quarter.branch.county_id) == 0
    assert notice_of(app, quarter).closes_at == CLOSES + timedelta(days=2)


@pytest.mark.long
def test_a_closed_window_is_never_reopened(own: tuple[Db, Db]) -> None:
    app, worker = own
    quarter = a_quarter(own)
    set_clock(app, quarter.branch.county_id, CLOSES)
    run_clock(worker, quarter.branch.county_id)
    install(app, LAST_DAY_OFF)

    moved(worker, quarter.branch.county_id)

    notice = notice_of(app, quarter)
    assert (notice.state, notice.closes_at) == ("closed", CLOSES)


@pytest.mark.long
def test_a_window_whose_time_is_up_stays_up_even_if_no_worker_has_come(own: tuple[Db, Db]) -> None:
    app, worker = own
    quarter = a_quarter(own)
    set_clock(app, quarter.branch.county_id, CLOSES)
    install(app, LAST_DAY_OFF)

    assert moved(worker, quarter.branch.county_id) == 0
    assert notice_of(app, quarter).closes_at == CLOSES


@pytest.mark.long
def test_a_provisional_date_becomes_certain_when_its_year_is_published(
    own: tuple[Db, Db], admin_database_url: str
) -> None:
    app, worker = own
    county = a_county(app)
    superuser = create_engine(make_url(admin_database_url).set(database="jifen_calendars"))
    with superuser.begin() as connection:
        connection.execute(text("DELETE FROM calendar_year WHERE year = 2026"))
    superuser.dispose()
    quarter = posted(app, worker, county)[0]
    assert notice_of(app, quarter).provisional

    install(app, TEXT[2026])

    assert moved(worker, quarter.branch.county_id) == 1
    notice = notice_of(app, quarter)
    assert (notice.provisional, notice.closes_at) == (False, CLOSES)
    assert "暂定" not in (notice.why or "")


@pytest.mark.long
def test_an_investigation_that_runs_is_lengthened_and_its_reminder_with_it(own: tuple[Db, Db]) -> None:
    app, worker = own
    quarter = a_quarter(own)
    objection_id = objected(app, quarter)
    branch = quarter.branch
    before = in_branch(app, branch, Objection, id=objection_id)[0].due_at  # type: ignore[attr-defined]
    off = f"{POSTED:%Y-%m}-17"
    install(
        app,
        TEXT[2026].replace("to: 2026-04-06}", f"to: 2026-04-06}}\n  - {{name: 国庆节, from: {off}, to: {off}}}"),
    )

    moved(worker, branch.county_id)

    after = in_branch(app, branch, Objection, id=objection_id)[0].due_at  # type: ignore[attr-defined]
    assert after > before
    set_clock(app, branch.county_id, before)
    run_clock(worker, branch.county_id)
    assert in_branch(app, branch, Message, subject_id=objection_id, topic="reminder") == []
    set_clock(app, branch.county_id, after)
    run_clock(worker, branch.county_id)
    assert len(in_branch(app, branch, Message, subject_id=objection_id, topic="reminder")) == 1


@pytest.mark.long
def test_a_notice_older_than_the_installed_one_is_refused(own: tuple[Db, Db]) -> None:
    app, _ = own
    older = TEXT[2025].replace("issued: 2024-11-12", "issued: 2024-11-11")
    with app.begin() as session:
        known = calendar(session).version
    with pytest.raises(Invalid, match="更新的通知"), app.begin() as session:
        import_year(session, older, NOW)

    with app.begin() as session:
        assert calendar(session).version == known


@pytest.mark.long
def test_the_shipped_years_are_installed_once(own: tuple[Db, Db], admin_database_url: str) -> None:
    urls = of_its_own(admin_database_url, "jifen_calendars")
    furnish(urls.app)

    assert install_shipped_calendar(own[0], NOW) == []
    with own[0].begin() as session:
        assert [year.year for year in calendar(session).years] == [2024, 2025, 2026]


@pytest.mark.long
def test_the_import_says_what_changed(own: tuple[Db, Db]) -> None:
    said = imported(own[1], FILES[0], LAST_DAY_OFF, NOW)

    assert said[0].startswith("已装入 2026 年放假安排")
    assert "2 天改为休息：4月21日、4月22日。" in said
