"""Reading aloud: what is handed to the speech engine is the page's own text, without what stands around it."""

import re

import pytest
from playwright.sync_api import Page

from shared.db.session import Db
from tests.browser.conftest import Opens
from tests.usecases.stage import Stage

# Minutes, or many pictures of one page: with ./jifen test --all.
pytestmark = pytest.mark.long

# An engine that remembers what it was to say.
ENGINE = """
window.said = []
const engine = { speak: (one) => window.said.push(one.text), cancel() {}, pause() {}, resume() {} }
Object.defineProperty(window, "speechSynthesis", { value: engine })
"""
# The text of the page's main part, without links around it, forms, and what is not for readers.
TEXT = """() => {
    const main = document.querySelector("main").cloneNode(true)
    main.querySelectorAll("nav, form, code, [aria-hidden=true]").forEach((part) => part.remove())
    return main.textContent
}"""


@pytest.fixture(scope="module")
def stage(db: Db, clockwork: Db) -> Stage:
    """A branch whose notice hangs, one line of it under objection."""
    made = Stage(db, clockwork)
    made.accept(made.claim(made.mei))
    made.publish()
    made.object(made.mei, made.mei)
    return made


def read_aloud(page: Page) -> str:
    """Press the button, and return everything that was handed over."""
    page.add_init_script(ENGINE)
    page.reload()
    page.get_by_role("button", name="朗读", exact=True).click()
    return "".join(page.evaluate("window.said"))


def bare(text: str) -> str:
    """Return a text without blanks, line ends and commas, which a voice does not say."""
    return re.sub(r"[\s，]", "", text)


@pytest.mark.parametrize("path", ["/home", "/points", "/claims", "/lines/mine", "/objections"])
def test_what_is_read_aloud_is_the_page_s_own_text(opens: Opens, stage: Stage, path: str) -> None:
    page = opens(stage.who(stage.mei), path)
    said = read_aloud(page)

    labels = page.evaluate(
        "() => [...document.querySelectorAll('main td[data-label]')].map(td => td.dataset.label)"
    )
    assert labels == []
    assert bare(said) == bare(page.evaluate(TEXT))
    assert "退出" not in said


def test_a_table_is_read_with_the_heads_of_its_columns(opens: Opens, stage: Stage) -> None:
    said = read_aloud(opens(stage.who(stage.mei), "/board"))

    assert stage.mei.name in said
    assert re.search(r"合计，\s*2\.00", said)
    assert "高对比" not in said
