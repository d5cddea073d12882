"""A round whose worker, beat, Valkey and PostgreSQL are killed at random: nothing is lost, nothing comes twice."""

import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy.exc import DBAPIError

from services.cli.database import prepare
from services.cli.engines.start import start_engines
from services.cli.processes import Processes
from shared.config import settings
from shared.db.session import Db, connect
from shared.usecases.verification import first_wrong
from tests.builders import Branch, a_county, set_clock
from tests.worker.rounds import CLOSES, publish_quarter, start, story
from tests.worker.test_running import LATER, quiet

pytestmark = pytest.mark.long

VICTIMS = ("worker", "beat", "valkey", "postgres")


def test_what_is_killed_during_a_round_comes_back_and_verify_finds_nothing(tmp_path: Path) -> None:
    given = replace(settings(), database_url=None, redis_url=None, broker_url=None)
    engines = start_engines(tmp_path / "engines", given=given)
    processes = Processes(tmp_path / "logs")
    try:
        urls = prepare(engines.database_admin_url)
        db, clockwork = connect(urls.app), connect(urls.worker)
        undisturbed, county = (a_county(db, branches=6, members=2) for _ in range(2))
        for branches in (undisturbed, county):
            publish_quarter(db, clockwork, branches)
        start(processes, urls, engines.redis_url, tmp_path / "data")
        processes.keep()
        _insist(db, undisturbed, LATER)
        _until_quiet(clockwork, undisturbed)

        assert engines.processes
        chance = Random(20260417)
        for day in range(-3, 12):
            _insist(db, county, CLOSES + timedelta(days=day))
            victim = chance.choice(VICTIMS)
            home = engines.processes if victim in {"valkey", "postgres"} else processes
            home.running[victim].process.kill()
            time.sleep(0.7)
        _insist(db, county, LATER)
        _until_quiet(clockwork, county)

        assert story(clockwork, county) == story(clockwork, undisturbed)
        with connect(urls.verifier).begin() as session:
            assert first_wrong(session, county[0].county_id) is None
    finally:
        processes.stop()
        engines.stop()


def _insist(db: Db, county: list[Branch], instant: datetime) -> None:
    """Move the clock even while PostgreSQL is coming back."""
    for _ in range(100):
        try:
            set_clock(db, county[0].county_id, instant)
        except DBAPIError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError("PostgreSQL did not come back")


def _until_quiet(clockwork: Db, county: list[Branch]) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            if quiet(clockwork, county):
                return
        except DBAPIError:
            pass
        time.sleep(0.2)
    raise AssertionError("the clock's work did not end")
