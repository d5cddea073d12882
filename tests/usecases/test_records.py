"""Records: entered by officers, told to whom they count against, struck with a reason while the round is open."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from shared.db.claims import Record
from shared.db.members import Member
from shared.db.session import Db, acting
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.usecases.records import enter_record, enter_records, strike_record
from tests.usecases.stage import Stage, deed

JAN_2 = date(2026, 1, 2)


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A village branch that collects claims."""
    return Stage(db, clockwork)


def test_the_member_is_told_of_a_deduction_when_it_is_entered(stage: Stage) -> None:
    bonus = stage.do(enter_record, "recorder", stage.round_id, stage.mei.id, deed("D-A1", JAN_2))
    against = stage.do(enter_record, "recorder", stage.round_id, stage.mei.id, deed("D-K01", JAN_2))

    told = stage.messages("deduction")

    assert [message.subject_id for message in told] == [against.id]
    assert told[0].body["persons"] == [str(stage.mei.person_id)]
    assert "异议" in told[0].body["text"]
    assert bonus.id != against.id


@pytest.mark.parametrize(("day", "fault"), [(date(2026, 1, 6), "还没有到"), (date(2025, 12, 31), "不在本期")])
def test_nothing_is_entered_on_a_day_to_come_or_of_another_round(stage: Stage, day: date, fault: str) -> None:
    with pytest.raises(Invalid, match=fault):
        stage.do(enter_record, "recorder", stage.round_id, stage.mei.id, deed("D-K01", day))


def test_nothing_counts_from_before_the_rule_took_effect_or_after_it_ended(db: Db, clockwork: Db) -> None:
    stage = Stage(db, clockwork, "xinba", "2026-01")

    with pytest.raises(Invalid, match="没有施行"):
        stage.do(enter_record, "recorder", stage.round_id, stage.mei.id, deed("F-W4", JAN_2))


def test_nothing_is_entered_of_a_day_on_which_the_member_was_elsewhere(stage: Stage) -> None:
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        session.get_one(Member, (stage.county_id, stage.mei.id)).present_from = date(2026, 1, 4)

    with pytest.raises(Invalid, match="不在本支部"):
        stage.do(enter_record, "recorder", stage.round_id, stage.mei.id, deed("D-A1", JAN_2))
    stage.do(enter_record, "recorder", stage.round_id, stage.mei.id, deed("D-A1", date(2026, 1, 4)))


def test_a_struck_record_stays_and_counts_no_more(stage: Stage) -> None:
    record = stage.do(enter_record, "recorder", stage.round_id, stage.mei.id, deed("D-K01", JAN_2))

    with pytest.raises(Invalid, match="理由"):
        stage.do(strike_record, "recorder", record.id, "")
    stage.do(strike_record, "recorder", record.id, "认错了人")
    with pytest.raises(NotNow, match="已经撤销"):
        stage.do(strike_record, "recorder", record.id, "认错了人")
    stage.propose()

    assert stage.row(Record, record.id).struck_reason == "认错了人"
    assert stage.line(stage.mei).points == Decimal(0)
    assert stage.history(record.id) == ["enter", "strike"]


def test_a_record_behind_a_proposed_figure_is_not_struck_behind_its_back(stage: Stage) -> None:
    record = stage.do(enter_record, "recorder", stage.round_id, stage.mei.id, deed("D-K01", JAN_2))
    stage.propose()

    with pytest.raises(NotNow, match="登记已经结束"):
        stage.do(strike_record, "recorder", record.id, "认错了人")
    with pytest.raises(NotNow, match="登记已经结束"):
        stage.do(enter_record, "recorder", stage.round_id, stage.mei.id, deed("D-K01", JAN_2))


def test_a_recorder_neither_adds_to_nor_spares_themselves(stage: Stage) -> None:
    recorder = stage.branch["recorder"]

    with pytest.raises(Forbidden, match="不能给自己登记加分"):
        stage.do(enter_record, recorder, stage.round_id, recorder.member_id, deed("D-A1", JAN_2))
    against = stage.do(enter_record, recorder, stage.round_id, recorder.member_id, deed("D-K01", JAN_2))
    with pytest.raises(Forbidden, match="不能撤销对自己的登记"):
        stage.do(strike_record, recorder, against.id, "算了")


@pytest.mark.parametrize("role", ["secretary", "discipline", "publicity"])
def test_who_does_not_record_enters_nothing(stage: Stage, role: str) -> None:
    with pytest.raises(Forbidden):
        stage.do(enter_record, role, stage.round_id, stage.mei.id, deed("D-A1", JAN_2))


@pytest.mark.parametrize(
    ("points", "fault"), [(None, "扣减"), ("0", "扣减"), ("11", "不超过 10"), ("1.234", "两位小数")]
)
def test_a_shortfall_says_how_much_is_missing(db: Db, clockwork: Db, points: str | None, fault: str) -> None:
    stage = Stage(db, clockwork, "xiaxiyuan", "2026-01")

    with pytest.raises(Invalid, match=fault):
        stage.do(enter_record, "recorder", stage.round_id, stage.mei.id, deed("A-Q1", JAN_2, points=points))


def test_who_came_is_entered_for_all_at_once_or_for_nobody(stage: Stage) -> None:
    came = [(member.id, deed("D-A1", JAN_2)) for member in stage.branch.members]
    late = [*came, (stage.mei.id, deed("D-K01", date(2026, 1, 6)))]

    with pytest.raises(Invalid, match="还没有到"):
        stage.do(enter_records, "recorder", stage.round_id, late)
    assert stage.all(select(Record)) == []
    records = stage.do(enter_records, "recorder", stage.round_id, came)

    assert [record.member_id for record in records] == [member.id for member in stage.branch.members]
    assert all(stage.history(record.id) == ["enter"] for record in records)


def test_nobody_enters_a_gain_of_their_own_among_others(stage: Stage) -> None:
    recorder = stage.branch["recorder"].member_id
    came = [(member, deed("D-A1", JAN_2)) for member in (stage.mei.id, recorder)]

    with pytest.raises(Forbidden, match="不能给自己登记加分"):
        stage.do(enter_records, "recorder", stage.round_id, came)
    assert stage.all(select(Record)) == []
