"""`jifen county`: what comes into the other installation is what went out of this, and what is erased is gone."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text

from services.cli.archive import Unusable
from services.cli.county_archives import Reader, digest_of, opened
from services.cli.county_moves import Present, erase_county, export_county, import_county
from services.cli.county_rows import OF_THE_INSTALLATION, archived, tables
from services.cli.database import Urls
from services.cli.verify import checked
from shared.db.schema import METADATA
from shared.db.session import Db, acting, connect
from shared.domain.errors import NotFound, NotNow
from shared.stores.evidence import Store
from shared.stores.shelves import Folder
from shared.usecases.evidence import attach
from shared.usecases.suspensions import operator, resume, suspend
from tests.databases import of_its_own
from tests.files import picture
from tests.quarters import a_full_county
from tests.usecases.stage import Stage

# What takes minutes together: with ./jifen test --all.
pytestmark = pytest.mark.long

NOW = datetime(2027, 2, 1, 1, tzinfo=UTC)


def test_every_table_of_a_county_goes_along_or_is_named_as_staying() -> None:
    of_county = {name for name, table in METADATA.tables.items() if "county_id" in table.c}

    assert set(archived()) | OF_THE_INSTALLATION | {"tombstone"} == of_county
    staying = OF_THE_INSTALLATION | {"tombstone"}
    for name in archived():
        assert not {key.column.table.name for key in METADATA.tables[name].foreign_keys} & staying, name


class Installation:
    """An installation with its logins and its store."""

    def __init__(self, admin_url: str, name: str, folder: Path) -> None:
        self.urls: Urls = of_its_own(admin_url, name)
        self.store = Store(Folder(folder))
        self.db, self.worker = connect(self.urls.app), connect(self.urls.worker)

    def counted(self, county_id: UUID) -> dict[str, int]:
        """How many rows of the county each table that travels has."""
        engine = create_engine(self.urls.backup)
        with engine.connect() as connection:
            found = {
                name: connection.scalar(
                    text(f'SELECT count(*) FROM "{name}" WHERE county_id = :id'), {"id": county_id}
                )
                for name in tables()
            }
        engine.dispose()
        return {name: number or 0 for name, number in found.items()}

    def wrong(self) -> str | None:
        """What the verifier finds first."""
        return checked(connect(self.urls.verifier, pool_size=1), self.store)[1]


@pytest.fixture(scope="module")
def here(admin_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Where the county was: a year run to its end, and beside it another county that has a photograph."""
    made = Installation(admin_database_url, "jifen_county_here", tmp_path_factory.mktemp("here"))
    stage = Stage(made.db, made.worker)
    claim = stage.claim(stage.mei, submit=False)
    stage.do(attach, stage.mei, claim.id, made.store.keep("照片.jpg", picture()))
    a_full_county(made.db, made.worker, branches=1)
    return made


@pytest.fixture(scope="module")
def counties(here: Installation) -> dict[str, UUID]:
    """The full county's id and the other's."""
    engine = create_engine(here.urls.backup)
    with engine.connect() as connection:
        entries = "(SELECT count(*) FROM ledger_entry e WHERE e.county_id = u.id)"
        found = connection.execute(
            text(f"SELECT u.id FROM unit u WHERE u.id = u.county_id ORDER BY {entries} DESC")
        )
        full, other = found.scalars().all()
    engine.dispose()
    return {"full": full, "other": other}


def put_into(file: Path, into: Installation) -> None:
    with opened(file) as tar:
        import_county(Reader(tar), into.urls, into.store)


@pytest.mark.long
def test_a_county_moves_into_an_empty_installation_and_proves_itself_there(
    here: Installation, counties: dict[str, UUID], admin_database_url: str, tmp_path: Path
) -> None:
    there = Installation(admin_database_url, "jifen_county_there", tmp_path / "there")
    for which in ("full", "other"):
        manifest = export_county(here.urls.backup, here.store, str(counties[which]), tmp_path / which, NOW)
        put_into(tmp_path / which, there)

        before, after = here.counted(counties[which]), there.counted(counties[which])
        assert {name: before[name] for name in archived()} == {name: after[name] for name in archived()}
        assert {name: part.rows for name, part in manifest.tables.items()} == {n: before[n] for n in archived()}
    assert manifest.files == 1
    assert there.wrong() is None
    with pytest.raises(Present, match="装入不覆盖"):
        put_into(tmp_path / "full", there)
    assert walls(there) == walls(here)


