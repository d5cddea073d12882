"""What the tests of the panel look at: the application over a real database, and a county with work in it."""

import pytest
from starlette.types import ASGIApp

from services.admin.app import create_app
from services.admin.scopes import read_for_whom_asks
from services.cli.database import Urls
from shared.db.session import Db
from tests.admin.people import Browser, a_browser, signed_in
from tests.builders import Branch, a_county
from tests.quarters import posted
from tests.usecases.people import SECRET


@pytest.fixture(scope="session")
def shown(urls: Urls) -> Db:
    """Sessions of the panel's own login."""
    return read_for_whom_asks(urls.admin)


@pytest.fixture(scope="session")
def panel(db: Db, shown: Db, redis_url: str) -> ASGIApp:
    """The panel."""
    return create_app(db, shown, redis_url, SECRET.decode(), secure=True)


@pytest.fixture(scope="session")
def branches(db: Db, clockwork: Db) -> list[Branch]:
    """Two branches of one township, with a notice that hangs."""
    made = a_county(db, branches=2)
    posted(db, clockwork, made)
    return made


@pytest.fixture(scope="session")
def branch(branches: list[Branch]) -> Branch:
    """The first of them."""
    return branches[0]


@pytest.fixture
def stranger(panel: ASGIApp) -> Browser:
    """Somebody who has not signed in."""
    return a_browser(panel)


@pytest.fixture(scope="module")
def system(panel: ASGIApp, db: Db, branch: Branch) -> Browser:
    """The system administrator of the county."""
    return signed_in(panel, db, branch, "system_administrator")


@pytest.fixture(scope="module")
def security(panel: ASGIApp, db: Db, branch: Branch) -> Browser:
    """The security administrator of the county."""
    return signed_in(panel, db, branch, "security_administrator")


@pytest.fixture(scope="module")
def audit(panel: ASGIApp, db: Db, branch: Branch) -> Browser:
    """The audit administrator of the county."""
    return signed_in(panel, db, branch, "audit_administrator")
