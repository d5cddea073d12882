"""Exemption: left out of scoring by whole rounds, from the one that it begins in to the one that it ends in."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import select

from shared.db.meetings import Attendance
from shared.db.members import Member
from shared.db.rounds import Line, Round
from shared.db.session import Db, acting
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.usecases.books import book_of
from shared.usecases.deeds import whole_year
from shared.usecases.meetings import convene
from shared.usecases.members import end_exemption, exempt
from shared.usecases.records import enter_record
from shared.usecases.years import reckon_year
from tests.usecases.stage import Stage, deed

ENDED = datetime(2026, 2, 10, 1, tzinfo=UTC)


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A village that scores month by month, and has left Mei out since the 5th of January."""
    made = Stage(db, clockwork, "xinba", "2026-01")
    made.do(exempt, "secretary", made.mei.id, "大会〔2026〕1号", True)
    return made


def ended(stage: Stage) -> dict[str, UUID]:
    """January to March, in the middle of which, on 10 February, Mei is taken back."""
    rounds = {"2026-01": stage.round_id, "2026-02": stage.open("2026-02"), "2026-03": stage.open("2026-03")}
    stage.move(ENDED)
    stage.do(end_exemption, "secretary", stage.mei.id, "大会〔2026〕2号")
    return rounds


def test_the_rounds_it_touches_have_no_line_and_the_next_has(stage: Stage) -> None:
    rounds = ended(stage)
    stage.move(datetime(2026, 4, 8, 1, tzinfo=UTC))

    with_line = {
        period: bool(stage.all(select(Line.id).filter_by(round_id=round_id, member_id=stage.mei.id)))
        for period, round_id in rounds.items()
    }
    assert with_line == {"2026-01": False, "2026-02": False, "2026-03": True}


def test_nothing_is_entered_for_the_rounds_left_out(stage: Stage) -> None:
    rounds = ended(stage)
    with pytest.raises(Invalid, match="不列入本期计分"):
        stage.do(enter_record, "recorder", rounds["2026-02"], stage.mei.id, deed("F-J1", date(2026, 2, 9)))
    stage.move(datetime(2026, 3, 9, 1, tzinfo=UTC))
    stage.do(enter_record, "recorder", rounds["2026-03"], stage.mei.id, deed("F-J1", date(2026, 3, 8)))

    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        book_id = session.get_one(Round, (stage.county_id, stage.round_id)).book_id
        year = whole_year(session, stage.county_id, stage.unit_id, book_id, 2026)[stage.mei.id]
    scored = {one.round: one.points for one in year.rounds}
    assert {"2026-01", "2026-02"} & set(scored) == set()
    assert scored["2026-03"] == Decimal(1)


def test_at_the_year_s_end_the_meeting_grades_only_who_is_still_left_out(stage: Stage) -> None:
    def grades() -> set[UUID]:
        with acting(stage.db, stage.county_id, stage.unit_id) as session:
            book_id = session.get_one(Round, (stage.county_id, stage.round_id)).book_id
            book = book_of(session, stage.county_id, book_id)
            return set(reckon_year(session, stage.county_id, stage.unit_id, book, 2026))

    assert grades() == {stage.mei.id}  # nothing has settled: only who has no points is there
    ended(stage)
    assert grades() == set()


def test_who_is_taken_back_is_due_at_the_next_meeting(stage: Stage) -> None:
    def due(minute: str) -> bool:
        meeting = stage.do(convene, "secretary", "members", "支部党员大会", minute)
        return bool(
            stage.all(select(Attendance.id).filter_by(meeting_id=meeting.id, person_id=stage.mei.person_id))
        )

    assert not due("大会〔2026〕3号")
    ended(stage)
    assert not due("大会〔2026〕4号")  # on the day itself
    stage.move(ENDED.replace(day=11))
    assert due("大会〔2026〕5号")


def test_it_ends_once_with_a_minute_and_they_are_told(stage: Stage) -> None:
    with pytest.raises(NotNow, match="已经不列入"):
        stage.do(exempt, "secretary", stage.mei.id, "大会〔2026〕2号", True)
    with pytest.raises(Invalid, match="会议记录"):
        stage.do(end_exemption, "secretary", stage.mei.id, " ")
    with pytest.raises(Forbidden):
        stage.do(end_exemption, "recorder", stage.mei.id, "大会〔2026〕2号")
    ended(stage)
    with pytest.raises(NotNow, match="没有可以结束的"):
        stage.do(end_exemption, "secretary", stage.mei.id, "大会〔2026〕3号")

    assert stage.messages("exemption")[0].body["persons"] == [str(stage.mei.person_id)]
    assert stage.history(stage.mei.id) == ["exempt", "end_exemption"]
    stage.do(exempt, "secretary", stage.mei.id, "大会〔2026〕4号", True)
    again = stage.row(Member, stage.mei.id)
    assert (again.exempt_from, again.exempt_to) == (date(2026, 2, 10), None)
