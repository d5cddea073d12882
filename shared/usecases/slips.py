"""Slips: claims that are handed in on paper and entered for the member; the same one twice is pointed out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import may, see
from shared.db.claims import Claim
from shared.db.members import Member
from shared.db.rounds import Round
from shared.domain.claims import CLAIM, ClaimState
from shared.domain.deeds import Deed
from shared.domain.errors import Forbidden, Invalid
from shared.domain.rules import Item
from shared.domain.windows import local_day
from shared.usecases.books import book_of
from shared.usecases.carry_out import remark
from shared.usecases.claims import draft_claim, submit_claim


@dataclass(frozen=True, slots=True)
class Slip:
    """What stands on the paper beside the deed: who handed it in, and on which day."""

    deed: Deed
    handed_in_by: str
    handed_in_on: date
    another: bool = False


def see_intake(
    session: Session, actor: Actor, round_id: UUID, member_id: UUID
) -> tuple[Round, Member, list[Item]]:
    """Return the round, the member, and the items that can be entered for them from paper."""
    round_ = see(session, actor, Action.CLAIM_DRAFT, Round, round_id)
    member = see(session, actor, Action.BOARD_SEE, Member, member_id)
    if not may(actor, Action.CLAIM_DRAFT, member) or actor.member_id == member.id:
        raise Forbidden("只能替别人录入纸质申报；自己的请自己申报。")
    book = book_of(session, actor.county_id, round_.book_id)
    items = [
        item
        for item in book.items.values()
        if item.claimable and not item.replaces and (not item.classes or member.class_ in item.classes)
    ]
    return round_, member, items


def enter_slip(
    session: Session, actor: Actor, round_id: UUID, member_id: UUID, slip: Slip, now: datetime
) -> Claim:
    """Enter a paper claim and hand it in, with both names; Invalid where the same is there already."""
    faults = [] if slip.handed_in_by.strip() else ["请填写纸质申报是谁交来的。"]
    if slip.handed_in_on > local_day(now):
        faults.append("交来的日期还没有到。")
    same = [] if slip.another else same_deeds(session, actor, member_id, slip.deed)
    faults += [
        f"已有一条同样的申报：编号 {one.number}，{CLAIM.words[ClaimState(one.state)]}，{one.text}。"
        "确实是另一件事的，请勾选“是另一件事”再提交。"
        for one in same
    ]
    if faults:
        raise Invalid(*faults)
    claim = draft_claim(session, actor, round_id, member_id, slip.deed, now)
    day = slip.handed_in_on
    note = f"纸质申报由{slip.handed_in_by.strip()}于{day.year}年{day.month}月{day.day}日交来"
    remark(session, actor, claim, "on_paper", now, note=note)
    return submit_claim(session, actor, claim.id, now)


def same_deeds(session: Session, actor: Actor, member_id: UUID, deed: Deed) -> Sequence[Claim]:
    """Return the member's claims of the same item on the same day, those taken back aside."""
    same = select(Claim).filter_by(
        county_id=actor.county_id, member_id=member_id, item=deed.item, happened_on=deed.happened_on
    )
    return session.scalars(same.where(Claim.state != ClaimState.WITHDRAWN).order_by(Claim.number)).all()
