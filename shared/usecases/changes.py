"""Changes: what a reorganisation does to the tree and to the members: rename, move, merge, split, dissolve."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.db.members import Member
from shared.db.reorganisations import Reorganisation
from shared.db.rounds import Round
from shared.db.rules import Adoption, book_for
from shared.db.session import enter
from shared.db.units import Group, Unit
from shared.domain.errors import Invalid
from shared.domain.reorganisations import Change, Plan
from shared.domain.rounds import RoundCommand, RoundState
from shared.domain.units import UnitKind, name_faults, place_faults
from shared.usecases.arrivals import Arrival, move_over
from shared.usecases.carry_out import arm, remark
from shared.usecases.dissolutions import end_unit, in_the_way, running
from shared.usecases.transfers import is_here, transfer_of


@dataclass(frozen=True, slots=True)
class Order:
    """A decision that is carried out: by whom, what it says, and at which instant; its units are entered."""

    session: Session
    actor: Actor
    decision: Reorganisation
    plan: Plan
    at: datetime

    @property
    def subject(self) -> Unit:
        """The unit that it is about."""
        return self.session.get_one(Unit, (self.decision.county_id, self.decision.subject_id))

    @property
    def target(self) -> Unit:
        """The other unit that it names."""
        if self.plan.to_unit_id is None:
            raise Invalid("请选择另一个单位。")
        return self.session.get_one(Unit, (self.decision.county_id, self.plan.to_unit_id))


Effect = Callable[[Order], str]


def rename(order: Order) -> str:
    """Give the unit another name from the day on; what was published keeps the old one."""
    unit = order.subject
    faults = name_faults(order.plan.name)
    if faults:
        raise Invalid(*faults)
    before, unit.name = unit.name, order.plan.name.strip()
    order.session.flush()
    return f"{before}更名为{unit.name}"


def move(order: Order) -> str:
    """Put the unit below another one from the day on; what was sent up is finished where it went."""
    unit, above = order.subject, order.target
    faults = place_faults(UnitKind(unit.kind), UnitKind(above.kind))
    if above.id == unit.parent_id:
        faults.append(f"{unit.name}已经在{above.name}下面。")
    if _lies_in(order.session, above, unit.id):
        faults.append(f"{above.name}在{unit.name}下面，不能倒过来。")
    if faults:
        raise Invalid(*faults)
    unit.parent_id = above.id
    order.session.flush()
    return f"{unit.name}划归{above.name}"


def merge(order: Order) -> str:
    """Take all of a branch's members over into another one, and end the branch."""
    unit, into = order.subject, order.target
    faults = _both_branches(unit, into) or in_the_way(order.session, unit, order.plan.day, members_stay=False)
    if faults:
        raise Invalid(*faults)
    present = [one for one in _members(order.session, unit) if is_here(one, order.plan.day)]
    _take_over(order, present, into)
    end_unit(order.session, order.actor, unit, order.plan.day, order.at)
    return f"{unit.name}并入{into.name}，{len(present)} 名党员一并转接"


def split(order: Order) -> str:
    """Set a new branch up beside this one, with its book and its rounds, and let the chosen members go over."""
    unit = order.subject
    chosen = [one for one in _members(order.session, unit) if one.member_no in order.plan.members]
    faults = [*name_faults(order.plan.name), *([] if unit.kind == UnitKind.BRANCH else ["只有党支部可以分设。"])]
    here = {one.member_no for one in chosen if is_here(one, order.plan.day)}
    wrong = [number for number in order.plan.members if number not in here]
    if wrong:
        faults.append(f"{unit.name}现在没有编号 {'、'.join(wrong)} 的党员，请核对名单。")
    if order.session.scalar(select(Unit.id).filter_by(county_id=unit.county_id, code=order.plan.code)) is not None:
        faults.append(f"单位编码 {order.plan.code} 已经用过，请换一个。")
    if faults:
        raise Invalid(*faults)
    new = _set_up(order, unit)
    _take_over(order, chosen, new)
    return f"{unit.name}分设{new.name}，{len(chosen)} 名党员转到新支部"


def dissolve(order: Order) -> str:
    """End a unit that nothing is left of."""
    unit = order.subject
    faults = in_the_way(order.session, unit, order.plan.day, members_stay=True)
    if unit.id == unit.county_id:
        faults.append("县不能撤销。")
    if faults:
        raise Invalid(*faults)
    end_unit(order.session, order.actor, unit, order.plan.day, order.at)
    return f"{unit.name}撤销"


