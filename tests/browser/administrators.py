"""Administrators before a real browser: each in a window of their own, signed in to the panel by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from playwright.sync_api import Browser, Page

from shared.db.session import Db
from tests.admin.people import a_code_of, an_administrator
from tests.builders import Branch
from tests.usecases.people import PASSWORD


@contextmanager
def window(
    browser: Browser, panel: str, db: Db, branch: Branch, role: str, unit_id: UUID | None = None, width: int = 1280
) -> Iterator[Page]:
    """Sign one of the three in, at the county or another unit, and give them their window."""
    actor, signer = an_administrator(db, branch, role, unit_id)
    context = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto(panel)
    page.fill("#name", signer.name)
    page.fill("#password", PASSWORD)
    page.get_by_role("button").click()
    page.fill("#code", a_code_of(db, actor, signer))
    page.get_by_role("button").click()
    page.get_by_role("heading", name="工作情况").wait_for()
    yield page
    context.close()
