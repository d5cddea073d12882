"""Outcomes: the ladder over years, a weak quarter's talk, who decides, who is heard, and what is overdue."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from shared.db.outcomes import OutcomeCase, OutcomeStep
from shared.db.rounds import Round
from shared.db.session import Db, acting
from shared.domain.errors import Forbidden, Invalid, NotFound, NotNow
from shared.domain.notices import NoticeKind
from shared.domain.outcomes import Measure
from shared.usecases.lines import propose
from shared.usecases.outcomes import decide_outcome, hear_member
from shared.usecases.records import enter_record
from shared.usecases.scores import finish_scoring
from shared.usecases.suggestions import suggest
from shared.usecases.undertakings import (
    appeal_outcome,
    check_case,
    close_case,
    name_owner,
    rule_on_appeal,
    take_step,
)
from shared.usecases.years import close_year
from tests.usecases.stage import DAY, Stage, deed

MINUTE = "支委会〔2026〕30号"


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    return Stage(db, clockwork, "xujiayan")


def a_year(stage: Stage, year: int) -> None:
    """One quarter in which Mei is disciplined, to its notice, and the year made of it."""
    round_id = stage.round_id if year == 2026 else stage.open(f"{year}-Q1")
    stage.move(datetime(year, 2, 3, 1, tzinfo=UTC))
    stage.do(enter_record, "recorder", round_id, stage.mei.id, deed("E-V4", date(year, 2, 2)))
    stage.move(datetime(year, 4, 8, 1, tzinfo=UTC))
    stage.do(finish_scoring, stage.branch.scorers[0], round_id)
    stage.do(propose, "secretary", round_id, {})
    settle(stage, stage.post(period=f"{year}-Q1"))
    stage.move(datetime(year + 1, 1, 5, 1, tzinfo=UTC))
    stage.do(close_year, "secretary", year)
    settle(stage, stage.post(NoticeKind.YEAR, str(year)))


def settle(stage: Stage, notice: Any) -> None:
    assert notice.closes_at is not None
    stage.move(notice.closes_at + timedelta(hours=1))


def cases(stage: Stage, **which: object) -> list[OutcomeCase]:
    query = select(OutcomeCase).filter_by(member_id=stage.mei.id, **which)
    return stage.all(query.order_by(OutcomeCase.period, OutcomeCase.kind))


def decided(stage: Stage, case: OutcomeCase) -> UUID:
    stage.do(hear_member, stage.mei, case.id, "没有意见")
    stage.do(decide_outcome, "secretary", case.id, True, MINUTE, "限期改正")
    return case.id


@pytest.fixture
def case(stage: Stage) -> OutcomeCase:
    a_year(stage, 2026)
    return cases(stage)[0]


@pytest.mark.long
def test_the_ladder_climbs_with_each_year_below_standard(stage: Stage) -> None:
    for year in (2026, 2027, 2028):
        a_year(stage, year)

    rungs = [(one.period, one.measure, one.body, one.at_unit_id) for one in cases(stage)]
    town = stage.branch.parent_id
    assert rungs == [
        ("2026", "correct", "committee", None),
        ("2027", "admonish", "parent", town),
        ("2028", "report", "parent", town),
    ]
    assert all("不合格" in one.basis for one in cases(stage))
    second = cases(stage)[1].id
    stage.do(hear_member, stage.mei, second, "没有意见")
    with pytest.raises(Forbidden, match="另一级党组织决定"):
        stage.do(decide_outcome, "secretary", second, True, MINUTE, "诫勉谈话")
    stage.do(decide_outcome, "township_officer", second, True, "镇党委〔2027〕3号", "诫勉谈话")
    assert stage.row(OutcomeCase, second).state == "decided"


def test_a_proposal_imposes_nothing_and_waits_for_the_body(stage: Stage, case: OutcomeCase) -> None:
    assert (case.state, case.measure, case.legal_basis) == (
        "proposed",
        "correct",
        "《中国共产党党员教育管理工作条例》",
    )
    assert stage.history(case.id) == ["open"]
    assert any(one.body["text"].endswith("待研究。") for one in stage.messages("outcome"))


def test_whom_it_burdens_is_heard_before_anything_is_decided(stage: Stage, case: OutcomeCase) -> None:
    with pytest.raises(Invalid) as refused:
        stage.do(decide_outcome, "secretary", case.id, True, " ", "限期改正")
    assert len(refused.value.faults) == 2

    decided(stage, case)

    row = stage.row(OutcomeCase, case.id)
    assert (row.state, row.heard) == ("decided", "没有意见")
    # Three months to put it right.
    assert row.due_at is not None
    assert (row.due_at - stage.now).days in {92, 93}


def test_nobody_s_own_case_is_recorded_by_themselves(stage: Stage, case: OutcomeCase) -> None:
    herself = replace(stage.who(stage.mei), roles=frozenset({"member", "secretary"}))

    with pytest.raises(Forbidden, match="由其他同志登记"):
        stage.do(decide_outcome, herself, case.id, False, MINUTE, "算了")


@pytest.mark.long
def test_a_case_is_followed_to_its_end(stage: Stage, case: OutcomeCase) -> None:
    decided(stage, case)
    owner = stage.branch["organiser"].person_id
    assert owner is not None
    today = stage.now.date()
    stage.do(name_owner, "secretary", case.id, owner)
    stage.do(take_step, "organiser", case.id, "谈心谈话，定了改进办法", today)
    with pytest.raises(Invalid, match="日期还没有到"):
        stage.do(take_step, "organiser", case.id, "帮带", today + 9 * DAY)
    stage.do(check_case, "organiser", case.id, False, "还要再帮一帮", today)
    with pytest.raises(NotNow, match="现在是“落实中”，不能“办结”"):
        stage.do(close_case, "organiser", case.id, "已改正")
    stage.do(check_case, "organiser", case.id, True, "三个月没有再犯", today)
    stage.do(close_case, "organiser", case.id, "已改正")

    row = stage.row(OutcomeCase, case.id)
    assert (row.state, row.ending, row.owner_id) == ("closed", "已改正", owner)
    assert len(stage.all(select(OutcomeStep).filter_by(case_id=case.id))) == 3


@pytest.mark.long
def test_an_appeal_goes_to_the_level_above_which_sees_this_case_alone(stage: Stage, case: OutcomeCase) -> None:
    decided(stage, case)
    with pytest.raises(NotFound):
        stage.do(rule_on_appeal, "township_officer", case.id, True, "撤销")
    with pytest.raises(Forbidden):
        stage.do(appeal_outcome, stage.branch.members[1], case.id, "不公平")

    stage.do(appeal_outcome, stage.mei, case.id, "处分已经撤销")
    stage.do(rule_on_appeal, "township_officer", case.id, False, "处分决定仍然有效")

    assert stage.row(OutcomeCase, case.id).state == "under_way"
    with pytest.raises(NotNow, match="已经申诉过"):
        stage.do(appeal_outcome, stage.mei, case.id, "再申诉一次")


@pytest.mark.long
def test_an_appeal_comes_in_time(stage: Stage, case: OutcomeCase) -> None:
    decided(stage, case)
    stage.now += 11 * DAY

    with pytest.raises(NotNow, match="10 天内提出"):
        stage.do(appeal_outcome, stage.mei, case.id, "晚了")


@pytest.mark.long
def test_a_proposal_that_nobody_takes_up_climbs_to_the_township(stage: Stage, case: OutcomeCase) -> None:
    assert case.due_at is not None
    stage.move(case.due_at + timedelta(hours=1))
    assert any("一件结果运用已到办理期限" in one.body["text"] for one in stage.messages("reminder"))

    stage.move(case.due_at + 10 * DAY)

    told = stage.messages("escalation", stage.branch.parent_id)
    assert any("一件结果运用逾期" in one.body["text"] for one in told)


@pytest.mark.long
def test_after_a_weak_quarter_a_talk_is_proposed_within_the_year(db: Db, clockwork: Db) -> None:
    stage = Stage(db, clockwork, "xiaxiyuan", "2026-01")
    months = {1: stage.round_id, 2: stage.open("2026-02"), 3: stage.open("2026-03")}
    for month, round_id in months.items():
        stage.move(datetime(2026, month + 1, 8, 1, tzinfo=UTC))
        stage.do(propose, "secretary", round_id, {})
        stage.round_id = round_id
        stage.pass_all()
        assert cases(stage) == []
        settle(stage, stage.post(period=f"2026-{month:02d}"))

    talk = cases(stage)[0]
    assert stage.row(Round, months[3]).state == "settled"
    assert (talk.period, talk.kind, talk.measure) == ("2026-Q1", "talk", "remind")
    assert "2026年第一季度平均 55.00 分" in talk.basis


@pytest.mark.long
def test_the_committee_may_suggest_by_itself_and_the_statute_names_who_decides(stage: Stage) -> None:
    made = stage.do(suggest, "organiser", stage.mei.id, Measure.REMOVE, "连续六个月不参加组织生活", "")

    assert (made.body, made.legal_basis) == ("members_meeting", "《中国共产党章程》第九条")
    with pytest.raises(NotNow, match="已经有一件“除名”"):
        stage.do(suggest, "organiser", stage.mei.id, Measure.REMOVE, "再提一次", "")
    with pytest.raises(Forbidden):
        stage.do(suggest, "recorder", stage.mei.id, Measure.MENTOR, "帮一帮", "")


@pytest.mark.long
def test_whom_the_standing_bars_is_recommended_only_with_a_recorded_reason(db: Db, clockwork: Db) -> None:
    stage = Stage(db, clockwork, "chaiqian")
    barred = OutcomeCase(
        county_id=stage.county_id,
        unit_id=stage.unit_id,
        member_id=stage.mei.id,
        period="2025",
        kind="reminder",
        measure="remind",
        basis="2025 年度积分 5.00 分",
        legal_basis="",
        terms={"choices": [], "months": None},
        body="committee",
        state="proposed",
        proposed_at=stage.now,
    )
    with acting(db, stage.county_id, stage.unit_id) as session:
        session.add(barred)

    with pytest.raises(Invalid, match="一般不得推荐为优秀共产党员、优秀党务工作者"):
        stage.do(suggest, "organiser", stage.mei.id, Measure.RECOMMEND, "抗洪突出", "")
    made = stage.do(suggest, "organiser", stage.mei.id, Measure.RECOMMEND, "抗洪突出", "受县里表彰")

    assert "支委会记录的理由：受县里表彰" in made.basis
    assert (
        stage.do(suggest, "organiser", stage.branch.members[1].id, Measure.RECOMMEND, "突出", "").state
        == "proposed"
    )
