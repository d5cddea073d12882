"""What the description promises, tried with what it allows and what it forbids: nothing breaks, nothing lies."""

from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from services.api.v1.description import openapi
from services.cli.database import Urls
from shared.authz.actor import Actor
from shared.db.session import Db, connect
from tests.api.attackers import Rows
from tests.api.conftest import Browser
from tests.api.test_attacks import _begin
from tests.api.v1.programs import Program, program_of
from tests.builders import Branch, a_county
from tests.quarters import objected, posted

# What takes minutes together: with ./jifen test --all.
pytestmark = pytest.mark.long

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
ROLES = (
    "member",
    "secretary",
    "recorder",
    "office",
    "organiser",
    "discipline",
    "group_leader",
    "township_officer",
)
FOUND = list(schemathesis.openapi.from_dict(openapi()).get_all_operations())
OPERATIONS: list[Any] = [one.ok() for one in FOUND if isinstance(one, Ok)]
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]


@pytest.fixture(scope="module")
def branch(db: Db, clockwork: Db) -> Branch:
    """A branch with something of everything: a notice under objection, and a round that takes claims."""
    branch = a_county(db, members=3)[0]
    objected(db, posted(db, clockwork, [branch])[0])
    _begin(db, branch)
    return branch


@pytest.fixture(scope="module")
def rows(urls: Urls) -> Rows:
    """Every row of the database."""
    return Rows(connect(urls.verifier))


@pytest.fixture(scope="module")
def programs(browser: Browser, db: Db, branch: Branch) -> dict[str, Program]:
    """One program for each role."""
    actors: dict[str, Actor] = {"member": branch.actors[branch.members[0].id], **branch.officers, **branch.above}
    actors["group_leader"] = branch.leaders[0]
    return {role: program_of(browser.app, db, actors[role]) for role in ROLES}


def test_the_whole_description_can_be_read() -> None:
    assert len(OPERATIONS) == len(FOUND) > 30


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.label)
def test_a_member_s_program_finds_what_is_promised(
    programs: dict[str, Program], branch: Branch, rows: Rows, operation: Any
) -> None:
    holds(programs["member"], operation, known(branch, rows, operation), 5)


@pytest.mark.long
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.label)
def test_every_role_s_program_finds_what_is_promised(
    programs: dict[str, Program], branch: Branch, rows: Rows, operation: Any, role: str
) -> None:
    holds(programs[role], operation, known(branch, rows, operation), 25)


def known(branch: Branch, rows: Rows, operation: Any) -> dict[str, str]:
    """Return an id that there is for each that an address asks for."""
    names = [one["name"] for one in operation.definition.raw.get("parameters", []) if one["in"] == "path"]
    return {name: "b1" if name == "named" else str(rows.one(name, branch.unit_id)) for name in names}


def holds(program: Program, operation: Any, ids: dict[str, str], most: int) -> None:
    """Try an operation so many times, sometimes with an id that there is, with right things and with wrong."""
    cases = some.one_of([operation.as_strategy(generation_mode=mode) for mode in MODES])

    @settings(
        max_examples=most,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=True,
    )
    @given(cases, some.booleans())
    def tried(case: Any, there: bool) -> None:
        if there and ids:
            case.path_parameters = dict(ids)
        asked = case.as_transport_kwargs(base_url="http://testserver.local")
        headers = {**dict(asked.pop("headers") or {}), "Authorization": program.client.headers["Authorization"]}
        headers.setdefault("Idempotency-Key", str(uuid4()))
        sent = {
            name: asked[name]
            for name in ("params", "json", "data", "content", "files")
            if asked.get(name) is not None
        }
        if isinstance(sent.get("data"), bytes | str):
            sent["content"] = sent.pop("data")
        if "files" in sent:
            # Wrong things as well, which no client could send otherwise.
            sent["files"] = [(name, one if isinstance(one, bytes) else str(one)) for name, one in sent["files"]]
        # As bytes: a header may hold signs that are no ASCII, and somebody will send them.
        raw = [(name.encode("latin-1"), str(value).encode("latin-1")) for name, value in headers.items()]
        request = program.client.build_request(case.method, asked["url"], headers=raw, **sent)
        # A check reads what was sent, which a form with files else is only while it is being sent.
        request.read()
        answer = program.client.send(request)
        case.validate_response(answer, checks=CHECKS)

    tried()
