"""Lines of a log as another program reads them."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from shared.telemetry import logs


@contextmanager
def written(style: str = logs.JSON, level: int = logging.INFO) -> Iterator[io.StringIO]:
    """Have this process write its log here, and afterwards as it did before."""
    root, stream = logging.getLogger(), io.StringIO()
    handler = logging.StreamHandler(stream)
    # A test's browser writes lines as well, in the same process.
    handler.addFilter(lambda record: not record.name.startswith("httpx"))
    handler.setFormatter(logs.Json("tests") if style == logs.JSON else logs.Text("tests"))
    before, level_before, root.handlers = root.handlers, root.level, [handler]
    root.setLevel(level)
    try:
        yield stream
    finally:
        root.handlers = before
        root.setLevel(level_before)


def parsed(stream: io.StringIO) -> list[dict[str, Any]]:
    """Each line by itself; a line that is no JSON fails."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]
