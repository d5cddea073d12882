"""Kinships: who has declared somebody as kin steps aside in what concerns them (回避); the others go on."""

from dataclasses import replace
from decimal import Decimal

import pytest

from shared.db.claims import Claim
from shared.db.kinships import Kinship
from shared.db.objections import Objection
from shared.db.session import Db, enter
from shared.domain.claims import ClaimState
from shared.domain.errors import Forbidden, Invalid, NotFound, NotNow
from shared.domain.kinships import Kin
from shared.usecases.answers import Remedy, answer_objection
from shared.usecases.appeals import appeal, decide_appeal
from shared.usecases.claims import Ruling, decide_claims
from shared.usecases.dockets import see_docket
from shared.usecases.findings import Inquiry, investigate
from shared.usecases.involvements import candidates_for
from shared.usecases.kinships import Elsewhere, declare_kin, declare_kin_elsewhere, end_kin, own_kin, see_kin
from shared.usecases.objections import assign_investigator
from shared.usecases.score_sheets import see_score_sheets
from shared.usecases.scores import give_score
from tests.builders import a_county
from tests.usecases.stage import Stage

ASIDE = "请您回避，由其他同志办理"
RULING = Ruling(True, "支委会〔2026〕1号")


@pytest.fixture(scope="module")
def stage(db: Db, clockwork: Db) -> Stage:
    """A branch in its first quarter; the organiser is married to its first member."""
    stage = Stage(db, clockwork)
    stage.do(declare_kin, "organiser", stage.mei.id, Kin.SPOUSE)
    return stage


def test_who_has_declared_a_relative_does_not_decide_their_claim_and_others_do(stage: Stage) -> None:
    hers, another = stage.claim(stage.mei), stage.claim(stage.branch.members[1])

    docket = stage.do(lambda session, actor, _: see_docket(session, actor, stage.round_id), "organiser")
    waits = {entry.claim.id: entry.waits for entry in docket.entries}
    assert waits == {hers.id: "配偶的申报，您要回避", another.id: ""}
    with pytest.raises(Forbidden, match=f"您申报过{stage.mei.name}是您的配偶.*{ASIDE}"):
        stage.do(decide_claims, "organiser", [hers.id, another.id], RULING)

    stage.decide([hers], RULING, "publicity")
    assert stage.row(Claim, hers.id).state == ClaimState.ACCEPTED
    assert stage.row(Claim, another.id).state == ClaimState.SUBMITTED


def test_what_is_declared_and_taken_back_is_seen_by_the_discipline_committee_member(stage: Stage) -> None:
    son = stage.branch.members[2]
    declared = stage.do(declare_kin, "publicity", son.id, Kin.CHILD)
    with pytest.raises(NotNow, match="已经申报过"):
        stage.do(declare_kin, "publicity", son.id, Kin.OTHER)
    with pytest.raises(Forbidden, match="申报的本人"):
        stage.do(end_kin, "secretary", declared.id)

    stage.do(end_kin, "publicity", declared.id)
    with pytest.raises(NotNow, match="已经撤下"):
        stage.do(end_kin, "publicity", declared.id)

    seen = stage.do(lambda session, actor, _: see_kin(session, actor), "discipline")
    assert [(one.member, one.kin, one.ended_at is None) for one in seen] == [
        (stage.mei.name, Kin.SPOUSE, True),
        (son.name, Kin.CHILD, False),
    ]
    assert stage.do(lambda session, actor, _: own_kin(session, actor), "publicity") == []
    assert stage.history(declared.id) == ["declare_kin", "end_kin"]
    with pytest.raises(Forbidden):
        stage.do(lambda session, actor, _: see_kin(session, actor), "recorder")


def test_only_a_member_of_one_s_own_branch_is_picked_and_not_oneself(stage: Stage) -> None:
    elsewhere = a_county(stage.db, members=1)[0].members[0]
    with pytest.raises(NotFound):
        stage.do(declare_kin, "organiser", elsewhere.id, Kin.OTHER)
    with pytest.raises(Forbidden):
        stage.do(declare_kin, stage.mei, stage.branch.members[1].id, Kin.SPOUSE)
    leader = stage.branch.leader_of(stage.mei)
    own = next((one for one in stage.branch.members if one.person_id == leader.person_id), None)
    if own is not None:
        with pytest.raises(Invalid, match="本人不用申报"):
            stage.do(declare_kin, leader, own.id, Kin.OTHER)


