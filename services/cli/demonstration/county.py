"""The demonstration county: its units, their made-up names, and the people in them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import cycle
from random import Random
from uuid import UUID

from sqlalchemy.orm import Session

from services.cli.demonstration.names import a_name
from services.cli.demonstration.stage import Stage, Troupe
from shared.authz.actor import Actor
from shared.db.members import Member
from shared.db.session import acting
from shared.domain.strokes import sort_key
from shared.domain.units import UnitKind
from shared.usecases.books import adopt_book, issue_book
from shared.usecases.members import Particulars, actor_of, actors_of, add_person, appoint, enrol
from shared.usecases.rules import check_book
from shared.usecases.units import add_group, add_unit, found_county

BEGINS = date(2020, 1, 1)
CLASSES = {"村组干部": 218, "普通党员": 255, "流动党员": 190, "年老体弱": 139}
BRANCHES, MEMBERS, GUIDES = 32, 802, 14
OFFICERS = ("secretary", "recorder", "organiser", "publicity", "discipline")
WHO = ("村组干部", "普通党员", "普通党员", "流动党员", "年老体弱")
# The first members of a branch hold its offices, so that every tier has somebody.
OFFICES = {0: "支部书记", 2: "委员", 3: "委员", 4: "委员", 5: "村主任", 6: "副书记"}


@dataclass(frozen=True, slots=True)
class Place:
    """A unit of the demonstration and the one above it."""

    book: str
    name: str
    code: str
    above: str
    above_kind: UnitKind
    above_code: str
    members: int
    groups: int
    scorers: int = 0


PLACES = (
    Place("xiaxiyuan", "青禾县第二小学党支部", "qh-school", "青禾县教育局党委", UnitKind.BUREAU, "qh-edu", 14, 2),
    Place("yangba", "临河居委会党支部", "lh-juwei", "城关街道党工委", UnitKind.TOWNSHIP, "qh-cg", 20, 2),
    Place("chaiqian", "城建服务中心党支部", "qh-cj", "", UnitKind.COUNTY, "", 18, 2),
    Place("xujiayan", "桐坪镇松岗村党支部", "tp-sg", "桐坪镇党委", UnitKind.TOWNSHIP, "qh-tp", 44, 6, 3),
    Place("xinba", "麦塘乡荷塘村党支部", "mt-ht", "麦塘乡党委", UnitKind.TOWNSHIP, "qh-mt", 26, 3),
)
# fmt: off
VILLAGES = (
    "东岭", "西湾", "南坡", "北塘", "上河", "下河", "柳林", "槐树",
    "石桥", "新店", "高庄", "李湾", "周塘", "马厂", "竹园", "茶亭",
    "白鹭", "青石", "黄泥", "金沟", "双塔", "三汇", "四明", "五里",
    "六合", "七星", "八角", "九岭", "梅岗", "兰溪", "荷花", "枣园",
)
# fmt: on


def found(stage: Stage, by: Actor, name: str = "青禾县", code: str = "qinghe") -> None:
    """Found a county; its clock stands at the stage's instant."""
    with stage.db.begin() as session:
        found_county(session, by, name, code, demonstration=True, now=stage.now)


def build_places(stage: Stage, by: Actor, books: Collection[str]) -> list[Troupe]:
    """Build one unit on each of these books, which run a whole year."""
    troupes = []
    for place in PLACES:
        if place.book in books:
            parent = town_of(stage, by, place)
            troupes.append(build_branch(stage, by, place, parent, issue(stage, by, place.book, stage.county_id)))
    return troupes


def build_branch(stage: Stage, by: Actor, place: Place, parent: UUID, book_id: UUID) -> Troupe:
    """Build one unit below another, on an issued book, with its people."""
    with acting(stage.db, stage.county_id, stage.county_id) as session:
        unit = add_unit(session, by, parent, UnitKind.BRANCH, place.name, place.code, "0555-0110")
    troupe = Troupe(unit.id, parent, place.name, check_book(place.book).book)
    classes = [WHO[n % len(WHO)] for n in range(place.members)]
    _people(stage, by, troupe, book_id, classes, place.groups, place.scorers)
    return troupe


def build_township(stage: Stage, by: Actor, branches: Collection[int]) -> dict[int, Troupe]:
    """Build the township, 32 branches and 802 members in four classes, or some of the branches, by number."""
    with acting(stage.db, stage.county_id, stage.county_id) as session:
        town = add_unit(session, by, stage.county_id, UnitKind.TOWNSHIP, "柳溪乡党委", "qh-lx", "0555-0120")
    book = check_book("township-overlay")
    issue(stage, by, "county-plan", stage.county_id)
    book_id = issue(stage, by, "township-overlay", town.id)
    troupes = {}
    for n, classes in enumerate(_deal(stage.chance)):
        if n not in branches:
            continue
        name = f"柳溪乡{VILLAGES[n]}村党支部"
        with acting(stage.db, stage.county_id, stage.county_id) as session:
            unit = add_unit(session, by, town.id, UnitKind.BRANCH, name, f"lx-{n + 1:02d}", "0555-0121")
        troupes[n] = Troupe(unit.id, town.id, name, book.book)
        _people(stage, by, troupes[n], book_id, classes, 2, 0)
    _guides(stage, by, [troupe for n, troupe in troupes.items() if n < GUIDES])
    _town_officers(stage, by, list(troupes.values()))
    return troupes


def _deal(chance: Random) -> list[list[str]]:
    """Deal the four classes to the branches like cards, cadres first, so that each has people for its offices."""
    cards = [class_ for class_, number in CLASSES.items() for _ in range(number)]
    hands: list[list[str]] = [[] for _ in range(BRANCHES)]
    for card, hand in zip(cards, cycle(hands), strict=False):
        hand.append(card)
    for hand in hands:
        tail = hand[7:]
        chance.shuffle(tail)
        hand[7:] = tail
    return hands


