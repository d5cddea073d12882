"""A backup's file: a tar with the database's dump, the evidence under its digests, and last of all a manifest."""

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from shared.domain.errors import Refusal

FORMAT = 1
DUMP = "database.sql.gz"
MANIFEST = "manifest.json"
EVIDENCE = "evidence/"


class Unusable(Refusal):
    """A backup that cannot be read, or is not what its manifest says."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds: the schema's revision, rows by table, the dump's SHA-256, how much evidence.

    `missing` are the digests of files that rows speak of and the store no longer gave.
    """

    made_at: datetime
    revision: str
    rows: Mapping[str, int]
    dump: str
    files: int
    missing: tuple[str, ...] = ()


class Members:
    """A tar that is being written: files of evidence, and last of all what says that it is whole."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        """`tar` is open for writing."""
        self.tar = tar

    def add_evidence(self, digest: str, content: bytes) -> None:
        """Take in one file of evidence."""
        self.add(f"{EVIDENCE}{digest}", content)

    def say(self, manifest: Mapping[str, Any]) -> None:
        """Write the manifest."""
        self.add(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode())

    def add(self, name: str, content: bytes) -> None:
        """Take in a member that only its owner may read."""
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(content), 0o600
        self.tar.addfile(member, io.BytesIO(content))


class Writer(Members):
    """Writes a backup; without its last member, the manifest, a file is none."""

    def add_dump(self, dump: Path) -> str:
        """Take in the database's dump and return its SHA-256."""
        self.tar.add(dump, DUMP, filter=_anonymous)
        with dump.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()

    def finish(self, manifest: Manifest) -> None:
        """Write what the backup holds."""
        self.say({"format": FORMAT, **asdict(manifest), "made_at": manifest.made_at.isoformat()})


class Reader:
    """Reads a backup and believes no byte whose digest is not the one that was written down."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        """`tar` is open for reading; raises Unusable where the manifest is missing or of another format."""
        self.tar = tar
        try:
            self.members = {member.name: member for member in tar.getmembers() if member.isfile()}
        except (tarfile.TarError, EOFError) as broken:
            raise Unusable("备份文件已损坏：请用另一份备份。") from broken
        self.manifest = self._manifest()

    def extract_dump(self, to: Path) -> None:
        """Write the dump into `to`; raises Unusable where it has changed."""
        digest = hashlib.sha256()
        with self._open(DUMP) as content, to.open("wb") as written:
            while some := content.read(1 << 20):
                digest.update(some)
                written.write(some)
        if digest.hexdigest() != self.manifest.dump:
            raise Unusable("备份里的数据库与清单的校验值不符：文件已损坏，请用另一份备份。")

    def evidence(self) -> Iterator[tuple[str, bytes]]:
        """Yield each file with its digest; raises Unusable where one has changed or some are gone."""
        names = [name for name in self.members if name.startswith(EVIDENCE)]
        if len(names) != self.manifest.files:
            raise Unusable(f"备份里有 {len(names)} 个附件，清单说有 {self.manifest.files} 个：请用另一份备份。")
        for name in names:
            with self._open(name) as file:
                content = file.read()
            digest = name.removeprefix(EVIDENCE)
            if hashlib.sha256(content).hexdigest() != digest:
                raise Unusable(f"备份里的附件 {digest[:12]} 已损坏：请用另一份备份。")
            yield digest, content

    def _manifest(self) -> Manifest:
        with self._open(MANIFEST) as file:
            said = json.loads(file.read())
        if said.pop("format", None) != FORMAT:
            raise Unusable("备份是另一种格式，由更新的版本写成：请用写它的那一版恢复。")
        made_at, missing = datetime.fromisoformat(said.pop("made_at")), tuple(said.pop("missing"))
        return Manifest(made_at=made_at, missing=missing, **said)

    def _open(self, name: str) -> io.BufferedIOBase:
        member = self.members.get(name)
        content = self.tar.extractfile(member) if member else None
        if content is None:
            raise Unusable(f"备份不完整，里面没有 {name}：请用另一份备份。")
        return content  # type: ignore[return-value]


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """A member without whose machine it came from."""
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member
