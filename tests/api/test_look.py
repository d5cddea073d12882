"""The look: built from its sources, readable in every theme, light to load, and every class known."""

import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Optional

from services.api.web.fields import DayField
from services.api.web.forms import Form, Posted
from services.api.web.pages import STATIC, THEMES, Display, asset, environment, static
from tests.api.conftest import Browser
from tests.quarters import Quarter

API = Path(__file__).parents[2] / "services" / "api"
LOOK = API / "look"
BUILT: dict[str, str] = json.loads((LOOK / "built.json").read_text("utf-8"))
# Each ink on every paper that it is written on.
WRITTEN = {
    "ink": "paper sheet faint note-paper good-paper bad-paper",
    "soft": "paper sheet faint note-paper bad-paper",
    "link": "paper sheet faint note-paper bad-paper",
    "red": "paper sheet faint",
    "good": "paper sheet good-paper",
    "bad": "paper sheet bad-paper",
    "act-ink": "act act-over",
    "focus-ink": "focus",
    "sheet": "ink red good",
}


class Claim(Form):
    """A form with one field of most kinds."""

    happened_on = DayField("什么时候", description="例如 2026 年 4 月 21 日。")
    kind = RadioField(
        "哪一项", choices=[("a", "志愿服务"), ("b", "结对帮扶")], validators=[InputRequired("请选一项。")]
    )
    text = TextAreaField("做了什么", validators=[Optional()], render_kw={"maxlength": 200})


def rendered(source: str, person: str = "王秀兰", **context: Any) -> str:
    """Return a page with this content, as somebody sees it."""
    chrome = SimpleNamespace(
        csrf="token",
        person=person,
        seat="",
        seats=1,
        acting_for="",
        links=(),
        help_name="",
        help_telephone="",
        suspended="",
    )
    written = environment().from_string('{% extends "base.html" %}' + source)
    return written.render(display=Display("", ""), here="/claims/new", chrome=chrome, **context)


def with_form(form: Form, person: str = "王秀兰") -> str:
    """Return a page that asks for a claim."""
    return rendered(
        '{% from "ui/forms.html" import form_start, form_end, field, button with context %}'
        "{% block title %}申报{% endblock %}{% block content %}{{ form_start('/claims', form) }}"
        "{% for one in form %}{{ field(one) }}{% endfor %}{{ button('下一步') }}{{ form_end() }}{% endblock %}",
        person,
        form=form,
    )


def faulty() -> Claim:
    """A form that was sent with a day that does not exist, and without a choice."""
    form = Claim(Posted({"happened_on": ["2026", "13", "2"], "text": ["打扫了村口"]}))
    assert not form.validate()
    return form


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2, of a colour written #rrggbb."""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def colours(theme: str) -> dict[str, str]:
    """The colours of a theme: its own, and what it takes over from the light one."""
    source = (LOOK / "_tokens.scss").read_text("utf-8")
    start = f'[data-theme="{theme}"]' if theme else ":root"
    own = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", source[source.index(start) :].partition("}")[0]))
    return colours("") | own if theme else own


def classes(markup: str) -> Iterator[str]:
    """Every class that a template writes out in full; what is put together from values is left out."""
    plain = re.sub(r"\{%.*?%\}", " ", re.sub(r"\{\{.*?\}\}", "\0", markup))
    for written in re.findall(r'class="([^"]*)"', plain):
        yield from (one for one in written.split() if "\0" not in one)


def test_the_stylesheet_is_built_from_its_sources() -> None:
    digest = hashlib.sha256()
    for source in sorted(LOOK.iterdir()):
        if re.search(r"\.(scss|mjs)$|^package(-lock)?\.json$", source.name):
            digest.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")

    assert BUILT["sources"] == digest.hexdigest(), "run npm ci && npm run build in services/api/look"
    for name in set(BUILT) - {"sources"}:
        assert BUILT[name] == hashlib.sha256(asset(name)).hexdigest(), name


def test_the_lock_names_no_registry() -> None:
    assert '"resolved"' not in (LOOK / "package-lock.json").read_text("utf-8")


