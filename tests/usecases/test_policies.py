"""A unit's own policy: proposed by one, granted by another, in force at once; and two people for one step."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import OneOfTwo, able
from shared.db.history import History
from shared.db.notices import Notice
from shared.db.policies import Policy
from shared.db.session import Db, acting
from shared.domain.errors import Forbidden, Invalid, NotFound, NotNow
from shared.domain.notices import NoticeKind
from shared.domain.policies import Effect, Rule
from shared.usecases.members import actor_of, appoint
from shared.usecases.notices import approve_notice, draft_notice, review_notice
from shared.usecases.policies import (
    explain,
    grant_policy,
    propose_policy,
    refuse_policy,
    see_proposal,
    withdraw_policy,
)
from shared.usecases.shares import see_shares
from shared.usecases.signatures import sign
from tests.builders import LONG_AGO, founder
from tests.usecases.stage import Stage

GIVE, FORBID, TWO = Effect
ALSO_RECORDS = [Rule(GIVE, "record:enter", "secretary")]
WHY = "书记也参加登记"


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A branch with its officers, and its township."""
    return Stage(db, clockwork)


def now_as(stage: Stage, actor: Actor) -> Actor:
    """Who somebody is on the next request."""
    assert actor.person_id is not None
    with acting(stage.db, stage.county_id, actor.unit_id) as session:
        return actor_of(session, stage.county_id, actor.unit_id, actor.person_id, stage.now.date())


def granted(stage: Stage, *rules: Rule) -> Policy:
    """Arrange it so: the secretary proposes, the township grants."""
    proposed = stage.do(propose_policy, now_as(stage, stage.branch["secretary"]), rules, WHY)
    return stage.do(grant_policy, "township_officer", proposed.id)


def test_it_is_in_force_on_the_next_request_and_in_the_history(stage: Stage) -> None:
    secretary = stage.branch["secretary"]
    proposed = stage.do(propose_policy, "secretary", ALSO_RECORDS, WHY)
    assert not able(now_as(stage, secretary), Action.RECORD_ENTER)

    stage.do(grant_policy, "township_officer", proposed.id)

    assert able(now_as(stage, secretary), Action.RECORD_ENTER)
    steps = stage.all(select(History).filter_by(subject_id=proposed.id).order_by(History.recorded_at))
    assert [(step.command, step.actor_name) for step in steps] == [
        ("propose", secretary.name),
        ("grant", "镇干部township_officer"),
    ]


def test_the_next_one_replaces_it_and_none_at_all_is_the_template_again(stage: Stage) -> None:
    first = granted(stage, *ALSO_RECORDS)
    granted(stage)

    assert stage.row(Policy, first.id).state == "replaced"
    assert not able(now_as(stage, stage.branch["secretary"]), Action.RECORD_ENTER)


def test_a_role_that_is_forbidden_a_step_may_not_take_it(stage: Stage) -> None:
    granted(stage, Rule(FORBID, "notice:draft", "recorder"))

    with pytest.raises(Forbidden, match="不能办理“起草公示”这一步"):
        stage.do(draft_notice, now_as(stage, stage.branch["recorder"]), NoticeKind.FIRST, "2026-Q1", "公示")
    stage.do(draft_notice, now_as(stage, stage.branch["office"]), NoticeKind.FIRST, "2026-Q1", "公示")


def test_nobody_grants_their_own_and_the_branch_not_its_own(stage: Stage, db: Db) -> None:
    proposed = stage.do(propose_policy, "secretary", ALSO_RECORDS, WHY)

    for actor in ("secretary", "recorder"):
        with pytest.raises(Forbidden):
            stage.do(grant_policy, actor, proposed.id)
    same = replace(stage.branch.above["township_officer"], person_id=stage.branch["secretary"].person_id)
    with pytest.raises(Forbidden, match="提出的人不能自己批准"):
        stage.do(grant_policy, same, proposed.id)
    # The database keeps the two apart, whoever asks it.
    with acting(db, stage.county_id, stage.unit_id) as session, pytest.raises(IntegrityError):
        session.execute(update(Policy).values(decided_by=Policy.proposed_by).where(Policy.id == proposed.id))


def test_what_was_proposed_stays_as_it_was(stage: Stage, db: Db) -> None:
    proposed = stage.do(propose_policy, "secretary", ALSO_RECORDS, WHY)

    changes: list[dict[str, object]] = [{"rules": []}, {"proposed_by": stage.branch["recorder"].person_id}]
    for change in changes:
        with acting(db, stage.county_id, stage.unit_id) as session, pytest.raises(IntegrityError, match="stays"):
            session.execute(update(Policy).values(**change).where(Policy.id == proposed.id))


def test_it_is_checked_again_when_it_is_granted(stage: Stage) -> None:
    proposed = stage.do(propose_policy, "secretary", [Rule(FORBID, "notice:draft", "recorder")], WHY)
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        held = f"UPDATE holding SET until = '2026-01-01' WHERE role = 'office' AND unit_id = '{stage.unit_id}'"
        session.connection().exec_driver_sql(held)

    with pytest.raises(Invalid, match="“起草公示”只剩综合部可以办理，而本单位现在没有人担任"):
        stage.do(grant_policy, "township_officer", proposed.id)


