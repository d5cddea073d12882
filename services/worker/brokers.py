"""Brokers: what Celery is told of the one that the settings name, Redis or RabbitMQ; neither holds any meaning."""

from typing import Any, Final

import redis.exceptions
from kombu.transport.redis import Channel

# Longer than any task, and the same wherever it is read: the shortest of the apps on one broker would win.
VISIBLE_AGAIN_AFTER_S: Final = 300
REDIS: Final[dict[str, Any]] = {
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
}
RABBITMQ: Final[dict[str, Any]] = {
    # On most of the brokers' disks before it is taken for sent, and theirs to give again when a worker is gone.
    "task_default_queue_type": "quorum",
    "worker_detect_quorum_queues": True,
    "broker_transport_options": {"confirm_publish": True, "connect_timeout": 2, "write_timeout": 10},
    # A connection that died without a word is found out by its silence.
    "broker_heartbeat": 10,
    # The worker's own queues are gone with it: RabbitMQ 4 lets none stand that is neither durable nor exclusive.
    "control_queue_exclusive": True,
    "event_queue_exclusive": True,
}


def transport(url: str | None) -> dict[str, Any]:
    """Return what belongs to the broker at this address."""
    return RABBITMQ if (url or "").startswith(("amqp://", "amqps://", "pyamqp://")) else REDIS


_connparams = Channel._connparams  # type: ignore[attr-defined] # the stubs leave it out


def _of_open_connection(self: Any, *given: Any, **named: Any) -> Any:
    # kombu 5.7.0 asks a closed connection for its host when it gives back an unfinished task: the AttributeError
    # ends the worker (7 of 7 tries). As a connection error it is what it is, and Celery connects again.
    if self.connection.client is None:
        raise redis.exceptions.ConnectionError("the broker's connection is closed")
    return _connparams(self, *given, **named)


Channel._connparams = _of_open_connection  # type: ignore[attr-defined]