def test_nothing_comes_from_elsewhere_and_nothing_says_whose_it_was() -> None:
    css = asset("jifen.css").decode()
    licence, _, rules = css.partition("*/")

    assert "govuk-frontend" in licence
    assert not re.search(r"govuk|https?:|@import|@font-face|crown", rules)
    assert "Crown Copyright" in asset("THIRD-PARTY.txt").decode()


@pytest.mark.parametrize("theme", THEMES)
def test_every_ink_is_readable_on_its_papers(theme: str) -> None:
    known = colours(theme)
    faint = {
        (ink, paper): round(ratio, 2)
        for ink, papers in WRITTEN.items()
        for paper in papers.split()
        if (ratio := contrast(known[ink], known[paper])) < 4.5
    }

    assert not faint
    assert contrast(known["edge"], known["sheet"]) >= 3


def test_every_class_that_a_page_uses_is_known_to_the_stylesheet() -> None:
    named = set(re.findall(r"\.([a-zA-Z][\w-]*)", asset("jifen.css").decode()))
    known = named | {name.partition("__")[0] for name in named}
    unknown = {
        f"{one} ({template.relative_to(API / 'templates')})"
        for template in (API / "templates").rglob("*.html")
        for one in classes(template.read_text("utf-8"))
        if one not in known
    }

    assert not unknown


def test_a_first_visit_costs_a_slow_phone_at_most_60_kilobytes(browser: Browser, settled: Quarter) -> None:
    page = browser.get(f"/members/{settled.branch.members[0].id}/statement").text
    loaded = [browser.get(address) for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', page)]

    assert {answer.headers["Content-Encoding"] for answer in loaded} == {"gzip"}
    weights = [len(gzip.compress(page.encode())), *(int(answer.headers["Content-Length"]) for answer in loaded)]
    assert sum(weights) <= 60 * 1024, weights
    assert len(gzip.compress(asset("jifen.js"))) <= 3 * 1024


def test_a_file_travels_packed_or_as_it_is(browser: Browser) -> None:
    for name in STATIC:
        packed, plain = (
            browser.get(static(name), headers={"Accept-Encoding": accepted}) for accepted in ("gzip", "identity")
        )
        assert packed.content == plain.content == asset(name)
        assert plain.headers["Content-Type"] == packed.headers["Content-Type"]
        assert plain.headers["Content-Type"].startswith(STATIC[name])
        assert "Content-Encoding" not in plain.headers


def test_faults_stand_at_the_top_and_at_their_field_in_the_same_words() -> None:
    page = with_form(faulty())

    assert "<title>错误：申报 · 积分</title>" in page
    for field, words in (("happened_on", "没有这一天"), ("kind", "请选一项。")):
        assert re.search(rf'<a href="#{field}">{words}', page)
        assert re.search(rf'id="{field}-error">错误：{words}', page)
        assert f'id="{field}"' in page


def test_what_was_typed_is_kept_right_or_wrong() -> None:
    page = with_form(faulty())

    assert [re.search(rf'name="happened_on" value="({typed})"', page) is not None for typed in ("2026", "13", "2")]
    assert "打扫了村口</textarea>" in page


def test_a_form_carries_its_token_its_key_and_its_page() -> None:
    form = Claim()
    page = with_form(form)

    assert '<input type="hidden" name="_csrf_token" value="token">' in page
    assert f'<input type="hidden" name="_key" value="{form.key}">' in page
    assert '<input type="hidden" name="_page" value="/claims/new">' in page
    assert "data-draft" in page
    assert "data-draft" not in with_form(form, person="")


def test_a_day_is_read_from_three_boxes_or_from_one() -> None:
    for sent in (["2026", "4", "21"], ["2026-04-21"]):
        form = Claim(Posted({"happened_on": sent, "kind": ["a"]}))
        assert form.validate(), form.errors
        assert str(form.happened_on.data) == "2026-04-21"
    assert Claim(Posted({"happened_on": ["", "", ""], "kind": ["a"]})).validate()


def test_the_words_around_a_page_come_from_who_reads_it() -> None:
    stranger = rendered("{% block title %}{% endblock %}", person="")

    assert "退出" not in stranger
    assert "投诉建议" in stranger
    assert "退出" in rendered("{% block title %}{% endblock %}")
