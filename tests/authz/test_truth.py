"""The whole truth table, role × action × relation, against the gate on real rows; and every address has a row."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import able, hold, may, see
from shared.db.members import Member
from shared.db.session import Db, acting, enter
from shared.domain.errors import Forbidden, NotFound
from shared.domain.units import UnitKind
from shared.usecases.members import Particulars, enrol
from shared.usecases.openings import open_to
from shared.usecases.units import add_unit
from tests.authz.truth import ROLES, addresses, reviewed, truths
from tests.builders import FOUNDED, Branch, a_county, founder

TRUTHS = truths()
SOME = (Action.BOARD_SEE, Action.CLAIM_DECIDE, Action.MEMBER_SEE, Action.FILING_FILE, Action.STATEMENT_SEE)
RELATIONS = ("own", "group", "branch", "opened", "parent", "child", "sibling", "other county", "nobody")


@dataclass(frozen=True, slots=True)
class Ground:
    """The rows that somebody of the middle unit may reach for, by how they are related to them."""

    branch: Branch
    person_id: UUID
    rows: dict[str, UUID]

    def actor(self, role: str) -> Actor:
        """Somebody there who holds this role and no other."""
        own = self.branch.members[0]
        roles = frozenset({role})
        ids = (self.branch.county_id, self.branch.unit_id, self.person_id)
        return Actor(*ids, "某人", roles, member_id=own.id, group_id=own.group_id)


@pytest.fixture(scope="module")
def ground(db: Db) -> Ground:
    """Above the middle unit a township, below it another branch, next door a third; and another county."""
    here, next_door = a_county(db, branches=2, members=4)
    elsewhere = a_county(db, members=1)[0]
    by = founder(here.county_id)
    with acting(db, here.county_id, here.unit_id) as session:
        below = add_unit(session, by, here.unit_id, UnitKind.BRANCH, "下面的支部", "below", "").id
    own, group, other = here.members[0], here.members[2], here.members[1]
    assert own.group_id == group.group_id != other.group_id
    rows = {
        "own": own.id,
        "group": group.id,
        "branch": other.id,
        "opened": next_door.members[0].id,
        "sibling": next_door.members[1].id,
        "other county": elsewhere.members[0].id,
        "nobody": uuid4(),
        "parent": _a_member(db, by, here.parent_id),
        "child": _a_member(db, by, below),
    }
    with acting(db, here.county_id, next_door.unit_id) as session:
        open_to(session, here.county_id, next_door.unit_id, here.unit_id, [rows["opened"]], "试验", FOUNDED)
    with acting(db, here.county_id, here.unit_id) as session:
        session.get_one(Member, (here.county_id, group.id)).contact_id = own.person_id
    return Ground(here, own.person_id, rows)


def _a_member(db: Db, by: Actor, unit_id: UUID) -> UUID:
    given = Particulars("M1", "别处的人", "M1", "普通党员", date(1970, 5, 1))
    with acting(db, by.county_id, unit_id) as session:
        return enrol(session, by, unit_id, given).id


@pytest.fixture
def session(db: Db, ground: Ground) -> Iterator[Session]:
    """A transaction in the middle unit, of which nothing stays."""
    with db() as session:
        enter(session, ground.branch.county_id, [ground.branch.unit_id])
        yield session


def glimpse(session: Session, ground: Ground, relation: str) -> Member | None:
    """The row as row-level security shows it here, whatever the question's own conditions would say."""
    return session.scalar(select(Member).where(Member.id == ground.rows[relation]))


def wrong(said: dict[tuple[str, str], int], relation: str) -> dict[tuple[str, str], tuple[int, int]]:
    """Where the gate and the table differ: what the one and the other says."""
    both = {pair: (status, TRUTHS[pair[1]].answer(pair[0], relation)) for pair, status in said.items()}
    return {pair: (gate, table) for pair, (gate, table) in both.items() if gate != table}


def answer(session: Session, actor: Actor, action: Action, row_id: UUID) -> int:
    """How the gate answers to somebody who wants to see a row for this action."""
    try:
        see(session, actor, action, Member, row_id)
    except NotFound:
        return 404
    except Forbidden:
        return 403
    return 200


@pytest.mark.parametrize("relation", RELATIONS)
def test_the_gate_decides_as_the_table_says(session: Session, ground: Ground, relation: str) -> None:
    row = glimpse(session, ground, relation)

    said = {
        (role, str(action)): 404 if row is None else 200 if may(ground.actor(role), action, row) else 403
        for role in ROLES
        for action in Action
    }

    assert wrong(said, relation) == {}


@pytest.mark.long
@pytest.mark.parametrize("relation", RELATIONS)
def test_the_gate_answers_each_question_as_the_table_says(session: Session, ground: Ground, relation: str) -> None:
    said = {
        (role, str(action)): answer(session, ground.actor(role), action, ground.rows[relation])
        for role in ROLES
        for action in Action
    }

    assert wrong(said, relation) == {}


@pytest.mark.parametrize("relation", RELATIONS)
def test_who_holds_nothing_is_shown_nothing(session: Session, ground: Ground, relation: str) -> None:
    known = relation in {"own", "group", "branch", "opened"}

    said = {answer(session, ground.actor("nothing"), action, ground.rows[relation]) for action in SOME}

    assert said == {403 if known else 404}


def test_what_is_another_s_reads_as_what_there_is_not(session: Session, ground: Ground) -> None:
    def words(row_id: UUID) -> str:
        with pytest.raises(NotFound) as refused:
            hold(session, ground.actor("secretary"), Action.MEMBER_SEE, Member, row_id)
        return str(refused.value)

    foreign = ("parent", "child", "sibling", "other county", "nobody")
    assert len({words(ground.rows[relation]) for relation in foreign}) == 1


def test_without_a_row_a_role_is_able_where_it_is_with_some(ground: Ground) -> None:
    apart = [
        (role, action)
        for role in ROLES
        for action in Action
        if able(ground.actor(role), action) != (role in TRUTHS[action].able)
    ]

    assert apart == []


def test_every_action_has_a_reviewed_row_and_every_row_an_action() -> None:
    assert set(TRUTHS) == set(Action), "run: .venv/bin/python -m tests.authz.truth, and review what is new"


def test_every_address_has_a_reviewed_row() -> None:
    """A new route without one fails: what it is open to is looked at by a person."""
    new, gone = addresses() - reviewed(), reviewed() - addresses()

    assert (new, gone) == (set(), set()), "run: .venv/bin/python -m tests.authz.truth, and review what is new"


def test_every_address_is_open_by_name_or_asks_for_an_action_of_the_table() -> None:
    declared = {permission for _, _, permission in addresses()}

    assert declared <= {"open", "signed in", *TRUTHS}
