"""Beginning afresh: a demonstration that was not played to its end is removed with its database."""

from collections.abc import Set
from uuid import UUID

from sqlalchemy import create_engine, make_url, text

from services.cli.database import prepare
from services.cli.engines.start import start_engines
from shared.config import Settings
from shared.db.session import connect
from shared.domain.errors import Refusal


def begin_afresh(given: Settings, counties: Set[UUID]) -> None:
    """Remove the demonstration's counties; refused where another `jifen` runs or another county lives."""
    engines = start_engines(given.data, given=given)
    try:
        if engines.processes is None and not given.database_url:
            raise Refusal("这个数据文件夹正由另一个 jifen 使用：请先停止它，再加 --fresh。")
        erase(engines.database_admin_url, counties)
    finally:
        engines.stop()


def erase(admin_url: str, ours: Set[UUID], database: str = "jifen") -> None:
    """Drop the database in which these counties and no others live: a ledger cannot be emptied row by row."""
    db = connect(prepare(admin_url, database).app)
    with db.begin() as session:
        counties = set(session.scalars(text("SELECT county_id FROM jifen.counties()")))
    db.kw["bind"].dispose()
    if counties - ours:
        raise Refusal("这里还有别的县，不能删除重来；请换一个数据文件夹（--data）。")
    server = create_engine(make_url(admin_url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with server.connect() as superuser:
        name = superuser.dialect.identifier_preparer.quote(database)
        superuser.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()