def walls(of: Installation) -> list[str]:
    """Which tables force their walls, and which triggers are on."""
    engine = create_engine(of.urls.backup)
    with engine.connect() as connection:
        forced = "SELECT relname || relforcerowsecurity FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        guards = "SELECT tgname || tgrelid::regclass || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal"
        found = [*connection.scalars(text(forced)), *connection.scalars(text(guards))]
    engine.dispose()
    return sorted(found)


@pytest.mark.long
def test_an_archive_that_was_changed_is_not_taken_in_and_leaves_nothing(
    here: Installation, counties: dict[str, UUID], admin_database_url: str, tmp_path: Path
) -> None:
    there = Installation(admin_database_url, "jifen_county_forged", tmp_path / "there")
    export_county(here.urls.backup, here.store, str(counties["full"]), tmp_path / "county", NOW)
    content = (tmp_path / "county").read_bytes()
    (tmp_path / "county").write_bytes(content.replace("党员001".encode(), "党员00l".encode()))

    with pytest.raises(Unusable, match="与清单的校验值不符"):
        put_into(tmp_path / "county", there)

    assert set(there.counted(counties["full"]).values()) == {0}
    (tmp_path / "cut").write_bytes(content[:5000])
    with pytest.raises(Unusable, match="文件"):
        put_into(tmp_path / "cut", there)


@pytest.mark.long
def test_what_is_erased_is_gone_but_for_its_tombstone_and_nobody_elses_is(
    here: Installation, counties: dict[str, UUID], tmp_path: Path
) -> None:
    other, full = str(counties["other"]), counties["full"]
    kept = here.counted(full)
    with pytest.raises(NotNow, match="还没有封存"):
        erase_county(here.urls, other, "县已撤并", "值班员", "0" * 64, NOW)
    with here.worker.begin() as session:
        suspend(session, operator(counties["other"], "值班员"), "archived", "资料封存", NOW)
    export_county(here.urls.backup, here.store, other, tmp_path / "last", NOW)

    gone = erase_county(here.urls, other, "县已撤并", "值班员", digest_of(tmp_path / "last"), NOW)

    assert gone > 0
    assert set(here.counted(counties["other"]).values()) == {0}
    assert here.counted(full) == kept
    engine = create_engine(here.urls.backup)
    with engine.connect() as connection:
        stone = connection.execute(
            text("SELECT name, archive_digest, rows ->> 'unit' AS units FROM tombstone")
        ).one()
    engine.dispose()
    assert (stone.name, stone.archive_digest, stone.units) == ("青禾县", digest_of(tmp_path / "last"), "3")
    with pytest.raises(NotFound):
        erase_county(here.urls, other, "县已撤并", "值班员", "0" * 64, NOW)
    put_into(tmp_path / "last", here)
    assert here.wrong() is None


def test_a_suspended_county_takes_nothing_in_and_its_clock_waits(db: Db, clockwork: Db) -> None:
    stage = Stage(db, clockwork)
    stage.accept(stage.claim(stage.mei))
    notice = stage.publish()
    who = operator(stage.county_id, "值班员")
    with clockwork.begin() as session:
        suspend(session, who, "suspended", "机构改革，停用到6月底。", stage.now)
    assert notice.closes_at

    stage.move(notice.closes_at)
    assert stage.line(stage.mei).state == "published"
    with pytest.raises(NotNow, match="已经停用：机构改革"), clockwork.begin() as session:
        suspend(session, who, "suspended", "再停一次", stage.now)
    with clockwork.begin() as session:
        resume(session, who, stage.now)
    stage.move(stage.now)

    assert stage.line(stage.mei).state == "settled"
    with acting(db, stage.county_id, stage.county_id) as session:
        told = text("SELECT command FROM history WHERE actor_name = '值班员' ORDER BY recorded_at")
        assert list(session.scalars(told)) == ["suspend", "resume"]
