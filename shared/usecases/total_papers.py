"""Total papers: what was filed of a period as a table to be printed, signed and sent on."""

from datetime import datetime

from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.domain.packages import Figures
from shared.domain.periods import Period
from shared.domain.windows import local_day
from shared.papers.layouts import Paper
from shared.papers.totals import Row, Total
from shared.usecases.totals import Part, see_totals


def total_paper(session: Session, actor: Actor, period: str, now: datetime) -> Paper:
    """Return the total of a period, the parts of each part below it."""
    seen = see_totals(session, actor, period)
    rows = tuple(row for part in seen.parts for row in _rows(part))
    return Total(
        unit=seen.unit.name,
        above=seen.above or "",
        period=Period.parse(seen.period).in_words,
        rows=rows,
        sums=_row("合计", "", seen.figures),
        grades=seen.grades,
        missing=[unit.name for unit in seen.missing],
        printed_on=local_day(now),
    ).paper()


def _rows(part: Part) -> list[Row]:
    below = [_row(f"　{one['name']}", "", Figures(**one["figures"])) for one in part.parts]
    return [_row(part.unit.name, part.filing.receipt or "", part.figures), *below]


def _row(name: str, receipt: str, figures: Figures) -> Row:
    counts = (
        *(figures.branches, figures.lines, figures.exempt, figures.open),
        *(figures.claims, figures.confirmed, figures.objections),
    )
    return Row(name, receipt, counts, figures.grades)
