"""The log of the pages: a line for each request, under the number that went out, without what was typed."""

from collections.abc import Iterator

import pytest
from litestar import Litestar, get, post
from litestar.params import FromPath
from sqlalchemy import text
from sqlalchemy.exc import DataError

from services.api.app import create_app
from services.api.web.forms import Sent
from services.api.web.permissions import OPEN, WITHOUT_TOKEN
from services.api.web.sessions import Db as Database
from shared.db.session import Db
from tests.api.people import Person, signed_in
from tests.builders import Branch, a_county
from tests.telemetry.lines import parsed, written
from tests.usecases.people import PASSWORD, SECRET, a_code, a_number, with_telephone


@get("/breaks/{name:str}", opt=OPEN, sync_to_thread=True)
def breaks(name: FromPath[str], db: Database) -> str:
    """A page that fails in the database with what it was given."""
    with db.begin() as session:
        session.execute(text("SELECT CAST(:name AS integer)"), {"name": name})
    return ""


@post("/spills", opt={**OPEN, WITHOUT_TOKEN: True}, sync_to_thread=False)
def spills(sent: Sent) -> str:
    """A handler that fails with a secret in its words."""
    raise RuntimeError(f"{sent.one('password')} is not what {sent.one('sign_in')} has")


@pytest.fixture(scope="module")
def app(db: Db, redis_url: str) -> Litestar:
    """The application, with two handlers that fail."""
    return create_app(db, redis_url, [breaks, spills], secret=SECRET.decode())


@pytest.fixture(scope="module")
def branch(db: Db) -> Branch:
    """A branch of two members."""
    return a_county(db, members=2)[0]


@pytest.fixture
def person(app: Litestar) -> Iterator[Person]:
    """Somebody before a browser, not signed in."""
    somebody = Person(app)
    with somebody.client:
        yield somebody


def test_a_request_is_one_line_with_the_template_of_its_address_and_the_number_that_went_out(
    app: Litestar, db: Db, branch: Branch
) -> None:
    somebody = signed_in(app, db, branch.actors[branch.members[0].id])
    with written() as stream:
        answer = somebody.client.get(
            f"/members/{branch.members[0].id}/statement?name=鲁春香", follow_redirects=False
        )

    (line,) = parsed(stream)
    assert line["logger"] == "jifen.access"
    assert (line["method"], line["route"], line["status"]) == ("GET", "/members/{member_id}/statement", 303)
    assert line["ms"] > 0
    assert line["request"] == answer.headers["X-Request-ID"]
    assert line["tenant"] == str(branch.county_id)
    assert "鲁春香" not in stream.getvalue()


def test_what_nobody_foresaw_is_logged_under_the_number_on_the_page_without_its_values(person: Person) -> None:
    with written() as stream:
        page = person.opens("/breaks/鲁春香", 500)

    broken, access = parsed(stream)
    assert broken["request"] == access["request"]
    assert broken["request"] in page
    assert (broken["level"], access["route"], access["status"]) == ("ERROR", "/breaks/{name}", 500)
    assert "DataError" in broken["exception"]["type"]
    assert "test_logs.py" in broken["exception"]["trace"]
    assert broken["exception"]["message"] == 'invalid input syntax for type integer: "***"'
    assert "鲁春香" not in stream.getvalue()


def test_an_error_of_the_database_repeats_nothing_that_was_given(db: Db) -> None:
    with db.begin() as session, pytest.raises(DataError) as fault:
        session.execute(text("SELECT CAST(:name AS integer)"), {"name": "鲁春香"})

    assert "'name': '鲁春香'" not in str(fault.value)


def test_who_only_asks_how_we_are_fills_no_log(person: Person) -> None:
    with written() as stream:
        person.client.get("/health/live")

    assert stream.getvalue() == ""


def test_nothing_that_one_signs_in_with_stands_in_a_line(person: Person, db: Db, branch: Branch) -> None:
    secretary, number = branch["secretary"], a_number()
    assert secretary.person_id is not None
    with_telephone(db, branch, secretary.person_id, number)
    code = a_code(db, branch, secretary.person_id)
    with written(level=10) as stream:
        person.opens("/sign-in")
        person.hands_in("/sign-in", 422, sign_in=number, password=PASSWORD)
        person.opens("/sign-in/handed")
        person.hands_in("/sign-in/handed", sign_in=number, code=code)
        person.hands_in("/account/code", 422, code="918273")
        person.client.post("/spills", data={"sign_in": number, "password": PASSWORD})
        person.client.get(f"/sign-in?telephone={number}&back=/{code}")

    ours = stream.getvalue()
    assert '"route": "/sign-in/handed"' in ours
    assert '"message": "*** is not what *** has"' in ours
    tokens = list(person.client.cookies.values())
    assert tokens
    for secret in (number, PASSWORD, code, "918273", *tokens):
        assert secret not in ours
