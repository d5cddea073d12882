"""`jifen clock`: shown and moved for a demonstration county, forward only, never where a real county lives."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import click
import pytest
from click.testing import CliRunner

from services.cli.clock import command, in_words, moved, read_instant, read_length
from shared.db.session import Db, connect
from shared.domain.errors import Forbidden, NotFound, NotNow
from shared.usecases.units import found_county
from tests.builders import FOUNDED, a_county, founder
from tests.databases import of_its_own

DAY = timedelta(days=1)


def own(admin_database_url: str, name: str) -> Db:
    return connect(of_its_own(admin_database_url, f"jifen_clock_{name}").app)


def test_it_shows_where_the_clock_stands_and_moves_it_forward(admin_database_url: str) -> None:
    db = own(admin_database_url, "moves")
    a_county(db)

    assert stands(db) == [FOUNDED]
    assert in_words(moved(db, None, timedelta(days=7))[0]).startswith("青禾县：2025-12-27 09:00:00（北京时间")
    assert stands(db, to=datetime(2026, 4, 1, tzinfo=UTC)) == [datetime(2026, 4, 1, tzinfo=UTC)]
    assert stands(db) == [datetime(2026, 4, 1, tzinfo=UTC)]


def stands(db: Db, to: datetime | None = None) -> list[datetime]:
    return [clock.stands_at for clock in moved(db, to, None)]


def test_several_counties_go_together_or_not_at_all(admin_database_url: str) -> None:
    db = own(admin_database_url, "together")
    a_county(db)
    with db.begin() as session:
        found_county(session, founder(uuid4()), "望溪县", "wangxi", demonstration=True, now=FOUNDED + DAY)

    with pytest.raises(NotNow, match="只能向前拨"):
        moved(db, FOUNDED + DAY / 2, None)
    assert stands(db) == [FOUNDED, FOUNDED + DAY]
    assert [clock.stands_at for clock in moved(db, None, DAY)] == [FOUNDED + DAY, FOUNDED + 2 * DAY]


def test_it_never_goes_back_once_people_have_acted(admin_database_url: str) -> None:
    db = own(admin_database_url, "back")
    a_county(db)

    with pytest.raises(NotNow, match="只能向前拨：现在是 2025-12-20 09:00:00"):
        moved(db, FOUNDED - timedelta(seconds=1), None)
    assert stands(db, to=FOUNDED) == [FOUNDED]


def test_a_real_county_is_refused_even_beside_a_demonstration(admin_database_url: str) -> None:
    db = own(admin_database_url, "real")
    a_county(db)
    with db.begin() as session:
        found_county(session, founder(uuid4()), "青石县", "qingshi", demonstration=False, now=FOUNDED)

    for length in (None, timedelta(days=1)):
        with pytest.raises(Forbidden, match="真实的县"):
            moved(db, None, length)


def test_with_no_county_it_says_so(admin_database_url: str) -> None:
    with pytest.raises(NotFound, match="还没有县"):
        moved(own(admin_database_url, "empty"), None, None)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("7d", timedelta(days=7)),
        ("3h", timedelta(hours=3)),
        ("30m", timedelta(minutes=30)),
        ("1d12h", timedelta(hours=36)),
    ],
)
def test_lengths_are_days_hours_and_minutes(written: str, meant: timedelta) -> None:
    assert read_length(written) == meant


@pytest.mark.parametrize("written", ["", "7", "d", "-1d", "1.5h", "7天", "0d", "1w", "7d x"])
def test_any_other_length_is_named(written: str) -> None:
    with pytest.raises(click.ClickException, match="--advance") as refused:
        read_length(written)
    assert refused.value.exit_code == 2


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-04-01T09:00", datetime(2026, 4, 1, 1, tzinfo=UTC)),
        ("2026-04-01 09:00:30", datetime(2026, 4, 1, 1, 0, 30, tzinfo=UTC)),
        ("2026-04-01T09:00Z", datetime(2026, 4, 1, 9, tzinfo=UTC)),
        ("2026-04-01T09:00+02:00", datetime(2026, 4, 1, 7, tzinfo=UTC)),
        ("2026-04-01", datetime(2026, 3, 31, 16, tzinfo=UTC)),
    ],
)
def test_instants_are_of_shanghai_unless_they_say_otherwise(written: str, meant: datetime) -> None:
    assert read_instant(written) == meant


@pytest.mark.parametrize("written", ["", "tomorrow", "2026-02-30T09:00", "2026-04-01T25:00", "0001-01-01T00:00"])
def test_an_impossible_instant_is_named(written: str) -> None:
    with pytest.raises(click.ClickException, match="--set"):
        read_instant(written)


def test_both_at_once_are_refused() -> None:
    answer = CliRunner().invoke(command, ["--set", "2026-04-01", "--advance", "1d"])

    assert answer.exit_code == 2
    assert "只能用一个" in answer.stderr
