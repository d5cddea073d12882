"""Reports about others: who may tell, who hears of it at once, and that only a record made of one counts."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from shared.authz.actor import Actor
from shared.db.members import Member
from shared.db.reports import Report
from shared.db.session import Db, acting
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.reports import ReportKind, Seen
from shared.usecases.members import actor_of, add_person, appoint, name_contact
from shared.usecases.reports import (
    enter_report,
    reply_to_report,
    report,
    reports_concerning,
    reports_told,
    reports_waiting,
    set_report_aside,
)
from tests.builders import LONG_AGO, founder
from tests.usecases.stage import Stage, deed

DAY_SEEN = date(2026, 1, 3)
HELPED = Seen(ReportKind.CONTRIBUTION, DAY_SEEN, "帮邻居抢收了三亩油菜")


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A village branch whose quarter takes records."""
    return Stage(db, clockwork)


def told(stage: Stage, about: Member | None = None, seen: Seen = HELPED) -> Report:
    """A report of the group leader's."""
    member = about or stage.mei
    return stage.do(report, stage.branch.leader_of(member), member.id, seen)


def somebody(stage: Stage, role: str, **holding: object) -> Actor:
    """Somebody of the village who is no member and holds a role in the branch."""
    by = founder(stage.county_id)
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        person = add_person(session, by, stage.unit_id, "柳永根")
        appoint(session, by, stage.unit_id, person.id, role, LONG_AGO, **holding)  # type: ignore[arg-type]
        return actor_of(session, stage.county_id, stage.unit_id, person.id, stage.now.date())


def test_whom_it_concerns_and_who_records_hear_of_it_at_once(stage: Stage) -> None:
    made = told(stage)

    audience = [(one.body["persons"], one.body["roles"]) for one in stage.messages("report")]
    assert audience == [([str(stage.mei.person_id)], []), ([], ["recorder", "office"])]
    assert HELPED.text in stage.messages("report")[0].body["text"]
    assert stage.history(made.id) == ["report"]


def test_a_leader_tells_of_their_own_group_only_and_nobody_of_themselves(stage: Stage) -> None:
    leader = stage.branch.leader_of(stage.mei)
    other = next(one for one in stage.branch.members if one.group_id != stage.mei.group_id)

    with pytest.raises(Forbidden):
        stage.do(report, leader, other.id, HELPED)
    with pytest.raises(Forbidden, match="自己申报"):
        stage.do(report, leader, leader.member_id, HELPED)
    for wrong in (stage.mei, "recorder", "secretary"):
        with pytest.raises(Forbidden):
            stage.do(report, wrong, other.id, HELPED)


def test_the_head_of_a_village_group_need_be_no_member(stage: Stage) -> None:
    head = somebody(stage, "village_head", group_id=stage.mei.group_id)

    assert stage.do(report, head, stage.mei.id, HELPED).reported_by == head.person_id
    elsewhere = replace(head, group_id=stage.branch.members[1].group_id)
    with pytest.raises(Forbidden):
        stage.do(report, elsewhere, stage.mei.id, HELPED)


def test_a_contact_tells_of_the_members_away_who_are_named_to_them(stage: Stage) -> None:
    contact = somebody(stage, "contact")

    with pytest.raises(Forbidden):
        stage.do(report, contact, stage.mei.id, HELPED)
    with pytest.raises(Invalid, match="不能是本人"):
        stage.do(name_contact, "secretary", stage.mei.id, stage.mei.person_id)
    with pytest.raises(Invalid, match="还不是"):
        stage.do(name_contact, "secretary", stage.mei.id, stage.branch.members[1].person_id)
    stage.do(name_contact, "secretary", stage.mei.id, contact.person_id)

    assert stage.do(report, contact, stage.mei.id, HELPED)
    with pytest.raises(Forbidden):
        stage.do(report, contact, stage.branch.members[1].id, HELPED)


