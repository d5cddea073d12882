"""Rulings: claims decided in one go with exceptions taken out, and one by one beside what belongs to them."""

import re

import pytest
from sqlalchemy import select

from shared.db.claims import Claim
from shared.db.session import Db
from shared.usecases.claims import Ruling, submit_claim
from tests.api.conftest import Browser
from tests.api.people import Person, signed_in
from tests.usecases.stage import Stage

ACCEPT = Ruling(True, "支委会〔2026〕1号")


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A branch in its first quarter under the county's plan."""
    return Stage(db, clockwork)


@pytest.fixture
def organiser(browser: Browser, stage: Stage) -> Person:
    return signed_in(browser.app, stage.db, stage.who("organiser"))


def states(stage: Stage) -> list[str]:
    return [claim.state for claim in stage.all(select(Claim).order_by(Claim.number))]


def unheard(stage: Stage) -> Claim:
    claim = stage.claim(stage.mei, "D-A5", submit=False)
    stage.do(submit_claim, stage.mei, claim.id)
    return claim


def test_many_are_accepted_at_once_and_the_summary_says_what_is_left_out(organiser: Person, stage: Stage) -> None:
    first, second = stage.claim(stage.mei), stage.claim(stage.branch.members[1])
    left_out = stage.claim(stage.branch.members[2])
    unheard(stage)
    address = f"/rounds/{stage.round_id}/claims"

    said = organiser.opens(address)
    assert "等党小组长签意见" in said
    ticked = organiser.form(f"{address}/accept").fields["claims"]
    assert {one.split(":")[0] for one in ticked} == {str(one.id) for one in (first, second, left_out)}

    kept = [one for one in ticked if not one.startswith(str(left_out.id))]
    said = organiser.hands_in(f"{address}/accept", claims=kept)
    assert "将认定 2 项，另有 2 项不在其中" in said
    organiser.hands_in(f"{address}/accept/done", minute="支委会〔2026〕3号")

    assert states(stage) == ["accepted", "accepted", "submitted", "submitted"]


def test_a_refusal_has_its_reason_and_its_minute(organiser: Person, stage: Stage) -> None:
    stage.claim(stage.mei)
    address = f"/rounds/{stage.round_id}/claims"
    organiser.opens(address)
    ticked = organiser.form(f"{address}/accept").fields["claims"]
    organiser.page = organiser.client.post(
        f"{address}/refuse", data={**organiser.form(f"{address}/accept").fields, "claims": ticked}
    )

    said = organiser.hands_in(f"{address}/refuse/done", 422, minute="支委会〔2026〕3号")
    assert "不予认定要写明理由" in said
    organiser.hands_in(f"{address}/refuse/done", minute="支委会〔2026〕3号", reason="与事实不符")

    assert states(stage) == ["refused"]


def test_what_somebody_else_decided_meanwhile_is_told_and_not_overwritten(organiser: Person, stage: Stage) -> None:
    claim = stage.claim(stage.mei)
    organiser.opens(f"/claims/{claim.id}")
    stage.decide([claim], ACCEPT, "secretary")

    said = organiser.hands_in(f"/claims/{claim.id}/refuse", 422, refuse_reason="不实", refuse_minute="支委会2号")

    assert "已由党员900于 1月5日 9:00“拟认定”" in said
    assert "您的意见没有写入" in said
    assert states(stage) == ["accepted"]


def test_the_second_click_decides_nothing_again(organiser: Person, stage: Stage) -> None:
    claim = stage.claim(stage.mei)
    organiser.opens(f"/claims/{claim.id}")
    form = organiser.form(f"/claims/{claim.id}/accept")
    fields = {**form.fields, "accept_minute": ["支委会〔2026〕1号"]}

    answers = [
        organiser.client.post(f"/claims/{claim.id}/accept", data=fields, follow_redirects=False) for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert stage.history(claim.id).count("accept") == 1


def test_a_claim_goes_back_for_what_is_missing(organiser: Person, stage: Stage) -> None:
    claim = stage.claim(stage.mei)
    organiser.opens(f"/claims/{claim.id}")
    assert "请写明缺少什么材料" in organiser.hands_in(f"/claims/{claim.id}/return", 422, missing="")

    organiser.hands_in(f"/claims/{claim.id}/return", missing="一张照片")

    assert states(stage) == ["returned"]


@pytest.mark.long
def test_points_are_given_where_the_item_leaves_room(organiser: Person, stage: Stage) -> None:
    claim = stage.claim(stage.mei, "D-E8", points="3")
    organiser.opens(f"/claims/{claim.id}")

    said = organiser.hands_in(f"/claims/{claim.id}/accept", 422, accept_points="9", accept_minute="支委会1号")
    assert "不超过 5" in said
    organiser.hands_in(f"/claims/{claim.id}/accept", accept_points="2", accept_minute="支委会1号")

    assert stage.row(Claim, claim.id).points == 2


@pytest.mark.long
def test_a_leader_signs_with_one_tap_on_the_claim_itself(browser: Browser, stage: Stage) -> None:
    claim = unheard(stage)
    leader = signed_in(browser.app, stage.db, stage.branch.leader_of(stage.mei))
    leader.opens(f"/claims/{claim.id}")
    address = f"/claims/{claim.id}/opinion"
    assert "请点一个意见" in leader.hands_in(address, 422)

    said = leader.hands_in(address, verdict="good", note="带了工具")

    assert "已完成，好，带了工具" in said
    assert "党小组长意见" not in said


@pytest.mark.long
def test_nobody_decides_who_may_not(browser: Browser, stage: Stage) -> None:
    claim = stage.claim(stage.mei)
    mei = signed_in(browser.app, stage.db, stage.who(stage.mei))
    said = mei.opens(f"/claims/{claim.id}")
    assert "您来办" not in said

    mei.opens(f"/rounds/{stage.round_id}/claims", 403)


@pytest.mark.long
def test_a_leader_sees_their_own_group_alone(browser: Browser, stage: Stage) -> None:
    mine, theirs = stage.branch.members[0], stage.branch.members[1]
    stage.claim(mine)
    stage.claim(theirs)

    leader = signed_in(browser.app, stage.db, stage.branch.leader_of(mine))
    said = leader.opens(f"/rounds/{stage.round_id}/claims")

    assert mine.name in said
    assert theirs.name not in said


@pytest.mark.long
def test_a_claim_belongs_to_the_work_of_who_decides_it_and_to_the_claims_of_whose_it_is(
    browser: Browser, organiser: Person, stage: Stage
) -> None:
    claim = stage.claim(stage.mei)
    mei = signed_in(browser.app, stage.db, stage.who(stage.mei))
    for person, entry in ((organiser, "/rounds"), (mei, "/claims")):
        person.opens(f"/claims/{claim.id}")
        assert person.page is not None
        current = re.findall(r'<a href="([^"]+)"[^>]* aria-current="[a-z]+"', person.page.text)
        assert entry in current
        assert not ({"/rounds", "/claims"} - {entry}) & set(current)
