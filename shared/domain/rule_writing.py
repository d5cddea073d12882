"""Writing a rule book as YAML: what a form has changed, as a person would have written it."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import yaml

Plain = Mapping[str, Any]

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# A section of this many signs is written on one line, a longer one with a line for each of its parts.
SHORT = 100


def written(book: Plain) -> str:
    """Return plain values (`rule_books.plain`) as a book's text; reading it gives the same book again."""
    return "\n".join(_section(key, value, "") for key, value in book.items() if value is not None) + "\n"


def _section(key: str, value: Any, indent: str) -> str:
    flow = _flow(value)
    listed = isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)
    if listed:
        return "\n".join([f"{indent}{key}:", *(f"{indent}  - {_flow(one)}" for one in value)])
    if isinstance(value, Mapping) and value and len(flow) > SHORT:
        return "\n".join([f"{indent}{key}:", *(_section(str(k), v, f"{indent}  ") for k, v in value.items())])
    return f"{indent}{_flow(key)}: {flow}"


def _flow(value: Any) -> str:
    text: str = yaml.safe_dump(
        [_dated(value)], default_flow_style=True, allow_unicode=True, width=float("inf"), sort_keys=False
    )
    return text.strip()[1:-1]


def _dated(value: Any) -> Any:
    """Days without quotes, as one writes them."""
    if isinstance(value, Mapping):
        return {key: _dated(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_dated(one) for one in value]
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value
