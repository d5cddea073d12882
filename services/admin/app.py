"""The panel's application: sqladmin over masked views, behind a door of its own; refuses to start where unsafe."""

from pathlib import Path
from typing import Any

from anyio.to_thread import run_sync
from redis import Redis
from sqladmin import Admin
from sqlalchemy.exc import DataError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from services.admin import audits, calendars, deadlines, filings, history, messages, people, rounds, rules, units
from services.admin.acts import ACTS, Desk, done_before
from services.admin.cookies import form_key
from services.admin.envelope import Envelope, numbered
from services.admin.listings import may
from services.admin.overviews import TreeView, counts_of
from services.admin.scopes import read_for_whom_asks
from services.admin.sign_ins import Door
from services.admin.wording import speak_chinese
from shared.config import Settings, settings
from shared.db.session import Db, connect
from shared.telemetry import logs, tracing
from shared.usecases.places import read_only
from shared.usecases.readiness import login, policy

ROOMS = (units, people, rules, calendars, rounds, filings, audits, deadlines, messages, history)
VIEWS = [view for room in ROOMS for view in room.VIEWS]
# All that is left of sqladmin's own addresses: nothing is created, edited, deleted, exported or looked up.
KEPT = frozenset({"statics", "index", "list", "details", "view-tree"})
SHORTEST_SECRET = 32


class Panel(Admin):
    """sqladmin with a front page of counts."""

    async def index(self, request: Request) -> Response:
        """Show how many of what stand where."""
        counted = await run_sync(counts_of, request.app.state.shown)
        answer: Response = await self.templates.TemplateResponse(request, "index.html", {"counted": counted})
        return answer

    async def nonsense(self, request: Request, _: Exception) -> Response:
        """Say that the address holds what the database cannot so much as compare with."""
        given = {"status_code": 400}
        answer: Response = await self.templates.TemplateResponse(request, "sqladmin/error.html", given, 400)
        return answer


def create_app(db: Db, shown: Db, redis_url: str, secret: str, secure: bool = False) -> ASGIApp:
    """Return the panel. `db` is the application's login, which signs in and changes; `shown` may only read."""
    refuse_unsafe(db, shown)
    cache: Redis = Redis.from_url(redis_url, socket_timeout=2, socket_connect_timeout=2)
    sealing = secret.encode()
    door, desk = Door(db, cache, sealing, secure), Desk(db, shown, sealing)
    outer = Starlette()
    panel = Panel(
        outer,
        session_maker=shown,
        base_url="/",
        title="积分管理后台",
        templates_dir=str(Path(__file__).with_name("templates")),
    )
    panel.add_view(TreeView)
    for view in VIEWS:
        panel.add_view(view)
    kept = [route for route in panel.admin.router.routes if getattr(route, "name", "") in KEPT]
    panel.admin.router.routes = [*door.routes(), *desk.routes(), *kept]
    panel.admin.exception_handlers[DataError] = panel.nonsense
    panel.admin.state.templates, panel.admin.state.shown, panel.admin.state.db = panel.templates, shown, db
    furnish(panel.templates.env, sealing)
    return numbered(Envelope(outer, door.recognised, secure), panel.admin.router.routes)


def furnish(env: Any, secret: bytes) -> None:
    """Give the templates their words, and what stands on every page."""
    speak_chinese(env)
    env.globals.update(
        acts_of=lambda request, row: [act for act in ACTS if type(row) is act.of and may(request, act.action)],
        done_before=done_before,
        form_key=lambda request: form_key(secret, request),
    )


def refuse_unsafe(db: Db, shown: Db) -> None:
    """Raise RuntimeError where row-level security would mean nothing, or nobody would be refused anything."""
    for sessions in (db, shown):
        with sessions.begin() as session:
            read_only(session)
            faults = [check.fault for check in (login(session), policy()) if check.fault]
        if faults:
            raise RuntimeError("".join(faults))


def from_settings(given: Settings) -> ASGIApp:
    """Return the panel as the environment describes it."""
    if given.database_url is None or given.admin_database_url is None or given.redis_url is None:
        raise RuntimeError(
            "没有 DATABASE_URL、ADMIN_DATABASE_URL 或 REDIS_URL：请用 ./jifen up 启动，或设好它们。"
        )
    if given.secret is None or len(given.secret) < SHORTEST_SECRET:
        raise RuntimeError(f"没有 JIFEN_SECRET，或者不到 {SHORTEST_SECRET} 个字：请用 ./jifen up 启动，或设好它。")
    secure = (given.admin_address or "").startswith("https://")
    shown = read_for_whom_asks(given.admin_database_url)
    return create_app(connect(given.database_url, 5), shown, given.redis_url, given.secret, secure)


def __getattr__(name: str) -> ASGIApp:
    """Build `app` when a server asks for it, so that importing this module needs no environment."""
    if name == "app":
        logs.begin(settings().logs, "admin")
        tracing.begin(settings().otlp, "admin")
        return from_settings(settings())
    raise AttributeError(name)
