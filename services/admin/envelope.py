"""Envelope: nobody comes in but the three, nothing that another site sends; every answer carries headers."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from anyio.to_thread import run_sync
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.admin.scopes import on_behalf_of
from shared.telemetry.accesses import Watched
from shared.usecases.administrators import Administrator

# Our own styles and fonts, sqladmin's with them; no script at all.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}
REQUEST_ID = "jifen_request_id"
SAFE = frozenset({"GET", "HEAD"})
# Where somebody may be before they are known: the door itself, and how it looks.
BEFORE_THE_DOOR = ("/sign-in", "/sign-in/code", "/sign-out")
LOOK = "/statics/"
ELSEWHERE = "这一步不是从管理后台的页面上来的，没有办理。请打开管理后台再试。"


@dataclass(frozen=True, slots=True)
class Envelope:
    """The application with this around it; `recognised` says who a request's cookie is, or None.

    `secure` where it is reached by HTTPS alone: its links say so, whatever a proxy has made of the request.
    """

    app: ASGIApp
    recognised: Callable[[Request], Administrator | None]
    secure: bool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        if self.secure:
            scope["scheme"] = "https"

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers["X-Request-ID"] = request_id(scope)
            await send(message)

        await self._answer(scope, receive, sealed)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in SAFE and not from_our_own_pages(Headers(scope=scope)):
            await PlainTextResponse(ELSEWHERE, 403)(scope, receive, send)
            return
        who = None if _is_open(scope["path"]) else await run_sync(self.recognised, Request(scope))
        if who is None and not _is_open(scope["path"]):
            await _to_the_door(scope)(scope, receive, send)
            return
        scope.setdefault("state", {})["who"] = who
        with on_behalf_of(who):
            await self.app(scope, receive, send)


def numbered(app: ASGIApp, routes: Sequence[BaseRoute]) -> ASGIApp:
    """Return the panel with each request written down by the template of its address, under a number."""
    return Watched(app, request_id, lambda scope: _template(routes, scope))


def request_id(scope: Scope) -> str:
    """Return the number under which this request stands in the log."""
    number: str = scope.setdefault(REQUEST_ID, secrets.token_hex(8))
    return number


def _template(routes: Sequence[BaseRoute], scope: Scope) -> str:
    return next((getattr(one, "path", "") for one in routes if one.matches(scope)[0] is not Match.NONE), "")


def from_our_own_pages(headers: Headers) -> bool:
    """Return whether a browser says that a page of ours has sent this; one that says nothing is not believed."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is None and origin is None:
        return False
    same = origin is None or origin.partition("://")[2] == headers.get("host")
    return same and site in {None, "same-origin"}


def _is_open(path: str) -> bool:
    return path in BEFORE_THE_DOOR or path.startswith(LOOK)


def _to_the_door(scope: Scope) -> Response:
    if scope["method"] in SAFE:
        return RedirectResponse("/sign-in", 303)
    return PlainTextResponse("登录已经结束，请重新登录。", 401)
