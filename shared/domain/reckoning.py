"""Reckoning one member: accepted rows become awards, awards become rounds, held between floor and ceiling."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shared.domain.admission import Accepted
from shared.domain.awards import Award, AwardKind, RoundScore
from shared.domain.caps import Spent, capped
from shared.domain.clauses import Clause, Slot, Tables
from shared.domain.hundredths import cents, points_of
from shared.domain.records import EventRecord, MemberClass, MemberRecord
from shared.domain.rules import Kind, Scope

# An enumeration's members cost a look-up in its class each time; a loop over a county feels it.
EVENT, IN_ROUND, IN_YEAR, ZEROING = AwardKind.EVENT, Scope.ROUND, Scope.YEAR, Kind.ZEROING

# The awards of each round and their sum in hundredths, by the round's place.
Earned = tuple[list[list[Award]], list[int]]
# What is granted without a row, with its sum in hundredths; by class and then by place of the round.
Granted = tuple[tuple[Award, ...], int]
Grants = Mapping[MemberClass, Mapping[int, Granted]]


@dataclass(slots=True)
class Reckoning:
    """A member's rounds and what the year's bonus adds; totals in hundredths."""

    rounds: tuple[RoundScore, ...] = ()
    totals: list[int] = field(default_factory=list)
    year_awards: list[Award] = field(default_factory=list)
    bonus: int = 0
    zeroed: bool = False


def reckon(tables: Tables, grants: Grants, member: MemberRecord, accepted: Sequence[Accepted]) -> Reckoning:
    """Return the member's rounds; `grants` is `grants_of(tables)`.

    A row in a round without the member counts for caps and zeroing alone.
    """
    reckoning = Reckoning()
    earned, sums = _earned(tables, accepted, reckoning)
    rounds = []
    given, holds = grants[member.class_], tables.holds
    for slot in tables.rounds_of(member):
        awards, total = given[slot.place]
        if earned[slot.place]:
            awards, total = (*awards, *earned[slot.place]), total + sums[slot.place]
        held = _held(tables, total) if holds else total
        if held != total:
            awards += (_clamp(tables, total, held),)
        reckoning.totals.append(held)
        rounds.append(RoundScore(slot.name, points_of(held), awards))
    reckoning.rounds = tuple(rounds)
    return reckoning


def _earned(tables: Tables, accepted: Sequence[Accepted], reckoning: Reckoning) -> Earned:
    """Return the awards of each round with their hundredths; what counts for the year goes into `reckoning`."""
    stretches = 12 // tables.months
    earned: list[list[Award]] = [[] for _ in range(stretches)]
    sums = [0] * stretches
    spent: Spent = {}
    given: dict[str, int] = {}
    length, version = tables.months, tables.book.version
    for event, clause, asked in accepted:
        day = event.day
        if clause.simple:
            net, note = asked, ""
        elif clause.linked:
            net, note = _linked(clause, event, asked, given, spent)
        else:
            net, note = capped(clause, day.month, asked, spent)
        counted = net * clause.sign
        award = Award(
            EVENT, event.number, clause.id, clause.title, version, day, points_of(asked), points_of(counted),
            IN_YEAR if clause.yearly else IN_ROUND, note,
        )  # fmt: skip
        if clause.yearly:
            reckoning.year_awards.append(award)
            reckoning.bonus += counted
            continue
        if clause.kind is ZEROING:
            reckoning.zeroed = True
        place = (day.month - 1) // length
        earned[place].append(award)
        sums[place] += counted
    return earned, sums


def _linked(
    clause: Clause, event: EventRecord, asked: int, given: dict[str, int], spent: Spent
) -> tuple[int, str]:
    """Return what a row counts for, before its sign: less what it replaces, and what fits its caps."""
    net, note = asked, ""
    if clause.replaces is not None:
        before = given.get(event.replaces or "", 0)
        net = max(0, asked - before)
        note = f"取代事项 {event.replaces}：{points_of(asked)} 分减去其已计的 {points_of(before)} 分"
    if clause.caps:
        net, cut = capped(clause, event.day.month, net, spent)
        note = note + cut
    if clause.replaceable:
        given[event.number] = net
    return net, "全年积分清零" if clause.kind is ZEROING else note


def grants_of(tables: Tables) -> Grants:
    """Return what each class of members is granted in each round without any row, and its sum."""
    return {
        class_: {slot.place: with_sum(_granted(tables, class_, slot)) for slot in tables.rounds}
        for class_ in MemberClass
    }


def with_sum(awards: tuple[Award, ...]) -> Granted:
    """Return awards with their sum: what many members are granted alike is added up once."""
    return awards, sum(cents(award.counted) for award in awards)


def _granted(tables: Tables, class_: MemberClass, slot: Slot) -> tuple[Award, ...]:
    book = tables.book
    awards = []
    if book.round_base:
        awards.append(granted(book.version, None, "本期基础积分", cents(book.round_base), IN_ROUND))
    for clause in tables.granting:
        if clause.in_force(slot.period) and clause.is_for(class_):
            awards.append(granted(book.version, clause.id, clause.title, clause.granted, IN_ROUND))
    return tuple(awards)


def granted(version: int, item: str | None, clause: str, amount: int, scope: Scope) -> Award:
    """Return a base that is granted without a row."""
    return Award(AwardKind.BASE, None, item, clause, version, None, None, points_of(amount), scope, "")


def _held(tables: Tables, total: int) -> int:
    if tables.floor is not None and total < tables.floor:
        return tables.floor
    if tables.ceiling is not None and total > tables.ceiling:
        return tables.ceiling
    return total


def _clamp(tables: Tables, total: int, held: int) -> Award:
    word = "最低" if held > total else "最高"
    note = f"合计 {points_of(total)} 分，本期{word}计 {points_of(held)} 分"
    return Award(
        AwardKind.CLAMP, None, None, f"本期积分{word}限额", tables.book.version, None, None,
        points_of(held - total), Scope.ROUND, note,
    )  # fmt: skip
