"""Screens: every page that somebody comes to by following links from their own start, each address once."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import Error, Page

# What stands for one thing among many: an id, a unit's code, an item, a period, a short code.
NAMED = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}"
    r"|(?<=/board/)[^/]+|(?<=/overview/)[^/]+|(?<=/claims/new/)[^/]+|(?<=/items/)[^/]+|(?<=/n/)[^/]+|\d{4}(-Q?\d+)?"
)
# Not screens: they change how pages look, or hand out a file.
LEFT_OUT = ("/display", "/static/", "/evidence/", "/health/", "/metrics")
FILES = (".json", ".csv", ".xlsx", ".pdf", ".svg")


@dataclass(frozen=True, slots=True)
class Screen:
    """One kind of page: `kind` is its address with names taken out, `address` an example of it."""

    kind: str
    address: str

    @property
    def name(self) -> str:
        """A name for a file: claims-new-one."""
        return (
            self.kind.strip("/").replace("/", "-").replace("*", "one").replace("?", "-").replace("=", "-")
            or "index"
        )


def kind_of(address: str) -> str:
    """Return what kind of page an address leads to: /claims/* for any claim."""
    return NAMED.sub("*", urlsplit(address).path)


def walk(page: Page, site: str, start: str, known: set[str], dead: list[str]) -> Iterator[Screen]:
    """Open every kind of page that can be reached from `start` and is not `known`; it stands in `page` meanwhile.

    `dead` is given a sentence on every link that leads nowhere, with the page that it stands on.
    """
    waiting = deque([(start, "")])
    while waiting:
        address, found_on = waiting.popleft()
        kind = kind_of(address)
        if kind in known:
            continue
        known.add(kind)
        try:
            answer = page.goto(site + address)
        except Error as fault:
            # A link that hands out a file: it arrives beside the page that stands.
            if "Download is starting" not in fault.message:
                raise
            continue
        if answer is None or answer.status >= 400:
            dead.append(f"{found_on} → {address}：{answer.status if answer else '没有答复'}")
        elif "text/html" in answer.headers.get("content-type", ""):
            yield Screen(kind, address)
            waiting.extend((link, address) for link in links(page) if kind_of(link) not in known)


def links(page: Page) -> list[str]:
    """Return the addresses of ours that a page leads to, in its own order."""
    found: list[str] = page.evaluate(
        "() => [...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href'))"
    )
    ours = [link for link in found if link.startswith("/") and not link.startswith(LEFT_OUT)]
    return [link for link in ours if not urlsplit(link).path.endswith(FILES)]
