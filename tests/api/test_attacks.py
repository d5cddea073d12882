"""Attacks on every address that changes something; taken from the routes, so that a new one is tried by itself."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import Response
from litestar.handlers import HTTPRouteHandler

from services.api.routes import ROUTES
from services.api.web.forms import Form
from services.api.web.sessions import COOKIE
from services.cli.database import Urls
from shared.db.session import Db, acting, connect
from shared.usecases.claims import draft_claim, submit_claim
from shared.usecases.rounds import open_round
from tests.api.attackers import Cast, Rows
from tests.api.conftest import Browser
from tests.api.people import Person
from tests.builders import Branch, a_county, a_deed, founder
from tests.quarters import OBJECTED, Quarter, objected, posted
from tests.usecases.people import PASSWORD, a_signer

HANDLERS = [one for one in ROUTES if isinstance(one, HTTPRouteHandler) and "POST" in one.http_methods]
# What programs come to has attacks of its own.
POSTS = sorted((path, one) for one in HANDLERS for path in one.paths if not path.startswith("/api/"))
EACH = pytest.mark.parametrize(("path", "handler"), POSTS, ids=[path for path, _ in POSTS])
PARAMETER = re.compile(r"\{(\w+):(\w+)\}")
# What is read from a path as words: something that there is.
WORDS = {"item": "D-A4", "verdict": "accept", "named": "nowhere", "token": "AAAA"}
PREFIXED = ["m-x", "took-x", "p-001", "r-001", "s-x", "claims", "id", "all", "stage", "pending", "_key", "_page"]
JUNK = ["x'; --", "a\x00b", "9" * 400, "-1e999", "NaN", "2026-99-99😀"]
PLAUSIBLE = {
    "happened_on": ["2026", "4", "14"],
    "text": "清扫村道",
    "verdict": "good",
    "kind": "members",
    "kept": "yes",
}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# A secret that is shown once is made anew where it is asked for again, and that is noted.
SHOWN_ONCE = ("/code", "/codes", "/card")
SMALL, LARGE = 65 * 1024, 13 * 1024 * 1024


@pytest.fixture(scope="module")
def branches(db: Db) -> list[Branch]:
    """Two branches of one county."""
    return a_county(db, branches=2, members=3)


@pytest.fixture(scope="module")
def quarter(db: Db, clockwork: Db, branches: list[Branch]) -> Quarter:
    """The first branch: a notice hangs on its board, under objection."""
    made = posted(db, clockwork, branches[:1])[0]
    objected(db, made)
    return made


@pytest.fixture(scope="module")
def cast(browser: Browser, db: Db, branches: list[Branch], quarter: Quarter) -> Cast:
    """The people of the second branch, in which somebody has claimed something."""
    _begin(db, branches[1])
    return Cast(browser, db, branches[1])


def _begin(db: Db, branch: Branch) -> None:
    with acting(db, branch.county_id, branch.unit_id) as session:
        round_ = open_round(session, founder(branch.county_id), branch.unit_id, "2026-Q2", OBJECTED)
    mei = branch.members[0]
    with acting(db, branch.county_id, branch.unit_id) as session:
        actor = branch.actors[mei.id]
        claim = draft_claim(session, actor, round_.id, mei.id, a_deed("D-A4", OBJECTED.date()), OBJECTED)
        submit_claim(session, actor, claim.id, OBJECTED)


@pytest.fixture(scope="module")
def rows(urls: Urls) -> Rows:
    """Every row of the database."""
    return Rows(connect(urls.verifier))


def filled(path: str, **ids: UUID) -> str:
    """Return an address with its parameters filled in; what is not given is unknown."""
    return PARAMETER.sub(lambda m: str(ids.get(m[1]) or WORDS.get(m[1]) or uuid4()), path)


def parameters(path: str) -> list[str]:
    """Return the names of the ids in a path."""
    return [name for name, kind in PARAMETER.findall(path) if kind == "uuid"]


def said(answer: Response) -> tuple[int, str, str]:
    """Return what an answer says, without what differs each time: ids, keys and tokens."""
    body = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,}", "*", answer.text)
    return answer.status_code, re.sub(r"[0-9a-f-]{36}", "*", answer.headers.get("location", "")), body


@EACH
def test_nothing_is_done_without_the_form_s_token_or_for_another_site(
    cast: Cast, path: str, handler: HTTPRouteHandler
) -> None:
    client = cast.who_may(handler).client
    wrong = [{"x-csrftoken": token} for token in ("", "AAAA", client.cookies["token"][::-1])]
    wrong += [{"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]

    assert [client.post(filled(path), headers=one).status_code for one in wrong] == [403] * len(wrong)


@pytest.mark.long
@pytest.mark.parametrize(
    ("path", "handler"),
    [one for one in POSTS if parameters(one[0])],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_what_is_another_s_reads_as_what_there_is_not(
    cast: Cast, rows: Rows, quarter: Quarter, settled: Quarter, path: str, handler: HTTPRouteHandler
) -> None:
    client = cast.who_may(handler).client
    unknown = said(client.post(filled(path)))

    for unit_id in (quarter.branch.unit_id, settled.branch.unit_id):
        theirs = {name: rows.one(name, unit_id) for name in parameters(path)}
        assert said(client.post(filled(path, **theirs))) == unknown


@pytest.mark.long
@EACH
def test_what_is_too_large_is_not_read(cast: Cast, path: str, handler: HTTPRouteHandler) -> None:
    client = cast.who_may(handler).client
    takes_files = isinstance(handler.request_max_body_size, int)
    token = {"_csrf_token": client.headers["x-csrftoken"], "text": "长"}

    def answer(size: int) -> int:
        sent = {**token, "text": "x" * size}
        return client.post(filled(path), data=sent, headers={"x-csrftoken": ""}).status_code

    assert answer(LARGE if takes_files else SMALL) == 413
    assert not takes_files or answer(SMALL) != 413


def fields() -> list[str]:
    """Return the names of all fields of all forms."""
    kinds, found = [Form], list(PREFIXED)
    while kinds:
        kind = kinds.pop()
        kinds.extend(kind.__subclasses__())
        found.extend(name for name in dir(kind) if hasattr(getattr(kind, name), "field_class"))
    return sorted(set(found))


@pytest.mark.long
@EACH
def test_nonsense_is_refused_and_never_breaks_anything(
    cast: Cast, rows: Rows, path: str, handler: HTTPRouteHandler
) -> None:
    send_nonsense(cast, rows, path, handler, [JUNK[len(path) % len(JUNK)]])


@pytest.mark.long
@EACH
def test_no_nonsense_breaks_anything(cast: Cast, rows: Rows, path: str, handler: HTTPRouteHandler) -> None:
    send_nonsense(cast, rows, path, handler, JUNK)


def send_nonsense(cast: Cast, rows: Rows, path: str, handler: HTTPRouteHandler, junk: list[str]) -> None:
    """Send such words in every field that there is, bytes that are no words, JSON, and files for words."""
    client = cast.who_may(handler).client
    address = filled(path, **{name: rows.one(name, cast.branch.unit_id) for name in parameters(path)})

    sent: list[dict[str, Any]] = [{"data": dict.fromkeys(fields(), one)} for one in junk]
    sent.append({"content": b"\xff\xfe=%ff&text=%00", "headers": FORM})
    sent.append({"json": {"text": ["a"]}})
    sent.append({"files": {"text": ("a", b"\x00"), "files": ("", b"x")}})
    answers = [client.post(address, follow_redirects=False, **one).status_code for one in sent]
    answers.append(client.post(address.replace("-", "'", 1), follow_redirects=False).status_code)

    assert [status for status in answers if status >= 500] == []


@pytest.mark.long
@pytest.mark.parametrize(
    ("path", "handler"), [one for one in POSTS if not one[0].endswith(SHOWN_ONCE)], ids=lambda one: str(one)[:60]
)
def test_what_is_sent_again_is_done_once(cast: Cast, rows: Rows, path: str, handler: HTTPRouteHandler) -> None:
    client = cast.who_may(handler).client
    address = filled(path, **{name: rows.one(name, cast.branch.unit_id) for name in parameters(path)})
    sent = {**dict.fromkeys(fields(), "1"), **PLAUSIBLE, "_key": str(uuid4())}

    first = client.post(address, data=sent, follow_redirects=False)
    once = rows.tally()
    again = client.post(address, data=sent, follow_redirects=False)

    assert rows.tally() == once
    assert first.status_code != 303 or first.headers["location"] == again.headers.get("location", "")


def test_a_planted_cookie_is_never_taken_over(browser: Browser, db: Db, quarter: Quarter) -> None:
    branch, number = quarter.branch, "13655550001"
    a_signer(db, branch, branch.members[0], number)
    planted = "A" * 64
    victim, thief = Person(browser.app, planted), Person(browser.app, planted)
    victim.opens("/sign-in")
    victim.client.post(
        "/sign-in", data={**victim.form("/sign-in").fields, "sign_in": number, "password": PASSWORD}
    )

    held = {value for value in chain(victim.client.cookies.jar) if value.name == COOKIE and value.value}
    assert "我的积分" in victim.opens("/home")
    assert any(one.value != planted for one in held)
    assert "电话号码或党员编号" in thief.opens("/home")


def test_every_address_that_changes_something_is_tried() -> None:
    assert len(POSTS) > 60
    assert all(path not in dict(_gets()) or handler.http_methods == {"POST"} for path, handler in POSTS)


def _gets() -> Iterator[tuple[str, HTTPRouteHandler]]:
    for one in ROUTES:
        if isinstance(one, HTTPRouteHandler) and "GET" in one.http_methods:
            yield from ((path, one) for path in one.paths)
