"""What an installation is put up from: the logins' SQL is run, the files hold together; no engine is asked."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from sqlalchemy import make_url

from services.cli.database import LOGINS, addresses
from services.cli.doctor import database
from services.cli.engines.binaries import postgres_folder
from services.cli.examination import Grade
from services.cli.migrate import command as migrate
from shared.config import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
OURS = {name: one for name, one in COMPOSE["services"].items() if name not in {"postgres", "valkey"}}
CONTAINERFILE = (ROOT / "Containerfile").read_text("utf-8").replace("\\\n", " ")
SCRIPTS = sorted((ROOT / "deploy").glob("*.sh"))


@pytest.mark.long
def test_the_logins_sql_makes_what_the_migrations_need_and_may_be_run_again(
    admin_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = make_url(admin_database_url)
    # The roles are the server's, other tests use them: their passwords stay what they are.
    urls = addresses(admin, "jifen_by_sql")
    for login in LOGINS:
        url = make_url(getattr(urls, login)).set(drivername="postgresql")
        monkeypatch.setenv(f"JIFEN_{login.upper()}_PASSWORD", str(url.password))
        monkeypatch.setenv(f"JIFEN_{login.upper()}_DATABASE_URL", url.render_as_string(hide_password=False))

    for _ in range(2):
        by_psql(admin_database_url, ROOT / "deploy" / "logins.sql", "jifen_by_sql")
    answered = CliRunner().invoke(migrate, [])

    assert answered.output == "数据库已是这一版的结构。\n"
    found = {finding.what: finding for finding in database(urls.app)}
    assert [found[what].grade for what in ("登录账号", "迁移", "行级安全")] == [Grade.WELL] * 3


def by_psql(url: str, file: Path, name: str) -> None:
    """Run a script as an operator does, for a database of this name."""
    psql = [str(postgres_folder() / "psql"), make_url(url).set(drivername="postgresql").render_as_string(False)]
    argv = [*psql, "--no-psqlrc", "--quiet", "--variable", f"database={name}", "--file", str(file)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.long
def test_without_an_address_the_migrations_say_what_is_missing() -> None:
    empty = {name: value for name, value in os.environ.items() if not name.endswith("DATABASE_URL")}

    done = subprocess.run(
        [sys.executable, "-P", "-m", "services.cli.main", "migrate"],
        cwd=ROOT,
        env={**empty, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, "DATABASE_URL" in done.stderr) == (1, True)


@pytest.mark.parametrize("name", OURS)
def test_a_container_of_ours_may_do_little(name: str) -> None:
    service = OURS[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_only_the_migrations_and_the_operator_have_every_login() -> None:
    with_all = {name for name, one in OURS.items() if "JIFEN_MIGRATOR_DATABASE_URL" in one["environment"]}

    assert with_all == {"migrate", "operator"}


def test_compose_sets_nothing_that_the_product_does_not_know() -> None:
    settings = set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE))
    settings |= {f"JIFEN_{login.upper()}_DATABASE_URL" for login in LOGINS}
    # The server's own: whose word on a visitor's address it believes.
    settings |= {"FORWARDED_ALLOW_IPS"}

    assert {name for one in OURS.values() for name in one["environment"]} <= settings


def test_pages_and_panel_listen_to_this_machine_alone() -> None:
    published = [port for one in COMPOSE["services"].values() for port in one.get("ports", [])]

    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_nobody_s_word_on_a_visitor_s_address_is_believed_unless_they_are_named() -> None:
    believed = {one["environment"].get("FORWARDED_ALLOW_IPS") for one in OURS.values()} - {None}

    assert believed == {"${JIFEN_PROXIES:-127.0.0.1}"}


def test_every_password_that_compose_asks_for_is_made_and_no_two_are_the_same() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+):\?\}", (ROOT / "compose.yaml").read_text("utf-8")))

    said = subprocess.run([ROOT / "deploy" / "secrets.sh"], capture_output=True, text=True, check=True).stdout
    made = dict(line.split("=") for line in said.splitlines())

    assert asked == made.keys()
    assert len(set(made.values())) == len(made)
    assert all(re.fullmatch("[0-9a-f]{48}", value) for value in made.values())


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_script_is_read_by_a_plain_shell_and_may_be_run(script: Path) -> None:
    assert os.access(script, os.X_OK)
    subprocess.run(["sh", "-n", str(script)], check=True)


def test_what_the_image_copies_is_there_and_is_let_through() -> None:
    let_through = set((ROOT / ".containerignore").read_text("utf-8").splitlines())
    for line in re.findall(r"^COPY (?!--from)(.+)$", CONTAINERFILE, re.MULTILINE):
        *sources, _ = line.split()
        for source in set(sources) - {"wheel[s]"}:
            assert (ROOT / source).exists(), source
            assert f"!{source}" in let_through
    assert "!wheels" in let_through


def test_the_image_runs_as_nobody_and_serves_the_pages() -> None:
    assert re.search(r"^USER 10001:10001$", CONTAINERFILE, re.MULTILINE)
    (command,) = re.findall(r"^CMD (\[.*\])$", CONTAINERFILE, re.MULTILINE)
    assert json.loads(command)[:5] == shlex.split("python -P -m uvicorn services.api.app:app")


def test_the_last_stage_has_nothing_to_build_with() -> None:
    last = CONTAINERFILE.rpartition("\nFROM ")[2]

    assert "pip install" not in last
    assert not re.search(r"install .*\b(gcc|build-essential|python3-dev)\b", last)
