"""What the leak test looks at: fifty tenants behind the application, and behind the administrators' panel."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from litestar.testing import TestClient
from sqlalchemy import create_engine, make_url, text, update
from sqlalchemy.orm import Session

from services.api.app import create_app
from services.cli.database import Urls
from shared.db.evidence import Evidence
from shared.db.session import Db
from shared.stores.evidence import Store
from shared.stores.shelves import Folder
from tests.files import photograph
from tests.leaks.asking import Askers
from tests.leaks.panels import Panel
from tests.leaks.world import World, a_world


@pytest.fixture(scope="package")
def everything(admin_database_url: str, urls: Urls) -> Iterator[Session]:
    """A session that sees and writes what it wants."""
    engine = create_engine(make_url(admin_database_url).set(database=make_url(urls.app).database))
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture(scope="package")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Where their uploads are kept."""
    return Store(Folder(tmp_path_factory.mktemp("evidence")))


@pytest.fixture(scope="package")
def world(db: Db, clockwork: Db, everything: Session, store: Store) -> World:
    """The fifty tenants, of real counties: a demonstration's pages are open to everybody on purpose."""
    made = a_world(db, clockwork, everything)
    kept = store.keep("照片.jpg", photograph())
    counties = [one.county_id for one in made.tenants if one.above is None]
    everything.execute(text("SET LOCAL session_replication_role = replica"))
    everything.execute(update(Evidence).where(Evidence.county_id.in_(counties)).values(digest=kept.digest))
    everything.execute(text("UPDATE unit SET demonstration = false WHERE id = ANY(:ids)"), {"ids": counties})
    everything.commit()
    return made


@pytest.fixture(scope="package")
def codes(everything: Session, world: World) -> dict[UUID, str]:
    """The short code of a posted notice of each branch."""
    found = everything.execute(text("SELECT unit_id, code FROM notice WHERE published_at IS NOT NULL"))
    return {unit_id: code for unit_id, code in found}


@pytest.fixture(scope="package")
def askers(db: Db, redis_url: str, store: Store) -> Iterator[Askers]:
    """Their people, before the pages and the JSON API."""
    app = create_app(db, redis_url, store=store)
    with TestClient(app, raise_server_exceptions=False):
        yield Askers(app, db)


@pytest.fixture(scope="package")
def panel(db: Db, urls: Urls, redis_url: str) -> Panel:
    """The administrators' panel."""
    return Panel(db, urls.admin, redis_url)
