"""The year's appraisal from the members' own summaries to the result that the year takes."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from shared.db.appraisals import Evaluation, Verdict
from shared.db.ledger import Appraisal
from shared.db.members import Member
from shared.db.notices import Notice
from shared.db.session import Db, acting
from shared.domain.appraisals import Proposal
from shared.domain.ballots import Purpose
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.notices import NoticeKind
from shared.usecases.appraisals import (
    begin_vote,
    count_vote,
    open_evaluation,
    propose_results,
    repeat_vote,
)
from shared.usecases.notices import approve_notice, draft_notice, publish_notice, review_notice
from shared.usecases.postings import posting_of, proof_of
from shared.usecases.self_reports import Summary, write_self_report
from shared.usecases.urns import cast_ballot, close_ballot
from shared.usecases.verdicts import answer_verdict, object_to_verdict
from shared.usecases.verification import verify
from tests.usecases.people import SECRET
from tests.usecases.stage import DAY, Stage

YEAR = 2026
WRITTEN = Summary("学了新党章", "修了村里的水渠", "遵纪守法", "学习还不够经常")


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    return Stage(db, clockwork, book="xiaxiyuan", period="2026-01")


@pytest.fixture
def evaluation(stage: Stage) -> UUID:
    return stage.do(open_evaluation, "secretary", YEAR, stage.now.date() + 7 * DAY).id


def vote(stage: Stage, evaluation: UUID, marks: Mapping[UUID, str], but: int = 0) -> None:
    """Everybody votes alike, but for so many who do not vote."""
    ballot = stage.do(begin_vote, "secretary", SECRET, evaluation, Purpose.APPRAISAL, stage.now + DAY).id
    actors = list(stage.branch.actors.items())
    for who, actor in actors[but:]:
        stage.do(cast_ballot, actor, SECRET, ballot, {of: mark for of, mark in marks.items() if of != who})
    stage.move(stage.now + DAY)
    stage.do(close_ballot, "recorder", ballot)
    stage.do(count_vote, "recorder", SECRET, ballot)


def everybody(stage: Stage, mark: str) -> dict[UUID, str]:
    return dict.fromkeys(stage.branch.actors, mark)


def proposals(stage: Stage, mark: str, reason: str = "") -> dict[UUID, Proposal]:
    return {who: Proposal(mark, reason) for who in stage.branch.actors}


def proposed(stage: Stage, evaluation: UUID) -> None:
    vote(stage, evaluation, everybody(stage, "合格"))
    stage.do(propose_results, "organiser", evaluation, proposals(stage, "合格"), "支委会〔2026〕20号")


def posted(stage: Stage) -> Notice:
    """Post the results in the four steps of any notice."""
    notice = stage.do(draft_notice, "recorder", NoticeKind.APPRAISAL, str(YEAR), "民主评议结果公示")
    stage.do(review_notice, "publicity", notice.id)
    stage.do(approve_notice, "secretary", notice.id)
    return stage.do(publish_notice, "recorder", notice.id)


def published(stage: Stage, evaluation: UUID) -> datetime:
    """Vote, propose and publish; return when the term ends."""
    proposed(stage, evaluation)
    closes_at = posted(stage).closes_at
    assert closes_at is not None
    return closes_at


def verdict(stage: Stage, member: Member) -> Verdict:
    return stage.all(select(Verdict).filter_by(member_id=member.id))[0]


def results(stage: Stage) -> dict[UUID, str]:
    return {one.member_id: one.result for one in stage.all(select(Appraisal).filter_by(year=YEAR))}


def test_an_appraisal_ends_in_what_the_year_takes(stage: Stage, evaluation: UUID) -> None:
    stage.do(write_self_report, stage.mei, evaluation, WRITTEN)

    stage.move(published(stage, evaluation))

    assert stage.row(Evaluation, evaluation).state == "settled"
    assert results(stage) == everybody(stage, "合格")
    assert stage.history(evaluation) == ["open", "vote", "count", "propose", "publish", "settle"]


def test_a_summary_may_be_written_anew_until_the_vote(stage: Stage, evaluation: UUID) -> None:
    stage.do(write_self_report, stage.mei, evaluation, WRITTEN)
    stage.do(write_self_report, stage.mei, evaluation, Summary("改写", "改写", "改写", "改写"))
    vote(stage, evaluation, {})

    with pytest.raises(NotNow, match="测评已经开始"):
        stage.do(write_self_report, stage.mei, evaluation, WRITTEN)


def test_a_summary_has_all_its_parts(stage: Stage, evaluation: UUID) -> None:
    with pytest.raises(Invalid) as refused:
        stage.do(write_self_report, stage.mei, evaluation, Summary("学了", "", "", ""))

    assert len(refused.value.faults) == 3


def test_without_half_of_the_votes_nothing_is_proposed_and_the_vote_is_held_again(
    stage: Stage, evaluation: UUID
) -> None:
    vote(stage, evaluation, everybody(stage, "合格"), but=8)

    with pytest.raises(NotNow, match="不足半数，投票无效"):
        stage.do(propose_results, "organiser", evaluation, proposals(stage, "合格"), "支委会〔2026〕20号")
    stage.do(repeat_vote, "secretary", evaluation)
    vote(stage, evaluation, everybody(stage, "合格"))

    assert stage.row(Evaluation, evaluation).cast_votes == 14


def test_a_valid_vote_is_not_held_again(stage: Stage, evaluation: UUID) -> None:
    vote(stage, evaluation, everybody(stage, "合格"))

    with pytest.raises(NotNow, match="有效，不能重来"):
        stage.do(repeat_vote, "secretary", evaluation)


def test_what_differs_from_the_ballot_has_a_reason(stage: Stage, evaluation: UUID) -> None:
    vote(stage, evaluation, everybody(stage, "合格"))
    given = proposals(stage, "合格") | {stage.mei.id: Proposal("优秀")}

    with pytest.raises(Invalid, match="与测评结果“合格”不一致，请写明理由"):
        stage.do(propose_results, "organiser", evaluation, given, "支委会〔2026〕20号")
    given[stage.mei.id] = Proposal("优秀", "抗洪中表现突出")
    stage.do(propose_results, "organiser", evaluation, given, "支委会〔2026〕20号")

    assert verdict(stage, stage.mei).reason == "抗洪中表现突出"


@pytest.mark.long
def test_every_fault_of_a_proposal_is_said_at_once(stage: Stage, evaluation: UUID) -> None:
    vote(stage, evaluation, everybody(stage, "合格"))

    with pytest.raises(Invalid) as refused:
        stage.do(propose_results, "organiser", evaluation, {}, " ")

    assert len(refused.value.faults) == 15


@pytest.mark.long
def test_an_objection_holds_one_person_s_result_until_it_is_answered(stage: Stage, evaluation: UUID) -> None:
    closes_at = published(stage, evaluation)
    of_mei = verdict(stage, stage.mei).id
    stage.do(object_to_verdict, stage.mei, of_mei, "我全年没有缺过会")
    stage.move(closes_at)
    assert stage.row(Evaluation, evaluation).state == "published"
    assert set(results(stage)) == set(stage.branch.actors) - {stage.mei.id}

    stage.do(answer_verdict, "organiser", of_mei, "经核实，同意", "优秀")

    assert stage.row(Evaluation, evaluation).state == "settled"
    assert results(stage) == everybody(stage, "合格") | {stage.mei.id: "优秀"}
    with acting(stage.db, stage.county_id, stage.county_id) as session:
        assert verify(session, stage.county_id).finding is None


@pytest.mark.long
def test_an_objection_without_an_answer_climbs_once_a_rung(stage: Stage, evaluation: UUID) -> None:
    published(stage, evaluation)
    of_mei = verdict(stage, stage.mei).id
    stage.do(object_to_verdict, stage.mei, of_mei, "我全年没有缺过会")
    due_at = verdict(stage, stage.mei).due_at
    assert due_at is not None
    places = (("reminder", stage.unit_id), ("escalation", stage.branch.parent_id), ("escalation", stage.county_id))

    for days, expected in ((0, (1, 0, 0)), (3, (1, 1, 0)), (6, (1, 1, 1)), (30, (1, 1, 1))):
        stage.move(due_at + timedelta(days=days, seconds=1))
        told = [sum("评议结果异议" in one.body["text"] for one in stage.messages(*place)) for place in places]
        assert tuple(told) == expected, days

    stage.do(answer_verdict, "organiser", of_mei, "经核实，同意", "优秀")
    assert stage.row(Evaluation, evaluation).state == "settled"


@pytest.mark.long
def test_what_hangs_is_what_was_shown_and_says_what_an_answer_changed(stage: Stage, evaluation: UUID) -> None:
    proposed(stage, evaluation)
    notice = posted(stage)
    of_mei = verdict(stage, stage.mei).id
    stage.do(object_to_verdict, stage.mei, of_mei, "我全年没有缺过会")
    stage.do(answer_verdict, "organiser", of_mei, "经核实，同意", "优秀")

    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        posting = posting_of(session, session.get_one(Notice, (stage.county_id, notice.id)))
        proof = proof_of(session, session.get_one(Notice, (stage.county_id, notice.id)))

    of = {one.member_id: one for one in posting.results}
    assert (of[stage.mei.id].result, of[stage.mei.id].corrected) == ("合格", "优秀")
    assert (posting.received, posting.closed, len(posting.results)) == (1, 1, 14)
    assert proof.agrees


@pytest.mark.long
def test_an_invalid_result_cannot_be_published(stage: Stage, evaluation: UUID) -> None:
    vote(stage, evaluation, everybody(stage, "合格"), but=8)
    notice = stage.do(draft_notice, "recorder", NoticeKind.APPRAISAL, str(YEAR), "民主评议结果公示")
    stage.do(review_notice, "publicity", notice.id)
    stage.do(approve_notice, "secretary", notice.id)

    with pytest.raises(NotNow, match="支委会提出评议意见以后才能公示"):
        stage.do(publish_notice, "recorder", notice.id)


@pytest.mark.long
def test_what_was_reviewed_is_not_proposed_anew(stage: Stage, evaluation: UUID) -> None:
    proposed(stage, evaluation)
    notice = stage.do(draft_notice, "recorder", NoticeKind.APPRAISAL, str(YEAR), "民主评议结果公示")
    stage.do(review_notice, "publicity", notice.id)

    with pytest.raises(NotNow, match="先把公示稿退回修改"):
        stage.do(propose_results, "organiser", evaluation, proposals(stage, "合格"), "支委会〔2026〕20号")


@pytest.mark.long
def test_an_objection_is_one_s_own_in_time_and_once(stage: Stage, evaluation: UUID) -> None:
    closes_at = published(stage, evaluation)
    of_mei = verdict(stage, stage.mei).id

    with pytest.raises(Forbidden):
        stage.do(object_to_verdict, stage.branch.members[1], of_mei, "不同意")
    stage.do(object_to_verdict, stage.mei, of_mei, "不同意")
    with pytest.raises(NotNow, match="已经提出过"):
        stage.do(object_to_verdict, stage.mei, of_mei, "还是不同意")
    stage.now = closes_at
    with pytest.raises(NotNow, match="不是评议结果的公示期"):
        stage.do(object_to_verdict, stage.branch.members[1], verdict(stage, stage.branch.members[1]).id, "晚了")


@pytest.mark.long
def test_nobody_answers_an_objection_of_their_own(stage: Stage, evaluation: UUID) -> None:
    published(stage, evaluation)
    organiser = next(m for m in stage.all(select(Member)) if m.person_id == stage.branch["organiser"].person_id)
    own = verdict(stage, organiser).id
    stage.do(object_to_verdict, "organiser", own, "不同意")

    with pytest.raises(Forbidden, match="由其他支委登记"):
        stage.do(answer_verdict, "organiser", own, "同意", "优秀")


@pytest.mark.long
def test_members_assess_each_other_first_where_they_are_asked(stage: Stage, evaluation: UUID) -> None:
    ballot = stage.do(begin_vote, "secretary", SECRET, evaluation, Purpose.MUTUAL, stage.now + DAY).id
    for who, actor in stage.branch.actors.items():
        slip = {} if who == stage.mei.id else {stage.mei.id: "优秀"}
        stage.do(cast_ballot, actor, SECRET, ballot, slip)
    stage.do(close_ballot, "recorder", ballot)
    stage.do(count_vote, "recorder", SECRET, ballot)

    mutual = verdict(stage, stage.mei).mutual
    assert mutual is not None
    assert mutual["优秀"] == 13
    assert stage.row(Evaluation, evaluation).state == "gathering"


@pytest.mark.long
def test_who_came_within_the_year_is_on_the_list_with_the_day(stage: Stage) -> None:
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        session.get_one(Member, (stage.county_id, stage.mei.id)).present_from = date(2026, 5, 1)
        session.get_one(Member, (stage.county_id, stage.branch.members[1].id)).present_to = date(2025, 12, 1)
    stage.do(open_evaluation, "secretary", YEAR, stage.now.date() + timedelta(days=7))

    assert verdict(stage, stage.mei).note == "5月1日转入"
    assert stage.all(select(Verdict).filter_by(member_id=stage.branch.members[1].id)) == []


@pytest.mark.long
def test_under_a_book_without_factors_the_year_takes_only_what_the_meeting_grades(db: Db, clockwork: Db) -> None:
    stage = Stage(db, clockwork, book="xinba", period="2026-01")
    with acting(db, stage.county_id, stage.unit_id) as session:
        session.get_one(Member, (stage.county_id, stage.mei.id)).exempt_from = date(2026, 1, 1)
    evaluation = stage.do(open_evaluation, "secretary", YEAR, stage.now.date() + DAY).id
    vote_of = {who: actor for who, actor in stage.branch.actors.items() if who != stage.mei.id}
    ballot = stage.do(begin_vote, "secretary", SECRET, evaluation, Purpose.APPRAISAL, stage.now + DAY).id
    for actor in vote_of.values():
        stage.do(cast_ballot, actor, SECRET, ballot, {stage.mei.id: "本色型"})
    stage.do(close_ballot, "recorder", ballot)
    stage.do(count_vote, "recorder", SECRET, ballot)
    stage.do(
        propose_results, "organiser", evaluation, proposals(stage, "本色型", "据实评定"), "支委会〔2026〕20号"
    )
    closes_at = posted(stage).closes_at
    assert closes_at is not None
    stage.move(closes_at)

    assert results(stage) == {stage.mei.id: "本色型"}
