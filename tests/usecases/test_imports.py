"""Lists of members and organisations: rehearsed whole, carried out as rehearsed, undone where nothing followed."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.worker.jobs import run_all, sweep_imports
from shared.authz.actor import Actor
from shared.db.history import History
from shared.db.imports import Import
from shared.db.jobs import Job
from shared.db.members import Member, Person
from shared.db.session import Db, acting
from shared.db.units import Group
from shared.domain.errors import Forbidden, Invalid, NotFound, NotNow
from shared.domain.imports import Grid
from shared.domain.jobs import Progress
from shared.usecases.import_pages import see_import, see_imports, wrong_rows
from shared.usecases.imports import JOB, drop, go_on
from shared.usecases.uploads import choose_columns, upload
from tests.builders import Branch, set_clock
from tests.usecases.lists import HEAD, NOW, branch, confirmed, member, outcomes, said, undone, uploaded

__all__ = ["branch"]


def test_every_row_is_new_changed_unchanged_or_wrong(db: Db, branch: Branch) -> None:
    recorder = branch["recorder"]
    made = uploaded(
        db,
        recorder,
        ["001", "李甲", "1970年5月1日", "", ""],
        ["002", "李乙", "1970.05.01", "第1党小组", "１３９００００００００"],
        ["101", "阿依古丽 • 买买提江", "一九八〇年三月", "第三党小组", ""],
        ["102", "示范人", "1990.1", "", "139"],
    )

    assert outcomes(db, recorder, made) == ["unchanged", "changed", "new", "wrong"]
    assert said(db, recorder, made) == [
        "第5行 C列：“1990.1”看不出是 1 月还是 10 月（Excel 会去掉末尾的 0）。写成 1990年1月 或 1990年10月的样子",
        "第5行 E列：“139”不是一个电话号码。只写一个号码，如 13900000000 或 0000-1234567",
    ]
    assert member(db, branch, "101") is None

    assert confirmed(db, recorder, made) == "done"

    new = member(db, branch, "101")
    assert new is not None
    assert (new.name, new.birth_date, new.class_) == ("阿依古丽·买买提江", date(1980, 3, 1), "普通党员")
    with acting(db, branch.county_id, branch.unit_id) as session:
        group = session.get_one(Group, (branch.county_id, new.group_id))
        changed = session.scalars(select(Person).filter_by(name="李乙")).one()
        assert (group.name, group.number) == ("第三党小组", 3)
        assert changed.telephone == "13900000000"
        steps = session.scalars(select(History.command).filter_by(subject_id=new.id)).all()
        assert steps == ["import"]


def test_an_import_is_undone_within_a_day_but_for_what_followed(db: Db, branch: Branch) -> None:
    recorder = branch["recorder"]
    made = uploaded(
        db,
        recorder,
        ["001", "李甲", "1970-05-01", "第2党小组", "13900000001"],
        ["101", "新同志", "1980-01-01", "", ""],
        ["102", "又一位", "1981-01-01", "", ""],
    )
    confirmed(db, recorder, made)
    with acting(db, branch.county_id, branch.unit_id) as session:
        touched = session.scalars(select(Member).filter_by(member_no="102", unit_id=branch.unit_id)).one()
        touched.office = "委员"

    assert undone(db, recorder, made) == ["又一位：导入以后又改过，没有撤销"]

    assert member(db, branch, "101") is None
    assert member(db, branch, "102") is not None
    back = member(db, branch, "001")
    assert back is not None
    with acting(db, branch.county_id, branch.unit_id) as session:
        assert session.get_one(Person, (branch.county_id, back.person_id)).telephone is None
        assert session.get_one(Group, (branch.county_id, back.group_id)).name == "第1党小组"


def test_after_a_day_it_stands(db: Db, branch: Branch) -> None:
    made = uploaded(db, branch["recorder"], ["101", "新同志", "1980-01-01", "", ""])
    confirmed(db, branch["recorder"], made)

    with pytest.raises(NotNow, match="超过一天"):
        undone(db, branch["recorder"], made, NOW + timedelta(days=1))


def test_whoever_somebody_has_done_something_with_stays(db: Db, branch: Branch) -> None:
    recorder = branch["recorder"]
    made = uploaded(db, recorder, ["101", "新同志", "1980-01-01", "", ""], ["102", "联系人", "1981-01-01", "", ""])
    confirmed(db, recorder, made)
    contact = member(db, branch, "102")
    assert contact is not None
    with acting(db, branch.county_id, branch.unit_id) as session:
        session.scalars(
            select(Member).filter_by(member_no="001", unit_id=branch.unit_id)
        ).one().contact_id = contact.person_id

    assert undone(db, recorder, made) == ["联系人：已经有党员，没有撤销"]
    assert member(db, branch, "101") is None


def test_nothing_else_is_ever_deleted(db: Db, branch: Branch) -> None:
    with (
        pytest.raises(Exception, match="only what an import has made"),
        acting(db, branch.county_id, branch.unit_id) as session,
    ):
        session.delete(session.get_one(Member, (branch.county_id, branch.members[0].id)))


def test_members_without_a_number_are_known_by_name_and_birth_and_the_new_ones_are_numbered(
    db: Db, branch: Branch
) -> None:
    head = ["姓名", "出生日期", "身份证号"]
    rows = (["李甲", "1970-05-01", "110101197005010011"], ["新同志", "1980-01-01", "110101198001010011"])
    made = uploaded(db, branch["recorder"], *rows, head=head)

    assert outcomes(db, branch["recorder"], made) == ["unchanged", "new"]
    confirmed(db, branch["recorder"], made)
    assert member(db, branch, "906") is not None
    with acting(db, branch.county_id, branch.unit_id) as session:
        kept = session.get_one(Import, (branch.county_id, made))
        assert kept.file["masked"] == 2
        assert "110101" not in str(kept.lines)


def test_an_id_number_that_excel_has_damaged_is_refused_with_the_way_to_mend_it(db: Db, branch: Branch) -> None:
    head = ["姓名", "出生日期", "身份证号码"]
    made = uploaded(db, branch["recorder"], ["新同志", "1980-01-01", "1.10101198001E+17"], head=head)

    assert said(db, branch["recorder"], made) == [
        "第2行 C列：身份证号“1.10101198001E+17”被 Excel 当成数字，末几位已经丢失，无法找回。"
        "删去身份证号这一列再上传（本系统不保存身份证号）；或者先把这一列的单元格格式设为“文本”，再重新录入"
    ]


def test_what_stands_twice_and_who_is_somebody_else_are_told(db: Db, branch: Branch) -> None:
    recorder = branch["recorder"]
    made = uploaded(
        db,
        recorder,
        ["101", "新同志", "1980-01-01", "", ""],
        ["101", "另一位", "1981-01-01", "", ""],
        ["001", "李四", "1999-01-01", "", ""],
        ["777", "李乙", "1970-05-01", "", ""],
    )

    assert said(db, recorder, made) == [
        "第3行 A列：与第2行重复。每人留一行",
        "第4行 A列：名册上 001 号是李甲。核对编号、姓名和出生日期",
        "第5行 A列：名册上这位同志的编号是 002。改成名册上的编号，或不填",
    ]


def test_a_column_that_is_not_known_is_chosen_once_and_remembered(db: Db, branch: Branch) -> None:
    recorder, head = branch["recorder"], ["大名", "出生", "备注"]
    made = uploaded(db, recorder, ["新同志", "1980-01-01", "x"], head=[*head[:2], "姓 名"])
    with acting(db, branch.county_id, branch.unit_id) as session:
        with pytest.raises(Invalid, match="请指定哪一列是姓名"):
            choose_columns(session, recorder, made, {1: "birth_date"}, NOW)
        choose_columns(session, recorder, made, {0: "name", 1: "birth_date", 2: ""}, NOW)
    assert outcomes(db, recorder, made) == ["new"]

    again = uploaded(db, recorder, ["又一位", "1980-01-01", "x"], head=[*head[:2], "姓 名"])

    assert outcomes(db, recorder, again) == ["new"]


@pytest.mark.long
def test_a_file_without_headings_or_with_joined_cells_is_refused(db: Db, branch: Branch) -> None:
    with pytest.raises(Invalid, match="没有找到表头。请在第一行写明每一列是什么，至少要有：姓名、出生日期"):
        uploaded(db, branch["recorder"], ["x", "y"], head=["一", "二"])
    joined = Grid("名册", [(1, HEAD), (2, ["001", "甲", "1970-01-01"])], [(2, 4, 3)])
    with (
        pytest.raises(Invalid, match="第2行 D列：是合并单元格"),
        acting(db, branch.county_id, branch.unit_id) as session,
    ):
        upload(session, branch["recorder"], "roster", "名册.xlsx", joined, NOW)


@pytest.mark.long
def test_who_may_import_what(db: Db, branch: Branch) -> None:
    with pytest.raises(Forbidden):
        uploaded(db, branch.actors[branch.members[0].id], ["1", "甲", "1970-01-01", "", ""])
    with pytest.raises(Forbidden):
        uploaded(db, branch["recorder"], ["a", "甲镇", "乡镇"], kind="units", head=["编码", "名称", "类别"])
    made = uploaded(db, branch["recorder"], ["101", "新同志", "1980-01-01", "", ""])
    with acting(db, branch.county_id, branch.unit_id) as session:
        assert see_imports(session, branch.actors[branch.members[0].id]) == []
        assert [one.id for one in see_imports(session, branch["secretary"])] == [made]
    with acting(db, branch.county_id, branch.parent_id) as session, pytest.raises(NotFound):
        see_import(session, branch.above["township_officer"], made)


@pytest.mark.long
def test_what_is_given_up_is_forgotten(db: Db, branch: Branch) -> None:
    made = uploaded(db, branch["recorder"], ["101", "新同志", "1980-01-01", "", ""])
    with acting(db, branch.county_id, branch.unit_id) as session:
        drop(session, branch["recorder"], made, NOW)
        assert session.get_one(Import, (branch.county_id, made)).lines == {"lines": []}
    with pytest.raises(NotNow, match="已放弃"):
        confirmed(db, branch["recorder"], made)


@pytest.mark.long
def test_the_wrong_rows_come_back_as_they_were_with_what_is_wrong(db: Db, branch: Branch) -> None:
    made = uploaded(db, branch["recorder"], ["101", "新同志", "", "", ""], ["102", "好的", "1980-01-01", "", ""])
    with acting(db, branch.county_id, branch.unit_id) as session:
        wrong = wrong_rows(session, branch["recorder"], made)

    assert wrong.headings == HEAD
    assert [(list(cells), why) for cells, why in wrong.rows] == [
        (
            ["101", "新同志", "", "", ""],
            "第2行 C列：没有填出生日期。填上出生日期，如 1970年3月1日；只知道月份的写 1970年3月",
        )
    ]


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifty rows are many here."""
    monkeypatch.setattr("shared.usecases.imports.AT_ONCE", 10)
    monkeypatch.setattr("shared.usecases.imports.PIECE", 20)


