"""The published JSON Schema: it takes every sound book, and knows exactly the keys that the reader knows."""

import json

import jsonschema
import pytest

from shared.domain.rule_books import plain, text_of
from shared.domain.rule_text import parse
from shared.usecases.rules import SHIPPED, check_book, shipped_books
from tests.domain.books import SEVENTH, broken

SCHEMA = json.loads((SHIPPED / "schema.json").read_text(encoding="utf-8"))


def accepts(text: str) -> bool:
    written = plain(parse(text, "book.yaml", []))
    return jsonschema.Draft202012Validator(SCHEMA).is_valid(written)


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", shipped_books())
def test_every_shipped_book_fits_as_it_is_written_and_as_it_is_merged(name: str) -> None:
    assert accepts((SHIPPED / f"{name}.yaml").read_text(encoding="utf-8"))
    assert accepts(text_of(check_book(name).tree))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("kind: zeroing", "kind: gift"),
        ("words: yes", "wordz: yes"),
        ("version: 3", "version: x"),
        ("days: 7, unit: natural, roll: nonworking}\n    inv", "unit: natural}\n    inv"),
    ],
)
def test_the_schema_and_the_linter_refuse_the_same(old: str, new: str) -> None:
    assert accepts(SEVENTH)
    assert not accepts(SEVENTH.replace(old, new))
    assert broken(old, new)


def test_reader_and_schema_know_the_same_keys_of_an_item() -> None:
    (fault,) = broken("kind: zeroing", "kind: zeroing, zzz: 1")

    known = set(fault.remedy.partition("：")[2].split("、"))
    assert known == set(SCHEMA["$defs"]["item"]["properties"])


def test_reader_and_schema_know_the_same_sections() -> None:
    (fault,) = broken("version: 3", "version: 3\nzzz: 1")

    known = set(fault.remedy.partition("：")[2].split("、"))
    assert known == set(SCHEMA["properties"]) - {"adds", "drops", "changes"}