def town_of(stage: Stage, by: Actor, place: Place) -> UUID:
    """Return the unit that a place lies under: the county, or a bureau or township made for it."""
    if place.above_kind is UnitKind.COUNTY:
        return stage.county_id
    with acting(stage.db, stage.county_id, stage.county_id) as session:
        unit = add_unit(session, by, stage.county_id, place.above_kind, place.above, place.above_code, "0555-0100")
        return unit.id


def issue(stage: Stage, by: Actor, book: str, unit_id: UUID) -> UUID:
    """Issue a shipped book in a unit and return its id."""
    with acting(stage.db, stage.county_id, unit_id) as session:
        return issue_book(session, by, unit_id, check_book(book), stage.now).id


def _people(
    stage: Stage, by: Actor, troupe: Troupe, book_id: UUID, classes: list[str], groups: int, scorers: int
) -> None:
    """Enrol a branch's members, appoint its officers, and learn who everybody is when they act."""
    with acting(stage.db, stage.county_id, troupe.unit_id, troupe.parent_id) as session:
        adopt_book(session, by, troupe.unit_id, book_id, BEGINS)
        group_ids = [add_group(session, by, troupe.unit_id, n + 1, f"第{n + 1}党小组").id for n in range(groups)]
        for n, class_ in enumerate(classes):
            troupe.members.append(_member(session, stage, by, troupe, n, class_, group_ids[n % groups]))
        _offices(session, by, troupe, group_ids, scorers)
        _above_people(session, stage, by, troupe)
        today = stage.now.date()
        people = [member.person_id for member in troupe.members]
        acting_here = actors_of(session, stage.county_id, troupe.unit_id, people, today)
        for member, actor in zip(troupe.members, acting_here, strict=True):
            troupe.actors[member.id] = actor
            troupe.officers |= {role: actor for role in actor.roles & {*OFFICERS, "office"}}
            if "group_leader" in actor.roles:
                troupe.leaders[actor.group_id] = actor
            if "scorer" in actor.roles:
                troupe.scorers.append(actor)


def _member(
    session: Session, stage: Stage, by: Actor, troupe: Troupe, n: int, class_: str, group_id: UUID
) -> Member:
    chance = stage.chance
    name = a_name(chance)
    old = class_ == "年老体弱"
    year = chance.randint(1938, 1952) if old else chance.randint(1958, 1996)
    born = date(year, chance.randint(1, 12), chance.randint(1, 28))
    given = Particulars(
        member_no=f"{n + 1:03d}",
        name=name,
        name_sort=sort_key(name),
        class_=class_,
        birth_date=born,
        office=OFFICES.get(n, ""),
        group_id=group_id,
        present_from=None,
        probationary=n == 20 and len(troupe.members) == 20 and bool(troupe.book.procedure.scorers),
    )
    return enrol(session, by, troupe.unit_id, given)


def _offices(session: Session, by: Actor, troupe: Troupe, group_ids: list[UUID], scorers: int) -> None:
    for role, member in zip(OFFICERS, troupe.members, strict=False):
        appoint(session, by, troupe.unit_id, member.person_id, role, BEGINS)
    if troupe.book.procedure.first_answer == "office":
        appoint(session, by, troupe.unit_id, troupe.members[5].person_id, "office", BEGINS)
    for n, group_id in enumerate(group_ids):
        leader = next(m for m in troupe.members[6 + n :] if m.group_id == group_id)
        appoint(session, by, troupe.unit_id, leader.person_id, "group_leader", BEGINS, group_id=group_id)
    for member in [m for m in troupe.members[14:] if not m.office and not m.probationary][:scorers]:
        appoint(session, by, troupe.unit_id, member.person_id, "scorer", BEGINS)


def _above_people(session: Session, stage: Stage, by: Actor, troupe: Troupe) -> None:
    """Give the level above somebody who receives, decides and files."""
    role = "county_officer" if troupe.parent_id == stage.county_id else "township_officer"
    if role == "township_officer" and troupe.book.procedure.words:
        return
    person = add_person(session, by, troupe.parent_id, a_name(stage.chance))
    appoint(session, by, troupe.parent_id, person.id, role, BEGINS)
    troupe.above["officer"] = actor_of(session, stage.county_id, troupe.parent_id, person.id, stage.now.date())


def _town_officers(stage: Stage, by: Actor, troupes: Sequence[Troupe]) -> None:
    """The township's office and its departments, which give their word on what touches them."""
    if not troupes:
        return
    town = troupes[0].parent_id
    with acting(stage.db, stage.county_id, town) as session:
        for department in (None, *troupes[0].book.departments):
            person = add_person(session, by, town, a_name(stage.chance))
            appoint(session, by, town, person.id, "township_officer", BEGINS, department=department)
            actor = actor_of(session, stage.county_id, town, person.id, stage.now.date())
            for troupe in troupes:
                troupe.above[department or "officer"] = actor


def _guides(stage: Stage, by: Actor, troupes: Sequence[Troupe]) -> None:
    """Fourteen stationed guides from 3 city units and 11 county departments: invited, they do not vote."""
    for troupe in troupes:
        with acting(stage.db, stage.county_id, troupe.unit_id) as session:
            person = add_person(session, by, troupe.unit_id, a_name(stage.chance))
            appoint(session, by, troupe.unit_id, person.id, "observer", BEGINS)


def founder(county_id: UUID) -> Actor:
    """Return who sets the demonstration up, before it has anybody."""
    roles = frozenset({"system_administrator", "security_administrator", "county_officer"})
    return Actor(county_id, county_id, None, "示范县筹建", roles)
