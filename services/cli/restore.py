"""`jifen restore`: a backup into an installation that holds nothing yet; counted, compared and verified."""

import gzip
import shutil
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import click
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from services.cli.archive import Manifest, Reader, Unusable
from services.cli.backup import Failed, rows, run
from services.cli.database import Urls, alembic_config, furnish, migrate
from services.cli.installation import installation
from services.cli.verify import checked
from shared.config import settings
from shared.db.session import connect
from shared.domain.errors import Refusal
from shared.stores.evidence import Store, store_of

# pg_dump sets it at the head of what it writes, ahead of any data.
UNKNOWN_BEFORE_17 = b"SET transaction_timeout = 0;\n"
HEAD = 4096


class NotEmpty(Refusal):
    """An installation that has a county: a backup goes over nothing."""


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--data", type=click.Path(path_type=Path), help="数据文件夹，默认是仓库里的 data。")
@click.pass_context
def command(ctx: click.Context, file: Path, data: Path | None) -> None:
    """把备份恢复到空的安装里，清点并核验；已有县的安装不动。"""
    given = replace(settings(), data=(data or settings().data).expanduser().resolve())
    with opened(file) as tar:
        reader = Reader(tar)
        given.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        store = store_of(given)
        with installation(given.data) as urls:
            restore(reader, urls, store)
            verified, wrong = checked(connect(urls.verifier, pool_size=1), store)
    if wrong:
        click.echo(f"已恢复，但核验不符，请先不要使用。{wrong}", err=True)
        ctx.exit(1)
    manifest = reader.manifest
    click.echo(
        f"已恢复 {sum(manifest.rows.values())} 行、{manifest.files} 个附件，逐表行数与备份相同；"
        f"核验全部相符：{verified.counties} 个县、{verified.seals} 枚封印、{verified.entries} 笔台账记录。"
    )


def opened(file: Path) -> tarfile.TarFile:
    """The backup, open; raises Unusable where it is none."""
    try:
        return tarfile.open(file, "r:")
    except tarfile.TarError as broken:
        raise Unusable(f"{file} 不是备份文件，或已损坏。") from broken


def restore(reader: Reader, urls: Urls, store: Store) -> None:
    """Put a backup into an empty installation, then bring its schema up to this code.

    Raises NotEmpty where a county is there, Unusable where the backup has changed, Failed where the rows are not
    those of the manifest. What was checked beforehand leaves everything as it was; afterwards it can be repeated.
    """
    require_known(reader.manifest)
    require_empty(urls.backup)
    with tempfile.TemporaryDirectory(prefix="jifen-restore-") as folder:
        dump, script = Path(folder) / "database.sql.gz", Path(folder) / "database.sql"
        reader.extract_dump(dump)
        unpack(dump, script)
        for digest, content in reader.evidence():
            store.shelf.put(digest, content)
        clear(urls.migrator)
        strict = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction")
        run("psql", urls.migrator, *strict, "--command=SET ROLE jifen_owner", f"--file={script}")
    compare(reader.manifest.rows, counted(urls.backup))
    migrate(urls.migrator)
    furnish(urls.app)


def require_known(manifest: Manifest) -> None:
    """Raises Unusable where the backup's schema is newer than this code."""
    scripts = ScriptDirectory.from_config(alembic_config())
    if manifest.revision not in {script.revision for script in scripts.walk_revisions()}:
        raise Unusable(f"备份的数据库结构是 {manifest.revision}，这一版程序不认识：请用备份时或更新的版本恢复。")


def require_empty(url: str) -> None:
    """Raises NotEmpty where the installation has a county; `url` is the backup's login, which sees all."""
    if counted(url).get("unit"):
        raise NotEmpty(
            "这个安装里已经有县的数据，恢复不覆盖：请用 --data 指明一个空的数据文件夹，或换一个空的数据库。"
        )


def counted(url: str) -> Mapping[str, int]:
    """Return how many rows each table has now."""
    engine = create_engine(url)
    with Session(engine) as session:
        found = rows(session)
    engine.dispose()
    return found


def unpack(dump: Path, script: Path) -> None:
    """Write the dump as a script that servers since 15 take, whichever version's pg_dump has written it."""
    with gzip.open(dump) as packed, script.open("wb") as written:
        written.write(packed.read(HEAD).replace(UNKNOWN_BEFORE_17, b"", 1))
        shutil.copyfileobj(packed, written)


def clear(url: str) -> None:
    """Take away the empty tables, which a backup brings along itself; `url` is the migrator's login."""
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("SET ROLE jifen_owner"))
        connection.execute(text("DROP OWNED BY jifen_owner"))
    engine.dispose()


def compare(should: Mapping[str, int], found: Mapping[str, int]) -> None:
    """Raises Failed with the tables whose rows are not as many as the manifest says."""
    wrong = [name for name in sorted({*should, *found}) if should.get(name) != found.get(name)]
    said = "，".join(f"{name} 应有 {should.get(name)} 行，现有 {found.get(name)} 行" for name in wrong)
    if wrong:
        raise Failed(f"恢复的行数与备份的清单不符：{said}。请先不要使用。")
