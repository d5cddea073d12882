"""Passwords: made into argon2id hashes, one at a time for each core, and checked at the same cost for nobody."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from shared.domain.errors import NotNow
from shared.domain.passwords import normal

COMMON = Path(__file__).resolve().parents[2] / "policies" / "common-passwords.txt"
# 19 MiB, twice: some 70 ms of a core. Thirty sign-ins a second are all that two cores can do.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_CORES = threading.BoundedSemaphore(os.cpu_count() or 1)
PATIENCE_S = 10.0


@cache
def common() -> frozenset[str]:
    """Return the passwords that everybody tries first."""
    return frozenset(COMMON.read_text("utf-8").split())


def hash_of(password: str) -> str:
    """Return what is kept of a password."""
    with _turn():
        return _HASHER.hash(normal(password))


def is_right(kept: str | None, password: str) -> bool:
    """Return whether the password is the one kept; where none is, it takes as long to say no."""
    with _turn():
        try:
            return _HASHER.verify(kept or _nobody(), normal(password)) and kept is not None
        except VerificationError:
            return False


@cache
def _nobody() -> str:
    return _HASHER.hash(os.urandom(16).hex())


@contextmanager
def _turn() -> Iterator[None]:
    """A core for one hash; refuses where so many wait that it would be too late."""
    if not _CORES.acquire(timeout=PATIENCE_S):
        raise NotNow("现在登录的人太多，请过半分钟再试。")
    try:
        yield
    finally:
        _CORES.release()
