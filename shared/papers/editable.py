"""Editable papers: a document as Word, for people who change its words before it goes out."""

import io
from pathlib import Path

from docxtpl import DocxTemplate

from shared.papers.layouts import Ending, Paper, Words, dated

# A county may put its own in its place: the names in it are those below.
TEMPLATE = Path(__file__).with_name("document.docx")


def document_of(paper: Paper) -> bytes:
    """Return a document as Word, by GB/T 9704; what people wrote is escaped, never read as a template."""
    written = [one for part in paper.parts if isinstance(part, Words) for one in part.paragraphs]
    ending = next((part for part in paper.parts if isinstance(part, Ending)), Ending(paper.unit, None))
    template = DocxTemplate(TEMPLATE)
    template.render(
        {
            "title": paper.title,
            "number": paper.number,
            "addressed": written[0],
            "paragraphs": written[1:],
            "unit": ending.unit,
            "day": dated(ending.day),
        },
        autoescape=True,
    )
    made = io.BytesIO()
    template.save(made)
    return made.getvalue()
