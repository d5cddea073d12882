"""`jifen up`: each program gets the login that it needs, and an address that is taken is named at once."""

import socket
from dataclasses import replace
from pathlib import Path

import pytest

from services.cli.database import Urls
from services.cli.engines.faults import CannotStart
from services.cli.engines.start import Engines
from services.cli.processes import Processes, Program
from services.cli.site import await_answer, programs, require_free, with_secret
from shared.config import read_settings
from shared.domain.errors import Refusal

URLS = Urls(migrator="m", app="a", worker="w", admin="d", verifier="v", backup="b")


def test_each_program_has_its_own_login_and_none_the_superuser(tmp_path: Path) -> None:
    engines = Engines("postgresql+psycopg://postgres@db/postgres", "redis://cache/0", tmp_path)

    started = {program.name: program.env for program in programs(URLS, engines, read_settings({}))}

    logins = {name: env["DATABASE_URL"] for name, env in started.items()}
    assert logins == {"worker": "w", "beat": "w", "api": "a", "admin": "a"}
    assert {name: env.get("ADMIN_DATABASE_URL") for name, env in started.items() if "d" in env.values()} == {
        "admin": "d"
    }
    assert {env["BROKER_URL"] for env in started.values()} == {"redis://cache/0"}
    assert not any(engines.database_admin_url in env.values() for env in started.values())


def test_the_secret_is_made_once_for_nobody_else_to_read_and_told_to_no_worker(tmp_path: Path) -> None:
    given = replace(read_settings({}), data=tmp_path / "data")

    made = with_secret(given)
    started = {program.name: program.env for program in programs(URLS, Engines("", "", tmp_path), made)}
    assert made.secret is not None
    assert len(made.secret) == 64
    assert with_secret(given) == made
    assert (tmp_path / "data" / "secret").stat().st_mode & 0o077 == 0
    assert [name for name, env in started.items() if made.secret in env.values()] == ["api", "admin"]
    assert with_secret(replace(given, secret="the operator's own")).secret == "the operator's own"


def test_a_broker_of_its_own_is_used(tmp_path: Path) -> None:
    given = read_settings({"BROKER_URL": "redis://queue/1"})

    started = programs(URLS, Engines("", "redis://cache/0", tmp_path), given)

    assert {program.env["BROKER_URL"] for program in started} == {"redis://queue/1"}


def test_a_taken_port_is_named_before_anything_starts() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        with pytest.raises(CannotStart, match=r"不能在 127\.0\.0\.1:\d+ 上开放页面"):
            require_free("127.0.0.1", taken.getsockname()[1])


def test_an_api_that_dies_is_quoted(tmp_path: Path) -> None:
    processes = Processes(tmp_path)
    try:
        processes.start(Program("api", ("sh", "-c", "echo no such module; exit 1")))

        with pytest.raises(CannotStart, match="no such module"):
            await_answer(processes, "api", "127.0.0.1", 1)
    finally:
        processes.stop()


def test_settings_take_an_empty_variable_as_one_that_is_not_set() -> None:
    given = read_settings({"DATABASE_URL": " ", "REDIS_URL": "redis://cache/0", "JIFEN_PORT": ""})

    assert given.database_url is None
    assert given.broker_url == "redis://cache/0"
    assert given.port == 8000


def test_a_port_that_is_no_number_is_named() -> None:
    with pytest.raises(Refusal, match="JIFEN_PORT"):
        read_settings({"JIFEN_PORT": "http"})


def test_a_database_url_as_people_write_it_gets_our_driver() -> None:
    given = read_settings({"DATABASE_URL": "postgres://u:p@db/x?sslmode=require"})

    assert given.database_url == given.worker_database_url == "postgresql+psycopg://u:p@db/x?sslmode=require"
