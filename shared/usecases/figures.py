"""Figures: the numbers that an operator's monitoring asks for, over all tenants, without anything personal."""

from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

_FIGURES = text("""
SELECT * FROM jifen.figures() UNION ALL SELECT * FROM jifen.delivery_figures()
UNION ALL SELECT * FROM jifen.work_figures()""")


class Figure(NamedTuple):
    """A number under its name, for one state or command; `label` is empty where there is but one."""

    name: str
    label: str
    value: float


def figures(session: Session) -> list[Figure]:
    """Return every figure as it stands now; ages in seconds."""
    return [Figure(*row) for row in session.execute(_FIGURES)]
