"""Sessions: who is signed in, as a handler asks for it, and how it asks for the database."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from anyio.to_thread import run_sync
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.params import SkipValidation
from sqlalchemy.orm import Session, sessionmaker

from services.api.web.envelope import Asked
from services.api.web.forms import Posted
from services.api.web.permissions import KEY
from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import require
from shared.domain.errors import Forbidden, Invalid
from shared.telemetry.tallies import count
from shared.usecases.desks import NOTHING, Around, around
from shared.usecases.drafts import keep_draft
from shared.usecases.places import enter_as, instant
from shared.usecases.policies import explain
from shared.usecases.sign_ins import SignedIn, expired_owner, recognise

COOKIE = "sign_in"
SCOPE = "jifen_someone"
# Where somebody who has begun to sign in goes on, by what is still awaited of them.
STEPS = {"code": "/sign-in/code", "setup": "/account/code", "password": "/account/password", "seat": "/seats"}

Db = NamedDependency[SkipValidation[sessionmaker[Session]]]


class NotSignedIn(HTTPException):
    """Nobody is signed in, or not far enough yet; `step` is the page where they go on, then back here."""

    status_code = 401

    def __init__(self, step: str = "/sign-in", kept: bool = False) -> None:
        super().__init__()
        self.step, self.kept = step, kept


@dataclass(frozen=True, slots=True)
class Someone:
    """Who is signed in, with which token, and what stands around their pages."""

    token: str
    signed_in: SignedIn
    around: Around

    @property
    def actor(self) -> Actor:
        """Who they are in the seat that they have chosen."""
        if self.signed_in.actor is None:
            raise NotSignedIn(STEPS[self.signed_in.awaits])
        return self.signed_in.actor

    @contextmanager
    def acting(self, db: sessionmaker[Session]) -> Iterator[Session]:
        """Open one transaction in their unit; it commits at the end, or leaves nothing.

        What the gate refuses says whose the step is.
        """
        try:
            with db.begin() as session:
                enter_as(session, self.actor)
                yield session
        except Forbidden as refusal:
            raise explained(db, self.actor, refusal) from refusal.__cause__


def explained(db: sessionmaker[Session], actor: Actor, refusal: Forbidden) -> Forbidden:
    """Return a refusal of the gate with whose the step is, and who the actor is; any other as it is."""
    if not refusal.step:
        return refusal
    with db.begin() as session:
        enter_as(session, actor)
        why = explain(session, actor, refusal.step, instant(session, actor))
    return Forbidden(f"{refusal}{why}")


def recognised(token: str, db: sessionmaker[Session]) -> Someone | None:
    """Return who holds this token, wherever they stand in signing in."""
    if not token:
        return None
    with db.begin() as session:
        signed_in = recognise(session, token)
        if signed_in is None:
            return None
        return Someone(token, signed_in, around(session, signed_in.actor) if signed_in.actor else NOTHING)


async def provide_guest(request: Asked, db: Db) -> Someone | None:
    """Return who is signed in, or None: for pages that strangers may see as well."""
    found = await run_sync(recognised, request.cookies.get(COOKIE, ""), db)
    request.scope[SCOPE] = found  # type: ignore[literal-required]
    return found


async def provide_who(request: Asked, db: Db) -> Someone:
    """Return who is signed in and may take the handler's action; else lead them to where they sign in."""
    found = await provide_guest(request, db)
    if found is None:
        count("refused_requests", "not_signed_in")
        kept = request.method == "POST" and await run_sync(_keep, request, db, Posted(await request.form()))
        raise NotSignedIn(kept=kept)
    declared = request.route_handler.opt[KEY]
    if isinstance(declared, Action):
        try:
            require(found.actor, declared)
        except Forbidden as refusal:
            raise await run_sync(explained, db, found.actor, refusal) from None
    elif found.signed_in.actor is None and request.url.path not in STEPS.values():
        raise NotSignedIn(STEPS[found.signed_in.awaits])
    return found


def _keep(request: Asked, db: sessionmaker[Session], posted: Posted) -> bool:
    """Keep what was typed for whom it was typed by: their time ran out while they were typing it."""
    with db.begin() as session:
        owner = expired_owner(session, request.cookies.get(COOKIE, ""))
        if owner is None or not posted.page:
            return False
        try:
            keep_draft(session, owner, posted.page, typed(posted))
        except Invalid:
            return False
    return True


def typed(posted: Posted) -> Mapping[str, list[str]]:
    """Return what a draft may hold: words that were typed; no password, secret vote, file or token of ours."""
    words = (name for name in posted if not name.startswith(("_", "secret")) and "password" not in name)
    return {name: posted.getlist(name) for name in words}


Who = NamedDependency[SkipValidation[Someone]]
Guest = NamedDependency[SkipValidation[Someone | None]]
