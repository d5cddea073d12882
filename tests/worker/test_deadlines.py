"""What is due is fired once, in the order of its instants, by as many workers as there are."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import uuid4

import pytest
from sqlalchemy import Engine, event, text

from services.worker.deadlines import batches, fire_all_due
from shared.db.session import Db, acting
from shared.usecases.deadlines import Due
from shared.usecases.notices import CLOSE_WINDOW
from shared.usecases.reminders import REMIND
from tests.builders import a_county, set_clock
from tests.worker.rounds import CLOSES, START, count, open_rounds, publish_quarter, story

NEXT_YEAR = datetime(2027, 3, 1, tzinfo=UTC)
LATER = CLOSES + timedelta(days=40)
FIRED = "SELECT count(*) FROM deadline WHERE fired_at IS NOT NULL"
EARLY = "SELECT count(*) FROM deadline WHERE fired_at < due_at"
SETTLED = "SELECT count(*) FROM ledger_entry"
CLOSED_CLAIMS = "SELECT count(*) FROM history WHERE role = 'clock' AND command = 'close_claims'"


def test_a_window_closes_at_its_instant_and_not_a_second_before(db: Db, clockwork: Db) -> None:
    branches = a_county(db, members=2)
    publish_quarter(db, clockwork, branches)

    set_clock(db, branches[0].county_id, CLOSES - timedelta(seconds=1))
    fire_all_due(clockwork)
    assert count(clockwork, branches, SETTLED) == 0

    set_clock(db, branches[0].county_id, CLOSES)
    fire_all_due(clockwork)
    assert count(clockwork, branches, SETTLED) == 1


def test_a_late_worker_leaves_the_same_story_as_one_in_time(db: Db, clockwork: Db) -> None:
    in_time, late = (a_county(db, branches=3, members=2) for _ in range(2))
    for county in (in_time, late):
        open_rounds(db, county[0], ["2026-Q2"])
        publish_quarter(db, clockwork, county)
    fire_all_due(clockwork)

    day = CLOSES - timedelta(days=5)
    while day <= LATER:
        set_clock(db, in_time[0].county_id, day)
        fire_all_due(clockwork)
        day += timedelta(hours=12)
    set_clock(db, late[0].county_id, LATER)
    fire_all_due(clockwork)

    told = story(clockwork, late)
    assert told == story(clockwork, in_time)
    assert {row[-1] for row in told["notice"]} == {CLOSES}
    assert {"escalate", "close", "settle"} <= {row[1] for row in told["history"]}


def test_eight_workers_fire_forty_deadlines_once_each(db: Db, clockwork: Db) -> None:
    branches = a_county(db, branches=10, members=1)
    for branch in branches:
        open_rounds(db, branch)
    set_clock(db, branches[0].county_id, NEXT_YEAR)

    with ThreadPoolExecutor(8) as pool:
        fired = sum(pool.map(lambda _: fire_all_due(clockwork), range(8)))

    assert fired == count(clockwork, branches, FIRED)
    assert count(clockwork, branches, CLOSED_CLAIMS) == 40
    reminders = "SELECT count(*) FROM history WHERE command IN ('remind', 'escalate')"
    assert count(clockwork, branches, reminders) == 40 * 3
    assert count(clockwork, branches, EARLY) == 0


def test_a_deadline_that_fails_steps_aside_and_the_others_go_on(db: Db, clockwork: Db) -> None:
    branches = a_county(db, branches=2, members=1)
    for branch in branches:
        open_rounds(db, branch, ["2026-Q1", "2026-Q2"])
    poisoned, sound = branches
    with acting(db, poisoned.county_id, poisoned.unit_id) as session:
        session.execute(text("UPDATE deadline SET command = 'no such step' WHERE due_at < '2026-05-01'"))
    set_clock(db, sound.county_id, datetime(2026, 7, 8, tzinfo=UTC))

    fire_all_due(clockwork)

    assert count(clockwork, branches, CLOSED_CLAIMS) == 3
    with acting(db, poisoned.county_id, poisoned.unit_id) as session:
        waiting = session.execute(text("SELECT attempts, fired_at, try_at FROM deadline WHERE attempts > 0")).one()
    assert waiting[0] == 1
    assert waiting[1] is None
    assert waiting[2] > datetime(2026, 7, 8, tzinfo=UTC)


def test_a_window_that_fails_does_not_keep_its_township_open(db: Db, clockwork: Db) -> None:
    branches = a_county(db, branches=3, members=2)
    notices = publish_quarter(db, clockwork, branches)
    with acting(db, branches[0].county_id, branches[0].unit_id) as session:
        # No step leads from here to the end of a window.
        astray = "UPDATE notice SET state = 'approved' WHERE id = :id"
        session.execute(text(astray), {"id": notices[0].id})
    set_clock(db, branches[0].county_id, CLOSES)

    fire_all_due(clockwork)

    assert count(clockwork, branches, "SELECT count(*) FROM notice WHERE state = 'closed'") == 2
    assert count(clockwork, branches, SETTLED) == 2
    assert count(clockwork, branches, "SELECT max(attempts) FROM deadline") == 1


def test_a_failing_deadline_goes_on_being_postponed_for_years(db: Db, clockwork: Db) -> None:
    branch = a_county(db, members=1)[0]
    open_rounds(db, branch, ["2026-Q1"])
    with acting(db, branch.county_id, branch.unit_id) as session:
        session.execute(text("UPDATE deadline SET command = 'no such step', attempts = 5000"))
    set_clock(db, branch.county_id, NEXT_YEAR)

    fire_all_due(clockwork)

    pause = "SELECT extract(epoch FROM max(try_at) - jifen.instant(max(county_id::text)::uuid)) FROM deadline"
    assert count(clockwork, [branch], pause) == 6 * 3600


def test_time_that_is_spent_leaves_the_rest_for_the_next_knock(db: Db, clockwork: Db) -> None:
    branch = a_county(db, members=1)[0]
    open_rounds(db, branch)
    set_clock(db, branch.county_id, NEXT_YEAR)

    assert fire_all_due(clockwork, within_s=0) == 0
    assert fire_all_due(clockwork) == 4 * 4


@pytest.mark.parametrize("wanted", [REMIND, CLOSE_WINDOW])
def test_only_the_earliest_instant_of_a_county_is_taken_at_once(wanted: str) -> None:
    here, there = uuid4(), uuid4()
    later = START + timedelta(days=2)
    waiting = [
        Due(here, uuid4(), uuid4(), wanted, START),
        Due(here, uuid4(), uuid4(), wanted, START),
        Due(here, uuid4(), uuid4(), "lapse", later),
        Due(there, uuid4(), uuid4(), "lapse", later),
    ]

    taken = list(batches(waiting))

    assert [len(batch) for batch in taken] == [2, 1]
    assert Counter(one.due_at for batch in taken for one in batch) == {START: 2, later: 1}


@pytest.mark.long
def test_ten_thousand_reminders_are_fired_in_batches(db: Db, clockwork: Db) -> None:
    branch = a_county(db, members=1)[0]
    open_rounds(db, branch, ["2026-Q1"])
    copies = text("""
        INSERT INTO deadline (county_id, id, unit_id, subject_kind, subject_id, stage, command, rung, due_at,
                              try_at, attempts)
        SELECT county_id, gen_random_uuid(), unit_id, subject_kind, subject_id, stage, 'remind', 2,
               due_at - interval '30 days', due_at - interval '30 days', 0
        FROM deadline, generate_series(1, 10000)
    """)
    with acting(db, branch.county_id, branch.unit_id) as session:
        session.execute(copies)
    set_clock(db, branch.county_id, datetime(2026, 4, 1, tzinfo=UTC))

    asked = Counter[str]()
    engine: Engine = clockwork.kw["bind"]
    count_asked = partial(_count, asked)
    event.listen(engine, "after_cursor_execute", count_asked)
    fired = fire_all_due(clockwork)
    event.remove(engine, "after_cursor_execute", count_asked)

    assert fired == 10_000
    # How quick that is, `jifen bench` measures; one by one it would be some tens of thousands of statements.
    assert asked.total() < 500


def _count(asked: Counter[str], _connection: object, _cursor: object, statement: str, *_: object) -> None:
    asked[statement] += 1
