"""What the worker has promised about its broker, kept in one place and checked here."""

import ast
from pathlib import Path
from typing import Any

import pytest
import redis.exceptions
from kombu import Connection

from services.worker.app import KNOCK_EXPIRES_S, TASK_S, app
from services.worker.brokers import VISIBLE_AGAIN_AFTER_S, transport

SENDERS = {"apply_async", "send_task", "retry", "signature", "subtask", "set"}
CODE = [*Path("services").rglob("*.py"), *Path("shared").rglob("*.py")]


def test_a_killed_child_gives_its_task_back_before_anybody_thinks_it_lost() -> None:
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.task_time_limit == TASK_S < VISIBLE_AGAIN_AFTER_S
    assert app.conf.broker_transport_options["visibility_timeout"] == VISIBLE_AGAIN_AFTER_S
    assert app.conf.broker_transport_options["unacked_restore_throttle"] == 1


def test_nothing_but_json_is_read_and_no_result_is_kept() -> None:
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_ignore_result
    assert app.conf.result_backend is None


def test_beat_knocks_each_second_and_old_knocks_are_dropped() -> None:
    knocks = [beat for beat in app.conf.beat_schedule.values() if beat["schedule"] == 1.0]
    assert {knock["task"] for knock in knocks} == {"deadlines.fire_due", "messages.relay"}
    assert {knock["options"]["expires"] for knock in knocks} == {KNOCK_EXPIRES_S}


def test_no_task_is_sent_into_the_future() -> None:
    # Redis delivers them again and again: 20 tasks with an eta ran 60 times.
    assert [str(path) for path in CODE if sends_with(path.read_text("utf-8")) & {"eta", "countdown"}] == []
    assert sends_with("app.send_task('x', countdown=9)") == {"countdown"}


def sends_with(source: str) -> set[str | None]:
    """The keywords with which a source hands anything to Celery."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    sending = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr in SENDERS]
    return {word.arg for call in sending for word in call.keywords}


def test_a_closed_channel_says_that_it_is_closed(queue_url: str) -> None:
    channel: Any = Connection(queue_url).channel()
    channel.connection.client = None
    with pytest.raises(redis.exceptions.ConnectionError):
        channel._connparams()


def test_rabbitmq_confirms_what_it_has_taken_and_keeps_it_in_a_quorum_queue() -> None:
    told = transport("amqp://jifen:secret@broker:5672/")

    assert told["task_default_queue_type"] == "quorum"
    assert told["broker_transport_options"]["confirm_publish"]
    # kombu hands these on to amqp as they are: what belongs to Redis would end the worker.
    assert "visibility_timeout" not in told["broker_transport_options"]
    assert transport("redis://localhost/0")["visibility_timeout"] == VISIBLE_AGAIN_AFTER_S
