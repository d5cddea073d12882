"""Intake: whether a round still takes a claim, what is wrong with the deed, and which number it is given."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.db.claims import Claim
from shared.db.members import Member
from shared.db.rounds import Round
from shared.domain.deeds import Deed
from shared.domain.errors import Invalid, NotNow
from shared.domain.periods import Period
from shared.domain.rounds import RoundState
from shared.domain.rules import AGAINST, RuleBook
from shared.usecases.books import book_of
from shared.usecases.deeds import entry_faults

_LOCKED = text("SELECT id FROM round WHERE county_id = :county AND id = :round FOR NO KEY UPDATE")
_COUNT = text("SELECT count(*) FROM claim WHERE county_id = :county AND round_id = :round")


def check_deed(
    session: Session, round_: Round, member: Member, deed: Deed, now: datetime, filed_at: datetime | None = None
) -> None:
    """Refuse a deed that the member may not claim in this round, with all its faults.

    `filed_at` is when the claim was first handed in, None for a new one.
    """
    book = book_of(session, round_.county_id, round_.book_id)
    check_in_time(round_, book, now, filed_at)
    faults = [*entry_faults(deed, book, member, round_, now), *_claim_faults(session, book, member, deed)]
    if faults:
        raise Invalid(*faults)


def check_in_time(round_: Round, book: RuleBook, now: datetime, filed_at: datetime | None) -> None:
    """Refuse a claim that comes too late; what was handed in before may be supplemented."""
    if not takes_claims(round_, book, now, filed_at):
        raise NotNow(f"{Period.parse(round_.period).in_words}的申报已经截止；漏报的可以请支部作更正。")


def next_number(session: Session, round_: Round) -> str:
    """Return a new claim's number, such as 2025-Q1-017; the round is locked so that none is given twice."""
    its = {"county": round_.county_id, "round": round_.id}
    session.execute(_LOCKED, its)
    count = session.scalar(_COUNT, its)
    return f"{round_.period}-{(count or 0) + 1:03d}"


def _claim_faults(session: Session, book: RuleBook, member: Member, deed: Deed) -> list[str]:
    item = book.items.get(deed.item)
    if item is None:
        return []
    if item.kind in AGAINST:
        return [f"“{item.title}”由支部登记，不用申报。"]
    if item.replaces is None or deed.replaces is None:
        return []
    replaced = session.get(Claim, (member.county_id, deed.replaces))
    if replaced is not None and replaced.member_id == member.id and replaced.item == item.replaces:
        return []
    return [f"“{item.title}”所取代的应是本人的一件“{book.items[item.replaces].title}”。"]


def takes_claims(round_: Round, book: RuleBook, now: datetime, filed_at: datetime | None = None) -> bool:
    """A book that publishes first and confirms after takes what is missing while its first notice hangs."""
    if round_.state == RoundState.COLLECTING:
        return now < round_.claims_close_at
    checking = round_.state == RoundState.PUBLISHED and RoundState.CONFIRMING in book.procedure.stages
    return checking or (round_.state == RoundState.REVIEWING and filed_at is not None)
