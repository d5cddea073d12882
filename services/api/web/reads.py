"""Reads: what many look at may come from a replica, but nobody is ever shown less than they have just done."""

from typing import Protocol

from litestar.datastructures import Cookie, MutableScopeHeaders
from litestar.di import NamedDependency
from litestar.params import SkipValidation
from litestar.types import Message, Scope
from sqlalchemy.orm import Session, sessionmaker

from services.api.web.envelope import UNSAFE, Asked

# Whoever has done something reads from the original for far longer than a replica may be behind.
COOKIE, REMEMBERED_S = "wrote", 60


class Sources(Protocol):
    """Whom a reader may be sent to."""

    def to_read(self, fresh: bool) -> sessionmaker[Session]:
        """Return the replica, or the original where the reader must see the newest."""


def provide_reads(request: Asked, sources: NamedDependency[SkipValidation[Sources]]) -> sessionmaker[Session]:
    """Return where this request is read from."""
    return sources.to_read(fresh=COOKIE in request.cookies)


async def remember_writing(message: Message, scope: Scope) -> None:
    """Have the browser remember for a minute that it has done something."""
    if message["type"] != "http.response.start" or scope.get("method") not in UNSAFE:
        return
    wrote = Cookie(COOKIE, value="1", max_age=REMEMBERED_S, httponly=True, samesite="strict")
    MutableScopeHeaders.from_message(message).add("Set-Cookie", wrote.to_header(header=""))


Reads = NamedDependency[SkipValidation[sessionmaker[Session]]]
