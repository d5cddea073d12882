"""Checks: validators that ask for what is missing in the words of the question, not the framework's."""

from collections.abc import Callable
from typing import TypeVar

from wtforms import Field
from wtforms import Form as WTForm
from wtforms.validators import StopValidation

T = TypeVar("T")

Check = Callable[[WTForm, Field], None]


def given(value: T | None) -> T:
    """Return what a valid form holds in a field that has to be filled in."""
    if value is None:
        raise ValueError("a field was read before its form was found valid")
    return value


def filled(sentence: str) -> Check:
    """Return a validator that asks by this sentence for what is missing; what cannot be read says so itself."""

    def check(_: WTForm, field: Field) -> None:
        if not _typed(field):
            raise _asking(field, sentence)

    return check


def readable(sentence: str) -> Check:
    """Return a validator that lets a field be left empty, and says by this sentence what cannot be read."""

    def check(_: WTForm, field: Field) -> None:
        if not _typed(field):
            field.errors = []
            raise StopValidation
        if field.process_errors:
            raise _asking(field, sentence)

    check.field_flags = {"optional": True}  # type: ignore[attr-defined]
    return check


def short(most: int) -> Check:
    """Return a validator that holds a text to so many characters, saying how many it has."""

    def check(_: WTForm, field: Field) -> None:
        if len(field.data or "") > most:
            raise StopValidation(f"“{field.label.text}”最多 {most} 字，现在有 {len(field.data)} 字。")

    return check


def between(least: int, most: int, sentence: str) -> Check:
    """Return a validator that holds a number between two others, both allowed."""

    def check(_: WTForm, field: Field) -> None:
        if field.data is not None and not least <= field.data <= most:
            raise StopValidation(f"{sentence}。")

    return check


def chosen(sentence: str) -> Check:
    """Return a validator that takes one of the field's choices, which are set after it was made, and no other."""

    def check(_: WTForm, field: Field) -> None:
        if field.data not in {choice[0] for choice in field.choices or ()}:  # type: ignore[attr-defined]
            raise _asking(field, sentence)

    return check


def _typed(field: Field) -> str:
    return "".join(str(value) for value in field.raw_data or ()).strip()


def _asking(field: Field, sentence: str) -> StopValidation:
    # What the framework has said of an empty box is not what was asked.
    field.errors = []
    return StopValidation(f"{sentence}。")
