"""Display: text size and colours, one link away on every page; and the stylesheet."""

from litestar import Response, get
from litestar.datastructures import Cookie
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from services.api.web.envelope import Asked
from services.api.web.forms import local
from services.api.web.pages import COOKIE, SIZES, STATIC, THEMES, asset, packed
from services.api.web.permissions import OPEN, PACKED, WITHOUT_TOKEN

A_YEAR_S = 365 * 24 * 3600


@get("/display", opt=OPEN, sync_to_thread=True)
def choose_display(size: FromQuery[str] = "", theme: FromQuery[str] = "", back: FromQuery[str] = "/") -> Redirect:
    """Remember a choice, which says nothing about the person, and go back to where it was made."""
    chosen = f"{size if size in SIZES else ''}-{theme if theme in THEMES else ''}"
    cookie = Cookie(key=COOKIE, value=chosen, path="/", max_age=A_YEAR_S, httponly=True, samesite="lax")
    return Redirect(local(back), status_code=303, cookies=[cookie])


@get("/static/{name:str}", opt={**OPEN, WITHOUT_TOKEN: True, PACKED: True}, sync_to_thread=True)
def static_file(request: Asked, name: FromPath[str]) -> Response[bytes]:
    """Return one of our own files; its address carries its digest, so it never grows stale."""
    if name not in STATIC:
        raise NotFoundException
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed(name), media_type=STATIC[name], headers={**headers, "Content-Encoding": "gzip"})
    return Response(asset(name), media_type=STATIC[name], headers=headers)
