"""`jifen doctor`: each thing that can be wrong is a sentence with its remedy; nothing is started to be seen."""

import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, make_url, text

from services.cli.database import Urls
from services.cli.doctor import app_login, clocks, coming_year, command, database, examined, queue, server, waiting
from services.cli.examination import (
    GIB,
    LAST_BACKUP,
    Grade,
    answer,
    backed_up,
    evidence,
    folder,
    pages,
    printing,
    room,
    secret,
)
from services.cli.outside import broker, replica
from shared.config import Settings, read_settings
from shared.db.session import Db

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder as `jifen up` makes it."""
    made = tmp_path / "data"
    made.mkdir(mode=0o700)
    for name in ("secret", "secrets.json"):
        (made / name).touch(0o600)
    return made


@pytest.fixture
def given(data: Path) -> Settings:
    """The settings of that folder, and ports that nobody uses."""
    ports = []
    for _ in range(2):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            ports.append(probe.getsockname()[1])
    return replace(read_settings({}), data=data, port=ports[0], admin_port=ports[1])


def test_a_folder_is_well_while_it_is_its_owners_alone(data: Path) -> None:
    assert [finding.grade for finding in folder(data)][1:] == [Grade.WELL]


@pytest.mark.parametrize(
    ("name", "said"), [("secret", "chmod 600"), ("secrets.json", "chmod 600"), ("", "chmod 700")]
)
def test_what_others_can_read_is_named_with_the_command_that_closes_it(data: Path, name: str, said: str) -> None:
    (data / name).chmod(0o755)

    found = list(folder(data))

    assert (found[1].grade, said in found[1].said, name in found[1].said) == (Grade.WRONG, True, True)


def test_a_machine_without_a_chinese_font_is_told_the_package(
    given: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.papers.fonts.FOLDERS", ())
    monkeypatch.setenv("HOME", str(given.data))

    found = printing(replace(given, fonts=given.data))

    assert (found.grade, "fonts-noto-cjk" in found.said) == (Grade.WRONG, True)


def test_a_containers_folder_may_be_open_while_it_keeps_nothing(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)

    assert [finding.what for finding in folder(tmp_path)] == ["磁盘"]


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    found = list(folder(tmp_path / "none"))

    assert [finding.grade for finding in found] == [Grade.WRONG]
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(("free", "grade"), [(0.5, Grade.WRONG), (2, Grade.NOTE), (50, Grade.WELL)])
def test_a_disk_is_asked_for_its_room(free: float, grade: Grade) -> None:
    assert room(Path("data"), int(free * GIB)).grade is grade


def test_evidence_that_cannot_be_kept_is_told(given: Settings) -> None:
    in_the_way = given.data / "file"
    in_the_way.touch()

    assert evidence(given).grade is Grade.WELL
    assert not [path for path in (given.data / "evidence").rglob("*") if path.is_file()]
    assert evidence(replace(given, evidence=str(in_the_way / "evidence"))).grade is Grade.WRONG
    assert "JIFEN_EVIDENCE" in evidence(replace(given, evidence="ftp://somewhere")).said


def test_a_short_secret_is_refused(given: Settings) -> None:
    assert [finding.what for finding in secret(replace(given, secret="short"))] == ["密钥"]
    assert list(secret(replace(given, secret="x" * 32))) == []


@pytest.fixture
def taken(given: Settings) -> Iterator[Settings]:
    """The same, while another program listens on the pages' port and says nothing."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", given.port))
        other.listen()
        yield given


def test_a_port_that_another_program_has_is_named(taken: Settings) -> None:
    assert [str(taken.port) in finding.said for finding in pages(taken, running=False)] == [True]


def test_free_ports_are_nothing_to_speak_of(given: Settings) -> None:
    assert list(pages(given, running=False)) == []


def test_pages_that_do_not_answer_are_told(given: Settings) -> None:
    assert "没有回答" in answer(f"http://127.0.0.1:{given.port}/health/ready").said


def test_an_installation_that_does_not_run_is_said_to_and_is_not_started(given: Settings) -> None:
    found = {finding.what: finding for finding in examined(given)}

    assert "./jifen up" in found["服务"].said
    assert "数据库" not in found
    assert sorted(path.name for path in given.data.iterdir()) == ["evidence", "secret", "secrets.json"]


