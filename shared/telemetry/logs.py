"""Logs: one line for each event, as JSON in containers and as text for a person; nobody else writes a line."""

import json
import logging
import os
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from types import TracebackType
from typing import IO, Any

from shared.domain.windows import SHANGHAI
from shared.telemetry import masking
from shared.telemetry.standing import Standing, here
from shared.telemetry.tracing import trace_id

JSON, TEXT = "json", "text"
STYLES = (JSON, TEXT)
# PostgreSQL's class of errors in the data itself.
UNREADABLE = "22"
QUOTED = re.compile(r'".*"', re.DOTALL)
# What belongs to a request or a task, by the names under which it stands in a line.
OWN = ("request", "tenant", "task", "task_id")
log = logging.getLogger("jifen")


def begin(style: str, service: str, level: int = logging.INFO, stream: IO[str] | None = None) -> None:
    """Have every logger of this process write through here, in this style, and say which service it is."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(Json(service) if style == JSON else Text(service))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # Servers and queues bring handlers of their own, which know neither a request's number nor a mask.
    for name in list(logging.root.manager.loggerDict):
        other = logging.getLogger(name)
        other.handlers.clear()
        other.propagate = True
    for chatty in ("httpx", "httpcore"):
        # They write whole addresses, and these hold tokens.
        logging.getLogger(chatty).setLevel(max(level, logging.WARNING))
    logging.captureWarnings(True)
    if style == JSON:
        sys.excepthook = last_words


def at_once(said: str) -> None:
    """Write a line in one go, from within a signal, where nobody may wait for a lock."""
    record = log.makeRecord(log.name, logging.INFO, "", 0, masking.one_line(said.strip()), (), None)
    with suppress(OSError):
        os.write(sys.stderr.fileno(), f"{logging.getLogger().handlers[0].format(record)}\n".encode())


def last_words(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
    """Write what ends the process as a line like any other."""
    log.critical("the process ends", exc_info=(kind, fault, trace))


def fields(record: logging.LogRecord, service: str) -> dict[str, Any]:
    """Return what a line says: when, how grave, who, where it stands, and what happened."""
    return {
        "time": datetime.fromtimestamp(record.created, SHANGHAI).isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "logger": record.name,
        "service": service,
        **_standing(record),
        **({"trace": trace} if (trace := trace_id()) else {}),
        **{name: _safe(value) for name, value in getattr(record, "fields", {}).items()},
        "message": _masked(_message(record)),
    }


def _standing(record: logging.LogRecord) -> dict[str, str]:
    # What Celery says of a task before it runs, it says beside the words.
    data = getattr(record, "data", None)
    told = data if isinstance(data, dict) else {}
    of = here() or Standing(task=str(told.get("name", "")), task_id=str(told.get("id", "")))
    return {name: _masked(value) for name in OWN if (value := getattr(of, name))}


def _safe(value: object) -> object:
    return value if isinstance(value, int | float | None) else _masked(str(value))


def _masked(said: str) -> str:
    current = here()
    return masking.masked(said, current.withheld if current else ())


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError):
        # A template that does not fit what it is given is no reason to lose the line.
        return str(record.msg)


class Json(logging.Formatter):
    """A line of JSON; what went wrong is a field of it."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self.service = service

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        said = fields(record, self.service)
        if (fault := _fault(record)) is not None:
            said["exception"] = {
                "type": _kind(fault),
                "message": _sentence(fault),
                "trace": "\n".join(_trace(fault)),
            }
        return json.dumps(said, ensure_ascii=False)


class Text(logging.Formatter):
    """A line for a person; what went wrong stands below it, indented, so that it is nobody's line."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self.service = service

    def format(self, record: logging.LogRecord) -> str:
        """Return one line, and the lines of what went wrong."""
        said = fields(record, self.service)
        time, level, name, _, message = (
            said.pop(key) for key in ("time", "level", "logger", "service", "message")
        )
        beside = " ".join(f"{key}={value}" for key, value in said.items())
        lines = [f"{time} {level} {name} {message}{f' [{beside}]' if beside else ''}"]
        if (fault := _fault(record)) is not None:
            lines += [f"  {line}" for line in _trace(fault)]
        return "\n".join(lines)


def _fault(record: logging.LogRecord) -> BaseException | None:
    return record.exc_info[1] if isinstance(record.exc_info, tuple) else None


def _kind(fault: BaseException) -> str:
    return f"{type(fault).__module__}.{type(fault).__qualname__}".removeprefix("builtins.")


def _sentence(fault: BaseException) -> str:
    # The database says in its details, and SQLAlchemy in its parameters, what stands in the row.
    diagnosis = getattr(getattr(fault, "orig", fault), "diag", None)
    said = getattr(diagnosis, "message_primary", None)
    if not isinstance(said, str):
        return _masked(str(fault))
    # What cannot be read as what it should be is quoted; elsewhere the quoted are our own tables and constraints.
    quotes = str(getattr(diagnosis, "sqlstate", None)).startswith(UNREADABLE)
    return _masked(QUOTED.sub(f'"{masking.HIDDEN}"', said) if quotes else said)


def _trace(fault: BaseException) -> Iterator[str]:
    for each in _chain(fault):
        for frame in traceback.extract_tb(each.__traceback__):
            yield masking.one_line(f"{frame.filename}:{frame.lineno} {frame.name}")
        yield f"{_kind(each)}: {_sentence(each)}"


def _chain(fault: BaseException) -> list[BaseException]:
    """What led to it first, it last."""
    found: list[BaseException] = []
    current: BaseException | None = fault
    while current is not None and current not in found:
        found.insert(0, current)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return found
