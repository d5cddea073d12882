"""One round on each book, through the stages that the book has, from the claim to the file."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select

from shared.db.claims import Claim, Word
from shared.db.filings import Filing
from shared.db.ledger import LedgerEntry
from shared.db.meetings import Attendance, Meeting
from shared.db.members import Member
from shared.db.notices import Notice, NoticeLine
from shared.db.objections import Objection
from shared.db.rounds import Line, Round
from shared.db.session import Db, acting
from shared.domain.meetings import Count
from shared.domain.notices import NoticeKind
from shared.domain.rule_books import check
from shared.usecases.answers import Remedy, answer_objection
from shared.usecases.claims import Ruling, draft_claim, submit_claim
from shared.usecases.confirmations import compile_lines, confirm_lines
from shared.usecases.filings import file_filing, receive_filing, submit_filing
from shared.usecases.lines import propose
from shared.usecases.meetings import vote_list
from shared.usecases.members import add_person, appoint
from shared.usecases.objections import (
    OnPaper,
    Statement,
    confirm_identity,
    enter_paper_objection,
)
from shared.usecases.records import enter_record, enter_records
from shared.usecases.scores import agree_score, finish_scoring, give_score
from shared.usecases.words import give_word
from tests.builders import LONG_AGO, a_deed, founder
from tests.domain.books import SEVENTH
from tests.usecases.stage import DAY, Stage

JANUARY = date(2026, 1, 5)
FEBRUARY = datetime(2026, 2, 9, 1, tzinfo=UTC)
APRIL = datetime(2026, 4, 9, 1, tzinfo=UTC)


def file_away(stage: Stage, notice: Notice, held: int = 0) -> list[Filing]:
    """Let the window close and what it settles be filed; so many lines wait for the answer to an objection."""
    assert notice.closes_at is not None
    stage.move(notice.closes_at - timedelta(seconds=1))
    assert stage.all(select(func.count()).select_from(LedgerEntry).filter_by(unit_id=stage.unit_id)) == [0]
    stage.move(notice.closes_at)
    states = [one.state for one in stage.all(select(Line).filter_by(unit_id=stage.unit_id))]
    assert (states.count("held"), len(set(states) - {"held", "settled"})) == (held, 0)
    return send_up(stage)


def send_up(stage: Stage) -> list[Filing]:
    """Send what is ready up, and have it filed; every round has ended with it."""
    filings = stage.all(select(Filing).filter_by(unit_id=stage.unit_id, state="built"))
    for filing in filings:
        stage.do(submit_filing, "secretary", filing.id)
        stage.do(receive_filing, "township_officer", filing.id)
        stage.do(file_filing, "township_officer", filing.id)
    stage.move(stage.now)
    assert {one.state for one in stage.all(select(Round).filter_by(unit_id=stage.unit_id))} == {"filed"}
    return filings


def entered(stage: Stage, member: Member) -> Decimal:
    """What the ledger holds for a member."""
    query = select(func.sum(LedgerEntry.points)).filter_by(member_id=member.id)
    return stage.all(query)[0]


def claimed(stage: Stage, member: Member, round_id: UUID, item: str, points: str | None = None) -> Claim:
    """A claim that has been handed in, without an opinion."""
    made = stage.do(draft_claim, member, round_id, member.id, a_deed(item, JANUARY, points))
    return stage.do(submit_claim, member, made.id)


def test_a_month_of_the_school_is_passed_by_its_meeting_and_filed_with_the_bureau(db: Db, clockwork: Db) -> None:
    stage = Stage(db, clockwork, "xiaxiyuan", "2026-01")
    claim = stage.claim(stage.mei, "A-D4", JANUARY, points="8")
    stage.do(enter_record, "recorder", stage.round_id, stage.mei.id, a_deed("A-D2", JANUARY, "2.5"))
    stage.move(FEBRUARY)
    stage.accept(claim)
    stage.do(propose, "secretary", stage.round_id, {})
    stage.pass_all()

    filings = file_away(stage, stage.post(period="2026-01", at=FEBRUARY + DAY))

    assert stage.line(stage.mei).points == entered(stage, stage.mei) == Decimal("60.50")
    assert [filing.period for filing in filings] == ["2026-01"]


def test_a_quarter_of_the_residents_committee_is_three_months_in_one_meeting_notice_and_file(
    db: Db, clockwork: Db
) -> None:
    stage = Stage(db, clockwork, "yangba", "2026-01")
    months = [stage.round_id]
    for month, day in ((2, datetime(2026, 2, 1, 1, tzinfo=UTC)), (3, datetime(2026, 3, 1, 1, tzinfo=UTC))):
        stage.move(day)
        months.append(stage.open(f"2026-{month:02d}"))
    deed = a_deed("B-03", date(2026, 3, 1))
    stage.do(enter_records, "recorder", months[2], [(member.id, deed) for member in stage.branch.members])
    stage.move(APRIL)
    for round_id in months:
        stage.do(propose, "secretary", round_id, {})
    meeting = stage.meet()
    assert stage.do(vote_list, "secretary", meeting, months, Count(len(stage.branch.actors)), [])

    notice = stage.post(period="2026-Q1", at=APRIL + DAY)
    filings = file_away(stage, notice)

    shown = stage.all(select(NoticeLine.round_id).filter_by(notice_id=notice.id).distinct())
    assert set(shown) == set(months)
    assert entered(stage, stage.mei) == Decimal("2.00")
    assert [filing.period for filing in filings] == ["2026-Q1"]


def test_a_quarter_of_the_office_is_published_confirmed_and_published_again(db: Db, clockwork: Db) -> None:
    stage = Stage(db, clockwork, "chaiqian")
    stage.do(enter_record, "office", stage.round_id, stage.mei.id, a_deed("C-05", JANUARY))
    stage.move(APRIL)
    stage.do(compile_lines, "office", stage.round_id)
    first = stage.post(by="office")
    assert stage.line(stage.mei).points == Decimal("5.00")

    missing = claimed(stage, stage.mei, stage.round_id, "C-06")
    assert first.closes_at is not None
    stage.move(first.closes_at)
    stage.accept(missing)
    stage.do(confirm_lines, "secretary", stage.round_id, "支委会〔2026〕2号")
    second = stage.post(NoticeKind.SECOND, by="office")
    file_away(stage, second)

    assert (first.kind, second.kind) == ("first", "second")
    assert stage.line(stage.mei).points == entered(stage, stage.mei) == Decimal("55.00")


def test_a_quarter_of_a_village_hears_the_department_and_is_watched_by_a_guide(db: Db, clockwork: Db) -> None:
    stage = Stage(db, clockwork, "township-overlay")
    with acting(db, stage.county_id, stage.unit_id) as session:
        guide = add_person(session, founder(stage.county_id), stage.unit_id, "驻村指导员")
        appoint(session, founder(stage.county_id), stage.unit_id, guide.id, "observer", LONG_AGO)
    good, bad = (stage.claim(member, "D-B1", JANUARY) for member in stage.branch.members[:2])
    for word in stage.all(select(Word).order_by(Word.asked_at), stage.branch.parent_id):
        stage.do(give_word, "word", word.id, word.claim_id == good.id, "与救助台账核对")
    stage.move(APRIL)
    stage.accept(good)
    stage.refuse(bad)
    notice = stage.publish(APRIL + DAY)
    file_away(stage, notice)

    refused = stage.row(Claim, bad.id)
    roll = stage.all(select(Attendance).filter_by(person_id=guide.id))
    assert (refused.state, refused.refused_by) == ("refused", "parent")
    assert refused.reason
    assert refused.minute
    assert [(one.standing, one.invited_at is not None) for one in roll] == [("observer", True)]
    assert entered(stage, stage.mei) == Decimal("2.00")


def test_a_quarter_of_a_village_is_scored_by_three_and_answers_a_villager(db: Db, clockwork: Db) -> None:
    stage = Stage(db, clockwork, "xujiayan")
    claims = [
        stage.claim(stage.mei, "E-C5", JANUARY, points=points, decision="评议〔2026〕1号") for points in "86"
    ]
    stage.move(APRIL)
    for claim, figures in zip(claims, (("8", "8", "7"), ("6", "5", "4")), strict=True):
        for scorer, figure in zip(stage.branch.scorers, figures, strict=True):
            stage.do(give_score, scorer, claim.id, Decimal(figure))
    stage.do(agree_score, stage.branch.scorers[0], claims[1].id, Decimal(5), "评议〔2026〕2号")
    stage.do(finish_scoring, stage.branch.scorers[0], stage.round_id)
    stage.do(propose, "secretary", stage.round_id, {})
    notice = stage.post(at=APRIL + DAY)
    answered = _a_villager_objects(stage)

    first = file_away(stage, notice, held=1)
    assert answered.appeal_until is not None
    stage.move(answered.appeal_until)
    second = send_up(stage)

    assert [(one.period, one.number) for one in (*first, *second)] == [("2026-Q1", 1), ("2026-Q1", 2)]
    assert stage.line(stage.mei).points == entered(stage, stage.mei) == Decimal("83.00")
    assert stage.line(stage.branch.members[1]).state == "settled"
    assert stage.all(select(Meeting)) == []


def _a_villager_objects(stage: Stage) -> Objection:
    """On paper, in their real name; answered the next day."""
    stage.move(stage.now + DAY)
    paper = OnPaper(stage.now - timedelta(hours=2), ("党员900", "党员901"))
    said = Statement("公示的事我没有看到，请调查。", "柳永根", "第三村民小组", "0000-300")
    about = stage.line(stage.branch.members[1])
    objection = stage.do(enter_paper_objection, "recorder", about.id, said, paper)
    stage.do(confirm_identity, "recorder", objection.id)
    stage.investigate(objection.id)
    stage.move(stage.now + DAY)
    return stage.do(answer_objection, "organiser", objection.id, False, "经走访，登记属实。", Remedy())


def test_a_month_of_a_village_without_a_vote_is_published_as_proposed(db: Db, clockwork: Db) -> None:
    stage = Stage(db, clockwork, "xinba", "2026-01")
    claim = stage.claim(stage.mei, "F-X8", JANUARY)
    stage.do(enter_record, "recorder", stage.round_id, stage.mei.id, a_deed("F-W6", JANUARY))
    stage.move(FEBRUARY)
    stage.accept(claim)
    stage.do(propose, "secretary", stage.round_id, {})

    file_away(stage, stage.post(period="2026-01", at=FEBRUARY + DAY))

    assert stage.line(stage.mei).points == entered(stage, stage.mei) == Decimal("3.00")
    assert stage.all(select(Meeting)) == []


def test_a_seventh_book_that_only_the_tests_know_runs_from_claim_to_file(db: Db, clockwork: Db) -> None:
    stage = Stage(db, clockwork, check(SEVENTH, "seventh.yaml", lambda _: None))
    task = stage.claim(stage.mei, "T", JANUARY, points="5")
    gain = stage.claim(stage.mei, "G", JANUARY)
    forester = replace(stage.branch.above["word"], department="林业站")
    asked = stage.all(select(Word), stage.branch.parent_id)
    assert [(word.claim_id, word.department) for word in asked] == [(gain.id, "林业站")]
    stage.do(give_word, forester, asked[0].id, True, "属实")
    stage.do(enter_record, "recorder", stage.round_id, stage.branch.members[1].id, a_deed("D", JANUARY))
    stage.move(APRIL)
    stage.decide([task, gain], Ruling(True, "支委会〔2026〕1号"))
    stage.do(compile_lines, "secretary", stage.round_id)

    filings = file_away(stage, stage.post(at=APRIL + DAY))

    assert [entered(stage, member) for member in stage.branch.members] == [Decimal(32), Decimal(16), Decimal(24)]
    assert [filing.state for filing in stage.all(select(Filing))] == ["filed"] * len(filings) == ["filed"]
