"""Pages: templates made into answers, in the text size and colours that the reader has chosen."""

import gzip
import hashlib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Response
from litestar.enums import MediaType

from services.api.web import wording
from services.api.web.chrome import chrome_of
from services.api.web.envelope import Asked
from services.api.web.fields import attributes, kind_of
from shared.domain.rule_words import BODIES, worth

HERE = Path(__file__).parents[1]
STATIC = {
    "jifen.css": "text/css",
    "jifen.js": "text/javascript",
    "htmx.min.js": "text/javascript",
    "charts.js": "text/javascript",
    "echarts.min.js": "text/javascript",
    "icon.svg": "image/svg+xml",
    "THIRD-PARTY.txt": "text/plain",
}
COOKIE = "display"
SIZES = {"": "标准", "large": "大", "xl": "特大"}
THEMES = {"": "浅色", "dark": "深色", "contrast": "高对比"}


class Display(NamedTuple):
    """What stands on the root element; empty for the defaults."""

    size: str
    theme: str


def display_of(request: Asked) -> Display:
    """Return what the reader has chosen; anything but our own words in the cookie counts as nothing."""
    size, _, theme = request.cookies.get(COOKIE, "").partition("-")
    return Display(size if size in SIZES else "", theme if theme in THEMES else "")


def here(request: Asked) -> str:
    """Return the page's own address, as its forms carry it."""
    query = request.url.query
    return request.url.path + (f"?{query}" if query else "")


def page(request: Asked, template: str, status: int = 200, **context: Any) -> Response[str]:
    """Render in the handler's thread: a long table on the event loop would keep everybody waiting.

    `part`, among what it shows, is the address of the menu's entry to which the page belongs, where its own does
    not say it.
    """
    chrome = chrome_of(request, context.pop("part", ""))
    written = (
        environment()
        .get_template(template)
        .render(display=display_of(request), here=here(request), chrome=chrome, **context)
    )
    return Response(written, status_code=status, media_type=MediaType.HTML)


@cache
def asset(name: str) -> bytes:
    """Return one of the files in `STATIC`."""
    return (HERE / "static" / name).read_bytes()


@cache
def packed(name: str) -> bytes:
    """Return it as it travels: the same for everybody, so that packing it tells nobody anything."""
    return gzip.compress(asset(name), 9, mtime=0)


@cache
def static(name: str) -> str:
    """Return the address of one of our own files, which carries its digest."""
    return f"/static/{name}?v={hashlib.sha256(asset(name)).hexdigest()[:12]}"


@cache
def environment() -> Environment:
    """Return the templates: escaped always, and a name that is missing is an error, not a gap."""
    found = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name in ("day", "instant", "until", "left", "points", "signed", "adding_up", "period", "said", "roles"):
        found.filters[name] = getattr(wording, name)
    found.globals.update(bodies=BODIES, per_cent=wording.per_cent, worth=worth)
    found.globals.update(attributes=attributes, kind_of=kind_of, sizes=SIZES, static=static, themes=THEMES)
    return found
