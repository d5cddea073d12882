"""Makes a PostgreSQL server ready: login roles, the database, the migrations. Safe to run again."""

import hashlib
import hmac
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError

from services.cli.engines.faults import CannotStart
from shared.config import with_driver
from shared.db.session import connect
from shared.usecases.calendars import install_shipped_calendar

ROOT = Path(__file__).resolve().parents[2]
LOGINS = ("migrator", "app", "worker", "admin", "verifier", "backup")


@dataclass(frozen=True, slots=True)
class Urls:
    """One address for each login; nobody shares one, so that each has only the rights it needs."""

    migrator: str
    app: str
    worker: str
    admin: str
    verifier: str
    backup: str


def prepare(admin_url: str, database: str = "jifen") -> Urls:
    """Create what is missing and migrate; return the address of each login role.

    `admin_url` may create roles and databases. The logins' passwords follow from it, so that nothing needs to
    be stored and a second run finds the same. CannotStart, with what the server said, where it refuses.
    """
    try:
        return _prepared(make_url(admin_url).set(drivername="postgresql+psycopg"), database)
    except DBAPIError as fault:
        said = str(fault.orig).strip().splitlines()[0]
        raise CannotStart(
            f"数据库不能用：{said}。请核对 DATABASE_URL 的地址、帐号和密码；"
            "帐号须能建角色和数据库（CREATEROLE、CREATEDB、BYPASSRLS）。"
        ) from fault
    except ArgumentError as fault:
        raise CannotStart(
            "DATABASE_URL 不是数据库地址，应写成 postgresql://帐号:密码@主机:端口/postgres。"
        ) from fault


def addresses(admin: URL, database: str = "jifen") -> Urls:
    """Return the address of each login as `prepare` gives it; nothing is created, nothing asked."""
    return Urls(**{login: _address(admin, database, login, _password(admin, login)) for login in LOGINS})


def _prepared(admin: URL, database: str) -> Urls:
    _server(admin, database, {login: _password(admin, login) for login in LOGINS})
    urls = addresses(admin, database)
    migrate(urls.migrator)
    furnish(urls.app)
    return urls


def furnish(url: str) -> None:
    """Install what every installation has: the published years' calendars, where they are missing."""
    db = connect(url, pool_size=1)
    install_shipped_calendar(db, datetime.now(UTC))
    db.kw["bind"].dispose()


def migrate(url: str) -> None:
    """Run the migrations that are missing."""
    engine = create_engine(url)
    with engine.begin() as connection:
        # Two starts at once would both migrate: the second waits here.
        connection.execute(text("SELECT pg_advisory_xact_lock(7426110)"))
        command.upgrade(alembic_config(connection), "head")
    engine.dispose()


def alembic_config(connection: Connection | None = None) -> Config:
    """Return the configuration of the migrations, bound to a connection."""
    config = Config(ROOT / "alembic.ini")
    config.attributes["connection"] = connection
    return config


def _password(admin: URL, login: str) -> str:
    secret = f"{admin.password or ''}".encode()
    return hmac.new(secret, f"jifen:{login}".encode(), hashlib.sha256).hexdigest()[:32]


def _address(admin: URL, database: str, login: str, password: str) -> str:
    own = admin.set(database=database, username=f"jifen_{login}", password=password)
    return own.render_as_string(hide_password=False)


def _server(admin: URL, database: str, passwords: dict[str, str]) -> None:
    """Create roles and database; neither exists "if not exists", so each is looked up first."""
    engine = create_engine(admin, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(7426110)"))
        _roles(connection, passwords)
        known = connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :n"), {"n": database})
        if not known:
            connection.execute(text(f"CREATE DATABASE {_name(database)} OWNER jifen_owner"))
        connection.execute(text(f"REVOKE ALL ON DATABASE {_name(database)} FROM PUBLIC"))
        for login in LOGINS:
            connection.execute(text(f"GRANT CONNECT ON DATABASE {_name(database)} TO jifen_{login}"))
        connection.execute(text("SELECT pg_advisory_unlock(7426110)"))
    engine.dispose()


def _roles(connection: Connection, passwords: dict[str, str]) -> None:
    have = set(connection.scalars(text("SELECT rolname FROM pg_roles WHERE rolname LIKE 'jifen\\_%'")))
    if "jifen_owner" not in have:
        connection.execute(text("CREATE ROLE jifen_owner NOLOGIN"))
    for login, password in passwords.items():
        bypass = " BYPASSRLS" if login == "backup" else ""
        # Only a superuser may so much as repeat NOSUPERUSER of a role that is there: those keep what they have.
        known = f"jifen_{login}" in have
        what = (
            f"ALTER ROLE jifen_{login}"
            if known
            else f"CREATE ROLE jifen_{login} LOGIN NOINHERIT NOSUPERUSER{bypass}"
        )
        # The password is hexadecimal, made here: nothing in it needs quoting.
        connection.execute(text(f"{what} PASSWORD '{password}'"))
    connection.execute(text("GRANT jifen_owner TO jifen_migrator"))
    connection.execute(text("GRANT jifen_owner TO CURRENT_USER"))


def _name(database: str) -> str:
    if not re.fullmatch(r"[a-z_][a-z0-9_]{0,40}", database):
        raise click.ClickException(f"数据库名“{database}”不可用：只能用小写字母、数字和下划线。")
    return database


def urls_from(environment: dict[str, Any] | None = None) -> Urls | None:
    """Return the logins' addresses that the environment gives one by one, where a deployment manages them."""
    given = environment if environment is not None else dict(os.environ)
    found = {login: with_driver(given.get(f"JIFEN_{login.upper()}_DATABASE_URL")) for login in LOGINS}
    return Urls(**found) if all(found.values()) else None  # type: ignore[arg-type]
