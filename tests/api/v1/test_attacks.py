"""Attacks on every endpoint, taken from the routes: foreign ids, too much, nonsense, the same again."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import Response
from litestar.handlers import HTTPRouteHandler

from services.api.v1.description import operations
from services.api.web.permissions import KEY
from services.cli.database import Urls
from shared.authz.actions import Action
from shared.authz.gate import able
from shared.db.session import Db, connect
from tests.api.attackers import Rows
from tests.api.conftest import Browser
from tests.api.test_attacks import JUNK, _begin, filled, parameters
from tests.api.v1.programs import Program, program_of
from tests.builders import Branch, a_county
from tests.quarters import Quarter, objected, posted

# What takes minutes together: with ./jifen test --all.
pytestmark = pytest.mark.long

EACH = sorted(((path, method, one) for path, method, one in operations()), key=lambda one: one[:2])
ACTS = [(path, one) for path, method, one in EACH if method == "POST"]
ANY = pytest.mark.parametrize(("path", "method", "handler"), EACH, ids=[f"{m} {p}" for p, m, _ in EACH])
ACT = pytest.mark.parametrize(("path", "handler"), ACTS, ids=[path for path, _ in ACTS])
OF_PATH = {"named": "nowhere"}


class Programs:
    """Programs of everybody in a branch and above it, made when they are first wanted."""

    def __init__(self, browser: Browser, db: Db, branch: Branch) -> None:
        self.browser, self.db, self.branch = browser, db, branch
        self.there: dict[UUID | None, Program] = {}

    def who_may(self, handler: HTTPRouteHandler) -> Program:
        """Return the program of whoever may take the action that an endpoint serves."""
        branch, action = self.branch, handler.opt[KEY]
        everybody = [*branch.officers.values(), *branch.actors.values(), *branch.above.values()]
        able_ones = [one for one in everybody if isinstance(action, Action) and able(one, action)]
        actor = (able_ones or everybody)[0]
        if actor.person_id not in self.there:
            self.there[actor.person_id] = program_of(self.browser.app, self.db, actor)
        return self.there[actor.person_id]


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
def programs(browser: Browser, db: Db, branches: list[Branch], quarter: Quarter) -> Programs:
    """The programs of the second branch, in which somebody has claimed something."""
    _begin(db, branches[1])
    return Programs(browser, db, branches[1])


@pytest.fixture(scope="module")
def narrow(browser: Browser, db: Db, branches: list[Branch]) -> dict[str, Program]:
    """Two programs of somebody's who may much more than their programs may."""
    scopes = ("claim:see", "filing:see")
    return {one: program_of(browser.app, db, branches[1]["secretary"], [one]) for one in scopes}


@pytest.fixture(scope="module")
def rows(urls: Urls) -> Rows:
    """Every row of the database."""
    return Rows(connect(urls.verifier))


def asks(program: Program, method: str, address: str, **sent: Any) -> Response:
    headers = {"Idempotency-Key": str(uuid4()), **sent.pop("headers", {})}
    return program.client.request(method, address, headers=headers, **sent)


def said(answer: Response) -> tuple[int, Any]:
    """Return what an answer says, without the request's number."""
    told = answer.json()
    return answer.status_code, {name: value for name, value in told.items() if name != "instance"}


@ANY
def test_without_a_token_nothing_is_told(
    browser: Browser, path: str, method: str, handler: HTTPRouteHandler
) -> None:
    answer = asks(Program(browser.app), method, filled(path), json={})

    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")


@ANY
def test_a_program_that_may_nothing_of_it_is_refused(
    narrow: dict[str, Program], path: str, method: str, handler: HTTPRouteHandler
) -> None:
    action = handler.opt[KEY]
    if isinstance(action, Action):
        other = narrow["filing:see" if action == Action.CLAIM_SEE else "claim:see"]
        assert asks(other, method, filled(path), json={}).status_code == 403