def test_a_migrated_database_is_well_by_the_login_that_serves(urls: Urls) -> None:
    found = {finding.what: finding for finding in database(urls.app)}

    wanted = {"数据库", "时钟", "登录账号", "权限", "迁移", "行级安全"}
    assert {what for what in wanted if found[what].grade is not Grade.WELL} == set()


def test_the_installers_address_leads_to_the_applications_login(admin_database_url: str, urls: Urls) -> None:
    assert make_url(app_login(admin_database_url)).username == "jifen_app"
    assert make_url(app_login(admin_database_url)).password == make_url(urls.app).password
    assert app_login(urls.app) == urls.app


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://jifen_app:secret@127.0.0.1:1/jifen", "PostgreSQL 是否在运行"),
        ("no address", "不是数据库地址"),
    ],
)
def test_a_database_out_of_reach_is_one_sentence(url: str, said: str) -> None:
    assert [said in finding.said for finding in database(url)] == [True]


def test_a_database_that_nobody_has_migrated_is_told(admin_database_url: str, urls: Urls) -> None:
    engine = create_engine(admin_database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as server_:
        server_.execute(text("CREATE DATABASE jifen_bare"))
    engine.dispose()
    bare = make_url(urls.app).set(database="jifen_bare").render_as_string(hide_password=False)

    assert "迁移" in list(database(bare))[-1].said


def test_a_server_that_is_too_old_and_clocks_that_differ_are_wrong() -> None:
    assert (server(140011).grade, server(150004).said) == (Grade.WRONG, "PostgreSQL 15.4。")
    assert clocks(NOW, NOW - timedelta(minutes=2)).said.startswith("这台机器和数据库的时钟差 120 秒")
    assert clocks(NOW, NOW + timedelta(seconds=1)).grade is Grade.WELL


def test_next_years_holidays_are_missed_in_autumn_and_wanted_in_december(db: Db) -> None:
    with db() as session:
        assert coming_year(session, datetime(2040, 11, 30, 12, tzinfo=UTC)).grade is Grade.NOTE
        assert coming_year(session, datetime(2040, 12, 1, 12, tzinfo=UTC)).grade is Grade.WRONG
        assert coming_year(session, datetime(2025, 12, 1, 12, tzinfo=UTC)).grade is Grade.WELL


def test_a_worker_that_stands_still_is_known_by_what_waits() -> None:
    still = {("deadline_lateness_seconds", "close"): 600.0, ("outbox_oldest_seconds", ""): 600.0}

    assert [finding.grade for finding in waiting(still)] == [Grade.WRONG, Grade.WRONG]
    assert [finding.grade for finding in waiting({("deliveries", "failed"): 3.0})] == [Grade.WELL] * 2 + [
        Grade.NOTE
    ]


def test_redis_is_asked(redis_url: str) -> None:
    assert queue(redis_url).grade is Grade.WELL
    assert queue("redis://127.0.0.1:1/0").grade is Grade.WRONG


def test_the_command_says_it_all_and_fails(data: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (data / "running.json").write_text(
        json.dumps({"database_admin_url": "postgresql://postgres@127.0.0.1:1/postgres", "redis_url": redis_url})
    )

    answered = CliRunner().invoke(command, ["--data", str(data)])

    assert answered.exit_code == 1
    assert "不对  密码文件：别的用户能读 running.json" in answered.output
    assert "不对  数据库：不能用" in answered.output
    assert answered.output.endswith("处不对，请按上面说的办。\n")


def test_a_week_without_a_backup_is_wrong(data: Path) -> None:
    assert backed_up(data, NOW).grade is Grade.NOTE
    for days, grade in ((0, Grade.WELL), (7, Grade.WELL), (8, Grade.WRONG)):
        (data / LAST_BACKUP).write_text((NOW - timedelta(days=days)).isoformat())
        assert backed_up(data, NOW).grade is grade


@pytest.mark.long
def test_a_replica_that_is_none_and_a_broker_that_is_away_are_named_with_what_to_do(urls: Urls) -> None:
    assert "另一个主库" in replica(urls.app).said
    nowhere = replica(make_url(urls.app).set(port=1).render_as_string(hide_password=False))
    away = broker("amqp://jifen:secret-word@127.0.0.1:1//")

    assert (nowhere.grade, away.grade) == (Grade.WRONG, Grade.WRONG)
    assert "BROKER_URL" in away.said
    assert "secret-word" not in away.said + nowhere.said
