"""Negative controls: what others do instead of our ways, and that the checker finds each of them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from celery import Celery
from redis import Redis
from sqlalchemy import Connection, Engine, create_engine, make_url, text

from services.cli.database import Urls
from shared.db.session import Db
from tests.faults.checker import findings
from tests.faults.log import Act, Log, Moved, Told
from tests.usecases.stage import POSTED, START, Stage

TEXT = "参加了这项活动"
# Past the promises that the database keeps by itself: the checker is to find what they would have refused.
PAST_PROMISES = text("SET LOCAL session_replication_role = replica")


@pytest.fixture
def engine(urls: Urls, admin_database_url: str) -> Iterator[Engine]:
    """The superuser in the database of the tests."""
    made = create_engine(make_url(admin_database_url).set(database=make_url(urls.app).database))
    yield made
    made.dispose()


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A branch whose quarter hangs on the board, and everybody has been told."""
    made = Stage(db, clockwork, start=START)
    made.accept(made.claim(made.mei))
    made.publish()
    return made


def told(kind: str, token: str, unit_id: UUID, outcome: Told = Told.DONE) -> Log:
    """A log of one act that has just ended."""
    now = datetime.now(UTC)
    return Log([Act(kind, token, unit_id, now, now, outcome)], [Moved(now - timedelta(hours=1), START)])


def found(engine: Engine, stage: Stage, log: Log) -> str:
    """Return what the checker finds, but for messages that nobody relays here."""
    with engine.begin() as connection:
        connection.execute(PAST_PROMISES)
        connection.execute(text("UPDATE message SET done_at = made_at WHERE county_id = :county"), where(stage))
    return "\n".join(findings(engine, stage.county_id, log))


def where(stage: Stage) -> dict[str, UUID]:
    """The county, as queries are given it."""
    return {"county": stage.county_id}


def settled(stage: Stage) -> None:
    """Let the window end."""
    stage.move(POSTED + timedelta(days=9))


def test_a_round_that_went_well_has_no_findings(engine: Engine, stage: Stage) -> None:
    settled(stage)

    assert found(engine, stage, told("claim", TEXT, stage.unit_id)) == ""


def test_an_acknowledged_claim_that_is_gone_is_found(engine: Engine, stage: Stage) -> None:
    assert "答应收下了，却找不到" in found(engine, stage, told("claim", "另一件事", stage.unit_id))


def test_a_double_click_without_a_key_is_found(engine: Engine, stage: Stage) -> None:
    with engine.begin() as connection:
        again(connection, stage)

    assert "一次提交有了 2 件" in found(engine, stage, told("claim", TEXT, stage.unit_id))


def again(connection: Connection, stage: Stage) -> None:
    """File the same claim once more, as a browser does that is reloaded."""
    connection.execute(PAST_PROMISES)
    connection.execute(AGAIN, {**where(stage), "other": f'{{"id": "{uuid4()}", "number": "2026-Q1-999"}}'})


AGAIN = text("""
INSERT INTO claim SELECT (jsonb_populate_record(c, CAST(:other AS jsonb))).* FROM claim c WHERE county_id = :county
""")


@pytest.mark.long
def test_a_window_that_is_checked_before_the_lock_lets_a_late_objection_in(engine: Engine, stage: Stage) -> None:
    with engine.begin() as naive:
        # Check, then insert, by the transaction's start: meanwhile the window closes and the line settles.
        open_still = naive.execute(OPEN, where(stage)).scalar_one()
        assert open_still
        settled(stage)
        naive.execute(PAST_PROMISES)
        naive.execute(LATE, where(stage))

    assert "有异议未结的一行已经入账" in found(engine, stage, told("objection", "少记了一次", stage.unit_id))


OPEN = text("SELECT closes_at > jifen.instant(county_id) FROM notice WHERE county_id = :county")
LATE = text("""
INSERT INTO objection (county_id, id, unit_id, line_id, notice_id, number, raised_as, name, on_paper, handed_in_at,
                       entered_at, text, due_at, state, stage)
SELECT n.county_id, gen_random_uuid(), n.unit_id, l.id, n.id, '异-999', 'member', '某人', false, n.published_at,
       n.published_at, '少记了一次', n.closes_at, 'raised', 0
FROM notice n JOIN line l ON l.county_id = n.county_id AND l.notice_id = n.id
WHERE n.county_id = :county LIMIT 1
""")


@pytest.mark.long
def test_a_window_that_waits_in_the_queue_as_a_celery_eta_is_lost_with_it(
    engine: Engine, stage: Stage, redis_url: str
) -> None:
    with engine.begin() as naive:
        naive.execute(text("DELETE FROM deadline WHERE county_id = :county AND fired_at IS NULL"), where(stage))
    queue = f"{redis_url.rsplit('/', 1)[0]}/9"
    with Celery("naive", broker=queue) as app, Redis.from_url(queue) as redis:
        app.send_task("close_window", [str(stage.county_id)], eta=datetime.now(UTC) + timedelta(seconds=1))
        redis.flushdb()
    settled(stage)

    assert "到期的公示没有截止" in found(engine, stage, told("claim", TEXT, stage.unit_id))


@pytest.mark.long
def test_a_tenant_that_is_set_for_the_session_takes_the_next_one_s_claim(
    engine: Engine, stage: Stage, db: Db, clockwork: Db
) -> None:
    other = Stage(db, clockwork, start=START)
    with engine.connect() as pooled:
        # The first request leaves its tenant behind; the next on this connection believes it.
        pooled.execute(text("SELECT set_config('jifen.units', :unit, false)"), {"unit": str(other.unit_id)})
        pooled.commit()
        pooled.execute(PAST_PROMISES)
        moved = "UPDATE claim SET unit_id = CAST(current_setting('jifen.units') AS uuid) WHERE county_id = :county"
        pooled.execute(text(moved), where(stage))
        pooled.commit()

    assert "进了别的支部" in found(engine, stage, told("claim", TEXT, stage.unit_id))


@pytest.mark.long
def test_a_claim_that_was_refused_and_is_there_all_the_same_is_found(engine: Engine, stage: Stage) -> None:
    refused = told("claim", TEXT, stage.unit_id, Told.REFUSED)

    assert "说了不收，却收下了" in found(engine, stage, refused)


@pytest.mark.long
def test_what_came_after_the_door_had_closed_is_found(engine: Engine, stage: Stage) -> None:
    late = told("claim", TEXT, stage.unit_id)
    late.clock.append(Moved(late.acts[0].begun, POSTED))

    assert "截止以后才来的，却收下了" in found(engine, stage, late)
