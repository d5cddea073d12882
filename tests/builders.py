"""A county to test in: units, people in their roles, a book in force; valid unless a test says otherwise."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from uuid import UUID, uuid4

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.db.clock import MovedClock
from shared.db.members import Member
from shared.db.session import Db, acting
from shared.domain.deeds import Deed
from shared.domain.rule_books import Checked
from shared.domain.units import UnitKind
from shared.usecases.books import adopt_book, issue_book
from shared.usecases.calendars import install_year, installed_years
from shared.usecases.deadlines import Due, due, fire
from shared.usecases.members import Particulars, actor_of, actors_of, add_person, appoint, enrol
from shared.usecases.rules import check_book
from shared.usecases.units import add_group, add_unit, found_county
from tests.calendar_files import FILES

FOUNDED = datetime(2025, 12, 20, 1, 0, tzinfo=UTC)
LONG_AGO = date(2020, 1, 1)
OFFICERS = ("secretary", "recorder", "publicity", "organiser", "discipline", "office")


@dataclass
class Branch:
    """A branch with its people as actors; `members` are the ordinary ones, two groups of them."""

    county_id: UUID
    unit_id: UUID
    parent_id: UUID
    officers: dict[str, Actor] = field(default_factory=dict)
    members: list[Member] = field(default_factory=list)
    actors: dict[UUID, Actor] = field(default_factory=dict)
    leaders: list[Actor] = field(default_factory=list)
    scorers: list[Actor] = field(default_factory=list)
    above: dict[str, Actor] = field(default_factory=dict)

    def __getitem__(self, role: str) -> Actor:
        return self.officers[role]

    def leader_of(self, member: Member) -> Actor:
        """The leader of a member's group."""
        return next(leader for leader in self.leaders if leader.group_id == member.group_id)


def founder(county_id: UUID) -> Actor:
    """Who sets a county up; a real installation keeps the administrators apart (tested elsewhere)."""
    roles = frozenset({"system_administrator", "security_administrator", "county_officer"})
    return Actor(county_id, county_id, None, "筹建人", roles)


def a_county(db: Db, book: str | Checked = "county-plan", branches: int = 1, members: int = 6) -> list[Branch]:
    """Found a demonstration county with a township and branches under one book; the clock stands in December."""
    county_id = uuid4()
    by = founder(county_id)
    checked = _checked(book) if isinstance(book, str) else book
    _install_calendars(db)
    with db.begin() as session:
        found_county(session, by, "青禾县", "qinghe", demonstration=True, now=FOUNDED)
        town = add_unit(session, by, county_id, UnitKind.TOWNSHIP, "柳溪镇", "liuxi", "0000-100")
        units = [
            add_unit(session, by, town.id, UnitKind.BRANCH, f"第{n + 1}村党支部", f"b{n + 1}", "0000-200")
            for n in range(branches)
        ]
        issued = issue_book(session, by, county_id, checked, FOUNDED)
    made = []
    for unit in units:
        with acting(db, county_id, unit.id, town.id) as session:
            adopt_book(session, by, unit.id, issued.id, LONG_AGO)
            made.append(_people(session, by, Branch(county_id, unit.id, town.id), members))
    return made


_checked = cache(check_book)


def _install_calendars(db: Db) -> None:
    """Every test begins with the shipped years, whatever another has installed in their place."""
    with db.begin() as session:
        session.execute(text("SELECT pg_advisory_xact_lock(7426111)"))
        installed = {row.text for row in installed_years(session)}
        for shipped in (file.read_text("utf-8") for file in FILES):
            if shipped not in installed:
                install_year(session, shipped, FOUNDED)


def _people(session: Session, by: Actor, branch: Branch, members: int) -> Branch:
    groups = [add_group(session, by, branch.unit_id, n, f"第{n}党小组") for n in (1, 2)]
    for n, role in enumerate(OFFICERS):
        member = _member(session, by, branch, f"9{n:02d}", groups[n % 2].id)
        appoint(session, by, branch.unit_id, member.person_id, role, LONG_AGO)
    for n, group in enumerate(groups):
        member = _member(session, by, branch, f"8{n:02d}", group.id)
        appoint(session, by, branch.unit_id, member.person_id, "group_leader", LONG_AGO, group_id=group.id)
    for n in range(3):
        member = _member(session, by, branch, f"7{n:02d}", groups[n % 2].id)
        appoint(session, by, branch.unit_id, member.person_id, "scorer", LONG_AGO)
    for n in range(members):
        branch.members.append(_member(session, by, branch, f"{n + 1:03d}", groups[n % 2].id))
    _learn(session, branch)
    _people_above(session, by, branch)
    return branch


def _learn(session: Session, branch: Branch) -> None:
    """Learn who everybody in the branch is when they act."""
    persons = list(session.scalars(select(Member.person_id).filter_by(unit_id=branch.unit_id)))
    for actor in actors_of(session, branch.county_id, branch.unit_id, persons, FOUNDED.date()):
        assert actor.member_id is not None
        branch.actors[actor.member_id] = actor
        branch.officers |= {role: actor for role in actor.roles & set(OFFICERS)}
    leaders = [actor for actor in branch.actors.values() if "group_leader" in actor.roles]
    branch.leaders = sorted(leaders, key=lambda leader: leader.name)
    branch.scorers = sorted((one for one in branch.actors.values() if "scorer" in one.roles), key=lambda s: s.name)


def _people_above(session: Session, by: Actor, branch: Branch) -> None:
    for role, department in (("township_officer", None), ("word", "民政办")):
        person = add_person(session, by, branch.parent_id, f"镇干部{role}")
        appoint(session, by, branch.parent_id, person.id, "township_officer", LONG_AGO, department=department)
        branch.above[role] = actor_of(session, branch.county_id, branch.parent_id, person.id, FOUNDED.date())


def _member(session: Session, by: Actor, branch: Branch, number: str, group_id: UUID) -> Member:
    given = Particulars(number, f"党员{number}", number, "普通党员", date(1970, 5, 1), group_id=group_id)
    return enrol(session, by, branch.unit_id, given)


def set_clock(db: Db, county_id: UUID, instant: datetime) -> None:
    """Move a test county's clock; it stands still until it is moved again."""
    with db.begin() as session:
        clock = session.get_one(MovedClock, county_id)
        clock.stands_at = clock.set_at = instant


def run_clock(clockwork: Db, county_id: UUID, wanted: Callable[[Due], bool] = lambda _: True) -> int:
    """Fire everything that is due in one county, as a worker would; return how many."""
    fired = 0
    while True:
        with clockwork.begin() as session:
            waiting = [one for one in due(session, 1000) if one.county_id == county_id and wanted(one)]
        if not waiting:
            return fired
        for one in waiting:
            with acting(clockwork, one.county_id, one.unit_id) as session:
                fired += fire(session, one)


def a_deed(item: str, day: date, points: str | None = None, **more: object) -> Deed:
    """Something that was done."""
    return Deed(item, day, "参加了这项活动", Decimal(points) if points else None, **more)  # type: ignore[arg-type]


def ids(rows: Sequence[Member]) -> list[UUID]:
    """The ids of some rows."""
    return [row.id for row in rows]
