"""Reckoning one member: accepted rows become awards, awards become rounds, held between floor and ceiling."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.domain.admission import Accepted
from shared.domain.awards import Award, AwardKind, RoundScore
from shared.domain.caps import Spent, capped
from shared.domain.clauses import MONTHS, Tables
from shared.domain.hundredths import cents, points_of
from shared.domain.periods import Period
from shared.domain.records import MemberRecord
from shared.domain.rules import Kind, Scope


@dataclass(slots=True)
class Reckoning:
    """A member's rounds and what the year's bonus adds; totals in hundredths."""

    rounds: tuple[RoundScore, ...] = ()
    totals: list[int] = field(default_factory=list)
    year_awards: list[Award] = field(default_factory=list)
    bonus: int = 0
    zeroed: bool = False


def reckon(tables: Tables, member: MemberRecord, accepted: Sequence[Accepted]) -> Reckoning:
    """Return the member's rounds. A row in a round without the member counts for caps and zeroing alone."""
    reckoning = Reckoning()
    length = MONTHS[tables.book.round_span]
    by_place: dict[int, list[Award]] = {}
    spent: Spent = {}
    given: dict[str, int] = {}
    version = tables.book.version
    for event, clause, asked in accepted:
        month = event.day.month
        net, note = (asked, "") if clause.replaces is None else _net(asked, event.replaces, given)
        if clause.caps:
            net, cut = capped(clause, month, net, spent)
            note = note + cut
        if clause.replaceable:
            given[event.number] = net
        if clause.kind is Kind.ZEROING:
            reckoning.zeroed, note = True, "全年积分清零"
        scope = Scope.YEAR if clause.yearly else Scope.ROUND
        counted = clause.sign * net
        award = Award(
            AwardKind.EVENT, event.number, clause.id, clause.title, version, event.day,
            points_of(asked), points_of(counted), scope, note,
        )  # fmt: skip
        if clause.yearly:
            reckoning.year_awards.append(award)
            reckoning.bonus += counted
        else:
            by_place.setdefault((month - 1) // length, []).append(award)
    _close_rounds(tables, member, by_place, reckoning)
    return reckoning


def _net(asked: int, replaced: str | None, given: dict[str, int]) -> tuple[int, str]:
    """Return what is left of a row that replaces another, which already gave its part."""
    before = given.get(replaced or "", 0)
    net = max(0, asked - before)
    return net, f"取代事项 {replaced}：{points_of(asked)} 分减去其已计的 {points_of(before)} 分"


def _close_rounds(
    tables: Tables, member: MemberRecord, by_place: dict[int, list[Award]], reckoning: Reckoning
) -> None:
    length = MONTHS[tables.book.round_span]
    rounds = []
    for period in tables.rounds_of(member):
        awards = _granted(tables, member, period)
        awards += by_place.get((period.first_month - 1) // length, ())
        total = 0
        for award in awards:
            total += cents(award.counted)
        held = _held(tables, total)
        if held != total:
            awards.append(_clamp(tables, total, held))
        reckoning.totals.append(held)
        rounds.append(RoundScore(str(period), points_of(held), tuple(awards)))
    reckoning.rounds = tuple(rounds)


def _granted(tables: Tables, member: MemberRecord, period: Period) -> list[Award]:
    awards = []
    book = tables.book
    if book.round_base:
        awards.append(granted(book.version, None, "本期基础积分", cents(book.round_base), Scope.ROUND))
    for clause in tables.granting:
        if clause.in_force(period) and clause.is_for(member.class_):
            awards.append(granted(book.version, clause.id, clause.title, clause.granted, Scope.ROUND))
    return awards


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
