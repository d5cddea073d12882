"""Every address of the route table, asked by people of a branch: who may not is refused, and told whose it is."""

import re
from inspect import signature
from uuid import uuid4

import pytest
from litestar.handlers import HTTPRouteHandler

from services.api.web.permissions import KEY
from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.db.session import Db
from tests.api.attackers import Cast
from tests.api.conftest import Browser
from tests.authz.truth import handlers, truths
from tests.builders import Branch, a_county

# Hundreds of addresses: with ./jifen test --all. That each has a reviewed row is looked at every time.
pytestmark = pytest.mark.long

TRUTHS = truths()
# A page that strangers may see as well decides by what it finds, not at its door.
GUESTS = {one for one in handlers() if "guest" in signature(one.fn).parameters}
# Asks for a second action besides the one that it declares: only for officers, given from above.
FROM_ABOVE = {"/officers/{person_id:uuid}/code"}
# A program signs in otherwise than a person (tests of /api/v1).
ASKED = sorted(
    (path, method, one)
    for one in handlers()
    if isinstance(one.opt.get(KEY), Action) and one not in GUESTS
    for path in one.paths
    if not path.startswith("/api/")
    for method in one.http_methods & {"GET", "POST"}
)
EACH = pytest.mark.parametrize(
    ("path", "method", "handler"), ASKED, ids=[f"{method} {path}" for path, method, _ in ASKED]
)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def branch(db: Db) -> Branch:
    """A branch with its people and those above it."""
    return a_county(db, members=2)[0]


@pytest.fixture(scope="module")
def cast(browser: Browser, db: Db, branch: Branch) -> Cast:
    """All of them, signed in when they are first wanted."""
    return Cast(browser, db, branch)


def people(branch: Branch) -> list[Actor]:
    """One of each kind."""
    return [*branch.officers.values(), branch.leaders[0], branch.scorers[0], branch.above["township_officer"],
            branch.actors[branch.members[0].id]]  # fmt: skip


def asked(cast: Cast, actor: Actor, path: str, method: str) -> tuple[int, str]:
    """Return how an address answers somebody; what it names is nothing that there is."""
    address = re.sub(
        r"\{\w+:uuid\}", str(uuid4()), re.sub(r"\{\w+:str\}", "nowhere", re.sub(r"\{\w+:int\}", "7", path))
    )
    client = cast.person(actor).client
    if method == "GET":
        answer = client.get(address, follow_redirects=False)
    else:
        answer = client.post(address, headers=FORM, content="", follow_redirects=False)
    return answer.status_code, answer.text


@EACH
def test_who_may_not_is_refused_before_anything_is_read(
    cast: Cast, branch: Branch, path: str, method: str, handler: HTTPRouteHandler
) -> None:
    truth = TRUTHS[str(handler.opt[KEY])]
    unable = [actor for actor in people(branch) if not actor.roles & truth.able]

    for actor in unable[:: max(1, len(unable) // 2)]:
        status, said = asked(cast, actor, path, method)
        assert (status, "您在这里的身份是" in said) == (403, True), f"{actor.roles_in_words}: {status}"


@EACH
def test_who_may_is_let_in(cast: Cast, branch: Branch, path: str, method: str, handler: HTTPRouteHandler) -> None:
    truth = TRUTHS[str(handler.opt[KEY])]
    able = [actor for actor in people(branch) if actor.roles & truth.able]

    for actor in able[:1]:
        status, said = asked(cast, actor, path, method)
        assert path in FROM_ABOVE or "您在这里的身份是" not in said, f"{actor.roles_in_words}: {status}"
        assert status < 500