@ANY
def test_what_is_another_s_reads_as_what_there_is_not(
    programs: Programs, rows: Rows, quarter: Quarter, path: str, method: str, handler: HTTPRouteHandler
) -> None:
    if not parameters(path):
        return
    program, sent = programs.who_may(handler), {"reason": "无", "place": "无", "records": [A_RECORD]}
    unknown = said(asks(program, method, filled(path), json=trimmed(handler, sent)))

    theirs = {name: rows.one(name, quarter.branch.unit_id) for name in parameters(path)}
    assert said(asks(program, method, filled(path, **theirs), json=trimmed(handler, sent))) == unknown
    assert unknown[0] in {404, 422}


A_RECORD = {"member_id": str(uuid4()), "item": "D-A4", "happened_on": "2026-04-14", "text": "清扫村道"}


def trimmed(handler: HTTPRouteHandler, sent: dict[str, Any]) -> dict[str, Any]:
    """Return of what is sent only what this endpoint takes."""
    body = handler.opt["shape"].body
    return {name: value for name, value in sent.items() if body and name in body.__struct_fields__}


@ACT
def test_what_is_too_large_is_not_read(programs: Programs, path: str, handler: HTTPRouteHandler) -> None:
    answer = asks(programs.who_may(handler), "POST", filled(path), json={"text": "长" * 65 * 1024})

    assert said(answer)[0] == 413
    assert answer.json()["title"] == "内容太大"


@ACT
def test_nonsense_is_refused_and_never_breaks_anything(
    programs: Programs, rows: Rows, path: str, handler: HTTPRouteHandler
) -> None:
    program = programs.who_may(handler)
    address = filled(path, **{name: rows.one(name, programs.branch.unit_id) for name in parameters(path)})
    names = ["item", "happened_on", "text", "points", "replaces", "member_id", "submit", "line_id", "right"]
    names += ["reason", "place", "records", "differs"]
    junk: list[Any] = [*JUNK, None, 1, [], {}, [{}], [[]]]
    sent: list[dict[str, Any]] = [{"json": dict.fromkeys(names, one)} for one in junk]
    sent += [{"content": one} for one in (b"\xff\xfe", b"{", b"[" * 30_000, b'{"a":1e999}', b'"\\ud800"', b"null")]
    sent += [{"data": {"text": "a"}}, {"files": {"text": b"a"}}, {"json": {"text": "a\0b", "item": "D\0"}}]

    answers = [asks(program, "POST", address, **one) for one in sent]

    assert [one.status_code for one in answers if one.status_code >= 500] == []
    assert {one.headers["content-type"] for one in answers if one.status_code >= 400} <= {
        "application/problem+json"
    }


@ACT
def test_what_is_sent_again_is_done_once(
    programs: Programs, rows: Rows, path: str, handler: HTTPRouteHandler
) -> None:
    program, key = programs.who_may(handler), str(uuid4())
    address = filled(path, **{name: rows.one(name, programs.branch.unit_id) for name in parameters(path)})
    sent = trimmed(handler, {**A_RECORD, "reason": "无", "place": "无", "records": [A_RECORD]})

    first = program.posts(address, sent, key)
    once = rows.tally()
    again = program.posts(address, sent, key)

    assert rows.tally() == once
    assert said(again)[0] == first.status_code


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/api/v1/nowhere", 404),
        ("GET", "/api/v2", 404),
        ("GET", "/api/v1/claims/no-id", 404),
        ("PUT", "/api/v1/claims", 405),
        ("DELETE", f"/api/v1/claims/{UUID(int=1)}", 405),
        ("GET", f"/api/v1/claims/{UUID(int=1)}", 404),
        ("GET", "/api/v1/boards/a%00b", 404),
        ("GET", "/api/v1/boards/%F0%9F%98%80'--", 404),
    ],
)
def test_every_error_is_a_problem_and_never_a_page(
    programs: Programs, branches: list[Branch], method: str, address: str, status: int
) -> None:
    program = program_of(programs.browser.app, programs.db, branches[1].actors[branches[1].members[0].id])

    answer = asks(program, method, address)

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert set(answer.json()) >= {"type", "title", "status", "detail", "instance"}
    assert answer.json()["status"] == status
    assert "<" not in answer.text


def test_the_same_protection_is_on_every_answer(programs: Programs) -> None:
    for address in ("/api/v1/me", "/api/openapi.json", "/api/v1/nowhere"):
        headers = programs.browser.get(address).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in headers
