"""Envelope: what every answer carries, errors and unknown addresses included; each one is timed and numbered."""

import secrets
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.types import ASGIApp, Message, Scope

from shared.telemetry.accesses import Watched
from shared.telemetry.metrics import Metrics
from shared.telemetry.tallies import count

Asked = Request[Any, Any, Any]

REQUEST_ID = "jifen_request_id"
# Our own scripts alone, nothing from elsewhere, in nobody's frame, in no search engine, no address told to others.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; "
        "form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}


UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


def from_our_own_pages(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Refuse what another site has a browser send: beside the token, since a token is not bound to a person."""
    if connection.scope.get("method") not in UNSAFE:
        return
    site, origin = (connection.headers.get(name, "") for name in ("sec-fetch-site", "origin"))
    elsewhere = origin not in {"", "null"} and origin.partition("://")[2] != connection.headers.get("host")
    if site not in {"", "none", "same-origin"} or origin == "null" or elsewhere:
        count("refused_requests", "other_site")
        raise PermissionDeniedException


def request_id(scope: Any) -> str:
    """Return the number under which this request stands in the log."""
    numbered: str = scope.setdefault(REQUEST_ID, secrets.token_hex(8))
    return numbered


async def seal(message: Message, scope: Scope) -> None:
    """Put the headers on; what a handler has said itself stays, and what it says nothing of is not kept."""
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    headers.setdefault("Cache-Control", "no-store")
    headers["X-Request-ID"] = request_id(scope)


def timed(app: ASGIApp, metrics: Metrics) -> ASGIApp:
    """Return the application with every request counted and written down under its route's template."""
    return Watched(app, request_id, lambda scope: scope.get("path_template", ""), metrics.observe)
