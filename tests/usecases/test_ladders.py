"""A ladder over three years and a move: the years that a former branch graded count in the new one."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from services.cli.database import Urls
from shared.db.members import Member
from shared.db.outcomes import OutcomeCase
from shared.db.session import Db, connect
from shared.db.transfers import TransferStatement
from shared.domain.notices import NoticeKind
from shared.domain.transfers import carried
from shared.usecases.lines import propose
from shared.usecases.records import enter_record
from shared.usecases.scores import finish_scoring
from shared.usecases.verification import first_wrong
from shared.usecases.years import close_year
from tests.usecases.neighbours import Neighbour, Neighbours, morning
from tests.usecases.stage import deed

# Three years of two branches: with ./jifen test --all.
pytestmark = pytest.mark.long


def a_quarter(county: Neighbours, at: Neighbour, member: Member, year: int) -> None:
    """One quarter in which a member is disciplined, to the ledger."""
    round_id = at.open(f"{year}-Q1")
    county.go_to(datetime(year, 2, 3, 1, tzinfo=UTC))
    at.do(enter_record, "recorder", round_id, member.id, deed("E-V4", date(year, 2, 2)))
    county.go_to(datetime(year, 4, 8, 1, tzinfo=UTC))
    at.do(finish_scoring, at.branch.scorers[0], round_id)
    at.do(propose, "secretary", round_id, {})
    notice = at.post(period=f"{year}-Q1")
    assert notice.closes_at is not None
    county.go_to(notice.closes_at + timedelta(hours=1))


def year_end(county: Neighbours, at: Neighbour, year: int) -> None:
    """Make the annual lines, and let their window end."""
    at.do(close_year, "secretary", year)
    notice = at.post(NoticeKind.YEAR, str(year))
    assert notice.closes_at is not None
    county.go_to(notice.closes_at + timedelta(hours=1))


def rungs(at: Neighbour, member: Member) -> list[tuple[str, str]]:
    """What has been proposed for a member in a branch, year by year."""
    query = select(OutcomeCase).filter_by(member_id=member.id).order_by(OutcomeCase.period)
    return [(one.period, one.measure) for one in at.all(query)]


@pytest.fixture
def county(db: Db, clockwork: Db) -> Neighbours:
    made = Neighbours(db, clockwork, "xujiayan")
    a_quarter(made, made.first, made.mei, 2026)
    made.go_to(datetime(2027, 1, 5, 1, tzinfo=UTC))
    return made


@pytest.mark.parametrize("settled_first", [True, False], ids=["after the year has settled", "before it has"])
def test_the_second_rung_follows_in_the_new_branch_and_the_third_after_it(
    county: Neighbours, urls: Urls, settled_first: bool
) -> None:
    if settled_first:
        year_end(county, county.first, 2026)
        county.go_to(max(county.now, morning(date(2027, 1, 20))))
        joined = county.transfer(county.mei, county.first, county.second)
    else:
        joined = county.transfer(county.mei, county.first, county.second)
        year_end(county, county.first, 2026)

    for year in (2027, 2028):
        a_quarter(county, county.second, joined, year)
        county.go_to(datetime(year + 1, 1, 5, 1, tzinfo=UTC))
        year_end(county, county.second, year)

    assert rungs(county.first, county.mei) == [("2026", "correct")]
    assert rungs(county.second, joined) == [("2027", "admonish"), ("2028", "report")]
    newest = county.second.all(select(TransferStatement).order_by(TransferStatement.number.desc()))[0]
    assert carried(newest.package).grades == {2026: "不合格"}
    with connect(urls.verifier, pool_size=1).begin() as session:
        assert first_wrong(session, county.county_id) is None
