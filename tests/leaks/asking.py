"""Asking: every address of the route table with its parameters filled in, and what an answer says of others."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import unquote
from uuid import UUID, uuid4
from zipfile import ZipFile

from httpx import Response
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from pypdf import PdfReader
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

from services.api.web.permissions import KEY
from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import able
from shared.db.session import Db
from tests.api.people import Person, signed_in
from tests.api.v1.programs import program_of
from tests.leaks.world import A_UUID, MARK, Tenant, World

PARAMETER = re.compile(r"\{(\w+):(\w+)\}")
# Which table a path means by a name.
TABLES = {
    "branch_id": "unit",
    "case_id": "outcome_case",
    "draft_id": "book_draft",
    "drawn_id": "audited_line",
    "file_id": "job_file",
    "issued_id": "issued_book",
}
# Of which table's rows each paper is made; the others are called as their table.
PAPERS = {
    **dict.fromkeys(("application", "statement", "records", "card", "booklet", "exemption"), "member"),
    **dict.fromkeys(("ledger", "overview", "reading", "flow", "register", "totals", "ballot"), "round"),
    **dict.fromkeys(("acceptance", "feedback", "answer"), "objection"),
    **dict.fromkeys(("poster", "report"), "notice"),
    "correction": "outcome_case",
    "minutes": "meeting",
}
WORDS = {
    "change": "rename",
    "chapter": "grades",
    "item": "D-A4",
    "kind": "xlsx",
    "name": "statement",
    "period": "2026-Q1",
    "quarter": "2026-Q1",
    "step": "talk",
    "token": "AAAA",
}
IN_WORDS = {
    "/imports/new/{kind:str}": {"kind": "roster"},
    "/imports/new/{kind:str}/template": {"kind": "roster"},
    "/rounds/{round_id:uuid}/imports/{kind:str}": {"kind": "claims"},
    "/rounds/{round_id:uuid}/imports/{kind:str}/template": {"kind": "claims"},
    "/books/drafts/{draft_id:uuid}/items/{name:str}": {"name": "D-A4"},
    "/supervisions/{period:str}": {"period": "2026-03"},
    "/supervisions/{period:str}/{branch_id:uuid}": {"period": "2026-03"},
    "/policies/signed/{step:str}": {"step": "claim:decide"},
}


def filled(path: str, world: World, tenant: Tenant, codes: dict[UUID, str]) -> str:
    """Return an address with its parameters, those of the tenant where they name a row."""

    def value(found: re.Match[str]) -> str:
        name, kind = found[1], found[2]
        if name == "code":
            return codes.get(tenant.unit_id, "nowhere")
        if name == "named":
            return str(tenant.unit_id)
        if kind == "uuid":
            return str(row_of(path, name, world, tenant))
        return IN_WORDS.get(path, {}).get(name) or WORDS[name] if kind == "str" else "7"

    return PARAMETER.sub(value, path)


def row_of(path: str, name: str, world: World, tenant: Tenant) -> UUID:
    """Return a row of the kind that a path names: the tenant's, or of those below or above; else of nothing."""
    near = [tenant, *tenant.below, *([tenant.above] if tenant.above else [])]
    if name == "branch_id":
        near = near[1:] + near[:1]
    rows = world.ids.get(table_of(path, name), {})
    return next((rows[one.unit_id] for one in near if one.unit_id in rows), uuid4())


def table_of(path: str, name: str) -> str:
    """Return the table whose row a parameter of a path names."""
    first, second = path.split("/")[1:3]
    if name == "row_id":
        return PAPERS.get(second, second)
    if first == "work-meetings":
        return "work_meeting"
    return TABLES.get(name, name.removesuffix("_id"))


@dataclass
class Askers:
    """Everybody of every tenant before a browser, signed in when they are first wanted; and their programs."""

    app: Litestar
    db: Db
    _there: dict[tuple[UUID | None, bool], Person] = field(default_factory=dict)

    def who_may(self, handler: HTTPRouteHandler, tenant: Tenant, program: bool) -> Person | None:
        """Return somebody of the tenant who may take the action that a handler declares."""
        action = handler.opt.get(KEY)
        found = [one for one in tenant.people if not isinstance(action, Action) or able(one, action)]
        return self.person(found[0], program) if found else None

    def answers(self, who: Person, at: str) -> Iterator[Response]:
        """Yield how an address answers, and how it does when its queries have lost their conditions."""
        yield who.client.get(at)
        with stripped(self.db.kw["bind"]):
            yield who.client.get(at)

    def person(self, actor: Actor, program: bool = False) -> Person:
        """Return somebody before a browser, or a program of theirs."""
        key = (actor.person_id, program)
        if key not in self._there:
            made = Person(self.app) if program else signed_in(self.app, self.db, actor)
            if program:
                made.client = program_of(self.app, self.db, actor).client
            self._there[key] = made
        return self._there[key]


def said(answer: Response) -> str:
    """Return all that an answer says, in its headers too, and within files."""
    headers = unquote(" ".join(answer.headers.values()))
    return f"{headers} {in_words(answer.content)}"


def in_words(content: bytes) -> str:
    """Return what a file says."""
    if content.startswith(b"PK"):
        with ZipFile(io.BytesIO(content)) as packed:
            return " ".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    if content.startswith(b"%PDF"):
        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).replace("\n", "")
    return content.decode("utf-8", "replace")


def foreign(spoken: str, world: World, tenant: Tenant, asked: str = "") -> Iterator[str]:
    """Yield whose marks and rows of other counties somebody was shown; what they asked for themselves is none."""
    for number, table in set(MARK.findall(spoken)):
        if int(number) // 100 != tenant.number // 100:
            yield f"{table} of {number}"
    for row_id in set(A_UUID.findall(spoken)) - set(A_UUID.findall(asked)):
        if world.owners.get(row_id, tenant.number) // 100 != tenant.number // 100:
            yield f"row {row_id} of {world.owners[row_id]}"


def near(spoken: str, tenant: Tenant) -> Iterator[tuple[str, str]]:
    """Yield what somebody was shown of other units of their own county: where those stand, and of which table."""
    for number, table in set(MARK.findall(spoken)):
        if int(number) // 100 == tenant.number // 100 and int(number) != tenant.number:
            yield tenant.sees(int(number)), table


CONDITION = re.compile(r"(?:\b\w+\.)?\b(?:county_id|unit_id) = %\(\w+\)s(?:::UUID)?")


@contextmanager
def stripped(engine: Engine) -> Iterator[None]:
    """Take what asks for one county or unit off every query that reads, so that the walls stand alone."""
    event.listen(engine, "before_cursor_execute", _without_conditions, retval=True)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", _without_conditions)


def _without_conditions(
    _: Connection, __: object, statement: str, given: object, ___: object, ____: bool
) -> tuple[str, object]:
    if statement.lstrip().startswith(("SELECT", "WITH")):
        statement = CONDITION.sub(lambda found: f"({found[0]} OR TRUE)", statement)
    return statement, given
