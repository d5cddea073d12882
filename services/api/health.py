"""Health: alive, ready and why not, and what Prometheus reads."""

import logging
from datetime import UTC, datetime

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.enums import MediaType
from litestar.params import SkipValidation
from prometheus_client import CONTENT_TYPE_LATEST
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from services.api.web.permissions import OPEN, WITHOUT_TOKEN
from services.api.web.sessions import Db
from shared.telemetry.metrics import Metrics
from shared.usecases.figures import figures
from shared.usecases.places import read_only
from shared.usecases.readiness import Check, readiness

log = logging.getLogger("jifen.api")

Measured = NamedDependency[SkipValidation[Metrics]]
Cache = NamedDependency[SkipValidation[Redis]]


@get("/health/live", opt={**OPEN, WITHOUT_TOKEN: True}, media_type=MediaType.JSON, sync_to_thread=True)
def live() -> dict[str, str]:
    """Say that the process answers; nothing else is asked."""
    return {"status": "live"}


@get("/health/ready", opt={**OPEN, WITHOUT_TOKEN: True}, sync_to_thread=True)
def ready(db: Db, cache: Cache) -> Response[dict[str, object]]:
    """Say whether this process may serve, and what is wrong with its remedy."""
    checks = [*_database(db), _redis(cache)]
    faults = {check.name: check.fault for check in checks if check.fault}
    answer: dict[str, object] = {
        "status": "unready" if faults else "ready",
        "checks": {check.name: check.fault or "ok" for check in checks},
    }
    return Response(answer, status_code=503 if faults else 200, media_type=MediaType.JSON)


@get("/metrics", opt={**OPEN, WITHOUT_TOKEN: True}, sync_to_thread=True)
def metrics(db: Db, measured: Measured) -> Response[bytes]:
    """Return the metrics; with the database down, those that need none."""
    pool = db.kw["bind"].pool
    measured.pool(pool.checkedout(), pool.checkedin() + pool.checkedout(), pool.size() + pool._max_overflow)
    try:
        with db.begin() as session:
            read_only(session)
            found = figures(session)
    except SQLAlchemyError:
        log.exception("监测数字读不出来")
        return Response(measured.exposition(None), headers={"Content-Type": CONTENT_TYPE_LATEST})
    return Response(measured.exposition(found), headers={"Content-Type": CONTENT_TYPE_LATEST})


def _database(db: Db) -> list[Check]:
    try:
        with db.begin() as session:
            read_only(session)
            return [Check("database", ""), *readiness(session, datetime.now(UTC))]
    except SQLAlchemyError:
        log.exception("数据库检查未完成")
        return [Check("database", "连不上数据库，或数据库还没有迁移。请检查 DATABASE_URL。")]


def _redis(cache: Redis) -> Check:
    try:
        cache.ping()
    except RedisError:
        return Check("redis", "连不上 Redis。请检查 REDIS_URL；积分不会丢失，通知会晚到。")
    return Check("redis", "")
