"""Claims: who may take which step of one, and when."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.db.claims import Claim
from shared.db.session import Db
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.usecases.claims import (
    Ruling,
    decide_claims,
    draft_claim,
    return_claim,
    submit_claim,
    withdraw_claim,
)
from shared.usecases.opinions import give_opinion
from tests.usecases.stage import CLOSED, START, Stage, deed

JAN_2 = date(2026, 1, 2)
YES = Ruling(True, "支委会〔2026〕1号")


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A village branch that collects claims."""
    return Stage(db, clockwork)


def test_a_claim_is_returned_for_more_and_comes_back(stage: Stage) -> None:
    claim = stage.claim(stage.mei)

    with pytest.raises(Invalid, match="缺少"):
        stage.do(return_claim, "organiser", claim.id, " ")
    stage.do(return_claim, "organiser", claim.id, "缺照片")
    stage.do(submit_claim, stage.mei, claim.id)

    assert stage.row(Claim, claim.id).state == "submitted"
    assert stage.history(claim.id) == ["submit", "opinion", "return", "submit"]


def test_a_member_takes_back_what_nobody_has_decided(stage: Stage) -> None:
    claim, decided = stage.claim(stage.mei), stage.claim(stage.mei)
    stage.accept(decided)

    stage.do(withdraw_claim, stage.mei, claim.id)
    with pytest.raises(NotNow, match=r"支部拟认定.*不能“撤回”"):
        stage.do(withdraw_claim, stage.mei, decided.id)

    assert stage.row(Claim, claim.id).state == "withdrawn"


def test_claims_close_at_midnight_and_what_was_returned_may_still_be_mended(stage: Stage) -> None:
    returned, draft = stage.claim(stage.mei), stage.claim(stage.mei, submit=False)
    stage.do(return_claim, "organiser", returned.id, "缺照片")
    closes = CLOSED.replace(day=5, hour=16)

    stage.move(closes - timedelta(seconds=1))
    stage.claim(stage.mei)
    stage.now = closes  # the clock's own step may be late: the claim is refused all the same
    with pytest.raises(NotNow, match="截止"):
        stage.do(submit_claim, stage.mei, draft.id)
    with pytest.raises(NotNow, match="截止"):
        stage.claim(stage.mei)

    stage.move(closes)
    stage.do(submit_claim, stage.mei, returned.id)
    assert stage.row(Claim, returned.id).state == "submitted"


def test_only_the_claimant_or_an_officer_for_them_claims(stage: Stage) -> None:
    other = stage.branch.members[1]
    claim = deed("D-A4", JAN_2)

    for stranger in (stage.who(other), stage.branch.leaders[0], stage.branch["secretary"]):
        with pytest.raises(Forbidden, match="只能为自己申报"):
            stage.do(draft_claim, stranger, stage.round_id, stage.mei.id, claim)
    made = stage.do(draft_claim, "recorder", stage.round_id, stage.mei.id, claim)

    told = stage.told(made.id)
    assert (told[0].actor_name, told[0].note) == (stage.branch["recorder"].name, f"代{stage.mei.name}填报")
    assert made.member_id == stage.mei.id


def test_nobody_hands_in_or_takes_back_anothers_claim(stage: Stage) -> None:
    claim = stage.claim(stage.mei, submit=False)
    other = stage.branch.members[1]

    for step in (submit_claim, withdraw_claim):
        with pytest.raises(Forbidden):
            stage.do(step, other, claim.id)


@pytest.mark.parametrize(
    ("item", "day", "more", "fault"),
    [
        ("D-A4", date(2026, 4, 1), {}, "不在本期"),
        ("D-A4", date(2026, 1, 6), {}, "还没有到"),  # tomorrow
        ("D-A4", JAN_2, {"points": "3"}, "固定分值"),
        ("D-A6", JAN_2, {}, "只适用于流动党员"),
        ("D-K01", JAN_2, {}, "由支部登记，不用申报"),
        ("D-E8", JAN_2, {"points": "9"}, "不低于 1、不超过 5"),
        ("D-E8", JAN_2, {"points": "1.005"}, "两位小数"),
        ("Z-99", JAN_2, {}, "没有“Z-99”"),
    ],
)
def test_a_claim_that_could_not_count_is_refused_when_it_is_written(
    stage: Stage, item: str, day: date, more: dict[str, Any], fault: str
) -> None:
    with pytest.raises(Invalid, match=fault):
        stage.claim(stage.mei, item, day, **more)


def test_the_committee_waits_for_the_leaders_opinion(stage: Stage) -> None:
    claim = stage.claim(stage.mei, submit=False)
    stage.do(submit_claim, stage.mei, claim.id)

    with pytest.raises(NotNow, match="还没有党小组长意见"):
        stage.accept(claim)
    other_group = next(leader for leader in stage.branch.leaders if leader.group_id != stage.mei.group_id)
    for stranger in (other_group, stage.branch["organiser"]):
        with pytest.raises(Forbidden, match="本党小组"):
            stage.do(give_opinion, stranger, claim.id, True, "好")
    stage.do(give_opinion, stage.branch.leader_of(stage.mei), claim.id, True, "好")
    stage.accept(claim)

    assert stage.row(Claim, claim.id).state == "accepted"


