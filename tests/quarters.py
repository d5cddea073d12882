"""A branch's quarter run to its end through the use cases: what the tests of proof and walls look at."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from shared.authz.actor import the_clock
from shared.db.claims import Claim
from shared.db.filings import Filing
from shared.db.notices import Notice
from shared.db.rounds import Line
from shared.db.session import Db, acting
from shared.domain.ballots import Purpose
from shared.domain.meetings import Attended, Count
from shared.domain.notices import NoticeKind
from shared.domain.windows import local_day
from shared.usecases.answers import Remedy, answer_objection
from shared.usecases.appraisals import begin_vote, open_evaluation
from shared.usecases.claims import Ruling, decide_claims, draft_claim, submit_claim
from shared.usecases.corrections import correct_late
from shared.usecases.filings import file_filing, receive_filing, submit_filing
from shared.usecases.findings import Inquiry, investigate
from shared.usecases.lines import propose
from shared.usecases.meetings import call_roll, close_meeting, convene, vote_list
from shared.usecases.notices import approve_notice, draft_notice, publish_notice, review_notice
from shared.usecases.objections import Statement, assign_investigator, raise_objection
from shared.usecases.opinions import give_opinion
from shared.usecases.rounds import open_round
from shared.usecases.years import close_year
from tests.builders import Branch, a_county, a_deed, founder, run_clock, set_clock

SECRET = b"the secret of an installation, 32"
START = datetime(2026, 1, 1, 1, 0, tzinfo=UTC)
PROPOSED = datetime(2026, 4, 6, 1, tzinfo=UTC)
POSTED = datetime(2026, 4, 14, 1, tzinfo=UTC)
OBJECTED = POSTED + timedelta(hours=1)
CLOSES = datetime(2026, 4, 21, 16, tzinfo=UTC)
CORRECTED = datetime(2026, 4, 23, 1, tzinfo=UTC)
CORRECTION_CLOSES = datetime(2026, 4, 30, 16, tzinfo=UTC)


@dataclass
class Quarter:
    """A quarter that was claimed, passed and posted; `refused` is the claim that an objection is about."""

    branch: Branch
    round_id: UUID
    notice_id: UUID
    claims: list[UUID]
    refused: UUID


def posted(db: Db, clockwork: Db, branches: list[Branch]) -> list[Quarter]:
    """From the claims of three members, one of them refused, to the notice of 14 April, open to 22 April 0:00."""
    county_id = branches[0].county_id
    set_clock(db, county_id, START)
    claimed = [_claimed(db, branch) for branch in branches]
    set_clock(db, county_id, PROPOSED)
    run_clock(clockwork, county_id)
    for branch, (round_id, claims) in zip(branches, claimed, strict=True):
        _pass(db, branch, round_id, claims)
    set_clock(db, county_id, POSTED)
    quarters = []
    for branch, (round_id, claims) in zip(branches, claimed, strict=True):
        notice = post(db, branch, NoticeKind.FIRST, "2026-Q1", POSTED)
        quarters.append(Quarter(branch, round_id, notice.id, claims[:2], claims[2]))
    return quarters


def _claimed(db: Db, branch: Branch) -> tuple[UUID, list[UUID]]:
    with acting(db, branch.county_id, branch.unit_id) as session:
        round_ = open_round(session, founder(branch.county_id), branch.unit_id, "2026-Q1", START)
    claims = []
    with acting(db, branch.county_id, branch.unit_id) as session:
        for member in branch.members[:3]:
            actor, deed = branch.actors[member.id], a_deed("D-A4", date(2026, 1, 1))
            claim = draft_claim(session, actor, round_.id, member.id, deed, START)
            submit_claim(session, actor, claim.id, START)
            give_opinion(session, branch.leader_of(member), claim.id, True, "好", START)
            claims.append(claim.id)
    return round_.id, claims


def _pass(db: Db, branch: Branch, round_id: UUID, claims: list[UUID]) -> None:
    with acting(db, branch.county_id, branch.unit_id) as session:
        minute = "支委会〔2026〕1号"
        decide_claims(session, branch["organiser"], claims[:2], Ruling(True, minute), PROPOSED)
        decide_claims(session, branch["organiser"], claims[2:], Ruling(False, minute, "未附证明"), PROPOSED)
    with acting(db, branch.county_id, branch.unit_id) as session:
        propose(session, branch["secretary"], round_id, {}, PROPOSED)
    with acting(db, branch.county_id, branch.unit_id) as session:
        meeting = convene(session, branch["secretary"], "members", "一季度积分评定", "大会〔2026〕1号", PROPOSED)
        everybody = {actor.person_id: Attended.PRESENT for actor in branch.actors.values() if actor.person_id}
        roll = call_roll(session, branch["secretary"], meeting.id, everybody)
        assert vote_list(session, branch["secretary"], meeting.id, [round_id], Count(roll.present), [], PROPOSED)
        close_meeting(session, branch["secretary"], meeting.id, PROPOSED)


def post(db: Db, branch: Branch, kind: NoticeKind, period: str, at: datetime) -> Notice:
    """Take a notice through its four steps."""
    with acting(db, branch.county_id, branch.unit_id) as session:
        notice = draft_notice(session, branch["recorder"], kind, period, f"{period} 积分公示", at)
    return publish(db, branch, notice.id, at)


def publish(db: Db, branch: Branch, notice_id: UUID, at: datetime) -> Notice:
    """Review, approve and post a drafted notice."""
    with acting(db, branch.county_id, branch.unit_id) as session:
        review_notice(session, branch["publicity"], notice_id, at)
        approve_notice(session, branch["secretary"], notice_id, at)
        return publish_notice(session, branch["recorder"], notice_id, at)


def objected(db: Db, quarter: Quarter) -> UUID:
    """The member whose claim was refused objects, an hour after the posting."""
    branch = quarter.branch
    set_clock(db, branch.county_id, OBJECTED)
    with acting(db, branch.county_id, branch.unit_id) as session:
        claim = session.get_one(Claim, (branch.county_id, quarter.refused))
        line = session.scalars(select(Line).filter_by(round_id=quarter.round_id, member_id=claim.member_id)).one()
        said = Statement("我的申报附了证明", "党员003")
        return raise_objection(session, branch.actors[claim.member_id], line.id, said).id


def closed(db: Db, clockwork: Db, branch: Branch) -> None:
    """The windows end and the clock settles what nobody objects to."""
    set_clock(db, branch.county_id, CLOSES)
    run_clock(clockwork, branch.county_id)


def upheld(db: Db, clockwork: Db, quarter: Quarter, objection_id: UUID) -> None:
    """The objection is upheld after the window has closed; the line is corrected and posted again."""
    branch = quarter.branch
    set_clock(db, branch.county_id, CORRECTED)
    with acting(db, branch.county_id, branch.unit_id) as session:
        investigator = branch["discipline"].person_id
        assert investigator
        assign_investigator(session, branch["secretary"], objection_id, investigator, CORRECTED)
        inquiry = Inquiry("查阅了登记和附件。", "申报人和党小组长", local_day(CORRECTED))
        investigate(session, branch["discipline"], objection_id, inquiry, CORRECTED)
        remedy = Remedy(accept=(quarter.refused,), reason="证明属实")
        answer_objection(session, branch["secretary"], objection_id, True, "经查属实", remedy, CORRECTED)
    run_clock(clockwork, branch.county_id)
    with acting(db, branch.county_id, branch.unit_id) as session:
        drafted = session.scalars(select(Notice.id).filter_by(unit_id=branch.unit_id, state="drafted")).one()
    publish(db, branch, drafted, CORRECTED)


def corrected_late(db: Db, quarter: Quarter) -> None:
    """What was left out of a settled line is entered and posted: its entries will be reversed."""
    branch = quarter.branch
    with acting(db, branch.county_id, branch.unit_id) as session:
        claim = session.get_one(Claim, (branch.county_id, quarter.claims[0]))
        line = session.scalars(select(Line).filter_by(round_id=quarter.round_id, member_id=claim.member_id)).one()
        deed = a_deed("D-A4", date(2026, 2, 3))
        correct_late(session, branch["secretary"], line.id, deed, "支委会〔2026〕7号", CORRECTED)
    with acting(db, branch.county_id, branch.unit_id) as session:
        drafted = session.scalars(select(Notice.id).filter_by(unit_id=branch.unit_id, state="drafted")).one()
    publish(db, branch, drafted, CORRECTED)


def settled_again(db: Db, clockwork: Db, branch: Branch) -> None:
    """The corrections' windows end as well."""
    set_clock(db, branch.county_id, CORRECTION_CLOSES)
    run_clock(clockwork, branch.county_id)


