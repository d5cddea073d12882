"""A document as Word: the words of the PDF, to be changed; what people wrote is never a template."""

import io
import zipfile
from datetime import date

import pytest

from shared.papers.editable import document_of
from shared.papers.layouts import Ending, Manner, Paper, Words


def xml(content: bytes) -> str:
    """The main part of a Word file."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return packed.read("word/document.xml").decode()


def a_document(said: str) -> Paper:
    """A document with one paragraph."""
    parts = (Words(("陈建国同志：",), flush=True), Words((said, "第二段。")), Ending("某支部", date(2026, 4, 21)))
    return Paper("通知书", "限期整改通知书", "某支部", parts, manner=Manner.DOCUMENT, number="通〔2026〕1号")


def test_it_says_what_the_paper_says() -> None:
    written = xml(document_of(a_document("第一段。")))

    for said in (
        "限期整改通知书",
        "通〔2026〕1号",
        "陈建国同志：",
        "第一段。",
        "第二段。",
        "某支部",
        "2026年4月21日",
    ):
        assert said in written


@pytest.mark.parametrize("said", ["{{ unit }}", "{% for %}", "<w:p>", "a & b"])
def test_what_people_wrote_stays_words(said: str) -> None:
    written = xml(document_of(a_document(said)))

    assert said.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") in written


def test_its_margins_are_those_of_the_standard() -> None:
    written = xml(document_of(a_document("第一段。")))

    # 37 mm above, 28 mm to the left, in twentieths of a point.
    assert 'w:top="2098"' in written
    assert 'w:left="1587"' in written
