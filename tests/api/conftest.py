"""What the tests of the pages look at: the application over a real database, and boards with something on them."""

from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select

from services.api.app import create_app
from shared.db.members import Member
from shared.db.session import Db, acting
from shared.stores.evidence import Store
from shared.stores.shelves import Folder
from tests.builders import Branch, a_county
from tests.quarters import (
    CORRECTION_CLOSES,
    Quarter,
    closed,
    corrected_late,
    filed,
    objected,
    posted,
    settled_again,
)
from tests.usecases.people import SECRET

Browser = TestClient[Litestar]


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Where the tests' uploads are kept."""
    return Store(Folder(tmp_path_factory.mktemp("evidence")))


@pytest.fixture(scope="session")
def app(db: Db, redis_url: str, store: Store) -> Litestar:
    """The application with the secret that the tests' codes are made with: it takes a second to put together."""
    return create_app(db, redis_url, store=store, secret=SECRET.decode())


@pytest.fixture(scope="session")
def browser(app: Litestar) -> Iterator[Browser]:
    """Somebody who opens pages and has not signed in."""
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="session")
def disputed(db: Db, clockwork: Db) -> Quarter:
    """A notice in its window, one line of it under objection; two members share a name, one has a long one."""
    branches = a_county(db, branches=2)
    _name(
        db, branches[0], {"001": "王秀兰", "002": "王秀兰", "004": "阿卜杜热合曼·买买提依明", "005": "<b>周</b>"}
    )
    quarter = posted(db, clockwork, branches[:1])[0]
    objected(db, quarter)
    return quarter


@pytest.fixture(scope="session")
def settled(db: Db, clockwork: Db) -> Quarter:
    """A quarter that was settled, corrected by reversal, settled again and filed."""
    branches = a_county(db)
    quarter = posted(db, clockwork, branches)[0]
    closed(db, clockwork, branches[0])
    corrected_late(db, quarter)
    settled_again(db, clockwork, branches[0])
    filed(db, clockwork, branches[0], CORRECTION_CLOSES)
    return quarter


def _name(db: Db, branch: Branch, names: dict[str, str]) -> None:
    with acting(db, branch.county_id, branch.unit_id) as session:
        for member in session.scalars(select(Member).filter_by(unit_id=branch.unit_id)):
            member.name = names.get(member.member_no, member.name)
