"""The Celery app: how the worker meets its broker and its database. No business meaning lives in either."""

import logging
import sys
from contextlib import ExitStack
from functools import cache
from typing import Any, Final

import celery.apps.worker
from celery import Celery, Task
from celery.schedules import crontab
from celery.signals import (
    beat_init,
    celeryd_init,
    setup_logging,
    task_postrun,
    task_prerun,
    worker_init,
    worker_process_init,
    worker_process_shutdown,
)

from services.worker.brokers import transport
from shared.config import settings
from shared.db.session import Db, connect
from shared.telemetry import logs, tracing
from shared.telemetry.standing import Standing, standing

TASK_S: Final = 60
# A knock is one query when nothing is due. Not shorter, or a host whose clock is behind would never hear one.
KNOCK_EXPIRES_S: Final = 30

NOUNS: Final = ("deadlines", "deliveries", "evidence", "jobs", "messages", "rounds", "webhooks")

SETTINGS: Final[dict[str, Any]] = {
    "include": [f"services.worker.{noun}" for noun in NOUNS],
    "task_serializer": "json",
    "accept_content": ["json"],
    "task_ignore_result": True,
    "result_backend": None,
    # A child that is killed gives its task back; every task is safe to run twice.
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "worker_prefetch_multiplier": 1,
    "task_soft_time_limit": TASK_S - 10,
    "task_time_limit": TASK_S,
    # For ever, but never long: a worker that gave up on its broker would be a clock that has stopped.
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    "broker_connection_timeout": 2,
    # Without a bound, sending waits for ever once the pool is used up (celery #9929).
    "broker_pool_acquire_timeout": 2,
    "task_publish_retry_policy": {
        "max_retries": 2,
        "interval_start": 0.1,
        "interval_step": 0.3,
        "interval_max": 1,
    },
    # Old children are let go before a leak can matter.
    "worker_max_tasks_per_child": 1000,
    "worker_max_memory_per_child": 400_000,
    "worker_soft_shutdown_timeout": 10,
    "worker_eta_task_limit": 100,
    "worker_enable_remote_control": False,
    "beat_schedule": {
        "fire what is due": {
            "task": "deadlines.fire_due",
            "schedule": 1.0,
            "options": {"expires": KNOCK_EXPIRES_S},
        },
        "relay messages": {
            "task": "messages.relay",
            "schedule": 1.0,
            "options": {"expires": KNOCK_EXPIRES_S},
        },
        "send deliveries": {
            "task": "deliveries.send",
            "schedule": 10.0,
            "options": {"expires": KNOCK_EXPIRES_S},
        },
        "go on with jobs": {
            "task": "jobs.run",
            "schedule": 2.0,
            "options": {"expires": KNOCK_EXPIRES_S},
        },
        "begin rounds": {
            "task": "rounds.begin",
            "schedule": 600.0,
            "options": {"expires": KNOCK_EXPIRES_S},
        },
        "tell programs": {
            "task": "webhooks.tell",
            "schedule": 5.0,
            "options": {"expires": KNOCK_EXPIRES_S},
        },
        # At 3:35 in Shanghai.
        "sweep jobs": {
            "task": "jobs.sweep",
            "schedule": crontab(hour="19", minute="35"),
            "options": {"expires": 3600},
        },
        # At 3:20 in Shanghai: what has gone then is swept at 3:40.
        "destroy evidence": {
            "task": "evidence.destroy",
            "schedule": crontab(hour="19", minute="20"),
            "options": {"expires": 3600},
        },
        # At 3:40 in Shanghai.
        "sweep evidence": {
            "task": "evidence.sweep",
            "schedule": crontab(hour="19", minute="40"),
            "options": {"expires": 3600},
        },
    },
}

# A process has one task under way.
UNDER_WAY = ExitStack()

app = Celery("jifen", broker=settings().broker_url)
app.conf.update(SETTINGS)
app.conf.update(transport(settings().broker_url))


@cache
def database() -> Db:
    """Return this process's sessions, with the worker's login."""
    url = settings().worker_database_url
    if url is None:
        raise SystemExit("没有设置 WORKER_DATABASE_URL（或 DATABASE_URL），工作进程不知道数据库在哪里。")
    return connect(url, pool_size=2)


@celeryd_init.connect
@setup_logging.connect
def write_lines(loglevel: int = logging.INFO, **_: object) -> None:
    """Write the log as everything of ours does; Celery's own way knows no mask."""
    logs.begin(settings().logs, "beat" if "beat" in sys.argv else "worker", loglevel)
    # What Celery says as it is ended, it prints.
    celery.apps.worker.safe_say = lambda said, *_: logs.at_once(said)  # type: ignore[attr-defined]


@task_prerun.connect
def standing_in(task: Task[Any, Any], task_id: str, **_: object) -> None:
    """Have each line of a task say which one it is of, and be a span of its own."""
    UNDER_WAY.enter_context(standing(Standing(task=task.name, task_id=task_id)))
    UNDER_WAY.enter_context(tracing.span(task.name, jifen__task=task_id))


@task_postrun.connect
def standing_nowhere(**_: object) -> None:
    """What comes after a task is not of it."""
    UNDER_WAY.close()


@worker_process_init.connect
def own_connections(**_: object) -> None:
    """Forget what was opened before the fork: two processes on one socket would read each other's answers."""
    database.cache_clear()
    tracing.begin(settings().otlp, "worker")
    database()


@worker_process_shutdown.connect
def send_the_last_spans(**_: object) -> None:
    """What has not been sent yet would be lost with the process."""
    tracing.end()


@worker_init.connect
@beat_init.connect
def require_settings(**_: object) -> None:
    """End with a sentence where an address is missing, not with a traceback later."""
    if settings().broker_url is None:
        raise SystemExit("没有设置 BROKER_URL（或 REDIS_URL），工作进程不知道任务队列在哪里。")
    database()
