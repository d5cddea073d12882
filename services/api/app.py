"""The API application: handlers, headers, errors, and the refusal to start where it would be unsafe."""

import tomllib
from secrets import token_hex

from litestar import Litestar, Router
from litestar.config.compression import CompressionConfig
from litestar.config.csrf import CSRFConfig
from litestar.di import Provide
from redis import Redis
from sqlalchemy.orm import Session, sessionmaker

from services.api.routes import ROUTES
from services.api.v1 import problems
from services.api.v1.callers import provide_caller
from services.api.v1.calls import provide_call
from services.api.v1.paging import provide_paging
from services.api.v1.uploads import provide_upload
from services.api.web import refusals
from services.api.web.doors import provide_door
from services.api.web.envelope import from_our_own_pages, seal, timed
from services.api.web.forms import provide_sent
from services.api.web.permissions import PACKED, WITHOUT_TOKEN, refuse_undeclared
from services.api.web.proofs import provide_proven
from services.api.web.reads import provide_reads, remember_writing
from services.api.web.sessions import provide_guest
from shared.config import ROOT, Settings, settings
from shared.db.replicas import Copies, copy_at
from shared.db.session import connect
from shared.stores.evidence import Store, store_of
from shared.telemetry import logs, tracing
from shared.telemetry.metrics import Metrics
from shared.usecases.county_sign_ins import CountyProvider
from shared.usecases.keys import key_for
from shared.usecases.places import read_only
from shared.usecases.readiness import login, policy

# Litestar runs synchronous handlers in 40 threads; a connection for half of them keeps none waiting long.
POOL = 20
SHORTEST_SECRET = 32
# For slow lines. Other sites' requests bring no cookie of ours, so that nothing can be guessed from the length.
PACKING = CompressionConfig("gzip", minimum_size=1000, gzip_compress_level=5, exclude_opt_key=PACKED)


def create_app(
    db: sessionmaker[Session],
    redis_url: str,
    handlers: list[object] | None = None,
    secret: str = "",
    secure: bool = False,
    store: Store | None = None,
    county: CountyProvider | None = None,
    replica: sessionmaker[Session] | None = None,
) -> Litestar:
    """Return the application over a database and a Redis; `secure` where it is reached by HTTPS alone.

    RuntimeError with a sentence where the login is a superuser or an owner, the policy is empty, or a handler
    does not say who may come.
    """
    refuse_unsafe(db)
    measured, sealing = Metrics(version()), (secret or token_hex(32)).encode()
    sources = Copies(db, replica)
    cache: Redis = Redis.from_url(redis_url, socket_timeout=2, socket_connect_timeout=2)
    app = Litestar(
        # In a router: registered one by one, a second handler of an address has the first one's thread wrapped in
        # another, and its answer is never awaited (Litestar 2.25).
        route_handlers=[Router("/", route_handlers=[*ROUTES, *(handlers or [])])],  # type: ignore[list-item]
        dependencies={
            "db": Provide(lambda: db, sync_to_thread=False),
            "cache": Provide(lambda: cache, sync_to_thread=False),
            "call": Provide(provide_call),
            "caller": Provide(provide_caller),
            "measured": Provide(lambda: measured, sync_to_thread=False),
            "county": Provide(lambda: county, sync_to_thread=False),
            "door": Provide(provide_door, sync_to_thread=False),
            "guest": Provide(provide_guest),
            "paging": Provide(provide_paging, sync_to_thread=False),
            "reads": Provide(provide_reads, sync_to_thread=True),
            "secret": Provide(lambda: sealing, sync_to_thread=False),
            "secure": Provide(lambda: secure, sync_to_thread=False),
            "sent": Provide(provide_sent),
            "sources": Provide(lambda: sources, sync_to_thread=False),
            "store": Provide(lambda: store or store_of(settings()), sync_to_thread=False),
            "upload": Provide(provide_upload),
            "who": Provide(provide_proven),
        },
        exception_handlers=problems.by_address(refusals.HANDLERS),
        guards=[from_our_own_pages],
        compression_config=PACKING,
        csrf_config=form_tokens(key_for(sealing, "forms").hex(), secure),
        before_send=[seal, remember_writing] if replica else [seal],
        # Its pages load scripts from elsewhere; the JSON API brings a description of its own.
        openapi_config=None,
        logging_config=None,
        request_max_body_size=64 * 1024,
    )
    app.asgi_handler = timed(app.asgi_handler, measured)
    return refuse_undeclared(app)


def form_tokens(secret: str, secure: bool) -> CSRFConfig:
    """Return how a form of ours is known from one that another site has put in front of somebody."""
    return CSRFConfig(
        secret=secret,
        cookie_name="token",
        cookie_secure=secure,
        cookie_httponly=True,
        cookie_samesite="strict",
        exclude_from_csrf_key=WITHOUT_TOKEN,
    )


def refuse_unsafe(db: sessionmaker[Session]) -> None:
    """Raise RuntimeError where row-level security would mean nothing, or nobody would be refused anything."""
    with db.begin() as session:
        read_only(session)
        faults = [check.fault for check in (login(session), policy()) if check.fault]
    if faults:
        raise RuntimeError("".join(faults))


def version() -> str:
    """The version that this code says it is; it runs from its folder, with or without being installed."""
    project: dict[str, str] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return project["version"]


def from_settings(given: Settings) -> Litestar:
    """Return the application as the environment describes it."""
    if given.database_url is None or given.redis_url is None:
        raise RuntimeError("没有 DATABASE_URL 或 REDIS_URL：请用 ./jifen up 启动，或设好这两个变量。")
    if given.secret is None or len(given.secret) < SHORTEST_SECRET:
        raise RuntimeError(f"没有 JIFEN_SECRET，或者不到 {SHORTEST_SECRET} 个字：请用 ./jifen up 启动，或设好它。")
    secure = address_of(given).startswith("https://")
    db = connect(given.database_url, POOL)
    replica = copy_at(given.replica_url, POOL) if given.replica_url else None
    county = county_of(given)
    return create_app(db, given.redis_url, None, given.secret, secure, county=county, replica=replica)


def address_of(given: Settings) -> str:
    """Return the address at which people open the site."""
    return given.address or f"http://{given.host}:{given.port}"


def county_of(given: Settings) -> CountyProvider | None:
    """Return whom the county's people sign in with, where the operator has named it."""
    if given.oidc_issuer is None:
        return None
    return CountyProvider(
        given.oidc_issuer,
        given.oidc_client_id,
        given.oidc_client_secret,
        given.oidc_claim,
        given.oidc_second,
        f"{address_of(given).rstrip('/')}/sign-in/county/back",
    )


def __getattr__(name: str) -> Litestar:
    """Build `app` when a server asks for it, so that importing this module needs no environment."""
    if name == "app":
        logs.begin(settings().logs, "api")
        tracing.begin(settings().otlp, "api")
        return from_settings(settings())
    raise AttributeError(name)
