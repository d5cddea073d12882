"""Protection around every page: what a cookie is like over HTTPS, and what is refused before anything is read."""

from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from services.api.app import create_app, from_settings
from services.api.web.doors import DEVICE
from services.api.web.forms import Posted
from services.api.web.sessions import COOKIE, typed
from services.cli.database import Urls
from shared.config import read_settings
from shared.db.session import Db
from tests.api.people import Person
from tests.builders import a_county
from tests.usecases.people import PASSWORD, SECRET, a_number, a_signer

ADDRESS = "https://jifen.example"


@pytest.fixture(scope="module")
def app(db: Db, redis_url: str) -> Litestar:
    """The application as it stands behind HTTPS."""
    return create_app(db, redis_url, secret=SECRET.decode(), secure=True)


@pytest.fixture
def person(app: Litestar) -> Iterator[Person]:
    """Somebody at its address, before its door."""
    somebody = Person(app)
    somebody.client.base_url = ADDRESS
    with somebody.client:
        somebody.opens("/sign-in")
        yield somebody


def test_over_https_no_cookie_travels_in_the_open(person: Person, db: Db) -> None:
    branch, number = a_county(db, members=1)[0], a_number()
    a_signer(db, branch, branch.members[0], number)
    person.client.cookies.clear()
    person.page = begun = person.client.get("/sign-in")
    form = person.form("/sign-in").fields
    sent = {**form, "sign_in": number, "password": PASSWORD}
    let_in = person.client.post("/sign-in", data=sent, follow_redirects=False)

    given = {
        value.partition("=")[0]: {part.strip().lower() for part in value.split(";")[1:]}
        for answer in (begun, let_in)
        for name, value in answer.headers.multi_items()
        if name == "set-cookie"
    }
    assert {COOKIE, DEVICE, "token"} <= given.keys()
    for name in (COOKIE, DEVICE, "token"):
        assert {"secure", "httponly"} <= given[name], name
        assert given[name] & {"samesite=lax", "samesite=strict"}, name


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
    ids=["origin", "null", "fetch"],
)
def test_what_another_site_sends_is_refused(person: Person, headers: dict[str, str]) -> None:
    fields = {**person.form("/sign-in").fields, "sign_in": a_number(), "password": PASSWORD}

    assert person.client.post("/sign-in", data=fields, headers=headers).status_code == 403
    assert person.client.post("/sign-in", data=fields).status_code == 422


def test_a_form_without_its_token_is_refused(person: Person) -> None:
    fields = {"sign_in": a_number(), "password": PASSWORD, "_csrf_token": "A" * 128}

    assert person.client.post("/sign-in", data=fields).status_code == 403


def test_what_is_too_large_is_not_read(person: Person) -> None:
    fields = {**person.form("/sign-in").fields, "sign_in": "长" * 70_000}

    assert person.client.post("/sign-in", data=fields).status_code == 413


def test_who_tries_too_often_is_told_to_wait(person: Person) -> None:
    number = a_number()
    said = ""
    for _ in range(6):
        person.opens("/sign-in")
        said = person.hands_in("/sign-in", 422, sign_in=number, password="不是这个密码吧")

    assert "试的次数太多了" in said


def test_an_address_by_https_says_so_to_every_cookie(urls: Urls, redis_url: str) -> None:
    environ = {"DATABASE_URL": urls.app, "REDIS_URL": redis_url, "JIFEN_SECRET": SECRET.decode()}
    with_it, without = (
        TestClient(from_settings(read_settings({**environ, "JIFEN_ADDRESS": f"{scheme}://jifen.example"})))
        for scheme in ("https", "http")
    )

    assert "Secure" in with_it.get("/sign-in").headers["set-cookie"]
    assert "Secure" not in without.get("/sign-in").headers["set-cookie"]


def test_no_draft_keeps_a_secret() -> None:
    names = ("text", "password", "again_password", "secret_vote", "secret_proof", "_key")

    assert typed(Posted({name: ["有"] for name in names})) == {"text": ["有"]}
