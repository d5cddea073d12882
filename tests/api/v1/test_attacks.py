"""Attacks on every endpoint, taken from the routes: foreign ids, too much, nonsense, the same again."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import Response
from litestar.handlers import HTTPRouteHandler
from msgspec.structs import fields
from redis import Redis

from services.api.v1.description import operations
from services.api.v1.endpoints import SHAPE
from services.api.web.permissions import KEY
from services.api.web.uploads import UPLOAD_BYTES
from services.cli.database import Urls
from shared.authz.actions import Action
from shared.authz.gate import able
from shared.db.session import Db, connect
from shared.usecases import throttles
from tests.api.attackers import Rows
from tests.api.conftest import Browser
from tests.api.test_attacks import JUNK, _begin, filled, parameters
from tests.api.v1.programs import Program, program_of
from tests.builders import Branch, a_county
from tests.files import picture
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


@pytest.fixture
def unthrottled(redis_url: str) -> Iterator[None]:
    """Nobody has guessed before, and nobody is held off for it after."""
    cache, key = Redis.from_url(redis_url), throttles._key("guesses", throttles.network_of("testclient"))
    cache.delete(key)
    yield
    cache.delete(key)


@ANY
@pytest.mark.usefixtures("unthrottled")
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
    program = programs.who_may(handler)
    unknown = said(asks(program, method, filled(path), **sent_to(handler)))

    theirs = {name: rows.one(name, quarter.branch.unit_id) for name in parameters(path)}
    assert said(asks(program, method, filled(path, **theirs), **sent_to(handler))) == unknown
    assert unknown[0] == 404


def _fields(handler: HTTPRouteHandler) -> Sequence[Any]:
    body = handler.opt[SHAPE].body
    return fields(body) if body else ()


A_RECORD = {"member_id": str(uuid4()), "item": "D-A4", "happened_on": "2026-04-14", "text": "清扫村道"}


# What is right for each field of every body; of a word that is another for another address, the first that fits.
RIGHT: dict[str, Any] = {
    **A_RECORD,
    "accept": False,
    "attested_by": ["甲", "乙"],
    "claims": [str(uuid4())],
    "done": True,
    "grounds": "不同意",
    "handed_in_at": "2026-04-15T09:00:00+08:00",
    "heard": "申报人",
    "held_on": "2026-04-15",
    "in_favour": 3,
    "line_id": str(uuid4()),
    "minute": "支委会〔2026〕9号",
    "missing": "写明在哪条路",
    "name": "老李",
    "period": "2026-Q1",
    "person_id": str(uuid4()),
    "place": "第 2 行",
    "quality": "好",
    "read": True,
    "reason": "无",
    "records": [A_RECORD],
    "right": "应加 2 分",
    "rounds": [str(uuid4())],
    "subject": "一季度积分评定",
    "title": "一季度积分公示",
    "upheld": False,
}
KINDS = {"/api/v1/meetings": "members", "/api/v1/notices": "first", "/api/v1/reports": "breach"}


def sent_to(handler: HTTPRouteHandler) -> dict[str, Any]:
    """Return what an endpoint would take, with no more than it wants."""
    shape = handler.opt[SHAPE]
    if shape.files:
        return {"files": {"files": ("路.jpg", picture())}}
    if shape.body is None:
        return {}
    wanted = [one.encode_name for one in fields(shape.body) if one.required]
    right = {**RIGHT, "kind": KINDS.get(next(iter(handler.paths)))}
    return {"json": {name: right[name] for name in wanted}}


@ACT
def test_what_is_too_large_is_not_read(programs: Programs, path: str, handler: HTTPRouteHandler) -> None:
    large: dict[str, Any] = {"json": {"text": "长" * 65 * 1024}}
    if handler.opt[SHAPE].files:
        large = {"files": {"files": ("路.jpg", b"\xff" * (UPLOAD_BYTES + 1))}}

    answer = asks(programs.who_may(handler), "POST", filled(path), **large)

    assert said(answer)[0] == 413
    assert answer.json()["title"] == "内容太大"


@ACT
def test_nonsense_is_refused_and_never_breaks_anything(
    programs: Programs, rows: Rows, path: str, handler: HTTPRouteHandler
) -> None:
    program = programs.who_may(handler)
    address = filled(path, **{name: rows.one(name, programs.branch.unit_id) for name in parameters(path)})
    names = {one.encode_name for _, one in ACTS for one in _fields(one)}
    junk: list[Any] = [*JUNK, None, 1, [], {}, [{}], [[]]]
    sent: list[dict[str, Any]] = [{"json": dict.fromkeys(names, one)} for one in junk]
    sent += [{"content": one} for one in (b"\xff\xfe", b"{", b"[" * 30_000, b'{"a":1e999}', b'"\\ud800"', b"null")]
    sent += [{"data": {"text": "a"}}, {"files": {"text": b"a"}}, {"json": {"text": "a\0b", "item": "D\0"}}]
    sent += [
        {"files": {"files": one}} for one in (b"", ("", b""), ("a\0.jpg", b"\xff\xd8\xff"), ("路.exe", b"MZ"))
    ]
    torn = (
        b"",
        b"--x",
        b"--x--",
        b"--x\r\n\r\n",
        b'--x\r\nContent-Disposition: form-data; name="files"; filename="a"',
    )
    sent += [{"content": one, "headers": {"Content-Type": "multipart/form-data; boundary=x"}} for one in torn]
    sent += [{"content": b"a", "headers": {"Content-Type": "multipart/form-data"}}]

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
    given: dict[str, Any] = {"headers": {"Idempotency-Key": key}}

    first = asks(program, "POST", address, **sent_to(handler), **given)
    once = rows.tally()
    again = asks(program, "POST", address, **sent_to(handler), **given)

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