def test_a_leaders_own_claim_is_signed_by_the_committee(stage: Stage) -> None:
    leader = stage.branch.leaders[0]
    claim = stage.do(draft_claim, leader, stage.round_id, leader.member_id, deed("D-A4", JAN_2))
    stage.do(submit_claim, leader, claim.id)

    with pytest.raises(Forbidden, match="不能为自己的申请签署"):
        stage.do(give_opinion, leader, claim.id, True, "好")
    stage.do(give_opinion, "publicity", claim.id, True, "好")
    stage.accept(claim)

    assert stage.row(Claim, claim.id).state == "accepted"


def test_nobody_decides_their_own_claim(stage: Stage) -> None:
    organiser = stage.branch["organiser"]
    claim = stage.do(draft_claim, organiser, stage.round_id, organiser.member_id, deed("D-A4", JAN_2))
    stage.do(submit_claim, organiser, claim.id)
    leader = next(one for one in stage.branch.leaders if one.group_id == organiser.group_id)
    stage.do(give_opinion, leader, claim.id, True, "好")

    with pytest.raises(Forbidden, match="不能审核自己的申请"):
        stage.decide([claim], YES, by="organiser")
    stage.decide([claim], YES, by="publicity")

    assert stage.row(Claim, claim.id).state == "accepted"


@pytest.mark.parametrize(
    ("ruling", "fault"),
    [
        (Ruling(False, "支委会〔2026〕1号"), "理由"),
        (Ruling(False, "支委会〔2026〕1号", "  "), "理由"),
        (Ruling(False, "", "不实"), "会议记录"),
        (Ruling(True, " "), "会议记录"),
        (Ruling(True, "支委会〔2026〕1号", points=Decimal(9)), "固定分值"),
    ],
)
def test_a_ruling_names_its_reason_and_minute_and_stays_within_the_item(
    stage: Stage, ruling: Ruling, fault: str
) -> None:
    claim = stage.claim(stage.mei)

    with pytest.raises(Invalid, match=fault):
        stage.decide([claim], ruling)
    stage.refuse(claim)

    refused = stage.row(Claim, claim.id)
    assert (refused.refused_by, refused.reason, refused.minute) == (
        "committee",
        "材料与事实不符",
        "支委会〔2026〕1号",
    )


def test_points_that_a_body_decides_are_named_with_the_decision(stage: Stage) -> None:
    claim = stage.claim(stage.mei, "D-E8")

    with pytest.raises(Invalid, match="请写明认定的分数"):
        stage.accept(claim)
    stage.decide([claim], Ruling(True, "支委会〔2026〕1号", points=Decimal(4)))
    stage.propose()

    assert stage.line(stage.mei).points == Decimal(4)


def test_all_claims_of_a_list_are_decided_or_none(stage: Stage) -> None:
    ready, withdrawn = stage.claim(stage.mei), stage.claim(stage.mei)
    stage.do(withdraw_claim, stage.mei, withdrawn.id)

    with pytest.raises(NotNow, match="有 1 条"):
        stage.accept(ready, withdrawn)

    assert stage.row(Claim, ready.id).state == "submitted"


def test_a_claim_behind_a_proposed_figure_is_not_refused_behind_its_back(stage: Stage) -> None:
    claim = stage.claim(stage.mei)
    stage.accept(claim)
    stage.propose()

    with pytest.raises(NotNow, match="已提出初步意见"):
        stage.refuse(claim)

    assert (stage.row(Claim, claim.id).state, stage.line(stage.mei).points) == ("accepted", Decimal(2))


@pytest.mark.parametrize("role", ["recorder", "office", "discipline"])
def test_who_is_not_of_the_committee_decides_nothing(stage: Stage, role: str) -> None:
    claim = stage.claim(stage.mei)

    with pytest.raises(Forbidden, match=r"不能办理.*这一步"):
        stage.do(decide_claims, role, [claim.id], YES)


def test_the_better_thing_names_the_one_that_it_replaces(db: Db, clockwork: Db) -> None:
    stage = Stage(db, clockwork, "chaiqian", start=START)
    first = stage.do(draft_claim, stage.mei, stage.round_id, stage.mei.id, deed("C-07", JAN_2))
    mine, theirs = stage.mei, stage.branch.members[1]

    with pytest.raises(Invalid, match="取代"):
        stage.do(draft_claim, mine, stage.round_id, mine.id, deed("C-08", JAN_2))
    with pytest.raises(Invalid, match="本人的一件"):
        stage.do(draft_claim, theirs, stage.round_id, theirs.id, deed("C-08", JAN_2, replaces=first.id))
    better = stage.do(draft_claim, mine, stage.round_id, mine.id, deed("C-08", JAN_2, replaces=first.id))

    assert better.replaces_id == first.id
