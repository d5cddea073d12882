"""Fields: which control a form's field becomes on a page; a day in three boxes, and choices to be ticked."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from wtforms import DateField, Field, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

# What WTForms calls an input, and which of the macros in templates/ui/forms.html draws it; the rest are boxes.
BY_INPUT = {"hidden": "hidden", "file": "file", "checkbox": "tick", "number": "number", "submit": "hidden"}
BY_OPTION = {"radio": "radios", "checkbox": "checkboxes"}


class DayField(DateField):
    """A day written in three boxes, year, month and day, all sent under one name; also as 2026-04-21."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the three boxes; all empty is no day, and a wrong one says what would be right."""
        written = [part.strip() for box in valuelist for part in box.split("-")]
        self.data = None
        if not any(written):
            return
        try:
            year, month, day = (int(part) for part in written)
            self.data = date(year, month, day)
        except ValueError:
            raise ValueError("没有这一天，请按“2026 年 4 月 21 日”的样子填年、月、日。") from None

    @property
    def boxes(self) -> Sequence[str | int]:
        """What stands in the three boxes: what was typed, right or wrong, or the day that the form knows."""
        typed = [part for box in self.raw_data or () for part in str(box).split("-")]
        if len(typed) == 3:
            return typed
        return (self.data.year, self.data.month, self.data.day) if self.data else ("", "", "")


class TicksField(SelectMultipleField):
    """Several of its choices, each to be ticked."""

    option_widget = CheckboxInput()
    widget = ListWidget(prefix_label=False)


def identity(value: str | UUID) -> UUID:
    """Return the id that a choice stands for; ValueError where it is none."""
    return value if isinstance(value, UUID) else UUID(value)


def identity_or_none(value: str | UUID | None) -> UUID | None:
    """Return the id that a choice stands for, None for the blank one above the others."""
    return identity(value) if value else None


def kind_of(field: Field) -> str:
    """Return the kind of control: hidden, file, tick, radios, checkboxes, select, textarea, day, number or box."""
    if isinstance(field, DayField):
        return "day"
    kind = getattr(field.widget, "input_type", "")
    if kind:
        return BY_INPUT.get(kind, "box")
    option = getattr(getattr(field, "option_widget", None), "input_type", "")
    if option:
        return BY_OPTION[option]
    return "select" if hasattr(field, "iter_choices") else "textarea"


def attributes(field: Field) -> dict[str, Any]:
    """Return what ties a control to its hint, its error and its count, and asks a phone for the right keys."""
    kind = kind_of(field)
    counted = kind == "textarea" and "maxlength" in (field.render_kw or {})
    parts = {"hint": field.description, "error": field.errors, "count": counted}
    described = " ".join(f"{field.id}-{part}" for part, there in parts.items() if there)
    found: dict[str, Any] = {"aria-describedby": described} if described else {}
    if field.errors:
        found["aria-invalid"] = "true"
    if kind == "number":
        # A box of type number loses what it does not understand, and changes when it is scrolled over.
        found |= {"type": "text", "inputmode": "decimal"}
    if kind == "textarea" and "rows" not in (field.render_kw or {}):
        found["rows"] = 5
    return found
