"""Offers: what a member may claim on a day, and how much of each item is still to be had under its caps."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from uuid import UUID

from sqlalchemy import Date, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import may, see
from shared.db.claims import Claim
from shared.db.members import Member
from shared.db.rounds import Round
from shared.domain.caps import room_left
from shared.domain.claims import ClaimState
from shared.domain.errors import Forbidden, NotNow
from shared.domain.rounds import RoundState
from shared.domain.rules import Item, RuleBook
from shared.domain.windows import local_day
from shared.usecases.books import book_of
from shared.usecases.deeds import whole_year
from shared.usecases.intake import takes_claims

# Some books take what is missing while their first notice hangs.
TAKING = (RoundState.COLLECTING, RoundState.PUBLISHED)
_DAY = bindparam("day", type_=Date())
_LATEST = (
    select(Round)
    .where(Round.county_id == bindparam("county"), Round.unit_id == bindparam("unit"), Round.state.in_(TAKING))
    .where(or_(_DAY.is_(None), and_(Round.first_day <= _DAY, Round.last_day >= _DAY)))
    .order_by(Round.first_day.desc())
)


@dataclass(frozen=True, slots=True)
class Offer:
    """An item that is open to a member; `left` is what its caps still leave, None where none limits it."""

    item: Item
    left: Decimal | None


@dataclass(frozen=True, slots=True)
class Offers:
    """What a member may claim in a round, by the book's own aspects, in the book's order."""

    member: Member
    round: Round
    book: RuleBook
    offers: tuple[Offer, ...]

    @property
    def by_aspect(self) -> dict[str, list[Offer]]:
        """The offers under their aspects; under no words where the book has none."""
        found: dict[str, list[Offer]] = {}
        for offer in self.offers:
            found.setdefault(offer.item.aspect or "", []).append(offer)
        return found

    def one(self, item: str) -> Offer | None:
        """Return the offer of this item, or None."""
        return next((offer for offer in self.offers if offer.item.id == item), None)


def see_offers(session: Session, actor: Actor, member_id: UUID, now: datetime) -> Offers:
    """Return what this member may claim in the round that is open; NotNow where none takes claims."""
    member = claimant(session, actor, member_id)
    round_ = open_for(session, actor, now)
    book = _book(session, round_)
    day = min(local_day(now), round_.last_day)
    year = whole_year(session, actor.county_id, actor.unit_id, round_.book_id, day.year).get(member.id)
    awards = list(chain(year.year_awards, *(one.awards for one in year.rounds))) if year else []
    offers = (
        Offer(item, room_left(item, day, awards)) for item in book.items.values() if _open(item, member, day)
    )
    return Offers(member, round_, book, tuple(offers))


def claimant(session: Session, actor: Actor, member_id: UUID) -> Member:
    """Return the member for whom this actor may claim: themselves, or anybody as the branch's officer."""
    member = see(session, actor, Action.BOARD_SEE, Member, member_id)
    if not may(actor, Action.CLAIM_DRAFT, member):
        raise Forbidden("只能为自己申报；需要代办请由支部工作人员办理。")
    return member


def replaceable(session: Session, actor: Actor, member_id: UUID, item: Item) -> list[Claim]:
    """Return what the member has claimed before that this item would take the place of, newest first."""
    if item.replaces is None:
        return []
    own = select(Claim).filter_by(county_id=actor.county_id, member_id=member_id, item=item.replaces)
    standing = own.where(Claim.state.in_([ClaimState.SUBMITTED, ClaimState.ACCEPTED, ClaimState.CONFIRMED]))
    return list(session.scalars(standing.order_by(Claim.happened_on.desc(), Claim.number)))


def open_for(session: Session, actor: Actor, now: datetime, day: date | None = None) -> Round:
    """Return the round of the acting unit that takes claims now: the latest, or the one that `day` is in."""
    rounds = session.scalars(_LATEST, {"county": actor.county_id, "unit": actor.unit_id, "day": day})
    found = next((one for one in rounds if takes_claims(one, _book(session, one), now)), None)
    if found is None and day is not None:
        raise NotNow(
            f"{day.year}年{day.month}月{day.day}日所在的那一期现在不收申报：请核对日期，漏报的可以请支部作更正。"
        )
    if found is None:
        raise NotNow("现在没有正在收申报的周期；新的一期开始后就可以申报。")
    return found


def _book(session: Session, round_: Round) -> RuleBook:
    return book_of(session, round_.county_id, round_.book_id)


def _open(item: Item, member: Member, day: date) -> bool:
    begun = (item.starts is None or item.starts <= day) and (item.ends is None or day <= item.ends)
    return item.claimable and begun and (not item.classes or member.class_ in item.classes)
