"""What another appraisal gives: the school's own results come in as one sheet a month, and nobody claims them."""

from decimal import Decimal
from random import Random

from services.cli.demonstration.stage import Stage, Troupe
from shared.domain.imports import Grid, ImportKind
from shared.domain.periods import Period
from shared.domain.rules import Item, Kind
from shared.usecases.imports import confirm
from shared.usecases.taken_imports import sources_of
from shared.usecases.uploads import upload

HEAD = ["编号", "姓名", "结果"]


def take_over(stage: Stage, troupe: Troupe, period: Period) -> None:
    """Import the results of every appraisal that the book names, for all but who brings them in."""
    keeper = troupe.officers.get("office") or troupe.officers["recorder"]
    others = [one for one in troupe.members if one.id != keeper.member_id and one.exempt_from is None]
    with stage.acting(troupe) as session:
        for item in sources_of(troupe.book, period.last).values():
            # Drawn apart, so that no other branch's year depends on it.
            chance = Random(f"{troupe.name} {period} {item.id}")  # noqa: S311 - made-up figures
            rows = [[one.member_no, one.name, str(_result(chance, item))] for one in others]
            grid = Grid("结果", list(enumerate([HEAD, *rows], 1)))
            name, about = f"{period.in_words}{item.taken_from}.xlsx", {"item": item.id}
            round_id = troupe.rounds[str(period)]
            made = upload(session, keeper, ImportKind.TAKEN, name, grid, stage.now, round_id, about)
            confirm(session, keeper, made.id, stage.now)


def _result(chance: Random, item: Item) -> Decimal:
    """Nearly all of what the item gives: a base with a point missing now and then, a task from two thirds up."""
    if item.kind is Kind.BASE:
        return (item.points or Decimal(0)) - (1 if chance.random() < 0.15 else 0)
    high = item.range.high if item.range and item.range.high else Decimal(10)
    return high - Decimal(chance.randint(0, int(high) // 3))
