"""Appeals: to whom the book names, never to who answered first, and what a won one brings about."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from shared.authz.actor import Actor
from shared.db.claims import Claim
from shared.db.ledger import LedgerEntry
from shared.db.objections import Appeal, Objection
from shared.db.rounds import Line
from shared.db.session import Db, acting
from shared.domain.errors import Forbidden, Invalid, NotFound, NotNow
from shared.usecases.answers import Remedy, answer_objection
from shared.usecases.appeals import appeal, decide_appeal
from shared.usecases.claims import Ruling, decide_claims
from shared.usecases.confirmations import compile_lines
from shared.usecases.openings import open_to
from tests.usecases.stage import CLOSED, DAY, POSTED, Stage

MINUTE = "申诉认定〔2026〕1号"


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A village branch; one of Mei's claims was refused, she objected, and the branch rejected it."""
    made = Stage(db, clockwork)
    made.accept(made.claim(made.mei, "D-E6"))
    made.refuse(made.claim(made.mei, "D-E6"))
    made.publish()
    return made


def answered(stage: Stage, by: str = "organiser") -> Objection:
    """Let Mei object, and the branch find nothing in it."""
    objection = stage.object(stage.mei, stage.mei)
    stage.investigate(objection.id)
    return stage.do(answer_objection, by, objection.id, False, "与细则一致", Remedy())


def refused(stage: Stage) -> Remedy:
    """What would make Mei's refused claim count."""
    return Remedy(accept=tuple(stage.all(select(Claim.id).filter_by(state="refused"))))


def balance(stage: Stage) -> Decimal:
    """What the ledger holds for Mei."""
    total = select(func.coalesce(func.sum(LedgerEntry.points), 0)).filter_by(member_id=stage.mei.id)
    return stage.all(total)[0]


def test_the_township_sees_the_case_and_nothing_else_and_not_after_its_end(stage: Stage) -> None:
    town, objection = stage.branch.parent_id, answered(stage)

    assert stage.all(select(Line), town) == []
    stage.do(appeal, stage.mei, objection.id, "有人作证")
    assert [line.member_id for line in stage.all(select(Line), town)] == [stage.mei.id]
    assert {claim.member_id for claim in stage.all(select(Claim), town)} == {stage.mei.id}
    stage.do(decide_appeal, "township_officer", objection.id, False, "维持", MINUTE, Remedy())
    stage.move(stage.now)

    assert stage.all(select(Line), town) == []
    assert stage.all(select(Claim), town) == []
    with pytest.raises(NotFound):
        stage.do(decide_appeal, "township_officer", objection.id, True, "改判", MINUTE, Remedy())
    assert (stage.line(stage.mei).state, stage.row(Objection, objection.id).outcome) == ("published", "rejected")


def test_a_won_appeal_is_shown_by_itself_and_settled_by_reversal(stage: Stage) -> None:
    objection, remedy = answered(stage), refused(stage)
    stage.move(POSTED + 5 * DAY)
    stage.do(appeal, stage.mei, objection.id, "有人作证")
    stage.do(decide_appeal, "township_officer", objection.id, True, "属实", MINUTE, remedy)
    stage.move(POSTED + 9 * DAY)

    draft = stage.drafted()
    assert stage.told(draft.id)[0].actor_name == "时钟"
    assert (stage.line(stage.mei).state, stage.line(stage.mei).points) == ("amended", Decimal(6))
    notice = stage.hang(draft.id)
    assert notice.closes_at is not None
    assert notice.closes_at > stage.now + 6 * DAY
    assert balance(stage) == 0
    stage.move(notice.closes_at)

    assert balance(stage) == Decimal(6)
    assert stage.row(Claim, remedy.accept[0]).state == "confirmed"


def test_only_objector_and_member_appeal_and_only_in_time(stage: Stage) -> None:
    objection = answered(stage)

    for stranger in (stage.who(stage.branch.members[1]), stage.branch["secretary"]):
        with pytest.raises(Forbidden, match="只有异议人或当事人"):
            stage.do(appeal, stranger, objection.id, "不服")
    until = stage.row(Objection, objection.id).appeal_until
    assert until is not None
    stage.move(until)
    with pytest.raises(NotNow):
        stage.do(appeal, stage.mei, objection.id, "不服")

    closed = stage.row(Objection, objection.id)
    assert (closed.state, closed.outcome) == ("closed", "rejected")
    assert stage.line(stage.mei).state == "settled"