EFFECTS: Mapping[Change, Effect] = {
    Change.RENAME: rename,
    Change.MOVE: move,
    Change.MERGE: merge,
    Change.SPLIT: split,
    Change.DISSOLVE: dissolve,
}


def _take_over(order: Order, members: Sequence[Member], into: Unit) -> None:
    """Move members over without a proposal: the decision is the letter. Groups of one number stay together."""
    session, plan = order.session, order.plan
    numbers = _free_numbers(session, into)
    of_county = list(session.query(Group).filter_by(county_id=into.county_id))
    own = {group.id: group.number for group in of_county}
    there = {group.number: group.id for group in of_county if group.unit_id == into.id}
    for member in members:
        transfer = transfer_of(member, into.id, order.at, letter=plan.document, decision=order.decision.id)
        session.add(transfer)
        session.flush()
        group = there.get(own[member.group_id]) if member.group_id else None
        arrival = Arrival(plan.day, numbers(member.member_no), group)
        move_over(session, order.actor, transfer, arrival, order.at)


def _free_numbers(session: Session, into: Unit) -> Callable[[str], str]:
    """Return what gives each member a number that the branch has free: their own, or with a letter behind it."""
    taken = set(session.scalars(select(Member.member_no).filter_by(county_id=into.county_id, unit_id=into.id)))

    def free(number: str) -> str:
        candidates = (number, *(f"{number}-{n}" for n in range(2, len(taken) + 3)))
        found = next(one for one in candidates if one not in taken)
        taken.add(found)
        return found

    return free


def _set_up(order: Order, unit: Unit) -> Unit:
    """Set a branch up like another one: above, book, groups, and the rounds that take deeds now."""
    session, actor, plan = order.session, order.actor, order.plan
    new = Unit(
        county_id=unit.county_id,
        parent_id=unit.parent_id,
        kind=UnitKind.BRANCH,
        name=plan.name.strip(),
        code=plan.code.strip(),
        telephone=unit.telephone,
        since=plan.day,
        demonstration=False,
    )
    session.add(new)
    session.flush()
    enter(session, unit.county_id, [order.decision.unit_id, unit.id, new.id], actor.person_id)
    remark(session, actor, new, "found", order.at)
    book = book_for(session, unit.county_id, unit.id, plan.day)
    if book is not None:
        session.add(Adoption(county_id=unit.county_id, unit_id=new.id, book_id=book.id, since=plan.day))
    for group in list(session.query(Group).filter_by(county_id=unit.county_id, unit_id=unit.id)):
        session.add(Group(county_id=unit.county_id, unit_id=new.id, number=group.number, name=group.name))
    for round_ in running(session, unit.county_id, unit.id):
        _open_beside(session, actor, round_, new, order.at)
    session.flush()
    return new


def _open_beside(session: Session, actor: Actor, round_: Round, new: Unit, at: datetime) -> None:
    """Let the new branch score the running period, under the version with which it began."""
    columns = ("book_id", "period", "first_day", "last_day", "claims_close_at", "notice_period", "filing_period")
    beside = Round(
        county_id=new.county_id,
        unit_id=new.id,
        state=RoundState.COLLECTING,
        stage=0,
        **{column: getattr(round_, column) for column in columns},
    )
    session.add(beside)
    session.flush()
    remark(session, actor, beside, "open", at)
    arm(session, beside, RoundCommand.CLOSE_CLAIMS, beside.claims_close_at)


def _both_branches(unit: Unit, into: Unit) -> list[str]:
    if unit.id == into.id or {unit.kind, into.kind} != {UnitKind.BRANCH}:
        return ["请选择两个不同的党支部：一个并入另一个。"]
    return [] if into.until is None else [f"{into.name}已经撤销。"]


def _lies_in(session: Session, unit: Unit, top: UUID) -> bool:
    at: Unit | None = unit
    while at is not None and at.id != top:
        at = session.get(Unit, (unit.county_id, at.parent_id)) if at.parent_id else None
    return at is not None


def _members(session: Session, unit: Unit) -> list[Member]:
    own = select(Member).filter_by(county_id=unit.county_id, unit_id=unit.id)
    return list(session.scalars(own.order_by(Member.member_no)))
