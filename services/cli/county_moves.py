"""A county's way out of an installation and into another: exported in one snapshot, imported whole or not."""

import tarfile
import tempfile
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, text

from services.cli.archive import Unusable
from services.cli.backup import Failed
from services.cli.county_archives import Manifest, Part, Reader, Writer
from services.cli.county_rows import archived, as_owner, copied_in, copied_out, erased, reading, tables
from services.cli.database import Urls
from shared.domain.errors import NotFound, NotNow, Refusal
from shared.stores.evidence import Store
from shared.usecases.suspensions import ARCHIVED

_COUNTY = text("SELECT id, name, code FROM unit WHERE id = county_id AND (code = :named OR id::text = :named)")
_HEADS = text("""
SELECT u.code, (array_agg(s.head ORDER BY s.seq DESC))[1] AS head
FROM seal s JOIN unit u ON u.county_id = s.county_id AND u.id = s.unit_id
WHERE s.county_id = :county GROUP BY u.code ORDER BY u.code
""")
_DIGESTS = text("""
SELECT DISTINCT digest FROM evidence WHERE county_id = :county AND removed_at IS NULL ORDER BY digest
""")
_STANDS = text("SELECT kind FROM suspension WHERE county_id = :county AND ended_at IS NULL")
_TOMBSTONE = text("""
INSERT INTO tombstone (county_id, id, name, code, why, ordered_by, rows, archive_digest, erased_at)
VALUES (:county, gen_random_uuid(), :name, :code, :why, :by, CAST(:rows AS jsonb), :digest, :at)
""")


class Present(Refusal):
    """A county that is there already: nothing is written over it."""


def county_of(url: str, named: str) -> tuple[UUID, str, str]:
    """Return a county's id, name and code by its code or id; `url` is the backup's login. NotFound for none."""
    engine = reading(url)
    with engine.connect() as connection:
        found = connection.execute(_COUNTY, {"named": named}).all()
    engine.dispose()
    if len(found) != 1:
        raise NotFound(f"没有编码是“{named}”的县。")
    return found[0][0], found[0][1], found[0][2]


def export_county(url: str, store: Store, named: str, file: Path, now: datetime) -> Manifest:
    """Write a county's archive to `file`, whole or not at all, readable by its owner alone."""
    county_id, name, code = county_of(url, named)
    file.parent.mkdir(parents=True, exist_ok=True)
    engine = reading(url)
    try:
        with engine.connect() as connection, tempfile.TemporaryDirectory(dir=file.parent, prefix=".county-") as at:
            beside = Path(at) / "county.tar"
            beside.touch(0o600)
            with tarfile.open(beside, "w") as tar:
                writer = Writer(tar)
                parts = {one: writer.add_table(one, copied_out(connection, one, county_id)) for one in archived()}
                files, missing = _evidence(writer, connection, store, county_id)
                heads = {row.code: row.head for row in connection.execute(_HEADS, {"county": county_id})}
                revision = str(connection.scalar(text("SELECT version_num FROM alembic_version")))
                manifest = Manifest(now, revision, str(county_id), name, code, parts, heads, files, missing)
                writer.finish(manifest)
            beside.rename(file)
    finally:
        engine.dispose()
    return manifest


def import_county(reader: Reader, urls: Urls, store: Store) -> None:
    """Put a county's archive into an installation that does not have it.

    Raises Present where it is there, Unusable where the archive has changed or is of another schema. Its
    tables are written in one transaction.
    """
    manifest = reader.manifest
    _require_fit(manifest, urls.backup)
    for digest, content in reader.evidence():
        store.shelf.put(digest, content)
    with as_owner(urls.migrator, archived()) as connection:
        for table in archived():
            part = manifest.tables.get(table, Part(0, ""))
            if part.rows:
                copied_in(connection, table, reader.table(table))
                there = _counted(connection, table, UUID(manifest.county_id))
                if there != part.rows:
                    raise Failed(f"表 {table} 应有 {part.rows} 行，装入 {there} 行：没有装入，原来的数据没有动。")


def erase_county(urls: Urls, named: str, why: str, by: str, archive_digest: str, now: datetime) -> int:
    """Take a county away and leave its tombstone; return how many rows are gone.

    NotNow unless it has been archived: then nobody writes any more, and the archive is the last.
    """
    county_id, name, code = county_of(urls.backup, named)
    with as_owner(urls.migrator, [*tables(), "tombstone"]) as connection:
        if connection.scalar(_STANDS, {"county": county_id}) != ARCHIVED:
            raise NotNow(f"{name}还没有封存：请先用 jifen county archive 封存，再删除。")
        gone = erased(connection, county_id)
        said = {"county": county_id, "name": name, "code": code, "why": why, "by": by, "at": now}
        rows = "{" + ",".join(f'"{table}":{number}' for table, number in sorted(gone.items()) if number) + "}"
        connection.execute(_TOMBSTONE, {**said, "rows": rows, "digest": archive_digest})
    return sum(gone.values())


def _evidence(
    writer: Writer, connection: Connection, store: Store, county_id: UUID
) -> tuple[int, tuple[str, ...]]:
    """Take in what rows speak of; a file that is gone must not cost the rest."""
    files, missing = 0, []
    for digest in connection.scalars(_DIGESTS, {"county": county_id}):
        try:
            writer.add_evidence(digest, store.read(digest))
            files += 1
        except NotNow:
            missing.append(digest)
    return files, tuple(missing)


def _require_fit(manifest: Manifest, url: str) -> None:
    engine = reading(url)
    with engine.connect() as connection:
        revision = str(connection.scalar(text("SELECT version_num FROM alembic_version")))
        there = connection.scalar(text("SELECT name FROM unit WHERE county_id = :id"), {"id": manifest.county_id})
    engine.dispose()
    if there is not None:
        raise Present(f"这个安装里已经有{manifest.name}，装入不覆盖。")
    if revision != manifest.revision:
        said = f"档案的数据库结构是 {manifest.revision}，这个安装是 {revision}"
        raise Unusable(f"{said}：请先用写档案的那一版程序装入，再升级程序。")


def _counted(connection: Connection, table: str, county_id: UUID) -> int:
    counted = text(f'SELECT count(*) FROM "{table}" WHERE county_id = :id')  # noqa: S608
    return int(connection.scalar(counted, {"id": county_id}) or 0)
