"""The store of evidence: a file is recognised, written anew, and kept under the digest of what was written."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from shared.config import Settings
from shared.domain.errors import NotNow, Refusal
from shared.domain.evidence import MediaType, called, recognise
from shared.stores.reencoding import reencoded
from shared.stores.scanning import Scanner, scanner_at
from shared.stores.shelves import Folder, Shelf, Unreachable, bucket


@dataclass(frozen=True, slots=True)
class Kept:
    """A file in the store, under the SHA-256 `digest` of what is kept; `original` is that of what came."""

    name: str
    media_type: MediaType
    size: int
    digest: str
    original: str


@dataclass(frozen=True, slots=True)
class Store:
    """Where evidence is; the same content stands there once, whoever brings it. `scanner` looks at it first."""

    shelf: Shelf
    scanner: Scanner | None = None

    def keep(self, name: str, content: bytes) -> Kept:
        """Keep a file before its row is written: without a row it is swept away, a row without a file is never.

        Raises Invalid with a sentence for whoever handed it in, NotNow where store or scanner
        cannot be reached.
        """
        media_type = recognise(name, content)
        if self.scanner is not None:
            self.scanner.look_at(name, content)
        written = reencoded(name, content, media_type)
        digest = hashlib.sha256(written).hexdigest()
        try:
            self.shelf.put(digest, written)
        except Unreachable as fault:
            raise NotNow(f"附件暂时存不下来，请过几分钟再传“{name}”；也可以先交纸质材料。") from fault
        return Kept(
            called(name, media_type), media_type, len(written), digest, hashlib.sha256(content).hexdigest()
        )

    def read(self, digest: str) -> bytes:
        """Return what is kept; raises NotNow where it cannot be read, or is no longer what it was."""
        content = self._get(digest)
        if content is None or hashlib.sha256(content).hexdigest() != digest:
            raise NotNow("附件缺失或已损坏，请告知支部记录员，由县里从备份恢复。")
        return content

    def digest_of(self, digest: str) -> str | None:
        """Return the digest of what stands there now, or None; raises NotNow where the store is out of reach."""
        content = self._get(digest)
        return None if content is None else hashlib.sha256(content).hexdigest()

    def older_than(self, instant: datetime) -> Iterator[str]:
        """Yield the digests of what was last handed in before the instant."""
        return self.shelf.older_than(instant)

    def remove(self, digest: str, older_than: datetime) -> None:
        """Take a file away unless somebody has handed it in again since."""
        self.shelf.remove(digest, older_than)

    def _get(self, digest: str) -> bytes | None:
        try:
            return self.shelf.get(digest)
        except Unreachable as fault:
            raise NotNow("附件暂时读不出来，请过几分钟再试。") from fault


@cache
def store_of(given: Settings) -> Store:
    """Return the store that the settings name: a folder, else one in the data folder, or a bucket as `s3://name`."""
    address = given.evidence or str(given.data / "evidence")
    scheme, separator, name = address.partition("://")
    scanner = scanner_at(given.clamd)
    if separator and scheme == "s3":
        return Store(bucket(name, given.s3_endpoint, given.s3_region, given.s3_key, given.s3_secret), scanner)
    if separator:
        raise Refusal(f"JIFEN_EVIDENCE 应是文件夹的路径或 s3://桶名，现在是“{address}”。")
    return Store(Folder(Path(address).expanduser()), scanner)
