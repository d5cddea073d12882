"""Settings: each switch and number that keeps people out, its unsafe value, and the test that notices it."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

# One line each, the end of a line in the code written as ⏎; whatever is added to the product is added here.
TABLE = Path(__file__).with_name("settings.csv")


class Unsafe(NamedTuple):
    """A setting of ours: where it stands, what stands there, what would be unsafe, the test that then fails."""

    file: str
    safe: str
    unsafe: str
    noticed_by: str


def table() -> Mapping[str, Unsafe]:
    """Return the settings by what each of them is for."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        _, *rows = csv.reader(lines)
    return {name: Unsafe(*(part.replace("⏎", "\n") for part in rest)) for name, *rest in rows}


SETTINGS = table()
