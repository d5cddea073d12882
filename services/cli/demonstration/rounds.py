"""A branch's round as its people play it: claims, opinions, proposal, meeting, notice, filing, by its book."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.cli.demonstration.stage import Stage, Troupe
from shared.authz.actor import Actor
from shared.db.claims import Claim, Word
from shared.db.filings import Filing
from shared.db.members import Member
from shared.db.notices import Notice
from shared.db.rounds import Round
from shared.domain.attestations import Attested
from shared.domain.deeds import Deed
from shared.domain.meetings import Attended, Count
from shared.domain.notices import NoticeKind
from shared.domain.periods import Period
from shared.domain.rounds import RoundState
from shared.domain.windows import local_day
from shared.usecases.attestations import attest, see_attesting
from shared.usecases.claims import Ruling, decide_claims, draft_claim, submit_claim
from shared.usecases.confirmations import compile_lines, confirm_lines
from shared.usecases.filings import file_filing, receive_filing, submit_filing
from shared.usecases.lines import propose
from shared.usecases.meetings import call_roll, close_meeting, convene, vote_list
from shared.usecases.minutes import fix_minutes, write_minutes
from shared.usecases.notices import approve_notice, draft_notice, publish_notice, review_notice
from shared.usecases.opinions import give_opinion
from shared.usecases.records import enter_records
from shared.usecases.remarks import explain
from shared.usecases.rounds import open_round
from shared.usecases.words import give_word

# Who takes part in counting a year, in the order in which its book names them.
WITNESSES = ("程安民", "许海兴")


@contextmanager
def known(session: Session, troupe: Troupe) -> Iterator[None]:
    """Hold on to a branch's members and rounds: a session knows a row as long as somebody holds it, no longer."""
    held = [*session.scalars(select(Member).filter_by(unit_id=troupe.unit_id))]
    rounds = [*session.scalars(select(Round).filter_by(unit_id=troupe.unit_id))]
    yield
    del held, rounds


def open_for(stage: Stage, troupe: Troupe, by: Actor, period: Period) -> None:
    """Open a round on its first morning."""
    with stage.acting(troupe) as session:
        troupe.rounds[str(period)] = open_round(session, by, troupe.unit_id, str(period), stage.now).id


def claim_all(stage: Stage, troupe: Troupe, period: Period, claims: Sequence[tuple[Member, Deed]]) -> None:
    """Claim deeds: each by the member, or for one who is old and has no telephone, by the recorder (代办)."""
    with stage.acting(troupe) as session:
        for member, deed in claims:
            by = troupe.officers["recorder"] if member.class_ == "年老体弱" else troupe.actors[member.id]
            claim = draft_claim(session, by, troupe.rounds[str(period)], member.id, deed, stage.now)
            submit_claim(session, by, claim.id, stage.now)


def record_for(stage: Stage, troupe: Troupe, period: Period, entries: Sequence[tuple[Member, Deed]]) -> None:
    """Enter what the recorder (or the office) keeps day by day; nobody enters their own gain."""
    keeper = troupe.officers.get("office") or troupe.officers["recorder"]
    with stage.acting(troupe) as session:
        others = [(member.id, deed) for member, deed in entries if member.id != keeper.member_id]
        enter_records(session, keeper, troupe.rounds[str(period)], others, stage.now)


def hear(stage: Stage, troupe: Troupe, claims: Sequence[UUID], against: Collection[UUID] = ()) -> None:
    """Group leaders sign their opinions, and departments give their word where they were asked."""
    if troupe.book.procedure.opinions:
        with stage.acting(troupe) as session, known(session, troupe):
            for claim in session.scalars(select(Claim).where(Claim.id.in_(claims)).order_by(Claim.number)):
                leader = _leader(troupe, claim)
                give_opinion(
                    session, leader, claim.id, True, stage.chance.choice(("好", "较好", "按时完成")), stage.now
                )
    with stage.above(troupe) as session:
        for word in session.scalars(select(Word).where(Word.claim_id.in_(claims)).order_by(Word.id)):
            refused = word.claim_id in against
            said = "经核对，与本部门台账不符" if refused else "情况属实"
            give_word(session, troupe.above[word.department], word.id, not refused, said, stage.now)


def decide(stage: Stage, troupe: Troupe, claims: Sequence[UUID], refused: dict[UUID, str]) -> None:
    """The committee accepts what was done and refuses what was not, with reason and minute."""
    minute = troupe.minute("支委会", stage.now)
    first, other = troupe.deciders()[:2]
    rulings: dict[tuple[bool, str | None], list[UUID]] = {}
    with stage.acting(troupe) as session, known(session, troupe):
        for claim in session.scalars(select(Claim).where(Claim.id.in_(claims)).order_by(Claim.number)):
            alike = (claim.member_id == first.member_id, refused.get(claim.id))
            rulings.setdefault(alike, []).append(claim.id)
        for (own, reason), alike_ones in rulings.items():
            ruling = Ruling(reason is None, minute, reason)
            decide_claims(session, other if own else first, alike_ones, ruling, stage.now)


def put_forward(stage: Stage, troupe: Troupe, period: Period) -> None:
    """The committee puts its preliminary points forward, or the office compiles the list."""
    with stage.acting(troupe) as session:
        if RoundState.CONFIRMING in troupe.book.procedure.stages:
            compile_lines(session, troupe.officers["office"], troupe.rounds[str(period)], stage.now)
        else:
            propose(session, troupe.officers["secretary"], troupe.rounds[str(period)], {}, stage.now)