def test_every_fault_of_a_report_is_told_at_once(stage: Stage) -> None:
    with pytest.raises(Invalid) as refused:
        told(stage, seen=Seen(ReportKind.BREACH, date(2026, 2, 1), " ", "D-A4"))
    with pytest.raises(Invalid, match="没有“没有这项”这一项"):
        told(stage, seen=replace(HELPED, item="没有这项"))

    for fault in ("请写明看到了什么", "2026-02-01 还没有到", "是加分事项，与所反映的情况不一致"):
        assert fault in str(refused.value)


def test_a_report_counts_for_nothing_until_a_record_is_made_of_it(stage: Stage) -> None:
    counted, rests = told(stage), told(stage)

    record = stage.do(enter_report, "recorder", counted.id, stage.round_id, deed("D-A4", DAY_SEEN))
    stage.propose()

    assert stage.line(stage.mei).points == Decimal(2)
    assert stage.row(Report, counted.id).record_id == record.id
    assert stage.row(Report, rests.id).state == "reported"
    assert stage.history(counted.id) == ["report", "enter"]


def test_what_is_set_aside_says_why_to_both(stage: Stage) -> None:
    made = told(stage)

    with pytest.raises(Invalid, match="理由"):
        stage.do(set_report_aside, "recorder", made.id, " ")
    stage.do(set_report_aside, "recorder", made.id, "当天本人在县医院陪护，时间对不上")
    with pytest.raises(NotNow, match="不作登记"):
        stage.do(enter_report, "recorder", made.id, stage.round_id, deed("D-A4", DAY_SEEN))

    both = [str(stage.mei.person_id), str(stage.branch.leader_of(stage.mei).person_id)]
    assert stage.messages("report")[-1].body["persons"] == both
    assert "县医院" in stage.messages("report")[-1].body["text"]


def test_whom_it_concerns_answers_once_and_in_writing(stage: Stage) -> None:
    made = told(stage, seen=Seen(ReportKind.BREACH, DAY_SEEN, "没有参加组织会议"))

    with pytest.raises(Forbidden):
        stage.do(reply_to_report, stage.branch.members[1], made.id, "不是我")
    with pytest.raises(Invalid, match="请写明"):
        stage.do(reply_to_report, stage.mei, made.id, "")
    stage.do(reply_to_report, stage.mei, made.id, "当天已向书记请假")
    with pytest.raises(NotNow, match="已经说明过"):
        stage.do(reply_to_report, stage.mei, made.id, "再补充一点")

    assert stage.row(Report, made.id).reply == "当天已向书记请假"


def test_nobody_settles_a_report_about_themselves(stage: Stage) -> None:
    recorder = stage.branch["recorder"]
    assert recorder.member_id
    made = told(stage, stage.row(Member, recorder.member_id))

    with pytest.raises(Forbidden, match="反映自己的情况"):
        stage.do(set_report_aside, "recorder", made.id, "没有这回事")
    stage.do(set_report_aside, "office", made.id, "核实后没有这回事")


def test_each_reads_what_is_theirs_to_read(stage: Stage) -> None:
    made, leader = told(stage), stage.branch.leader_of(stage.mei)

    def ids(listing: object, by: Actor) -> list[object]:
        with acting(stage.db, stage.county_id, stage.unit_id) as session:
            return [one.id for one in listing(session, by)]  # type: ignore[operator]

    assert ids(reports_told, leader) == [made.id]
    assert ids(reports_concerning, stage.who(stage.mei)) == [made.id]
    assert ids(reports_concerning, stage.who(stage.branch.members[1])) == []
    assert ids(reports_waiting, stage.branch["recorder"]) == [made.id]
    with pytest.raises(Forbidden):
        ids(reports_waiting, stage.who(stage.mei))


def test_a_deduction_made_of_a_report_is_told_like_any_other(stage: Stage) -> None:
    made = told(stage, seen=Seen(ReportKind.BREACH, DAY_SEEN, "没有参加组织会议", "D-K09"))

    stage.do(enter_report, "recorder", made.id, stage.round_id, deed("D-K09", DAY_SEEN))

    assert [message.body["persons"] for message in stage.messages("deduction")] == [[str(stage.mei.person_id)]]
