"""`jifen backup`, `jifen restore`: what comes back is what was there, and nothing is written over."""

import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from services.cli import backup, restore
from services.cli.archive import Reader, Unusable
from services.cli.database import Urls
from services.cli.verify import checked
from shared.db.session import connect
from shared.stores.evidence import Store
from shared.stores.shelves import Folder
from shared.usecases.evidence import attach
from tests.databases import of_its_own
from tests.files import picture
from tests.quarters import a_full_county
from tests.usecases.stage import Stage

# Whole databases are written and read: with ./jifen test --all.
pytestmark = pytest.mark.long

NOW = datetime(2026, 5, 1, 1, tzinfo=UTC)
LATER = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def full(admin_database_url: str) -> Urls:
    """An installation with a county's quarter in it, run to its end."""
    urls = of_its_own(admin_database_url, "jifen_backed_up")
    a_full_county(connect(urls.app), connect(urls.worker), branches=1)
    return urls


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The store of the installation that is used."""
    return store_in(tmp_path_factory.mktemp("evidence"))


@pytest.fixture(scope="module")
def used(admin_database_url: str, store: Store) -> Urls:
    """An installation with a county, a claim in it and its photograph."""
    urls = of_its_own(admin_database_url, "jifen_used")
    stage = Stage(connect(urls.app), connect(urls.worker))
    claim = stage.claim(stage.mei, submit=False)
    stage.do(attach, stage.mei, claim.id, store.keep("照片.jpg", picture()))
    return urls


def an_empty_one(admin_database_url: str, name: str) -> Urls:
    """An installation that nobody has used."""
    return of_its_own(admin_database_url, name)


def store_in(folder: Path) -> Store:
    """A store of evidence in a folder."""
    return Store(Folder(folder))


def put_back(file: Path, urls: Urls, store: Store) -> None:
    """Restore from a file."""
    with restore.opened(file) as tar:
        restore.restore(Reader(tar), urls, store)


@pytest.mark.long
def test_a_drill_a_county_comes_back_row_for_row_and_its_chain_holds(
    full: Urls, admin_database_url: str, tmp_path: Path
) -> None:
    kept, again = store_in(tmp_path / "kept"), store_in(tmp_path / "again")
    manifest = backup.back_up(full.backup, kept, tmp_path / "county.tar", NOW)
    empty = an_empty_one(admin_database_url, "jifen_restored")

    put_back(tmp_path / "county.tar", empty, again)

    assert restore.counted(empty.backup) == manifest.rows == restore.counted(full.backup)
    assert manifest.rows["ledger_entry"] > 0
    for urls, store in ((full, kept), (empty, again)):
        verified, wrong = checked(connect(urls.verifier, pool_size=1), store)
        assert (verified.seals, wrong) == (4, None)
    assert walls_of(empty) == walls_of(full)


def walls_of(urls: Urls) -> list[list[str]]:
    """Every policy, right, trigger and constraint, as the database describes them."""
    wanted = (
        "SELECT tablename || policyname || coalesce(qual, '') || coalesce(with_check, '') FROM pg_policies",
        "SELECT relname || relrowsecurity || relforcerowsecurity || coalesce(relacl::text, '')"
        " || relowner::regrole FROM pg_class WHERE relkind IN ('r', 'i')"
        " AND relnamespace = 'public'::regnamespace",
        "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
        "SELECT conrelid::regclass || pg_get_constraintdef(oid) FROM pg_constraint",
        "SELECT pg_get_functiondef(oid) || coalesce(proacl::text, '') || proowner::regrole FROM pg_proc"
        " WHERE pronamespace = 'jifen'::regnamespace",
    )
    with connect(urls.backup, pool_size=1)() as session:
        return [sorted(map(_unbracketed, session.scalars(text(question)))) for question in wanted]


def _unbracketed(described: str) -> str:
    """PostgreSQL brackets a chain of AND or OR anew when it reads its own description of it."""
    return described.replace("(", "").replace(")", "")


def test_a_used_installation_is_not_written_over(used: Urls, store: Store, tmp_path: Path) -> None:
    backup.back_up(used.backup, store, tmp_path / "one.tar", NOW)

    with pytest.raises(restore.NotEmpty, match="恢复不覆盖"):
        put_back(tmp_path / "one.tar", used, store)


def test_evidence_comes_back_under_its_digest(
    used: Urls, store: Store, admin_database_url: str, tmp_path: Path
) -> None:
    again = store_in(tmp_path / "again")
    manifest = backup.back_up(used.backup, store, tmp_path / "one.tar", NOW)

    put_back(tmp_path / "one.tar", an_empty_one(admin_database_url, "jifen_with_evidence"), again)

    assert (manifest.files, manifest.missing) == (1, ())
    assert list(again.older_than(LATER)) == list(store.older_than(LATER))
    assert all(again.read(digest) for digest in store.older_than(LATER))


def test_a_file_that_is_gone_costs_the_rest_nothing_and_is_named(used: Urls, store: Store, tmp_path: Path) -> None:
    manifest = backup.back_up(used.backup, store_in(tmp_path / "emptied"), tmp_path / "one.tar", NOW)

    assert (manifest.files, list(manifest.missing)) == (0, list(store.older_than(LATER)))


def test_a_backup_is_its_owners_alone_and_leaves_nothing_beside_it(
    used: Urls, store: Store, tmp_path: Path
) -> None:
    backup.back_up(used.backup, store, tmp_path / "to" / "one.tar", NOW)

    assert [path.name for path in (tmp_path / "to").iterdir()] == ["one.tar"]
    assert (tmp_path / "to" / "one.tar").stat().st_mode & 0o077 == 0


def test_a_backup_goes_over_no_file(tmp_path: Path) -> None:
    (tmp_path / "one.tar").touch()

    answer = CliRunner().invoke(backup.command, [str(tmp_path / "one.tar")])

    assert (answer.exit_code, "备份不覆盖" in answer.output) == (1, True)


@pytest.mark.parametrize("at", [600, 5000])
def test_a_backup_that_has_changed_is_refused_before_anything_is_touched(
    used: Urls, store: Store, tmp_path: Path, at: int
) -> None:
    file = tmp_path / "one.tar"
    backup.back_up(used.backup, store, file, NOW)
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.write_bytes(content)

    with tarfile.open(file, "r:") as tar, pytest.raises(Unusable, match="文件已损坏"):
        Reader(tar).extract_dump(tmp_path / "dump")


@pytest.mark.parametrize("length", [0, 600, 4096])
def test_a_backup_that_was_cut_short_is_none(used: Urls, store: Store, tmp_path: Path, length: int) -> None:
    file = tmp_path / "one.tar"
    backup.back_up(used.backup, store, file, NOW)
    file.write_bytes(file.read_bytes()[:length])

    with pytest.raises(Unusable, match="备份"), restore.opened(file) as tar:
        Reader(tar)


def test_a_schema_that_this_code_does_not_know_is_refused(used: Urls, store: Store, tmp_path: Path) -> None:
    manifest = backup.back_up(used.backup, store, tmp_path / "one.tar", NOW)
    newer = type(manifest)(NOW, "9999", manifest.rows, manifest.dump, 0)

    with pytest.raises(Unusable, match="9999"):
        restore.require_known(newer)


def test_rows_that_did_not_come_are_named() -> None:
    with pytest.raises(backup.Failed, match="line 应有 2 行，现有 1 行"):
        restore.compare({"line": 2, "unit": 1}, {"line": 1, "unit": 1})
