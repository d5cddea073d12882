"""`jifen verify`: clean is 0; the first wrong row is named in a sentence, by a login that can only read."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from services.cli.database import Urls
from services.cli.verify import checked, command
from shared.db.session import Db, connect
from tests.databases import of_its_own
from tests.quarters import a_full_county


@pytest.fixture(scope="module")
def own(admin_database_url: str) -> Urls:
    """A database of this module's own, which it may leave damaged."""
    return of_its_own(admin_database_url, "jifen_verify")


def test_a_clean_county_is_reported_in_one_line(own: Urls, monkeypatch: pytest.MonkeyPatch) -> None:
    a_full_county(connect(own.app), connect(own.worker), branches=1)
    for login in Urls.__slots__:
        monkeypatch.setenv(f"JIFEN_{login.upper()}_DATABASE_URL", getattr(own, login))

    answer = CliRunner().invoke(command, [])

    assert answer.exit_code == 0, answer.output
    assert answer.output.startswith("全部相符：1 个县、1 个支部，4 枚封印，")


def test_a_cent_too_much_is_named_where_it_stands(
    own: Urls, admin_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for login in Urls.__slots__:
        monkeypatch.setenv(f"JIFEN_{login.upper()}_DATABASE_URL", getattr(own, login))
    engine = create_engine(make_url(admin_database_url).set(database=make_url(own.app).database))
    with engine.begin() as superuser:
        superuser.execute(text("SET LOCAL session_replication_role = replica"))
        entry = superuser.execute(
            text("UPDATE ledger_entry SET points = points + 0.01 WHERE id = (SELECT min(id::text)::uuid FROM "
                 "ledger_entry) RETURNING id, points - 0.01 AS due, points AS now")
        ).one()  # fmt: skip
    engine.dispose()

    answer = CliRunner().invoke(command, [])

    assert answer.exit_code == 1
    assert f"台账记录（ledger_entry {entry.id}）points 是“{entry.now}”，应是“{entry.due}”" in answer.stderr
    assert answer.stderr.startswith("第1村党支部，2026-Q1，党员编号 ")


def test_it_cannot_write(own: Urls) -> None:
    verifier: Db = connect(own.verifier)

    with verifier() as session, pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text("UPDATE ledger_entry SET points = points"))


def test_an_empty_installation_is_clean(admin_database_url: str) -> None:
    empty = of_its_own(admin_database_url, "jifen_verify_empty")

    verified, sentence = checked(connect(empty.verifier))

    assert (verified.counties, sentence) == (0, None)


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"

    answer = CliRunner().invoke(command, ["--data", str(missing)])

    assert answer.exit_code == 1
    assert "没有数据文件夹" in answer.stderr
    assert not missing.exists()