def test_faulty_rules_are_refused_with_every_fault(stage: Stage) -> None:
    rules = [Rule(GIVE, "claim:decide", "recorder"), Rule(TWO, "claim:decide")]
    with pytest.raises(Invalid) as refused:
        stage.do(propose_policy, "secretary", rules, "")

    assert len(refused.value.faults) >= 3


def test_one_waits_at_a_time_and_may_be_taken_back_or_refused_with_a_reason(stage: Stage) -> None:
    proposed = stage.do(propose_policy, "secretary", ALSO_RECORDS, WHY)
    with pytest.raises(NotNow, match="已经有一份"):
        stage.do(propose_policy, "secretary", [Rule(FORBID, "notice:draft", "recorder")], WHY)
    stage.do(withdraw_policy, "secretary", proposed.id)
    again = stage.do(propose_policy, "secretary", ALSO_RECORDS, WHY)
    with pytest.raises(Invalid, match="理由"):
        stage.do(refuse_policy, "township_officer", again.id, " ")
    stage.do(refuse_policy, "township_officer", again.id, "登记由记录员负责")

    assert stage.row(Policy, again.id).state == "refused"
    with pytest.raises(NotNow):
        stage.do(grant_policy, "township_officer", again.id)


def test_a_stranger_does_not_learn_of_it(stage: Stage, db: Db, clockwork: Db) -> None:
    proposed = stage.do(propose_policy, "secretary", ALSO_RECORDS, WHY)
    elsewhere = Stage(db, clockwork)

    for known in (proposed.id, UUID(int=7)):
        with acting(db, elsewhere.county_id, elsewhere.unit_id) as session, pytest.raises(NotFound):
            see_proposal(session, elsewhere.branch["secretary"], known)


TWO_APPROVE = [
    Rule(GIVE, "notice:approve", "organiser"),
    Rule(FORBID, "notice:review", "organiser"),
    Rule(TWO, "notice:approve"),
]


def _a_reviewed_notice(stage: Stage) -> Notice:
    notice = stage.do(draft_notice, "recorder", NoticeKind.FIRST, "2026-Q1", "第一季度积分公示")
    stage.do(review_notice, "publicity", notice.id)
    return notice


def test_where_two_are_wanted_the_first_act_changes_nothing_and_the_second_person_s_carries_it_out(
    stage: Stage,
) -> None:
    granted(stage, *TWO_APPROVE)
    notice = _a_reviewed_notice(stage)
    first, second = (now_as(stage, stage.branch[role]) for role in ("secretary", "organiser"))

    for _ in range(2):
        with pytest.raises(OneOfTwo, match="要两个人先后办理") as caught:
            stage.do(approve_notice, first, notice.id)
        stage.do(sign, first, caught.value)
        assert stage.row(Notice, notice.id).state == "reviewed"
    stage.do(approve_notice, second, notice.id)

    assert stage.row(Notice, notice.id).state == "approved"
    signed = select(History).filter_by(subject_id=notice.id, command="sign_first")
    assert [step.actor_name for step in stage.all(signed)] == [first.name]


def test_the_first_of_two_is_held_to_the_same_conditions(stage: Stage) -> None:
    granted(stage, *TWO_APPROVE)
    notice = stage.do(draft_notice, "recorder", NoticeKind.FIRST, "2026-Q1", "第一季度积分公示")

    with pytest.raises(NotNow, match="现在是") as refused:
        stage.do(approve_notice, now_as(stage, stage.branch["secretary"]), notice.id)

    assert not isinstance(refused.value, OneOfTwo)


def test_a_signature_is_void_once_the_row_has_moved(stage: Stage) -> None:
    granted(stage, Rule(TWO, "notice:review"))
    notice = stage.do(draft_notice, "recorder", NoticeKind.FIRST, "2026-Q1", "第一季度积分公示")
    with pytest.raises(OneOfTwo) as caught:
        stage.do(review_notice, now_as(stage, stage.branch["publicity"]), notice.id)
    caught.value.stage += 1

    with pytest.raises(NotNow, match="刚刚有了变化"):
        stage.do(sign, now_as(stage, stage.branch["publicity"]), caught.value)


def test_the_page_says_who_does_what_and_what_differs(stage: Stage) -> None:
    granted(stage, *ALSO_RECORDS)

    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        shares = see_shares(session, now_as(stage, stage.branch["secretary"]), stage.now)

    recording = next(share for share in shares.shares if share.step == "record:enter")
    assert any(said.startswith("支部书记（") for said in recording.by)
    assert recording.changed == ("“登记积分事项”也可以由支部书记办理。",)


def test_why_not_is_answered_with_names(stage: Stage) -> None:
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        said = explain(session, stage.branch["recorder"], Action.NOTICE_APPROVE, stage.now)

    assert stage.branch["secretary"].name in said
    assert "您在这里的身份是记录员、党员" in said


def test_a_holder_above_counts_where_it_is_granted(stage: Stage) -> None:
    """The township's own policy goes to the county."""
    with acting(stage.db, stage.county_id, stage.branch.parent_id) as session:
        person = stage.branch.above["word"].person_id
        assert person is not None
        appoint(session, founder(stage.county_id), stage.branch.parent_id, person, "office", LONG_AGO)
    proposed = stage.do(propose_policy, "township_officer", [Rule(GIVE, "word:give", "office")], WHY)

    assert proposed.to_unit_id == stage.county_id
