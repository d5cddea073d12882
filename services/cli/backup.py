"""`jifen backup`: the database in one snapshot and the evidence it speaks of, in one file, while people work."""

import os
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.orm import Session

from services.cli.archive import Manifest, Writer
from services.cli.engines.binaries import postgres_folder
from services.cli.examination import LAST_BACKUP
from services.cli.installation import installation
from shared.config import settings
from shared.domain.errors import NotNow, Refusal
from shared.stores.evidence import Store, store_of

_SNAPSHOT = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
_TABLES = text("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")
_DIGESTS = text("SELECT DISTINCT digest FROM evidence WHERE removed_at IS NULL ORDER BY digest")


class Failed(Refusal):
    """One of PostgreSQL's programs ended badly; the sentence quotes it."""


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--data", type=click.Path(path_type=Path), help="数据文件夹，默认是仓库里的 data。")
@click.pass_context
def command(ctx: click.Context, file: Path, data: Path | None) -> None:
    """把数据库和附件存成一个文件，使用中也可以；0 完整，1 有附件读不到。密钥不在里面，请另外保管。"""
    if file.exists():
        raise click.ClickException(f"{file} 已经有了，备份不覆盖：请换一个名字。")
    store = store_of(replace(settings(), data=data or settings().data))
    with installation(data) as urls:
        manifest = back_up(urls.backup, store, file, datetime.now(UTC))
    if (there := (data or settings().data)).is_dir():
        (there / LAST_BACKUP).write_text(manifest.made_at.isoformat())
    click.echo(f"已备份到 {file}：{sum(manifest.rows.values())} 行，{manifest.files} 个附件。")
    if manifest.missing:
        named = "、".join(digest[:12] for digest in manifest.missing[:5])
        click.echo(f"有 {len(manifest.missing)} 个附件在存储里缺失或已损坏（{named}），没有备份到。", err=True)
        ctx.exit(1)


def back_up(url: str, store: Store, file: Path, now: datetime) -> Manifest:
    """Write a backup to `file`, whole or not at all, readable by its owner alone; `url` is the backup's login."""
    file.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url)
    try:
        with Session(engine) as session, tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as folder:
            session.execute(_SNAPSHOT)
            beside = Path(folder) / "backup.tar"
            beside.touch(0o600)
            with tarfile.open(beside, "w") as tar:
                manifest = _written(Writer(tar), session, url, store, now)
            beside.rename(file)
    finally:
        engine.dispose()
    return manifest


def _written(writer: Writer, session: Session, url: str, store: Store, now: datetime) -> Manifest:
    snapshot = str(session.scalar(text("SELECT pg_export_snapshot()")))
    with tempfile.NamedTemporaryFile(dir=Path(str(writer.tar.name)).parent) as dump:
        plain = ("--format=plain", "--compress=gzip", "--no-owner")
        run("pg_dump", url, *plain, f"--snapshot={snapshot}", f"--file={dump.name}")
        digest = writer.add_dump(Path(dump.name))
    files, missing = _evidence(writer, session, store)
    revision = str(session.scalar(text("SELECT version_num FROM alembic_version")))
    manifest = Manifest(now, revision, rows(session), digest, files, missing)
    writer.finish(manifest)
    return manifest


def _evidence(writer: Writer, session: Session, store: Store) -> tuple[int, tuple[str, ...]]:
    """Take in what rows speak of; a file that is gone must not cost the rest."""
    files, missing = 0, []
    for digest in session.scalars(_DIGESTS):
        try:
            writer.add_evidence(digest, store.read(digest))
            files += 1
        except NotNow:
            missing.append(digest)
    return files, tuple(missing)


def rows(session: Session) -> Mapping[str, int]:
    """Return how many rows each table has, for a login that sees them all."""
    names = sorted(session.scalars(_TABLES))
    return {name: session.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0 for name in names}  # noqa: S608


def run(program: str, url: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs against a database; raises Failed with what it said."""
    address = make_url(url).set(drivername="postgresql")
    place = address.set(password=None).render_as_string(hide_password=False)
    # In the environment: a password on the command line would be everybody's to read.
    env = {**os.environ, "PGPASSWORD": address.password or "", "LC_ALL": "C"}
    argv = [str(postgres_folder() / program), f"--dbname={place}", "--no-password", *arguments]
    done = subprocess.run(argv, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        raise Failed(f"{program} 没有做完：{done.stdout.strip()[-500:] or '没有说明'}")