@pytest.mark.long
@pytest.mark.usefixtures("small_pieces")
def test_a_large_list_goes_through_jobs(db: Db, clockwork: Db, branch: Branch) -> None:
    recorder = branch["recorder"]
    rows = [[f"{n}", f"新同志{chr(0x4E00 + n)}", "1980-01-01", "", ""] for n in range(1001, 1051)]
    made = uploaded(db, recorder, *rows)
    assert outcomes(db, recorder, made) == []

    run_all(clockwork, {JOB: go_on})
    assert outcomes(db, recorder, made) == ["new"] * 50
    assert confirmed(db, recorder, made) == "confirmed"
    run_all(clockwork, {JOB: go_on})
    with acting(db, branch.county_id, branch.unit_id) as session:
        assert see_import(session, recorder, made).made.state == "done"
    assert member(db, branch, "1050") is not None
    assert undone(db, recorder, made) == []
    run_all(clockwork, {JOB: go_on})

    assert member(db, branch, "1050") is None


@pytest.mark.long
def test_who_was_changed_between_rehearsal_and_confirmation_stays_as_they_are(db: Db, branch: Branch) -> None:
    recorder = branch["recorder"]
    made = uploaded(db, recorder, ["001", "李甲", "1971-01-01", "", ""], ["101", "新同志", "1980-01-01", "", ""])
    other = uploaded(db, recorder, ["001", "李甲", "1972-02-02", "", ""], ["101", "别人", "1980-01-01", "", ""])
    confirmed(db, recorder, other)

    confirmed(db, recorder, made)

    there, new = member(db, branch, "001"), member(db, branch, "101")
    assert there is not None
    assert new is not None
    assert (there.birth_date, new.name) == (date(1972, 2, 2), "别人")
    with acting(db, branch.county_id, branch.unit_id) as session:
        kept = [row.kept for row in see_import(session, recorder, made).kept]
    assert kept == ["试导以后又有人改过，没有按表里的改", "试导以后编号被别人用了，没有导入"]