def filed(db: Db, clockwork: Db, branch: Branch, at: datetime) -> None:
    """Every package that waits is submitted, received and filed."""
    with acting(db, branch.county_id, branch.unit_id) as session:
        waiting = list(session.scalars(select(Filing.id).filter_by(unit_id=branch.unit_id, state="built")))
        for filing in waiting:
            submit_filing(session, branch["secretary"], filing, at)
    with acting(db, branch.county_id, branch.parent_id) as session:
        for filing in waiting:
            receive_filing(session, branch.above["township_officer"], filing, at)
            file_filing(session, branch.above["township_officer"], filing, at)
    run_clock(clockwork, branch.county_id)


def voting(db: Db, branches: list[Branch]) -> None:
    """The year's appraisal has begun, and its secret ballot is open."""
    at = datetime(2027, 1, 4, 1, tzinfo=UTC)
    for branch in branches:
        with acting(db, branch.county_id, branch.unit_id) as session:
            evaluation = open_evaluation(session, branch["secretary"], 2026, local_day(at), at)
            until = at + timedelta(days=3)
            begin_vote(session, branch["secretary"], SECRET, evaluation.id, Purpose.APPRAISAL, until, at)


def closed_years(db: Db, clockwork: Db, branches: list[Branch]) -> None:
    """The year is made of its one quarter, posted and settled."""
    county_id, at = branches[0].county_id, datetime(2027, 1, 5, 1, tzinfo=UTC)
    set_clock(db, county_id, at)
    for branch in branches:
        with acting(db, county_id, branch.unit_id) as session:
            close_year(session, the_clock(county_id, branch.unit_id), 2026, at)
        notice = post(db, branch, NoticeKind.YEAR, "2026", at)
    assert notice.closes_at
    set_clock(db, county_id, notice.closes_at)
    run_clock(clockwork, county_id)


def a_full_county(db: Db, clockwork: Db, branches: int = 2) -> list[Quarter]:
    """Branches with everything that proof is about: claims, seals, entries, a reversal, packages, a year."""
    return played(db, clockwork, a_county(db, branches=branches))


def played(db: Db, clockwork: Db, made: list[Branch]) -> list[Quarter]:
    """The same in the branches of a county that is there already."""
    quarters = posted(db, clockwork, made)
    objections = [objected(db, quarter) for quarter in quarters]
    closed(db, clockwork, made[0])
    for quarter, objection_id in zip(quarters, objections, strict=True):
        upheld(db, clockwork, quarter, objection_id)
        corrected_late(db, quarter)
    settled_again(db, clockwork, made[0])
    for branch in made:
        filed(db, clockwork, branch, CORRECTION_CLOSES)
    voting(db, made)
    closed_years(db, clockwork, made)
    return quarters
