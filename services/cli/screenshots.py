"""`jifen screenshots`: every screen of the demonstration as each role meets it, as pictures into docs/."""

import io
import json
import tempfile
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import click
import pyotp
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from services.cli import chromium
from services.cli.demo import furnish
from services.cli.screens import Screen, walk
from services.cli.site import chosen, site
from shared.config import ROOT
from shared.domain.errors import Refusal
from shared.domain.roles import in_words

PICTURES = ROOT / "docs" / "screenshots"
# In this order: a page that several see is shown as the first of them meets it. Members come with a telephone.
ROLES = (
    *("member", "group_leader", "recorder", "organiser", "publicity", "secretary", "discipline"),
    *("scorer", "office", "township_officer", "bureau_officer", "county_officer"),
)
TELEPHONE, DESK = 390, 1280
TALLEST = 2000


@dataclass(frozen=True, slots=True)
class Taken:
    """A picture: whose screen, of which kind, under which heading, in which file."""

    role: str
    screen: Screen
    heading: str
    file: str


@click.command()
@click.option("--data", type=click.Path(path_type=Path), help="用哪个数据文件夹里的示范县；默认现做一个。")
@click.option("--port", type=click.IntRange(1, 65535), default=8055, show_default=True, help="页面的端口。")
def command(data: Path | None, port: int) -> None:
    """给示范县的每一个页面拍照，放进 docs/screenshots，并写出目录。"""
    said = chromium.install()
    if said:
        raise Refusal(said)
    with tempfile.TemporaryDirectory(prefix="jifen-", ignore_cleanup_errors=True) as folder:
        given = chosen(None, port, None, data or Path(folder) / "data")
        Path(folder).chmod(0o711)
        with site(given) as running:
            furnish(running)
            accounts = json.loads((given.data / "demo-accounts.json").read_text("utf-8"))
            taken, dead = pictures(running.address.rstrip("/"), accounts)
    contents(taken)
    click.echo(f"{len(taken)} 张图片在 {PICTURES}")
    if dead:
        raise Refusal("这些链接走不通：" + "；".join(dead))


def pictures(address: str, accounts: list[dict[str, Any]]) -> tuple[list[Taken], list[str]]:
    """Sign in as one of each role and take a picture of every page that nobody before came to; also dead links."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for old in PICTURES.glob("*.webp"):
        old.unlink()
    shown: set[str] = set()
    taken: list[Taken] = []
    dead: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.found(), args=[*chromium.ARGUMENTS, "--hide-scrollbars"]
        )
        for role in ROLES:
            mine = next((one for one in accounts if one["role"] == role), None)
            if mine is not None:
                taken += _of(browser, address, role, mine, shown, dead)
        browser.close()
    return taken, dead


def _of(
    browser: Browser, address: str, role: str, account: dict[str, Any], shown: set[str], dead: list[str]
) -> list[Taken]:
    width = TELEPHONE if role == "member" else DESK
    page = browser.new_context(viewport={"width": width, "height": 800}, locale="zh-CN").new_page()
    sign_in(page, address, account)
    start = "/home" if role == "member" else "/desk"
    taken = []
    for screen in walk(page, address, start, set(), dead):
        # Everybody's start is a screen of its own, however many have one.
        if screen.kind in shown and screen.kind != start:
            continue
        shown.add(screen.kind)
        file = f"{role}-{screen.name}.webp"
        _keep(page, PICTURES / file)
        taken.append(Taken(role, screen, _heading(page), file))
    page.context.close()
    return taken


def sign_in(page: Page, address: str, account: dict[str, Any]) -> None:
    """Sign in through the pages, with the second factor where one is asked for."""
    page.goto(f"{address}/sign-in")
    page.fill("[name=sign_in]", account["sign_in"])
    page.fill("[name=password]", account["password"])
    page.click("main form button")
    if account["totp_secret"] and page.locator("[name=code]").count():
        page.fill("[name=code]", pyotp.TOTP(account["totp_secret"]).now())
        page.click("main form button")


def _heading(page: Page) -> str:
    heading = page.locator("h1").first
    return " ".join((heading.inner_text() if heading.count() else page.title()).split()).replace("|", "｜")


def _keep(page: Page, file: Path) -> None:
    picture = Image.open(io.BytesIO(page.screenshot(full_page=True)))
    picture.crop((0, 0, picture.width, min(picture.height, TALLEST))).save(file, "WEBP", quality=50, method=6)


def contents(taken: list[Taken]) -> None:
    """Write the list of all pictures, one chapter for each role."""
    lines = [
        "# 页面一览 · Screens",
        "",
        "由 `./jifen screenshots` 从示范县拍摄，人物均为虚构；各人先看到的页面列在谁的名下，别人的不再重复。",
        "Taken from the demonstration county by `./jifen screenshots`; everybody is made up.",
    ]
    for role, theirs in groupby(taken, key=lambda one: one.role):
        lines += ["", f"## {in_words([role])}", "", "| 页面 | 地址 | 图 |", "|---|---|---|", *map(_row, theirs)]
    (ROOT / "docs" / "reference" / "screens.md").write_text("\n".join(lines) + "\n", "utf-8")


def _row(one: Taken) -> str:
    return f"| {one.heading} | `{one.screen.kind}` | ![{one.heading}](../screenshots/{one.file}) |"
