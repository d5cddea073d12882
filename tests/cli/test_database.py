"""Databases made ready by an account that is no superuser, as an outside server gives one."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from services.cli.database import prepare
from services.cli.engines.faults import CannotStart
from services.cli.engines.start import start_engines
from shared.config import read_settings


@pytest.mark.long
def test_an_account_that_may_make_roles_and_databases_is_enough_every_time(tmp_path: Path) -> None:
    engines = start_engines(tmp_path, durable=False, given=read_settings({}))
    try:
        admin = make_url(engines.database_admin_url).set(drivername="postgresql+psycopg")
        server = create_engine(admin, isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.execute(text("CREATE ROLE boss LOGIN CREATEROLE CREATEDB BYPASSRLS PASSWORD 'secret'"))
        server.dispose()
        boss = admin.set(username="boss", password="secret").render_as_string(hide_password=False)

        first = prepare(boss)

        assert prepare(boss) == first
    finally:
        engines.stop()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://nobody:wrong@{place}/postgres", "数据库不能用"),
        ("postgresql://boss:secret@127.0.0.1:1/postgres", "数据库不能用"),
        ("not an address", "DATABASE_URL 不是数据库地址"),
    ],
)
def test_a_database_that_cannot_be_used_is_named_in_a_sentence(
    admin_database_url: str, url: str, said: str
) -> None:
    admin = make_url(admin_database_url)

    with pytest.raises(CannotStart, match=said):
        prepare(url.format(place=f"{admin.host}:{admin.port}"))
