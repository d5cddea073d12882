"""Shelves: where bytes stand under the digest of what they are, in a folder or in an S3-compatible bucket."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import obstore
from obstore.exceptions import BaseError
from obstore.exceptions import NotFoundError as Missing
from obstore.store import S3Store

WAITS_S = 10


class Unreachable(Exception):
    """The place where the files are cannot be reached, or has no room."""


class Shelf(Protocol):
    """A place for bytes under keys; whatever does not work raises Unreachable."""

    def put(self, key: str, content: bytes) -> None:
        """Keep the content; all of it or nothing, and young again if it was there."""

    def get(self, key: str) -> bytes | None:
        """Return what is kept, or None."""

    def older_than(self, instant: datetime) -> Iterator[str]:
        """Yield the keys of what was last put before the instant."""

    def remove(self, key: str, older_than: datetime) -> None:
        """Take away what was last put before the instant; what was put since stays."""


@dataclass(frozen=True, slots=True)
class Folder:
    """Files in folders of their first two digits, readable by nobody else."""

    path: Path

    def put(self, key: str, content: bytes) -> None:
        """Write beside, then move into place: a reader sees all of it or nothing, whenever the power goes."""
        place = self._place(key)
        try:
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Made with mode 0600.
            handle, beside = tempfile.mkstemp(dir=place.parent, prefix=".")
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(handle)
            Path(beside).replace(place)
        except OSError as fault:
            raise Unreachable(str(fault)) from fault

    def get(self, key: str) -> bytes | None:
        """Return what is kept, or None."""
        try:
            return self._place(key).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as fault:
            raise Unreachable(str(fault)) from fault

    def older_than(self, instant: datetime) -> Iterator[str]:
        """Yield the old ones' keys; what a crash has left half written has none, and goes here."""
        for file in sorted(self.path.glob("??/*")):
            if _put_at(file) >= instant:
                continue
            if file.name.startswith("."):
                file.unlink(missing_ok=True)
            else:
                yield file.name

    def remove(self, key: str, older_than: datetime) -> None:
        """Take away what is old."""
        with contextlib.suppress(FileNotFoundError):
            if _put_at(self._place(key)) < older_than:
                self._place(key).unlink()

    def _place(self, key: str) -> Path:
        return self.path / key[:2] / key


def _put_at(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)


@dataclass(frozen=True, slots=True)
class Bucket:
    """Objects in an S3-compatible bucket, spoken to by its address."""

    store: S3Store

    def put(self, key: str, content: bytes) -> None:
        """Send it in one request, which the receiver takes whole or not at all."""
        with _reaching():
            obstore.put(self.store, _path(key), content, use_multipart=False)

    def get(self, key: str) -> bytes | None:
        """Return what is kept, or None."""
        with _reaching():
            try:
                return bytes(obstore.get(self.store, _path(key)).bytes())
            except (Missing, FileNotFoundError):
                return None

    def older_than(self, instant: datetime) -> Iterator[str]:
        """Yield the old ones' keys."""
        with _reaching():
            for some in obstore.list(self.store):
                yield from (one["path"].rpartition("/")[2] for one in some if one["last_modified"] < instant)

    def remove(self, key: str, older_than: datetime) -> None:
        """Take away what is old."""
        with _reaching(), contextlib.suppress(Missing, FileNotFoundError):
            if obstore.head(self.store, _path(key))["last_modified"] < older_than:
                obstore.delete(self.store, _path(key))


def bucket(name: str, endpoint: str | None, region: str, key: str | None, secret: str | None) -> Bucket:
    """Return the shelf in a bucket; without a key it asks as whoever the machine is."""
    named = {"endpoint": endpoint, "access_key_id": key, "secret_access_key": secret}
    store = S3Store(
        name,
        region=region,
        client_options={"allow_http": bool(endpoint and endpoint.startswith("http://")), "timeout": f"{WAITS_S}s"},
        retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=WAITS_S)},
        **{name: value for name, value in named.items() if value},  # type: ignore[arg-type]
    )
    return Bucket(store)


@contextlib.contextmanager
def _reaching() -> Iterator[None]:
    try:
        yield
    except BaseError as fault:
        raise Unreachable(str(fault)) from fault


def _path(key: str) -> str:
    return f"{key[:2]}/{key}"
