"""Every part that pages are made of, on one sheet before a real browser; and what the scripts add to it."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page
from wtforms import (
    BooleanField,
    DecimalField,
    FileField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    widgets,
)
from wtforms.validators import InputRequired, Optional

from services.api.web.chrome import Chrome, Link
from services.api.web.envelope import HEADERS
from services.api.web.fields import DayField
from services.api.web.forms import Form, Posted
from services.api.web.pages import SIZES, THEMES, Display, environment
from tests.browser.conftest import Opens
from tests.browser.looking import findings, unreached, wider_than_the_screen

# Minutes, or many pictures of one page: with ./jifen test --all.
pytestmark = pytest.mark.long

SHEET = Path(__file__).with_name("sheet.html")
LINKS = (Link("/home", "我的积分"), Link("/desk", "待办", count=3, current=True), Link("/claims", "我的申报"))
CHROME = Chrome(
    "token",
    person="王秀兰",
    seat="石桥村党支部 记录员",
    seats=2,
    acting_for="赵玉兰",
    links=LINKS,
    help_name="李建国",
    help_telephone="0431-5550000",
)


class Everything(Form):
    """A form with a field of every kind."""

    item = RadioField("您要申报哪一项？", choices=[("a", "志愿服务")], validators=[InputRequired("请选一项。")])
    text = TextAreaField("做了什么", description="一两句话就够。", render_kw={"maxlength": 200})
    on = DayField("什么时候做的", description="例如 2026 年 4 月 21 日。")
    hours = DecimalField("做了多久", validators=[Optional()])
    kind = SelectField("材料种类", choices=[("1", "照片"), ("2", "证明")], default="1")
    voice = RadioField("是否完成", choices=[("y", "完成"), ("p", "部分完成"), ("n", "没有完成")], default="y")
    agree = BooleanField("以上都是真实的")
    many = SelectMultipleField(
        "在场的人",
        choices=[("1", "赵敏"), ("2", "孙国强")],
        option_widget=widgets.CheckboxInput(),
        widget=widgets.ListWidget(prefix_label=False),
    )
    file = FileField("照片或者扫描件", validators=[Optional()])
    password = PasswordField("密码")
    code = StringField("动态码", render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"})


def the_sheet(size: str, theme: str, faulty: bool) -> str:
    """Return the sheet of all parts; `faulty` with a form that was sent with two things wrong."""
    form = Everything()
    if faulty:
        form = Everything(Posted({"on": ["2026", "13", "2"], "kind": ["1"], "voice": ["y"], "many": ["2"]}))
        form.validate()
    return (
        environment()
        .from_string(SHEET.read_text("utf-8"))
        .render(display=Display(size, theme), here="/sheet", chrome=CHROME, form=form)
    )


def sheet(opens: Opens, size: str = "", theme: str = "", faulty: bool = False, **how: Any) -> Page:
    """Open the sheet under the same policy as every page; its styles and scripts come from the application."""
    page = opens(None, "/health/live", **how)
    body = the_sheet(size, theme, faulty)
    headers = {**HEADERS, "Content-Type": "text/html; charset=utf-8"}
    page.route("**/sheet", lambda route: route.fulfill(body=body, headers=headers))
    page.goto(page.url.replace("/health/live", "/sheet"))
    return page


def too_small(page: Page) -> list[str]:
    """Return what is smaller than a thumb; a link in a sentence, or one whose whole row is touched, may be."""
    small: list[str] = page.evaluate(
        """() => {
            const tap = parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--tap')) - .5
            const size = (e) => { const box = e.getBoundingClientRect(); return Math.min(box.width, box.height) }
            return [...document.querySelectorAll('a, button, input:not([type=hidden]), select, textarea, summary')]
                .filter(e => !e.matches('.skip, .jf-task-list__link, main p a:not([class])'))
                .filter(e => size(e) && size(e) < tap)
                .map(e => e.outerHTML.slice(0, 120))
        }"""
    )
    return small


def held(page: Page, axe: str) -> dict[str, list[str]]:
    """Return all that is wrong with a page's parts."""
    faults = {"axe": findings(page, axe), "wide": wider_than_the_screen(page), "small": too_small(page)}
    return {kind: found for kind, found in faults.items() if found}


