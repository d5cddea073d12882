"""Callers: whose program asks, by its token; the cookie of a browser opens nothing here."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from anyio.to_thread import run_sync
from litestar.di import NamedDependency
from litestar.params import SkipValidation
from redis import Redis
from sqlalchemy.orm import Session, sessionmaker

from services.api.v1.problems import TooMany, Unknown
from services.api.web.doors import Cache
from services.api.web.envelope import Asked
from services.api.web.permissions import KEY
from services.api.web.sessions import Db
from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import require
from shared.domain.errors import Forbidden
from shared.domain.tokens import SCOPES
from shared.usecases.places import enter_as
from shared.usecases.throttles import calls_over, guesses_over
from shared.usecases.tokens import Holder, holder_of

SCHEME = "bearer "
# Longer than any of ours; what is longer is not looked up.
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Calling:
    """A program that asks, and who it acts as."""

    token_id: UUID
    actor: Actor
    unit_name: str
    db: sessionmaker[Session]

    @contextmanager
    def acting(self) -> Iterator[Session]:
        """Open one transaction in their unit; it commits at the end, or leaves nothing."""
        with self.db.begin() as session:
            enter_as(session, self.actor)
            yield session


async def provide_caller(request: Asked, db: Db, cache: Cache) -> Calling:
    """Return who asks and may take the handler's action by their role and their token; else refuse."""
    holder = await run_sync(_holder, request, db, cache)
    declared = request.route_handler.opt[KEY]
    if isinstance(declared, Action):
        _let(holder.actor, declared)
    return Calling(holder.id, holder.actor, holder.unit_name, db)


def _holder(request: Asked, db: sessionmaker[Session], cache: Redis) -> Holder:
    given = request.headers.get("authorization", "")
    token = given[len(SCHEME) :].strip()[:LONGEST] if given.lower().startswith(SCHEME) else ""
    with db.begin() as session:
        holder = holder_of(session, token)
    if holder is None:
        wait = guesses_over(cache, request.client.host if request.client else "")
        raise TooMany(wait) if wait else Unknown()
    wait = calls_over(cache, holder.id)
    if wait:
        raise TooMany(wait)
    return holder


def _let(actor: Actor, action: Action) -> None:
    if actor.only is None or action not in actor.only:
        raise Forbidden(f"这个令牌没有“{SCOPES[action]}”的权限（{action}），请另做一个。")
    require(actor, action)


Caller = NamedDependency[SkipValidation[Calling]]
