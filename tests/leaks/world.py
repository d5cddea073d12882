"""A world of fifty tenants: ten counties, each with a township and three branches, every one with its own mark.

The mark stands in every name and every text of a tenant; it says whose the text is, and of which table.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Text, text
from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.db.schema import METADATA
from shared.db.session import Db, acting
from shared.usecases.members import actor_of, add_person, appoint
from tests.builders import FOUNDED, LONG_AGO, Branch, a_county, founder
from tests.leaks.leftovers import leave
from tests.quarters import played

COUNTIES, BRANCHES = 10, 3
MARK = re.compile(r"Qz(\d{4})z([a-z_]+?)zQ")
A_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# What is compared with a list, or read by the rules: a word more and it would mean nothing.
CHOICES = {
    *("band", "by_ballot", "class", "department", "grade", "office", "proposed", "quality", "result", "tier"),
    *("result_after", "result_before", "book_edition.text", "issued_book.source", "issued_book.text"),
}
OF_THE_COUNTY = ("county_officer", "system_administrator", "security_administrator", "audit_administrator")


@dataclass
class Tenant:
    """A unit with its people, one of each kind; `number` is its county's, then its own place in it."""

    number: int
    county_id: UUID
    unit_id: UUID
    above: "Tenant | None" = None
    people: list[Actor] = field(default_factory=list)
    below: "list[Tenant]" = field(default_factory=list)

    def sees(self, number: int) -> str:
        """Return where another unit of the same county stands: above, below or beside."""
        down = [*self.below, *(two for one in self.below for two in one.below)]
        up = [self.above, self.above.above if self.above else None]
        if number in {one.number for one in up if one}:
            return "above"
        return "below" if number in {one.number for one in down} else "beside"


@dataclass
class World:
    """All tenants, and which of them each row belongs to."""

    tenants: list[Tenant]
    ids: dict[str, dict[UUID, UUID]] = field(default_factory=dict)
    owners: dict[str, int] = field(default_factory=dict)

    def twin(self, of: Tenant) -> Tenant:
        """Return the tenant who has the same place in the next county."""
        wanted = of.number % 100 + 100 * (of.number // 100 % COUNTIES + 1)
        return next(one for one in self.tenants if one.number == wanted)


def a_world(db: Db, clockwork: Db, everything: Session) -> World:
    """Build it; `everything` is a session of a login that may write anywhere, without triggers."""
    world = World([])
    for n in range(1, COUNTIES + 1):
        made = a_county(db, branches=BRANCHES, members=3)
        world.tenants += _tenants(db, n, made)
        mark(everything, world)
        for quarter in played(db, clockwork, made):
            leave(everything, quarter, "写下的话")
        everything.commit()
    mark(everything, world)
    _learn(everything, world)
    return world


def _tenants(db: Db, n: int, made: list[Branch]) -> list[Tenant]:
    county = Tenant(100 * n + 1, made[0].county_id, made[0].county_id, people=_of_the_county(db, made[0]))
    town = Tenant(100 * n + 2, county.county_id, made[0].parent_id, county)
    town.people = list(made[0].above.values())
    county.below.append(town)
    for place, branch in enumerate(made, start=3):
        plain = branch.actors[branch.members[0].id]
        people = [*branch.officers.values(), branch.leaders[0], branch.scorers[0], plain]
        town.below.append(Tenant(100 * n + place, county.county_id, branch.unit_id, town, people))
    return [county, town, *town.below]


def _of_the_county(db: Db, branch: Branch) -> list[Actor]:
    by, county_id = founder(branch.county_id), branch.county_id
    found = []
    with acting(db, county_id, county_id) as session:
        for role in OF_THE_COUNTY:
            person = add_person(session, by, county_id, "县里的人")
            appoint(session, by, county_id, person.id, role, LONG_AGO)
            found.append(actor_of(session, county_id, county_id, person.id, FOUNDED.date()))
    return found


def mark(everything: Session, world: World) -> None:
    """Write each tenant's mark into every text of theirs that is for people and has none yet."""
    numbers = {str(one.unit_id): one.number for one in world.tenants}
    given = {"units": list(numbers), "numbers": list(numbers.values())}
    everything.execute(text("SET LOCAL session_replication_role = replica"))
    for table, column in texts():
        of = "id" if table == "unit" else "unit_id"
        everything.execute(
            text(
                f"""UPDATE {table} SET {column} = {column} || 'Qz' || to_char(its_number, 'FM0000') || 'z{table}zQ'
                FROM unnest(CAST(:units AS uuid[]), CAST(:numbers AS int[])) AS tenant (its_unit, its_number)
                WHERE {table}.{of} = its_unit AND {column} ~ '[一-龥]' AND {column} !~ 'Qz'"""
            ),
            given,
        )
    everything.commit()


def texts() -> Iterator[tuple[str, str]]:
    """Yield the columns, by table, in which people write."""
    for name, table in METADATA.tables.items():
        for column in table.c:
            left_out = {column.name, f"{name}.{column.name}"} & CHOICES
            if "unit_id" in table.c and isinstance(column.type, Text) and not left_out:
                yield name, f'"{column.name}"' if column.name == "class" else column.name
    yield "unit", "name"


def _learn(everything: Session, world: World) -> None:
    """Learn one row of each tenant's in every table, and whose every row is."""
    units = [one.unit_id for one in world.tenants]
    numbers = {one.unit_id: one.number for one in world.tenants}
    for name, table in METADATA.tables.items():
        if not {"unit_id", "id"} <= set(table.c.keys()):
            continue
        rows = everything.execute(
            text(f'SELECT unit_id, id FROM "{name}" WHERE unit_id = ANY(:units) ORDER BY id'), {"units": units}
        ).all()
        world.ids[name] = {unit_id: row_id for unit_id, row_id in reversed(rows)}
        world.owners |= {str(row_id): numbers[unit_id] for unit_id, row_id in rows}
    world.ids["unit"] = {unit_id: unit_id for unit_id in units}
    world.owners |= {str(one.unit_id): one.number for one in world.tenants}