@pytest.mark.long
@pytest.mark.usefixtures("small_pieces")
def test_a_large_import_that_failed_in_the_middle_goes_on_where_it_stopped(
    db: Db, clockwork: Db, branch: Branch
) -> None:
    recorder = branch["recorder"]
    rows = [[f"{n}", f"新同志{chr(0x4E00 + n)}", "1980-01-01", "", ""] for n in range(1001, 1051)]
    made = uploaded(db, recorder, *rows)
    run_all(clockwork, {JOB: go_on})
    confirmed(db, recorder, made)

    def once(session: Session, actor: Actor, job: Job, now: datetime) -> Progress:
        if job.done:
            raise Invalid("断电了。")
        return go_on(session, actor, job, now)

    run_all(clockwork, {JOB: once})
    assert member(db, branch, "1001") is not None
    assert member(db, branch, "1050") is None
    assert confirmed(db, recorder, made) == "confirmed"
    with pytest.raises(NotNow, match="不用再确认"):
        confirmed(db, recorder, made)
    run_all(clockwork, {JOB: go_on})

    assert member(db, branch, "1050") is not None
    with acting(db, branch.county_id, branch.unit_id) as session:
        seen = see_import(session, recorder, made)
        assert (seen.made.state, seen.kept) == ("done", [])


@pytest.mark.long
def test_files_are_forgotten_after_eight_days(db: Db, clockwork: Db, branch: Branch) -> None:
    made = uploaded(db, branch["recorder"], ["101", "新同志", "1980-01-01", "", ""])
    sweep_imports(clockwork)
    assert outcomes(db, branch["recorder"], made) == ["new"]

    set_clock(db, branch.county_id, NOW + timedelta(days=8, seconds=1))
    sweep_imports(clockwork)

    assert outcomes(db, branch["recorder"], made) == []
    with acting(db, branch.county_id, branch.unit_id) as session:
        assert see_import(session, branch["recorder"], made).made.lines == {"lines": []}
