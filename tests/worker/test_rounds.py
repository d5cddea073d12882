"""The first day of a period: the clock opens the round of each branch that has a book, but in a demonstration."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select

from services.worker.rounds import begin_all
from shared.db.plans import PlanStep
from shared.db.rounds import Round
from shared.db.session import Db, acting
from shared.domain.plans import DUE
from shared.domain.units import UnitKind
from shared.domain.windows import local_day
from shared.usecases.books import adopt_book, issue_book
from shared.usecases.rules import check_book
from shared.usecases.suspensions import operator, resume, suspend
from shared.usecases.units import add_unit, found_county
from tests.builders import LONG_AGO, a_county, founder


def rounds(db: Db, county_id: UUID, unit_id: UUID) -> list[Round]:
    with acting(db, county_id, unit_id) as session:
        return list(session.scalars(select(Round).filter_by(unit_id=unit_id).order_by(Round.first_day)))


def test_a_branch_with_a_book_has_the_round_of_today_once_and_none_while_its_county_stands_still(
    db: Db, clockwork: Db
) -> None:
    now, by = datetime.now(UTC), founder(uuid4())
    with db.begin() as session:
        found_county(session, by, "白沙县", f"baisha{by.county_id}", demonstration=False, now=now)
        book_id = issue_book(session, by, by.county_id, check_book("county-plan"), now).id
        bare, ready = (
            add_unit(session, by, by.county_id, UnitKind.BRANCH, f"第{n}支部", f"b{n}", "").id for n in (1, 2)
        )
    with acting(db, by.county_id, ready) as session:
        adopt_book(session, by, ready, book_id, LONG_AGO)
    with clockwork.begin() as session:
        suspend(session, operator(by.county_id, "值班员"), "suspended", "机构改革。", now)

    begin_all(clockwork)
    stood_still = rounds(db, by.county_id, ready)
    with clockwork.begin() as session:
        resume(session, operator(by.county_id, "值班员"), now)
    begin_all(clockwork)
    begin_all(clockwork)

    assert stood_still == []
    (opened,) = rounds(db, by.county_id, ready)
    assert opened.first_day <= local_day(now) <= opened.last_day
    assert rounds(db, by.county_id, bare) == []
    with acting(db, by.county_id, ready) as session:
        laid_out = session.scalars(select(PlanStep.step)).all()
    today = local_day(now)
    assert sorted(laid_out) == sorted(step for step, day in DUE.items() if date(today.year, *day) >= today)


def test_a_demonstration_opens_its_own(db: Db, clockwork: Db) -> None:
    branch = a_county(db, members=0)[0]

    begin_all(clockwork)

    assert rounds(db, branch.county_id, branch.unit_id) == []
