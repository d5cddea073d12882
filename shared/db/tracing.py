"""Tracing of the database: a span for each transaction, and in it one for each statement, by what it is called."""

import re
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import ExceptionContext

from shared.telemetry import tracing

TRANSACTION, STATEMENT = "jifen_transaction", "jifen_statement"
_VERB = re.compile(r"\s*([A-Za-z]+)")
_OF = re.compile(r"\b(?:FROM|INTO|UPDATE|TABLE)\s+(?:ONLY\s+)?\"?([A-Za-z_][\w.]*)")


def watch(engine: Engine) -> None:
    """Trace whatever goes through this engine; where tracing is off nothing listens."""
    if not tracing.is_on():
        return
    event.listen(engine, "begin", _begun)
    event.listen(engine, "commit", _ended)
    event.listen(engine, "rollback", _ended)
    event.listen(engine, "before_cursor_execute", _asked)
    event.listen(engine, "after_cursor_execute", _answered)
    event.listen(engine, "handle_error", _failed)


@lru_cache(1024)
def called(statement: str) -> str:
    """Return the name of a statement, its verb and its table or function; never the statement, never a value."""
    verb, of = _VERB.match(statement), _OF.search(statement)
    return " ".join(found[1] for found in (verb, of) if found) or "statement"


def _begun(connection: Connection) -> None:
    _ended(connection)
    connection.info[TRANSACTION] = tracing.opened("transaction", db__system="postgresql")


def _ended(connection: Connection) -> None:
    for name in (STATEMENT, TRANSACTION):
        if (span := connection.info.pop(name, None)) is not None:
            span.end()


def _asked(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
    name = called(statement)
    connection.info[STATEMENT] = tracing.opened(name, connection.info.get(TRANSACTION), db__operation=name)


def _answered(connection: Connection, *_: Any) -> None:
    if (span := connection.info.pop(STATEMENT, None)) is not None:
        span.end()


def _failed(context: ExceptionContext) -> None:
    connection = context.connection
    span = connection.info.pop(STATEMENT, None) if connection is not None else None
    if span is not None:
        tracing.fail(span, context.original_exception)
        span.end()
