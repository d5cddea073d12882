"""Accesses: a line for each request that was answered, by the template of its address, never by the address."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from shared.telemetry.metrics import METHODS, Stopwatch
from shared.telemetry.standing import Standing, standing
from shared.telemetry.tracing import span

log = logging.getLogger("jifen.access")

Asgi = Callable[[Any, Any, Any], Awaitable[None]]
Heard = Callable[[str, str, int, float], None]


@dataclass(frozen=True, slots=True)
class Watched:
    """An application of which every request is written down, under its number, and told to `heard`.

    `heard` is given the method, the route's template, the status and the seconds.
    """

    app: Asgi
    number_of: Callable[[Any], str]
    route_of: Callable[[Any], str]
    heard: Heard | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        watch, status = Stopwatch(), 500

        async def noted(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        current = Standing(request=self.number_of(scope))
        with standing(current), span("request", jifen__request=current.request) as spanned:
            try:
                await self.app(scope, receive, noted)
            finally:
                route = self.route_of(scope) or "none"
                if spanned is not None:
                    _say(spanned, scope["method"], route, status, current.tenant)
                self._write(scope, route, status, watch.seconds)

    def _write(self, scope: Any, route: str, status: int, seconds: float) -> None:
        note(scope["method"], route, status, seconds)
        if self.heard is not None:
            self.heard(scope["method"], route, status, seconds)


def _say(spanned: Any, method: str, route: str, status: int, tenant: str) -> None:
    known = method if method in METHODS else "other"
    spanned.update_name(f"{known} {route}")
    spanned.set_attributes(
        {
            "http.request.method": known,
            "http.route": route,
            "http.response.status_code": status,
            "jifen.tenant": tenant,
        }
    )


def note(method: str, route: str, status: int, seconds: float) -> None:
    """Write the line; who only asks how we are is heard at the level of debugging."""
    known = method if method in METHODS else "other"
    level = logging.DEBUG if route.startswith("/health/") or route == "/metrics" else logging.INFO
    if log.isEnabledFor(level):
        said = {"method": known, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
        log.log(level, "%s %s %d", known, route, status, extra={"fields": said})
