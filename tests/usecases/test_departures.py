"""Who joins and who leaves: probations, exemptions that are looked at again, terms that end: each on its day."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from shared.db.members import Member
from shared.db.messages import Message
from shared.db.reviews import Review
from shared.db.session import Db, acting
from shared.db.units import Holding
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.transfers import Joining, Leaving
from shared.usecases.departures import join, leave
from shared.usecases.exemptions import Ground, begin_exemption, review_exemption
from shared.usecases.members import Particulars
from shared.usecases.probations import extend_probation, make_full
from shared.usecases.terms import elect, ending_soon
from tests.usecases.neighbours import morning
from tests.usecases.stage import Stage

MINUTE = "大会〔2026〕3号"


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    return Stage(db, clockwork)


def newcomer(stage: Stage, **given: Any) -> Member:
    particulars = Particulars(
        "301", "谷雨", "谷雨", "普通党员", date(2000, 4, 20), present_from=date(2026, 1, 5), **given
    )
    return stage.do(join, "secretary", particulars, Joining.ADMITTED)


def reminders(stage: Stage) -> list[str]:
    """What people have been reminded of."""
    said = stage.all(select(Message).filter_by(topic="review").order_by(Message.number))
    return [message.body["text"] for message in said]


def test_whoever_is_admitted_is_on_probation_for_a_year_and_people_are_reminded_a_month_ahead(
    stage: Stage,
) -> None:
    new = newcomer(stage, probationary=True)
    assert (new.joined_as, new.probation_until) == ("admitted", date(2027, 1, 5))

    stage.move(morning(date(2026, 12, 5)))
    assert reminders(stage) == []
    stage.move(morning(date(2026, 12, 7)))

    assert reminders(stage) == ["预备党员谷雨的预备期2027年1月5日到期，请按时办理。"]
    stage.move(morning(date(2027, 1, 6)))
    assert len(reminders(stage)) == 2


def test_a_probation_ends_with_its_day_not_before_and_with_a_minute(stage: Stage) -> None:
    new = newcomer(stage, probationary=True)

    with pytest.raises(Invalid) as refusal:
        stage.do(make_full, "secretary", new.id, date(2026, 1, 5), " ")
    assert len(refusal.value.faults) == 2
    stage.move(morning(date(2027, 1, 5)))
    stage.do(make_full, "secretary", new.id, date(2027, 1, 5), MINUTE)

    assert not stage.row(Member, new.id).probationary
    assert [one.state for one in stage.all(select(Review))] == ["over"]
    with pytest.raises(NotNow):
        stage.do(make_full, "secretary", new.id, date(2027, 1, 5), MINUTE)


def test_a_probation_is_extended_once_by_half_a_year_to_a_year(stage: Stage) -> None:
    new = newcomer(stage, probationary=True)

    with pytest.raises(Invalid, match="不少于半年"):
        stage.do(extend_probation, "secretary", new.id, date(2027, 2, 5), MINUTE)
    stage.do(extend_probation, "secretary", new.id, date(2027, 7, 5), MINUTE)

    with pytest.raises(Invalid, match="只能延长一次"):
        stage.do(extend_probation, "secretary", new.id, date(2028, 1, 5), MINUTE)


def test_who_leaves_is_a_member_to_their_last_day_and_holds_no_office_after(stage: Stage) -> None:
    office = next(m for m in stage.branch.actors.values() if "office" in m.roles)
    assert office.member_id is not None

    stage.do(leave, "secretary", office.member_id, Leaving.DIED, date(2026, 1, 4), "")

    member = stage.row(Member, office.member_id)
    assert (member.present_to, member.left_as) == (date(2026, 1, 4), "died")
    held = stage.all(select(Holding).filter_by(person_id=office.person_id))
    assert [holding.until for holding in held] == [date(2026, 1, 4)]


def test_what_a_body_decides_needs_its_minute_and_nobody_writes_their_own(stage: Stage) -> None:
    with pytest.raises(Invalid, match="开除党籍"):
        stage.do(leave, "secretary", stage.mei.id, Leaving.EXPELLED, date(2026, 1, 4), "")
    with pytest.raises(Invalid, match="办理转接"):
        stage.do(leave, "secretary", stage.mei.id, Leaving.TRANSFERRED, date(2026, 1, 4), "")
    own = stage.branch["secretary"].member_id
    with pytest.raises(Forbidden):
        stage.do(leave, "secretary", own, Leaving.DIED, date(2026, 1, 4), "")


def test_an_exemption_is_given_with_consent_and_a_day_of_review_and_looked_at_again(stage: Stage) -> None:
    with pytest.raises(Invalid) as refusal:
        stage.do(begin_exemption, "secretary", stage.mei.id, Ground(" ", "", date(2028, 1, 1)))
    assert len(refusal.value.faults) == 3
    ground = Ground(MINUTE, "本人签字 1月4日", date(2026, 7, 1))
    stage.do(begin_exemption, "secretary", stage.mei.id, ground)

    stage.move(morning(date(2026, 6, 18)))
    assert reminders(stage) == ["党员001不列入计分的复核2026年7月1日到期，请按时办理。"]
    stage.do(review_exemption, "secretary", stage.mei.id, MINUTE, date(2027, 6, 1))
    assert stage.row(Member, stage.mei.id).exempt_review_on == date(2027, 6, 1)
    stage.do(review_exemption, "secretary", stage.mei.id, MINUTE, None)

    member = stage.row(Member, stage.mei.id)
    assert (member.exempt_to, member.exempt_review_on) == (date(2026, 6, 18), None)
    assert {one.state for one in stage.all(select(Review))} == {"over"}


def test_a_term_that_ends_within_three_months_is_listed_here_and_above(stage: Stage) -> None:
    stage.do(elect, "secretary", date(2023, 3, 1), date(2026, 3, 1), "镇批〔2023〕5号")
    with pytest.raises(Invalid, match="上一届开始以后"):
        stage.do(elect, "secretary", date(2023, 3, 1), date(2026, 3, 1), "镇批〔2023〕5号")

    for by in ("secretary", "township_officer"):
        actor = stage.who(by)
        with acting(stage.db, stage.county_id, actor.unit_id) as session:
            (ending,) = ending_soon(session, actor)
        assert (ending.unit_name, ending.what, ending.days) == ("第1村党支部", "第 1 届班子", 55)
    stage.do(elect, "secretary", date(2026, 2, 1), date(2029, 2, 1), "镇批〔2026〕5号")
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        assert ending_soon(session, stage.who("secretary")) == []
