"""Documents: the API's description for programs, and the same on one page for people, without scripts."""

from typing import Any

from litestar import Response, get

from services.api.v1.calls import JSON
from services.api.v1.description import described, openapi
from services.api.v1.problems import TITLES
from services.api.web.envelope import Asked
from services.api.web.pages import page
from services.api.web.permissions import OPEN, WITHOUT_TOKEN
from shared.domain.tokens import SCOPES
from shared.domain.webhooks import EVENTS


@get(["/api/openapi.json", "/api/v1/openapi.json"], opt={**OPEN, WITHOUT_TOKEN: True}, sync_to_thread=False)
def description() -> Response[bytes]:
    """Give the description as OpenAPI 3.1."""
    return Response(described(), media_type=JSON, headers={"Cache-Control": "private, max-age=300"})


@get("/api/v1", opt=OPEN, sync_to_thread=True)
def documentation(request: Asked) -> Response[str]:
    """Show everything on one page."""
    told = openapi()
    return page(
        request,
        "api/show.html",
        about=told["info"]["description"].split("\n"),
        operations=[one for path, methods in told["paths"].items() for one in _operations(path, methods)],
        schemas=told["components"]["schemas"],
        problems=[(name, status, title, said) for status, (name, title, said) in TITLES.items()],
        scopes=SCOPES,
        events=EVENTS,
    )


def _operations(path: str, methods: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"path": path, "method": method.upper(), **told} for method, told in methods.items()]


HANDLERS = [description, documentation]
