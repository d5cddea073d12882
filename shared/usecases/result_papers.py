"""Result papers: a settled year as other appraisals take it: by number and name, with the code that proves it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.db.notices import Notice, Seal
from shared.domain.errors import NotNow
from shared.domain.notices import NoticeKind
from shared.domain.windows import local_day
from shared.papers.layouts import Paper
from shared.papers.results import Result, Results
from shared.usecases.round_papers import of_round
from shared.usecases.wishes import Wish
from shared.usecases.yearbooks import Yearbook

_PLACES = text("""
SELECT l.member_id, y.rank FROM line l
JOIN annual_line y ON y.county_id = l.county_id AND y.line_id = l.id AND y.edition = l.edition
WHERE l.county_id = :county AND l.round_id = :round
""")


def results(session: Session, actor: Actor, round_id: UUID, wish: Wish) -> Paper:
    """年度积分结果使用表; NotNow before a line of the year has settled: what may still change is not sent out."""
    round_, year = of_round(session, actor, round_id)
    settled = {who for who, line in year.closing.items() if line.state == "settled"}
    if not settled:
        raise NotNow("年度积分公示期满、登记入账以后，才能把结果给别的考核使用。")
    posted = select(Notice.code, Seal.head).join(Seal, Seal.notice_id == Notice.id)
    of_year = posted.where(Notice.county_id == actor.county_id, Notice.unit_id == round_.unit_id)
    found = session.execute(of_year.where(Notice.kind == NoticeKind.YEAR, Notice.period == round_.period))
    code, head = found.one()
    where = {"county": actor.county_id, "round": round_.id}
    places = dict(session.execute(_PLACES, where).tuples().all()) if year.book.standing else {}
    return Results(
        unit=year.unit.name,
        year=year.year,
        results=tuple(_result(year, who, places) for who in year.people if who.id in settled),
        ranked=year.book.standing is not None,
        code=code,
        head=head,
        printed_on=local_day(wish.now),
    ).paper()


def _result(year: Yearbook, person: Row[Any], places: Mapping[UUID, int | None]) -> Result:
    figures = year.closing[person.id].year
    place = places.get(person.id)
    return Result(
        person.member_no, person.name, figures.annual_points, figures.grade or "", str(place) if place else ""
    )
