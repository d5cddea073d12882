"""Grades of a drafted book as a form that leaves no gap: only where each begins is asked."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from wtforms import Field, SelectField, StringField
from wtforms.validators import StopValidation

from services.api.book_forms import figure, plain
from services.api.book_sections import SectionForm
from services.api.web.checks import short
from shared.domain.rules import Band
from shared.usecases.book_readings import Reading

# So many grades can be asked for; more are in the text.
GRADES = 7


class GradesForm(SectionForm):
    """The grades from the highest down; each begins where the next ends, so that no figure has none or two."""

    intro = (
        "从高到低填。每个等次从自己的最低分起，到上一个等次的界线为止，这样不会有空档也不会重叠。"
        "最后一个等次不填最低分。不用的行空着。"
    )

    @property
    def rows(self) -> Sequence[tuple[str, Sequence[Field]]]:
        keys = ("name", "low", "included")
        return [(f"第 {n + 1} 个等次", [self[f"{key}_{n}"] for key in keys]) for n in range(GRADES)]

    @classmethod
    def holds(cls, reading: Reading) -> bool:
        return len(reading.book.bands) <= GRADES

    @classmethod
    def asked(cls, reading: Reading) -> dict[str, Any]:
        bands = sorted(reading.book.bands, key=_height, reverse=True)[:GRADES]
        rows = [{"name": band.name, "low": band.low, "included": _yes(band.low_included)} for band in bands]
        return {f"{key}_{n}": value for n, row in enumerate(rows) for key, value in row.items()}

    def validate_name_0(self, _: StringField) -> None:
        """From the highest down, all but the last with a figure."""
        lows = [low for _, low, _ in self._named()]
        if not lows or None in lows[:-1] or lows[-1] is not None:
            raise StopValidation("从高到低填；除最后一个等次外都要有最低分，最后一个等次不填最低分。")
        if any(one <= two for one, two in pairwise(low for low in lows if low is not None)):
            raise StopValidation("从高到低填，每个等次的最低分要低于上一个。")

    def sections(self) -> dict[str, Any]:
        bands: list[dict[str, Any]] = []
        for name, low, included in self._named():
            above = bands[-1] if bands else {}
            band: dict[str, Any] = {"name": name}
            band |= {} if low is None else {"from" if included else "above": plain(low)}
            band |= {"below": above["from"]} if "from" in above else {}
            band |= {"to": above["above"]} if "above" in above else {}
            bands.append(band)
        return {"grades": bands}

    def _named(self) -> list[tuple[str, Decimal | None, bool]]:
        rows = [
            ((self[f"name_{n}"].data or "").strip(), self[f"low_{n}"].data, self[f"included_{n}"].data != "no")
            for n in range(GRADES)
        ]
        return [row for row in rows if row[0]]


for number in range(GRADES):
    setattr(GradesForm, f"name_{number}", StringField("等次", [short(20)]))
    setattr(GradesForm, f"low_{number}", figure("最低分"))
    edges = [("yes", "含这个分数"), ("no", "要高于它")]
    setattr(GradesForm, f"included_{number}", SelectField("界线", choices=edges, default="yes"))


def _height(band: Band) -> Decimal:
    return band.low if band.low is not None else Decimal("-Infinity")


def _yes(included: bool) -> str:
    return "yes" if included else "no"
