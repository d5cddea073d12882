"""Lists of organisations: in any order, each below its parent, and taken back where nothing has happened yet."""

from sqlalchemy import func, select

from shared.db.members import Member
from shared.db.session import Db, acting
from shared.db.units import Unit
from tests.builders import Branch
from tests.usecases.lists import branch, confirmed, outcomes, said, undone, uploaded

__all__ = ["branch"]

UNIT_HEAD = ["编码", "名称", "类别", "上级"]


def test_a_township_enters_branches_and_their_members_in_any_order(db: Db, branch: Branch) -> None:
    officer = branch.above["township_officer"]
    units = uploaded(
        db,
        officer,
        ["zz1", "大湾第一党支部", "支部", "大湾党总支"],
        ["zz", "大湾党总支", "党总支", ""],
        ["zz2", "大湾第二党支部", "党支部", "zz"],
        kind="units",
        head=UNIT_HEAD,
    )
    assert outcomes(db, officer, units) == ["new", "new", "new"]
    confirmed(db, officer, units)
    roster = uploaded(
        db,
        officer,
        ["大湾第一党支部", "甲", "1970-01-01"],
        ["zz2", "乙", "1970-01-01"],
        ["没有的支部", "丙", "1970-01-01"],
        head=["所在支部", "姓名", "出生日期"],
    )
    assert outcomes(db, officer, roster) == ["new", "new", "wrong"]
    confirmed(db, officer, roster)

    with acting(db, branch.county_id, branch.parent_id) as session:
        places = {unit.code: unit for unit in session.scalars(select(Unit).where(Unit.code.startswith("zz")))}
    assert places["zz"].parent_id == branch.parent_id
    assert places["zz1"].parent_id == places["zz2"].parent_id == places["zz"].id
    with acting(db, branch.county_id, places["zz1"].id) as session:
        assert session.scalars(select(Member.name)).all() == ["甲"]
    assert undone(db, officer, units) == [
        "大湾第一党支部：已经有党员，没有撤销",
        "大湾党总支：已经有下级单位，没有撤销",
        "大湾第二党支部：已经有党员，没有撤销",
    ]
    assert undone(db, officer, roster) == []
    with acting(db, branch.county_id, places["zz1"].id) as session:
        assert session.scalar(select(func.count()).select_from(Member)) == 0


def test_units_alone_are_undone_whole(db: Db, branch: Branch) -> None:
    officer = branch.above["township_officer"]
    rows = (["zz", "大湾党总支", "党总支", ""], ["zz1", "大湾第一党支部", "党支部", "zz"])
    made = uploaded(db, officer, *rows, kind="units", head=UNIT_HEAD)
    confirmed(db, officer, made)

    assert undone(db, officer, made) == []

    with acting(db, branch.county_id, branch.parent_id) as session:
        assert session.scalars(select(Unit).where(Unit.code.startswith("zz"))).all() == []
    again = uploaded(db, officer, *rows, kind="units", head=UNIT_HEAD)
    assert outcomes(db, officer, again) == ["new", "new"]


def test_units_that_cannot_stand_where_they_are_put_are_told(db: Db, branch: Branch) -> None:
    officer = branch.above["township_officer"]
    made = uploaded(
        db,
        officer,
        ["qinghe", "别的县", "乡镇", ""],
        ["y1", "某党总支", "党总支", "b1"],
        ["y2", "某支部", "支部", "y1"],
        ["y3", "甲总支", "党总支", "y4"],
        ["y4", "乙总支", "党总支", "y3"],
        ["b1", "第1村党支部", "党总支", ""],
        kind="units",
        head=UNIT_HEAD,
    )

    told = said(db, officer, made)
    assert told[0] == "第2行 A列：编码 qinghe 已经是您范围以外的单位的。换一个编码"
    assert told[1].startswith("第3行 C列：党总支不能设在党支部下面")
    assert told[2] == "第4行 D列：它的上级那一行有错。改好上级那一行"
    assert any("第6行" in one or "第5行" in one for one in told)
    assert told[-1] == "第7行 C列：与现有的类别不同。导入不改类别，请改成现有的类别"
