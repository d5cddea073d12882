"""The cast: whom a visitor of the demonstration may sign in as, at least one person for each role."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.cli.demonstration.county import founder
from shared.authz.policy import table
from shared.db.clock import read_clock
from shared.db.members import Member, Person
from shared.db.session import enter
from shared.db.units import Holding, Unit
from shared.domain.windows import local_day
from shared.usecases.members import actor_of, add_person, appoint
from shared.usecases.proxies import name_relative

# The village in tiers, the office, the village with scorers, the committee of residents, the school, a township's.
SHOWN = ("mt-ht", "qh-cj", "tp-sg", "lh-juwei", "qh-school", "lx-01", "wx-01")
# The second county's officers: a telephone number opens the accounts of everybody who has it, wherever they are.
DIALLED = {"qinghe": "139", "wangxi": "137"}
NOBODY = {"clock", "public", "service", "visitor"}
# Who is not one of the village's members, with a made-up name, and where they belong if not in the village.
OUTSIDERS = {
    "audit_administrator": ("杭守正", "qinghe"),
    "bureau_officer": ("费学文", "qh-edu"),
    "contact": ("邬海明", ""),
    "county_officer": ("卞文清", "qinghe"),
    "relative": ("尤春香", ""),
    "security_administrator": ("柏安平", "qinghe"),
    "system_administrator": ("诸葛建业", "qinghe"),
    "township_officer": ("左立本", "qh-mt"),
    "villager": ("鲁来青", ""),
}
A_YEAR = timedelta(days=360)


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody as whom one may sign in, and for which role they stand."""

    role: str
    unit_id: UUID
    unit: str
    person_id: UUID
    name: str
    sign_in: str


class Cast:
    """The county's people, as whom somebody may try the pages out."""

    def __init__(self, session: Session, county_id: UUID) -> None:
        """Enter every unit of the county."""
        self.session, self.county_id = session, county_id
        enter(session, county_id, [county_id])
        units = session.scalars(select(Unit).filter_by(county_id=county_id).order_by(Unit.code))
        self.units = {unit.code: unit for unit in units}
        enter(session, county_id, [unit.id for unit in self.units.values()])
        self.branches = [self.units[code] for code in SHOWN if code in self.units]
        self.now = read_clock(session, county_id)

    def of_units(self) -> Iterator[Part]:
        """Return one holder of each role of each unit that is shown and of those above, and a plain member."""
        above = {branch.parent_id for branch in self.branches}
        for unit in (*self.branches, *(unit for unit in self.units.values() if unit.id in above)):
            met: set[object] = set()
            for holding in self._holders(unit):
                if met.isdisjoint({holding.role, holding.person_id}):
                    met |= {holding.role, holding.person_id}
                    yield self._part(holding.role, unit, holding.person_id)
        for unit in self.branches:
            for member in self._plain_members(unit)[:1]:
                yield self._part("member", unit, member.person_id)

    def missing(self, roles: Collection[str]) -> Iterator[Part]:
        """Give each of these roles to somebody: an outsider or a plain member of the first unit."""
        village, by = self.branches[0], founder(self.county_id)
        free = iter(self._plain_members(village)[1:])
        for role in sorted(roles):
            name, code = OUTSIDERS.get(role, ("", ""))
            unit = self.units.get(code, village)
            person_id = self._outsider(unit, name) if name else next(free).person_id
            if role == "relative":
                self._name(village, person_id)
            else:
                appoint(self.session, by, unit.id, person_id, role, local_day(self.now))
            yield self._part(role, unit, person_id)

    def _outsider(self, unit: Unit, name: str) -> UUID:
        known = select(Person.id).filter_by(county_id=self.county_id, unit_id=unit.id, name=name)
        found = self.session.scalar(known.limit(1))
        return found or add_person(self.session, founder(self.county_id), unit.id, name).id

    def _holders(self, unit: Unit) -> list[Holding]:
        held = select(Holding).filter_by(county_id=self.county_id, unit_id=unit.id)
        return list(self.session.scalars(held.order_by(Holding.role, Holding.since, Holding.person_id)))

    def _plain_members(self, unit: Unit) -> list[Member]:
        held = {holding.person_id for holding in self._holders(unit)}
        members = select(Member).filter_by(county_id=self.county_id, unit_id=unit.id).order_by(Member.member_no)
        return [member for member in self.session.scalars(members) if member.person_id not in held]

    def _part(self, role: str, unit: Unit, person_id: UUID) -> Part:
        """Return a part; who has no member's number there is given a telephone number to sign in with."""
        person = self.session.get_one(Person, (self.county_id, person_id))
        member = select(Member).filter_by(county_id=self.county_id, person_id=person_id, unit_id=unit.id)
        found = self.session.scalar(member)
        if found is None and person.telephone is None:
            taken = select(func.count(Person.telephone)).where(Person.county_id == self.county_id)
            code = self.session.get_one(Unit, (self.county_id, self.county_id)).code
            person.telephone = f"{DIALLED[code]}{self.session.scalars(taken).one() + 1:08d}"
        name = f"{unit.code}-{found.member_no}" if found else str(person.telephone)
        return Part(role, unit.id, unit.name, person_id, person.name, name)

    def _name(self, unit: Unit, person_id: UUID) -> None:
        member = self._plain_members(unit)[0]
        today = local_day(self.now)
        whom = actor_of(self.session, self.county_id, unit.id, member.person_id, today)
        relative = self.session.get_one(Person, (self.county_id, person_id))
        relative.telephone = "13900000000"
        name_relative(self.session, whom, relative.name, relative.telephone, today + A_YEAR, self.now)


def cast(session: Session, county_id: UUID) -> list[Part]:
    """Return the parts, each person once; a role that nobody holds is given to somebody."""
    everybody = Cast(session, county_id)
    parts = list(everybody.of_units())
    wanted = {role for role, _ in table()} - NOBODY - {part.role for part in parts}
    parts.extend(everybody.missing(wanted))
    session.flush()
    return _once(parts)


def holders(session: Session, county_id: UUID) -> list[Part]:
    """Return those alone who hold a role already, each person once, and a plain member."""
    parts = list(Cast(session, county_id).of_units())
    session.flush()
    return _once(parts)


def _once(parts: Sequence[Part]) -> list[Part]:
    return list({part.person_id: part for part in reversed(parts)}.values())[::-1]
