"""Calls: what a program asks to be done, done once for its key, if what it has read is still so."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from litestar import Response
from litestar.di import NamedDependency
from litestar.params import SkipValidation
from msgspec import Struct
from sqlalchemy.orm import Session

from services.api.v1.callers import Caller, Calling
from services.api.v1.endpoints import SHAPE, Shape
from services.api.v1.problems import Stale, Unreadable
from services.api.v1.reading import read
from services.api.web.envelope import Asked
from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import OneOfTwo
from shared.usecases.kept_answers import Said, answered_once
from shared.usecases.places import instant
from shared.usecases.revisions import keep_still
from shared.usecases.signatures import sign

B = TypeVar("B", bound=Struct)
KEY = re.compile(r"[\x21-\x7e]{8,100}")
JSON = "application/json"
Act = Callable[[Session, datetime], Struct]
Take = Callable[[Session, Actor, UUID, datetime], object]
Show = Callable[[Session, Actor, UUID], Struct]


@dataclass(frozen=True, slots=True)
class Asking:
    """One call: its key, what was sent with it, and which state of the row it is meant for, if it says so."""

    caller: Calling
    shape: Shape
    key: str
    match: str
    body: bytes
    digest: str

    def said(self, kind: type[B]) -> B:
        """Return the body as its shape; refused with every fault at once."""
        return read(kind, self.body)

    def once(self, act: Act) -> Response[bytes]:
        """Carry the act out in one transaction and answer with what it returns; the same call again, the same.

        Where the unit wants two people for the step, the first one's call signs for it and is told so.
        """
        caller = self.caller

        def done() -> Said:
            answer = msgspec.json.encode(act(session, instant(session, caller.actor)))
            return Said(self.shape.status, answer.decode())

        try:
            with caller.acting() as session:
                said = answered_once(session, caller.actor, caller.token_id, self.key, self.digest, done)
        except OneOfTwo as first:
            with caller.acting() as session:
                sign(session, caller.actor, first, instant(session, caller.actor))
            raise
        replayed = {"Idempotency-Replayed": "true"} if said.again else {}
        return told(said.body.encode(), said.status, replayed)

    def step(self, action: Action, row_id: UUID, take: Take, show: Show) -> Response[bytes]:
        """Take a step with a row, once, if it still is as the call has read it; answer with what it is then."""
        actor = self.caller.actor

        def act(session: Session, now: datetime) -> Struct:
            self.if_unchanged(session, action, row_id, lambda: show(session, actor, row_id))
            take(session, actor, row_id, now)
            session.flush()
            return show(session, actor, row_id)

        return self.once(act)

    def if_unchanged(self, session: Session, action: Action, row_id: Any, shown: Callable[[], Struct]) -> None:
        """Hold the row of a step; Stale where the call is meant for another state of it than `shown` now."""
        if not self.match:
            return
        keep_still(session, self.caller.actor, action, row_id)
        self.if_still(etag_of(msgspec.json.encode(shown())))

    def if_still(self, etag: str) -> None:
        """Go on where the call is meant for what has this tag, or does not say; else Stale."""
        if self.match and not matches(self.match, etag):
            raise Stale


async def provide_call(request: Asked, caller: Caller) -> Asking:
    """Return what is asked; Unreadable without a key, or with a body that says it is no JSON."""
    body = await request.body()
    if body and request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
        raise Unreadable("请求体应是 application/json。", 415)
    return asking(request, caller, body, body)


def asking(request: Asked, caller: Calling, body: bytes, content: bytes) -> Asking:
    """Return one call; `content` is what makes it the same call when it comes again. Unreadable without a key."""
    key, asked = request.headers.get("idempotency-key", ""), f"{request.method} {request.url.path}\n".encode()
    if not KEY.fullmatch(key):
        raise Unreadable("请在 Idempotency-Key 头里放一个新的键：8 到 100 个英文字符，每件事一个，重试时不变。")
    return Asking(
        caller,
        request.route_handler.opt[SHAPE],
        key,
        request.headers.get("if-match", ""),
        body,
        hashlib.sha256(asked + content).hexdigest(),
    )


def answer(request: Asked, shown: Struct) -> Response[bytes]:
    """Answer a question; nothing but that it has not changed to who knows it already."""
    body = msgspec.json.encode(shown)
    known = request.headers.get("if-none-match", "")
    if known and matches(known.replace("W/", ""), etag_of(body)):
        return Response(b"", status_code=304, headers={"ETag": etag_of(body)})
    return told(body, 200)


def told(body: bytes, status: int, headers: dict[str, str] | None = None) -> Response[bytes]:
    """Return an answer with the tag of its state."""
    return Response(body, status_code=status, media_type=JSON, headers={"ETag": etag_of(body), **(headers or {})})


def etag_of(body: bytes) -> str:
    """Return the tag of what was told: anything that changes in it changes the tag."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def matches(given: str, etag: str) -> bool:
    """Return whether a header of tags holds this one."""
    return given.strip() == "*" or etag in {one.strip() for one in given.split(",")}


Call = NamedDependency[SkipValidation[Asking]]