@pytest.mark.parametrize(("size", "theme", "width"), [("", "", 1280), ("", "dark", 375), ("xl", "contrast", 320)])
def test_every_part_is_readable_touchable_and_fits(
    opens: Opens, axe: str, size: str, theme: str, width: int
) -> None:
    assert held(sheet(opens, size, theme, faulty=True, width=width), axe) == {}


@pytest.mark.long
@pytest.mark.parametrize("width", [320, 375, 1280])
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES)
def test_every_part_in_every_size_and_theme(opens: Opens, axe: str, size: str, theme: str, width: int) -> None:
    for faulty in (True, False):
        assert held(sheet(opens, size, theme, faulty, width=width), axe) == {}


def test_the_keyboard_alone_reaches_every_part(opens: Opens) -> None:
    assert unreached(sheet(opens, javascript=True)) == []


@pytest.mark.parametrize("javascript", [True, False])
def test_a_form_with_faults_is_opened_at_its_faults(opens: Opens, javascript: bool) -> None:
    page = sheet(opens, faulty=True, javascript=javascript)

    assert page.title().startswith("错误：")
    if javascript:
        assert page.evaluate("document.activeElement.matches('[data-errors]')")
    page.get_by_role("link", name="没有这一天").click()
    assert page.url.endswith("#on")


def test_reading_aloud_hands_over_the_page_s_own_words(opens: Opens) -> None:
    page = sheet(opens)
    page.evaluate("() => { window.said = []; speechSynthesis.speak = (one) => window.said.push(one.text) }")

    page.get_by_role("button", name="朗读", exact=True).click()
    said = "".join(page.evaluate("window.said"))

    assert "现在：支委会初评（书记 李建国），11月25日前" in said
    assert "合计，62.00" in said
    assert all(words not in said for words in ("我的积分", "高对比", "function", "密码"))
    assert max(map(len, page.evaluate("window.said"))) <= 200
    page.get_by_role("button", name="暂停朗读").click()
    page.get_by_role("button", name="接着读").click()
    page.get_by_role("button", name="停止朗读").click()
    assert page.get_by_role("button", name="停止朗读").is_hidden()


def test_what_is_typed_is_kept_when_the_field_is_left_but_never_a_password(opens: Opens) -> None:
    page = sheet(opens)
    page.route("**/drafts", lambda route: route.fulfill(status=204))

    page.get_by_label("密码").fill("correct horse")
    with page.expect_request("**/drafts") as sent:
        page.get_by_label("做了什么").fill("打扫了村口")
        page.get_by_label("做了什么").blur()
    kept = parse_qs(sent.value.post_data or "")

    assert kept["text"] == ["打扫了村口"]
    assert kept["_page"] == ["/sheet"]
    assert kept["_csrf_token"] == ["token"]
    assert "password" not in kept
    assert page.get_by_text("还可以写 195 字").is_visible()


def test_a_double_click_sends_a_form_once(opens: Opens) -> None:
    page = sheet(opens)
    sent: list[str] = []
    # An answer without a page leaves the browser where it is, so that the second click finds the same button.
    page.route("**/drafts", lambda route: route.fulfill(status=204))
    page.route("**/claims", lambda route: route.fulfill(status=204))
    page.on("request", lambda one: sent.append(one.url) if one.url.endswith("/claims") else None)

    page.get_by_role("button", name="保存并继续").dblclick()
    page.wait_for_function("document.querySelector('form[data-once] .jf-button').disabled")

    assert len(sent) == 1


def test_a_chart_says_in_words_where_its_numbers_are_and_stands_beside_them(opens: Opens) -> None:
    page = sheet(opens)

    assert page.locator(".drawn canvas").count() == 1
    assert page.locator(".drawn").get_attribute("aria-label") == "从申报到登记。数字见下面的表。"
    assert page.get_by_role("cell", name="424").is_visible()
    assert sheet(opens, javascript=False).locator(".drawn canvas").count() == 0