def meet(stage: Stage, troupe: Troupe, subject: str, rounds: Sequence[UUID]) -> str:
    """The members' meeting: roll, remote and written votes of those away, the list; return its minute."""
    minute = troupe.minute("党员大会", stage.now)
    secretary = troupe.officers["secretary"]
    with stage.acting(troupe) as session:
        meeting = convene(session, secretary, "members", subject, minute, stage.now)
        roll = call_roll(session, secretary, meeting.id, roll_call(stage, troupe))
        if rounds:
            in_favour = roll.present - stage.chance.randint(0, max(0, (2 * roll.present - roll.due - 1) // 3))
            count = Count(in_favour, against=roll.present - in_favour)
            vote_list(session, secretary, meeting.id, rounds, count, [], stage.now)
        close_meeting(session, secretary, meeting.id, stage.now)
        minute_down(session, stage, troupe, meeting.id, "会上逐人念了积分和依据，大家核对自己的一行，没有补充。")
    return minute


def minute_down(session: Session, stage: Stage, troupe: Troupe, meeting_id: UUID, said: str) -> None:
    """The recorder writes the minutes, and the secretary, who was in the chair, fixes them to be signed."""
    write_minutes(session, troupe.officers["recorder"], meeting_id, "支部活动室", said, stage.now)
    fix_minutes(session, troupe.officers["secretary"], meeting_id, stage.now)


def post(stage: Stage, troupe: Troupe, kind: NoticeKind, period: str, title: str) -> Notice:
    """The notice in its four steps by different people; return it as published."""
    drafter = troupe.officers.get("office") or troupe.officers["recorder"]
    with stage.acting(troupe) as session:
        code = "".join(stage.chance.choice("23456789abcdefghjkmnpqrstuvwxyz") for _ in range(8))
        notice = draft_notice(session, drafter, kind, period, title, stage.now, code)
        review_notice(session, troupe.officers["publicity"], notice.id, stage.now)
        for role, name in zip(see_attesting(session, drafter, notice.id).missing, WITNESSES, strict=False):
            attest(session, drafter, notice.id, Attested(role, name, local_day(stage.now)), stage.now)
        approve_notice(session, troupe.officers["secretary"], notice.id, stage.now)
        return publish_notice(session, drafter, notice.id, stage.now)


def post_drafted(stage: Stage, troupe: Troupe, notice_id: UUID) -> Notice:
    """A correction that the clock has drafted is reviewed, approved and posted like any notice."""
    with stage.acting(troupe) as session:
        review_notice(session, troupe.officers["publicity"], notice_id, stage.now)
        approve_notice(session, troupe.officers["secretary"], notice_id, stage.now)
        return publish_notice(
            session, troupe.officers.get("office") or troupe.officers["recorder"], notice_id, stage.now
        )


def confirm(stage: Stage, troupe: Troupe, period: Period) -> None:
    """The branch confirms what everybody has checked, before the second publication."""
    minute = troupe.minute("支委会", stage.now)
    with stage.acting(troupe) as session:
        confirm_lines(session, troupe.officers["secretary"], troupe.rounds[str(period)], minute, stage.now)


def send_up(stage: Stage, troupe: Troupe) -> None:
    """Submit every package that has built itself; the level above receives and files it the next day."""
    with stage.acting(troupe) as session:
        built = select(Filing.id).filter_by(unit_id=troupe.unit_id, state="built").order_by(Filing.number)
        waiting = list(session.scalars(built))
        for filing_id in waiting:
            _explain(session, stage, troupe, filing_id)
            submit_filing(session, troupe.officers["secretary"], filing_id, stage.now)
    if waiting:
        stage.plan(stage.later(hours=6), lambda: _file(stage, troupe, waiting))


def _explain(session: Session, stage: Stage, troupe: Troupe, filing_id: UUID) -> None:
    """Write beside each of the year's lowest grade why, without which the package does not go up."""
    package = session.get_one(Filing, (stage.county_id, filing_id)).package
    lowest = [one["member_no"] for one in package["grades"] if one["grade"] == package["lowest"]]
    if lowest and package["lowest"]:
        remarks = dict.fromkeys(lowest, "全年积分不足，已谈话了解情况。")
        explain(session, troupe.officers["secretary"], filing_id, remarks, stage.now)


def _file(stage: Stage, troupe: Troupe, filings: Sequence[UUID]) -> None:
    with stage.above(troupe) as session:
        for filing_id in filings:
            receive_filing(session, troupe.above["officer"], filing_id, stage.now)
            file_filing(session, troupe.above["officer"], filing_id, stage.now)


def _leader(troupe: Troupe, claim: Claim) -> Actor:
    member = next(member for member in troupe.members if member.id == claim.member_id)
    return troupe.leaders[member.group_id]


def roll_call(stage: Stage, troupe: Troupe) -> dict[UUID, Attended]:
    """Most come; the migrant vote from afar or write before, a few are on leave."""
    roll = {}
    for member in troupe.members:
        if member.exempt_from is not None:
            continue
        away = member.class_ == "流动党员"
        how = (
            stage.chance.choice((Attended.REMOTE, Attended.REMOTE, Attended.WRITTEN)) if away else Attended.PRESENT
        )
        roll[member.person_id] = Attended.LEAVE if stage.chance.random() < 0.08 else how
    return roll


def days_of(period: Period) -> list[date]:
    """Return the days on which a branch sits down to enter what was done: the 26th of each month."""
    return [month.first + timedelta(days=25) for month in period.months]


def review_at(period: Period) -> date:
    """Return the day after claims close on which the branch reviews."""
    return period.last + timedelta(days=7)