def test_a_member_of_another_branch_is_declared_by_who_knows_their_name_and_nobody_is_shown(stage: Stage) -> None:
    """And what is declared in one seat holds in every other: here as an officer above, there on the committee."""
    above, another = stage.who("township_officer"), stage.branch.members[1]

    def declare(name: str, branch: str = "", number: str = "") -> Kinship:
        return stage.do(declare_kin_elsewhere, above, Elsewhere(name, branch, number), Kin.SIBLING)

    for who, sentence in (
        ((another.name,), "只凭姓名不能查找"),
        ((another.name, "梨花村"), "没有名称含“梨花村”的党支部"),
        ((another.name, "第1村", "777"), f"没有找到“{another.name}”"),
        (("党员", "第1村"), "没有找到“党员”"),
    ):
        with pytest.raises(Invalid, match=sentence):
            declare(*who)
    declared = declare(another.name, number=another.member_no)
    assert (declared.unit_id, declared.to_unit_id) == (above.unit_id, stage.unit_id)

    claim, on_committee = stage.claim(another), replace(stage.who("organiser"), person_id=above.person_id)
    with stage.db.begin() as session:
        enter(session, stage.county_id, [stage.unit_id], above.person_id)
        with pytest.raises(Forbidden, match=f"{another.name}是您的兄弟或姐妹.*{ASIDE}"):
            decide_claims(session, on_committee, [claim.id], RULING, stage.now)
        assert [one.here for one in own_kin(session, on_committee)] == [False]


@pytest.mark.long
def test_nobody_investigates_or_answers_for_their_kin(db: Db, clockwork: Db) -> None:
    stage = Stage(db, clockwork)
    stage.accept(stage.claim(stage.mei))
    stage.publish()
    objection = stage.object(stage.branch.members[1], stage.mei)
    stage.do(declare_kin, "discipline", stage.branch.members[1].id, Kin.SIBLING)
    barred = stage.who("discipline").person_id
    assert barred is not None

    found = stage.do(lambda session, actor, _: candidates_for(session, actor, objection.id), "secretary")
    why = {one.person_id: one.why_not for one in found}
    assert why[barred] == f"申报过是{stage.branch.members[1].name}的亲属"
    assert why[stage.branch.members[1].person_id] == "异议人"
    with pytest.raises(Forbidden, match="他们的亲属"):
        stage.do(assign_investigator, "secretary", objection.id, barred)

    stage.do(assign_investigator, "secretary", objection.id, stage.who("publicity").person_id)
    declared = stage.do(declare_kin, "publicity", stage.mei.id, Kin.PARENT)
    inquiry = Inquiry("查阅了登记。", "在场的同志", stage.now.date())
    with pytest.raises(Forbidden, match=ASIDE):
        stage.do(investigate, "publicity", objection.id, inquiry)
    stage.do(end_kin, "publicity", declared.id)
    stage.do(investigate, "publicity", objection.id, inquiry)

    stage.do(declare_kin, "secretary", stage.mei.id, Kin.OTHER)
    with pytest.raises(Forbidden, match=ASIDE):
        stage.do(answer_objection, "secretary", objection.id, False, "经查无误。", Remedy())
    stage.do(answer_objection, "organiser", objection.id, False, "经查无误。", Remedy())
    assert stage.row(Objection, objection.id).answered_by == stage.who("organiser").person_id

    stage.do(declare_kin_elsewhere, "township_officer", Elsewhere(stage.mei.name, "第1村"), Kin.PARENT)
    stage.do(appeal, stage.mei, objection.id, "有人作证")
    ruling = (objection.id, False, "维持", "乡党委〔2026〕3号", Remedy())
    with pytest.raises(Forbidden, match=f"{stage.mei.name}是您的父亲或母亲.*{ASIDE}"):
        stage.do(decide_appeal, "township_officer", *ruling)
    stage.do(decide_appeal, "word", *ruling)


@pytest.mark.long
def test_a_scorer_who_steps_aside_is_not_waited_for(db: Db, clockwork: Db) -> None:
    stage = Stage(db, clockwork, "xujiayan")
    claim = stage.claim(stage.mei, "E-C5")
    aside, *others = stage.branch.scorers
    stage.do(declare_kin, aside, stage.mei.id, Kin.SIBLING)

    with pytest.raises(Forbidden, match=ASIDE):
        stage.do(give_score, aside, claim.id, Decimal(3))
    sheet = stage.do(lambda session, actor, _: see_score_sheets(session, actor), aside)[0]
    assert (sheet.rows[0].aside, sheet.rows[0].claim.needed) == ("兄弟或姐妹的申报，您要回避", 2)
    for scorer in others:
        stage.do(give_score, scorer, claim.id, Decimal(3))

    assert stage.row(Claim, claim.id).state == ClaimState.ACCEPTED
