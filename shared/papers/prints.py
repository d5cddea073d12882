"""Prints: papers set by Typst as PDF, or as a picture; what people wrote travels as data, never as its source."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import segno
import typst

from shared.config import settings
from shared.papers.fonts import Fonts, fonts
from shared.papers.layouts import Cell, Code, Ending, Paper, dated, in_words

SOURCE, NOTHING = (Path(__file__).with_name(name) for name in ("paper.typ", "nothing.typ"))
# More are for the printer alone: a tag for every cell took half the time and nine tenths of the file.
TAGGED = 40
# So many leave nothing behind in memory that is worth clearing away.
FEW = 10
# A file says nothing of when it was made: the same papers give the same bytes.
UNDATED = datetime(1970, 1, 1, tzinfo=UTC)


def pdf_of(papers: Sequence[Paper], title: str = "") -> bytes:
    """Return the papers as one PDF, each beginning on a page of its own with number 1.

    Up to `TAGGED` of them conform to PDF/UA-1, unless a character is in none of the fonts: then an empty box
    stands for it, which nothing can read aloud. Refusal where there is no Chinese font.
    """
    found = fonts(settings().fonts)
    compiler = _compiler(papers, title, found)
    try:
        return _one(_printed(compiler, len(papers)))
    finally:
        if len(papers) > FEW:
            _forget(found)


def _printed(compiler: typst.Compiler, papers: int) -> bytes | list[bytes] | None:
    if papers > TAGGED:
        return compiler.compile(format="pdf", pdf_tags=False, timestamp=UNDATED)
    try:
        return compiler.compile(format="pdf", pdf_standards=["ua-1"], timestamp=UNDATED)
    except typst.TypstError as fault:
        if "could not be displayed" not in fault.message:
            raise
        return compiler.compile(format="pdf", timestamp=UNDATED)


def _forget(found: Fonts) -> None:
    """Let go of what Typst remembers of a batch: it keeps it for ten settings more, 500 MB of them (measured)."""
    nothing = typst.Compiler(str(NOTHING), font_paths=_known(found), ignore_system_fonts=True)
    for _ in range(11):
        nothing.compile(format="svg")


def pictures_of(paper: Paper, ppi: float = 96) -> list[bytes]:
    """Return a paper's pages as PNG."""
    made = _compiler([paper], "", fonts(settings().fonts)).compile(format="png", ppi=ppi)
    return made if isinstance(made, list) else [_one(made)]


def _compiler(papers: Sequence[Paper], title: str, found: Fonts) -> typst.Compiler:
    given = {
        "title": title or papers[0].title,
        "unit": papers[0].unit,
        "faces": {face: [family, *found.others] for face, family in found.faces.items()},
        "substitutes": found.substitutes,
        "papers": [_data(paper) for paper in papers],
    }
    return typst.Compiler(
        str(SOURCE),
        root=str(SOURCE.parent),
        font_paths=_known(found),
        ignore_system_fonts=True,
        sys_inputs={"given": json.dumps(given, ensure_ascii=False)},
    )


def _known(found: Fonts) -> Any:
    return found.known


def _data(value: Any) -> Any:
    """Return a part as JSON holds it: every figure in words, each part with the name of what it is."""
    if isinstance(value, Code):
        return {"is": "Code", "picture": picture(value.address), "address": value.address, "said": value.said}
    if isinstance(value, Ending):
        return {"is": "Ending", "unit": value.unit, "day": dated(value.day)}
    if is_dataclass(value):
        held = {field.name: _data(getattr(value, field.name)) for field in fields(value)}
        return {"is": type(value).__name__, **held}
    if isinstance(value, tuple):
        return [_data(one) for one in value]
    if isinstance(value, Mapping | bool):
        return value
    return _written(value)


def _written(value: Cell) -> Cell | Literal[0]:
    """Widths and heights stay numbers; what is read is text."""
    return value if isinstance(value, int) else in_words(value)


def picture(address: str) -> str:
    """Return a QR code as SVG."""
    written = io.BytesIO()
    segno.make(address, error="m").save(written, kind="svg", scale=4, border=1, xmldecl=False)
    return written.getvalue().decode()


def _one(made: bytes | list[bytes] | None) -> bytes:
    if not isinstance(made, bytes):
        raise TypeError("Typst gave no file")
    return made
