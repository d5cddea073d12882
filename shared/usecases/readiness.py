"""Readiness: whether this process may serve: its login, the migrations, the walls, the policy, the calendar."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

from alembic.script import ScriptDirectory
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shared.authz.policy import enforcer
from shared.db.calendars import CalendarYear
from shared.domain.windows import local_day

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
# Belongs to no tenant: how a demonstration's clock was moved.
UNWALLED = ("moved_clock",)

_LOGIN = text("""
SELECT current_user::text AS name, r.rolsuper AS super, r.rolbypassrls AS bypasses,
       EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
               WHERE pg_has_role(current_user, c.relowner, 'MEMBER')) AS owns
FROM pg_roles r WHERE r.rolname = current_user
""")
_OPEN = text("""
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'county_id' AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity) ORDER BY c.relname
""")


class Check(NamedTuple):
    """One thing that was looked at; `fault` is empty where it is well, otherwise a sentence with the remedy."""

    name: str
    fault: str


def login(session: Session) -> Check:
    """Row-level security means nothing to a superuser, and an owner can take it away: neither may serve."""
    row = session.execute(_LOGIN).one()
    if row.super or row.bypasses:
        return Check("login", f"数据库账号 {row.name} 是超级用户或能绕过行级安全，请改用 jifen_app。")
    if row.owns:
        return Check("login", f"数据库账号 {row.name} 拥有数据表，请改用 jifen_app。")
    return Check("login", "")


def policy() -> Check:
    """An empty policy is refused where it is read."""
    try:
        enforcer()
    except RuntimeError as empty:
        return Check("policy", str(empty))
    return Check("policy", "")


def migrations(session: Session) -> Check:
    """The tables are those that this code was written for."""
    found = session.scalar(text("SELECT version_num FROM alembic_version"))
    if found == _newest():
        return Check("migrations", "")
    return Check("migrations", f"数据库结构是 {found}，程序需要 {_newest()}，请先运行迁移。")


def walls(session: Session) -> Check:
    """Every table with a county has row-level security, forced."""
    unguarded = [name for name in session.scalars(_OPEN) if name not in UNWALLED]
    return Check("walls", f"没有强制行级安全的表：{'、'.join(unguarded)}。" if unguarded else "")


def calendar(session: Session, now: datetime) -> Check:
    """The holidays of the present year are known; windows of other years are provisional and say so."""
    year = local_day(now).year
    known = session.scalar(select(func.count()).select_from(CalendarYear).filter_by(year=year))
    missing = f"没有 {year} 年的节假日安排，请用 jifen calendar import 导入国务院办公厅通知。"
    return Check("calendar", "" if known else missing)


def readiness(session: Session, now: datetime) -> list[Check]:
    """Look at everything that this process needs of its database and its policy."""
    return [login(session), policy(), migrations(session), walls(session), calendar(session, now)]


@cache
def _newest() -> str | None:
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()