def test_an_appeal_is_decided_with_words_minute_and_a_remedy_of_this_line(stage: Stage) -> None:
    objection = answered(stage)
    stage.do(appeal, stage.mei, objection.id, "有人作证")

    for words in (("", MINUTE), ("属实", " ")):
        with pytest.raises(Invalid, match="认定意见和会议记录"):
            stage.do(decide_appeal, "township_officer", objection.id, True, *words, Remedy())
    with pytest.raises(Invalid, match="只能更正这一行"):
        stage.do(
            decide_appeal, "township_officer", objection.id, True, "属实", MINUTE, Remedy(accept=(stage.round_id,))
        )
    for wrong in ("secretary", "organiser"):
        with pytest.raises(Forbidden):
            stage.do(decide_appeal, wrong, objection.id, True, "属实", MINUTE, Remedy())


@pytest.mark.long
def test_discipline_then_committee_decide_finally_and_never_the_same_person(db: Db, clockwork: Db) -> None:
    stage = Stage(db, clockwork, "chaiqian")
    stage.move(CLOSED)
    stage.do(compile_lines, "office", stage.round_id)
    stage.post(at=POSTED, by="office")
    objection = stage.object(stage.mei, stage.mei)
    stage.investigate(objection.id, "discipline", "publicity")
    with pytest.raises(Forbidden, match="综合部门"):
        stage.do(answer_objection, "organiser", objection.id, False, "一致", Remedy())
    stage.do(answer_objection, "office", objection.id, False, "一致", Remedy())
    decide = (decide_appeal, objection.id, False, "维持", MINUTE, Remedy())

    stage.do(appeal, stage.mei, objection.id, "不服")
    with pytest.raises(Forbidden):
        stage.do(decide[0], "secretary", *decide[1:])
    stage.do(decide[0], "discipline", *decide[1:])
    assert stage.row(Objection, objection.id).state == "answered"
    stage.do(appeal, stage.mei, objection.id, "仍不服")
    stage.also("discipline", "secretary")
    with pytest.raises(Forbidden, match="已经认定过"):
        stage.do(decide[0], "discipline", *decide[1:])
    stage.do(decide[0], "secretary", *decide[1:])
    with pytest.raises(NotNow):
        stage.do(appeal, stage.mei, objection.id, "还不服")

    assert [a.body for a in stage.all(select(Appeal).order_by(Appeal.level))] == ["discipline", "committee"]
    assert stage.row(Objection, objection.id).outcome == "rejected"


@pytest.mark.long
def test_the_first_decider_does_not_sit_on_the_appeal(stage: Stage) -> None:
    objection = answered(stage)
    stage.do(appeal, stage.mei, objection.id, "有人作证")
    officer = stage.branch.above["township_officer"]
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        session.get_one(Objection, (stage.county_id, objection.id)).answered_by = officer.person_id

    with pytest.raises(Forbidden, match="首次答复"):
        stage.do(decide_appeal, officer, objection.id, True, "属实", MINUTE, Remedy())
    stage.do(decide_appeal, "word", objection.id, False, "维持", MINUTE, Remedy())


@pytest.mark.long
def test_a_secretary_above_is_none_of_the_branch_whose_rows_were_opened(stage: Stage) -> None:
    town = stage.branch.parent_id
    claim = refused(stage).accept[0]
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        open_to(session, stage.county_id, stage.unit_id, town, [claim], "抽查", stage.now)
    above = Actor(stage.county_id, town, stage.round_id, "镇书记", frozenset({"secretary"}))

    with pytest.raises(Forbidden):
        stage.do(decide_claims, above, [claim], Ruling(True, MINUTE))


@pytest.mark.long
def test_while_it_lies_above_the_branch_does_not_answer_again(stage: Stage) -> None:
    objection = answered(stage)
    stage.do(appeal, stage.mei, objection.id, "有人作证")

    for upheld in (True, False):
        with pytest.raises(NotNow, match=r"申诉中.*不能答复"):
            stage.do(answer_objection, "organiser", objection.id, upheld, "再答一次", Remedy())
