"""Years before the system: brought in under one seal, shown, counted by the ladder and by nothing else."""

from decimal import Decimal

from sqlalchemy import select

from shared.db.balances import Balance, grades_before
from shared.db.imports import Import, ImportRow
from shared.db.ledger import LedgerEntry
from shared.db.members import Member
from shared.db.session import Db, acting
from shared.domain.imports import Grid, ImportKind
from shared.usecases.imports import confirm, undo
from shared.usecases.statements import see_statement
from shared.usecases.uploads import upload
from tests.usecases.stage import Stage

HEAD = ["编号", "姓名", "年度", "年度积分", "等次"]


def sent(stage: Stage, *rows: list[str]) -> Import:
    """Upload a list of years before."""
    grid = Grid("旧账", list(enumerate([HEAD, *rows], 1)))
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        return upload(session, stage.branch["recorder"], ImportKind.BALANCES, "旧账.xlsx", grid, stage.now)


def test_years_before_are_shown_and_counted_by_the_ladder_alone(db: Db, clockwork: Db) -> None:
    stage = Stage(db, clockwork, "xujiayan", members=1)
    with acting(db, stage.county_id, stage.unit_id) as session:
        session.get_one(Member, (stage.county_id, stage.mei.id)).name = "李甲"
    rows = [
        ["001", "李甲", "2024", "92.5", "优秀"],
        ["001", "李甲", "2025年度", "55", "不合格"],
        ["001", "李甲", "2026", "80", "合格"],
        ["001", "李甲", "2023", "80", "先锋型"],
        ["002", "无此人", "2024", "80", "合格"],
    ]
    made = sent(stage, *rows)
    found = stage.all(select(ImportRow).filter_by(import_id=made.id).order_by(ImportRow.line))
    assert [row.outcome for row in found] == ["new", "new", "wrong", "wrong", "wrong"]
    assert [row.faults["said"][0][1] for row in found[2:4]] == ["2026 年在本系统里计分", "细则里没有等次“先锋型”"]
    stage.do(confirm, "recorder", made.id)

    with acting(db, stage.county_id, stage.unit_id) as session:
        balances = see_statement(session, stage.who(stage.mei), stage.mei.id).balances
        assert grades_before(session, stage.county_id, stage.unit_id, 2026) == {stage.mei.id: ["优秀", "不合格"]}
    assert [(one.year, one.points) for one in balances] == [(2024, Decimal("92.50")), (2025, Decimal("55.00"))]
    assert len({one.digest for one in balances}) == 1
    assert stage.all(select(LedgerEntry)) == []
    assert len(stage.messages("balance")) == 1

    again = sent(stage, ["001", "李甲", "2024", "92.5", "优秀"], ["001", "李甲", "2025", "60", "不合格"])
    found = stage.all(select(ImportRow).filter_by(import_id=again.id).order_by(ImportRow.line))
    assert [row.outcome for row in found] == ["unchanged", "wrong"]
    stage.do(undo, "recorder", made.id)
    with acting(db, stage.county_id, stage.unit_id) as session:
        assert grades_before(session, stage.county_id, stage.unit_id, 2026) == {}
    assert {one.struck_reason for one in stage.all(select(Balance))} == {"撤销导入：旧账.xlsx"}
