"""What another appraisal gives is taken over once, with its origin, and never filled in again."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from shared.db.claims import Record
from shared.db.imports import Import, ImportRow
from shared.db.members import Member
from shared.db.session import Db, acting
from shared.domain.errors import Invalid
from shared.domain.imports import Grid, ImportKind
from shared.usecases.claims import draft_claim
from shared.usecases.imports import confirm, undo
from shared.usecases.offers import see_offers
from shared.usecases.records import enter_record
from shared.usecases.uploads import upload
from tests.builders import a_deed
from tests.usecases.stage import Stage

HEAD = ["编号", "姓名", "结果"]
NAMES = ("李甲", "李乙", "李丙", "记录人")
DAY = date(2026, 1, 4)


@pytest.fixture(scope="module")
def stage(db: Db, clockwork: Db) -> Stage:
    made = Stage(db, clockwork, "xiaxiyuan", "2026-01")
    recorder = made.branch["recorder"].member_id
    with acting(db, made.county_id, made.unit_id) as session:
        for one, name in zip([*(m.id for m in made.branch.members), recorder], NAMES, strict=True):
            session.get_one(Member, (made.county_id, one)).name = name
    return made


def sent(stage: Stage, item: str, *rows: list[str]) -> Import:
    """Upload the results of an appraisal."""
    recorder = stage.branch["recorder"]
    lines = [(number, row) for number, row in enumerate([HEAD, *rows], 1)]
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        about = {"item": item}
        grid = Grid("考核", lines)
        return upload(session, recorder, ImportKind.TAKEN, "考核.xlsx", grid, stage.now, stage.round_id, about)


def outcomes(stage: Stage, made: Import) -> list[tuple[str, str]]:
    """What becomes of each row, and the first thing that is wrong with it."""
    rows = stage.all(select(ImportRow).filter_by(import_id=made.id).order_by(ImportRow.line))
    return [(row.outcome, row.faults["said"][0][1] if row.faults["said"] else "") for row in rows]


def test_results_are_taken_over_once_and_shown_with_their_origin(stage: Stage) -> None:
    teaching = [
        ["001", "李甲", "11.5"],
        ["002", "李乙", "13"],
        ["003", "李丙", "0"],
        ["009", "无此人", "9"],
    ]
    made = sent(stage, "A-J1", *teaching)
    assert [one for one, _ in outcomes(stage, made)] == ["new", "wrong", "unchanged", "wrong"]
    stage.do(confirm, "recorder", made.id)

    attendance = sent(stage, "A-Q2", ["001", "李甲", "8"], ["002", "李乙", "10"], ["003", "李丙", "11"])
    assert [one for one, _ in outcomes(stage, attendance)] == ["new", "unchanged", "wrong"]
    assert "超过了“考勤”的 10" in outcomes(stage, attendance)[2][1]
    stage.do(confirm, "recorder", attendance.id)

    taken = stage.all(select(Record).where(Record.origin.is_not(None)).order_by(Record.item))
    assert [(one.item, one.points, one.origin) for one in taken] == [
        ("A-J1", Decimal("11.50"), "教师教学质量考核"),
        ("A-Q2", Decimal("2.00"), "学校考勤"),
    ]

    again = sent(stage, "A-J1", ["001", "李甲", "11.50"], ["001", "李甲", "12"])
    assert outcomes(stage, again) == [("unchanged", ""), ("wrong", "李甲在表里有两行")]
    other = sent(stage, "A-J1", ["001", "李甲", "12"])
    assert "已经导入，是 11.50 分" in outcomes(stage, other)[0][1]

    stage.do(undo, "recorder", attendance.id)
    assert stage.row(Record, taken[1].id).struck_reason == "撤销导入：考核.xlsx"


def test_what_is_taken_over_is_neither_claimed_nor_typed_in(stage: Stage) -> None:
    with pytest.raises(Invalid, match="教师教学质量考核"):
        stage.do(draft_claim, stage.mei, stage.round_id, stage.mei.id, a_deed("A-J1", DAY, "5"))
    with pytest.raises(Invalid, match="学校考勤"):
        stage.do(enter_record, "recorder", stage.round_id, stage.mei.id, a_deed("A-Q2", DAY, "1"))
    offered = stage.do(see_offers, stage.mei, stage.mei.id)
    assert offered.one("A-J1") is None


def test_nobody_takes_a_gain_over_for_themselves_nor_for_an_item_that_names_no_source(stage: Stage) -> None:
    mine = sent(stage, "A-J1", ["901", "记录人", "5"])
    assert outcomes(stage, mine)[0][1] == "不能给自己导入加分，请由其他同志办理"
    with pytest.raises(Invalid, match="哪一项考核"):
        sent(stage, "A-J2", ["001", "李甲", "5"])
