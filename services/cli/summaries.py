"""Summaries: what the units above the demonstration's branches have been sent, a table for each period."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from shared.authz.actor import Actor
from shared.db.session import Db, acting
from shared.papers.layouts import Paper
from shared.usecases.places import instant, read_only
from shared.usecases.total_papers import total_paper

ABOVE = text(
    "SELECT id, name, code FROM unit WHERE county_id = :county AND kind IN ('township', 'bureau', 'county')"
    " ORDER BY code"
)
SENT = text(
    "SELECT DISTINCT period FROM filing WHERE county_id = :county AND to_unit_id = :unit AND state = 'filed'"
    " ORDER BY period"
)
SUMMED = frozenset({"township_officer", "county_officer", "bureau_officer"})


def units_above(db: Db, county_id: UUID) -> Sequence[Row[Any]]:
    """Return the units of a demonstration county that branches file with."""
    with acting(db, county_id, county_id) as session:
        return session.execute(ABOVE, {"county": county_id}).all()


def totals_of(db: Db, county_id: UUID, unit_id: UUID) -> Iterator[Paper]:
    """Make the table of each period that was filed with a unit."""
    with acting(db, county_id, unit_id) as session:
        read_only(session)
        actor = Actor(county_id, unit_id, None, "打印", SUMMED)
        for period in session.scalars(SENT, {"county": county_id, "unit": unit_id}).all():
            yield total_paper(session, actor, period, instant(session, actor))
