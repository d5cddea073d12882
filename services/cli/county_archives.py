"""A county's archive: a tar with one CSV a table, the evidence under its digests, and last of all a manifest."""

import csv
import hashlib
import io
import json
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from services.cli.archive import EVIDENCE, MANIFEST, Members, Unusable

FORMAT = "jifen-county-1"
TABLES = "tables/"


@dataclass(frozen=True, slots=True)
class Part:
    """A table of the archive: how many rows, and the SHA-256 of its CSV."""

    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive holds: of which county, by which schema, each table, how many files of evidence.

    `heads` are the last seals of each branch's chain: a paper with a stamp that shows one proves the archive.
    `missing` are digests of files that rows speak of and the store no longer gave.
    """

    made_at: datetime
    revision: str
    county_id: str
    name: str
    code: str
    tables: Mapping[str, Part]
    heads: Mapping[str, str]
    files: int
    missing: tuple[str, ...] = ()


class Writer(Members):
    """Writes an archive; without its last member, the manifest, a file is none."""

    def add_table(self, name: str, content: bytes) -> Part:
        """Take in a table's CSV, its headings in the first row."""
        self.add(f"{TABLES}{name}.csv", content)
        rows = sum(1 for _ in csv.reader(io.StringIO(content.decode()))) - 1
        return Part(rows, hashlib.sha256(content).hexdigest())

    def finish(self, manifest: Manifest) -> None:
        """Write what the archive holds."""
        self.say({"format": FORMAT, **asdict(manifest), "made_at": manifest.made_at.isoformat()})


class Reader:
    """Reads an archive and believes no byte whose digest is not the one that was written down."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        """`tar` is open for reading; raises Unusable where it is no archive of a county, or not whole."""
        self.tar = tar
        try:
            self.members = {member.name: member for member in tar.getmembers() if member.isfile()}
        except (tarfile.TarError, EOFError) as broken:
            raise Unusable("文件已损坏：请用另一份。") from broken
        self.manifest = self._manifest()

    def table(self, name: str) -> bytes:
        """Return a table's CSV; raises Unusable where it has changed."""
        content = self._read(f"{TABLES}{name}.csv")
        if hashlib.sha256(content).hexdigest() != self.manifest.tables[name].digest:
            raise Unusable(f"文件里的表 {name} 与清单的校验值不符：已损坏或被改过，请用另一份。")
        return content

    def evidence(self) -> Iterator[tuple[str, bytes]]:
        """Yield each file with its digest; raises Unusable where one has changed or some are gone."""
        names = [name for name in self.members if name.startswith(EVIDENCE)]
        if len(names) != self.manifest.files:
            raise Unusable(f"文件里有 {len(names)} 个附件，清单说有 {self.manifest.files} 个：请用另一份。")
        for name in names:
            content, digest = self._read(name), name.removeprefix(EVIDENCE)
            if hashlib.sha256(content).hexdigest() != digest:
                raise Unusable(f"附件 {digest[:12]} 已损坏：请用另一份。")
            yield digest, content

    def _manifest(self) -> Manifest:
        said = json.loads(self._read(MANIFEST))
        if said.pop("format", None) != FORMAT:
            raise Unusable("这不是一个县的档案：整个安装的备份请用 jifen restore 恢复。")
        tables = {name: Part(**part) for name, part in said.pop("tables").items()}
        made_at, missing = datetime.fromisoformat(said.pop("made_at")), tuple(said.pop("missing"))
        return Manifest(made_at=made_at, tables=tables, missing=missing, **said)

    def _read(self, name: str) -> bytes:
        member = self.members.get(name)
        content = self.tar.extractfile(member) if member else None
        if content is None:
            raise Unusable(f"文件不完整，里面没有 {name}：请用另一份。")
        return content.read()


def opened(file: Path) -> tarfile.TarFile:
    """The archive, open; raises Unusable where it is none."""
    try:
        return tarfile.open(file, "r:")
    except tarfile.TarError as broken:
        raise Unusable(f"{file} 不是档案，或已损坏。") from broken


def digest_of(file: Path) -> str:
    """Return the SHA-256 of the whole file, which its tombstone keeps."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
