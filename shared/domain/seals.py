"""Seals: the digest of what a notice showed, in a canonical form, and the chain of a branch's seals."""

import hashlib
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

FORM = "jifen-seal-1"
FIRST = "0" * 64
Value = str | int | Decimal | date | UUID | None


class SealedLine(NamedTuple):
    """A line as it was published."""

    line_id: UUID
    member_id: UUID
    round_id: UUID
    edition: int
    points: Decimal | None


class SealedAward(NamedTuple):
    """An award as it was published; `note` is the system's own sentence, never somebody's free text."""

    award_id: UUID
    line_id: UUID
    edition: int
    ordinal: int
    kind: str
    source_id: UUID | None
    item: str | None
    clause: str
    happened_on: date | None
    points: Decimal
    scope: str
    note: str


class SealedYear(NamedTuple):
    """A member's annual line as it was published."""

    line_id: UUID
    edition: int
    year_points: Decimal | None
    factor: Decimal | None
    annual_points: Decimal | None
    reward_points: Decimal | None
    grade: str | None
    rank: int | None
    zeroed: bool


class SealedResult(NamedTuple):
    """A member's result of the year's appraisal as it was published."""

    verdict_id: UUID
    member_id: UUID
    result: str
    reason: str | None


def canonical(notice_id: UUID, batches: Iterable[tuple[str, Iterable[tuple[Value, ...]]]]) -> bytes:
    """Return the bytes that are sealed: the form's name, the notice, then each batch's rows in their order.

    A field is written with its length before it, so that no text can pass for another row or field.
    """
    parts = [FORM, str(notice_id)]
    for name, rows in batches:
        parts.append(name)
        parts.extend(_row(row) for row in rows)
    return "\n".join(parts).encode()


def digest(algorithm: str, content: bytes) -> str:
    """Return the digest in hexadecimal; `sha256` or `sm3`."""
    return hashlib.new(algorithm, content).hexdigest()


def head(algorithm: str, seq: int, previous: str, own: str) -> str:
    """Return the head of the chain after this seal: it holds the one before."""
    return digest(algorithm, f"{FORM}\n{seq}\n{previous}\n{own}".encode())


def _row(row: tuple[Value, ...]) -> str:
    return "|".join(_field(value) for value in row)


def _field(value: Value) -> str:
    if value is None:
        return "-"
    written = f"{value:.2f}" if isinstance(value, Decimal) else str(value)
    return f"{len(written)}:{written}"
