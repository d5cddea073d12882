"""A browser before the real pages: Chromium by Playwright, over the application served on a port of its own."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from services.api.app import create_app
from services.api.web.sessions import COOKIE
from services.cli import chromium
from shared.authz.actor import Actor
from shared.db.session import Db
from shared.stores.evidence import Store
from shared.stores.shelves import Folder
from tests.api.people import token_of

Opens = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, started once; without one the test is skipped by name, or fails where one is required."""
    path = chromium.found()
    if path is None:
        said = chromium.install() or "没有 Chromium。"
        if os.environ.get("JIFEN_REQUIRE_BROWSER"):
            pytest.fail(said)
        pytest.skip(said)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(chromium.ARGUMENTS))
        yield started
        started.close()


@contextmanager
def served(app: Any) -> Iterator[str]:
    """Serve an application on a port of its own while a test looks at it; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    running = threading.Thread(target=server.run, daemon=True)
    running.start()
    while not server.started:
        assert running.is_alive(), "the application did not start"
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    running.join(10)


@pytest.fixture(scope="session")
def address(db: Db, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the application is served while the tests run."""
    store = Store(Folder(tmp_path_factory.mktemp("evidence")))
    with served(create_app(db, redis_url, store=store)) as at:
        yield at


@pytest.fixture
def opens(browser: Browser, address: str, db: Db) -> Iterator[Opens]:
    """Give somebody a window of their own: `opens(actor, "/home", width=375, javascript=False, size="xl")`."""
    with ExitStack() as windows:

        def window(actor: Actor | None, path: str = "/", **how: Any) -> Page:
            context = browser.new_context(
                viewport={"width": how.get("width", 1280), "height": how.get("height", 900)},
                java_script_enabled=how.get("javascript", True),
                locale="zh-CN",
                timezone_id="Asia/Shanghai",
            )
            windows.callback(context.close)
            host = urlsplit(address).hostname
            chosen = f"{how.get('size', '')}-{how.get('theme', '')}"
            context.add_cookies([{"name": "display", "value": chosen, "domain": host, "path": "/"}])
            if actor is not None:
                token = token_of(db, actor)
                context.add_cookies([{"name": COOKIE, "value": token, "domain": host, "path": "/"}])
            page = context.new_page()
            page.set_default_timeout(15_000)
            refused: list[str] = []
            page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
            page.on("pageerror", lambda fault: refused.append(str(fault)))
            windows.callback(lambda: _none(refused))
            page.goto(address + path)
            return page

        yield window


def _none(refused: list[str]) -> None:
    """No script failed, and nothing was kept out by the policy of what may be loaded."""
    scripts = [said for said in refused if "status of 4" not in said]
    assert scripts == [], scripts


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, which looks for what somebody with a reader, a keyboard or weak eyes cannot use."""
    return (Path(__file__).parent / "axe.min.js").read_text("utf-8")
