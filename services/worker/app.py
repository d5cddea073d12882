"""The Celery app: how the worker meets its broker and its database. No business meaning lives in either."""

from functools import cache
from typing import Any, Final

import redis.exceptions
from celery import Celery
from celery.schedules import crontab
from celery.signals import beat_init, worker_init, worker_process_init
from kombu.transport.redis import Channel

from shared.config import settings
from shared.db.session import Db, connect

TASK_S: Final = 60
# Longer than any task, and the same wherever it is read: the shortest of the apps on one broker would win.
VISIBLE_AGAIN_AFTER_S: Final = 300
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
    "visibility_timeout": VISIBLE_AGAIN_AFTER_S,
    "broker_transport_options": {
        "visibility_timeout": VISIBLE_AGAIN_AFTER_S,
        # As delivered, kombu looks for lost tasks every 10 × 10 seconds only.
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 2,
        "socket_keepalive": True,
        "health_check_interval": 10,
    },
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

app = Celery("jifen", broker=settings().broker_url)
app.conf.update(SETTINGS)


@cache
def database() -> Db:
    """Return this process's sessions, with the worker's login."""
    url = settings().worker_database_url
    if url is None:
        raise SystemExit("没有设置 WORKER_DATABASE_URL（或 DATABASE_URL），工作进程不知道数据库在哪里。")
    return connect(url, pool_size=2)


@worker_process_init.connect
def own_connections(**_: object) -> None:
    """Forget what was opened before the fork: two processes on one socket would read each other's answers."""
    database.cache_clear()
    database()


@worker_init.connect
@beat_init.connect
def require_settings(**_: object) -> None:
    """End with a sentence where an address is missing, not with a traceback later."""
    if settings().broker_url is None:
        raise SystemExit("没有设置 BROKER_URL（或 REDIS_URL），工作进程不知道任务队列在哪里。")
    database()


_connparams = Channel._connparams  # type: ignore[attr-defined] # the stubs leave it out


def _of_open_connection(self: Any, *given: Any, **named: Any) -> Any:
    # kombu 5.7.0 asks a closed connection for its host when it gives back an unfinished task: the AttributeError
    # ends the worker (7 of 7 tries). As a connection error it is what it is, and Celery connects again.
    if self.connection.client is None:
        raise redis.exceptions.ConnectionError("the broker's connection is closed")
    return _connparams(self, *given, **named)


Channel._connparams = _of_open_connection  # type: ignore[attr-defined]
