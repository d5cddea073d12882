"""Strokes: the key by which lists order people (按姓氏笔画), for any name."""

from functools import cache
from pathlib import Path

# 27 584 characters in the order of their strokes, as Unicode's CLDR has it (Unicode License v3).
ORDER = Path(__file__).with_name("strokes.txt")


@cache
def _places() -> dict[str, int]:
    return {sign: place for place, sign in enumerate(ORDER.read_text("utf-8").strip())}


def sort_key(name: str) -> str:
    """Return the key, character by character; one that the table does not know comes last."""
    places = _places()
    return " ".join(
        f"{places.get(sign, 99_999):05d}" + ("" if sign in places else f"{ord(sign):06x}") for sign in name
    )
