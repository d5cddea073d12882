"""The three administrators: never one person, signed in with a second factor, within what lies under them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import TextClause, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.db.history import History
from shared.db.session import Db, acting, enter
from shared.db.units import Holding
from shared.domain.errors import Forbidden, Invalid, NotFound
from shared.domain.roles import ADMINISTRATORS
from shared.usecases.administrations import end_role, enter_person, found_unit, give_role
from shared.usecases.administrators import administrator, begin_as_administrator, let_administrator_in
from shared.usecases.members import actor_of, add_person, appoint
from tests.builders import FOUNDED, LONG_AGO, Branch, a_county, founder
from tests.usecases.people import NOW, PASSWORD, SECRET, Signer, a_number, a_signer

TODAY = NOW.date()


@pytest.fixture(scope="module")
def branch(db: Db) -> Branch:
    """A branch of a county with administrators."""
    return a_county(db)[0]


def an_administrator(db: Db, branch: Branch, role: str, unit_id: UUID | None = None) -> Actor:
    """Return one of the three, at the county or another unit."""
    at = unit_id or branch.county_id
    with acting(db, branch.county_id, at) as session:
        by = founder(branch.county_id)
        person = add_person(session, by, at, f"管理员{a_number()}")
        appoint(session, by, at, person.id, role, LONG_AGO)
        return actor_of(session, branch.county_id, at, person.id, FOUNDED.date())


@contextmanager
def at_work(db: Db, actor: Actor) -> Iterator[Session]:
    """Open a transaction of an administrator."""
    with acting(db, actor.county_id, actor.unit_id) as session:
        yield session


def a_signing_administrator(db: Db, branch: Branch, role: str) -> Signer:
    """Return an administrator with a telephone, a password and codes."""
    actor = an_administrator(db, branch, role)
    home = Branch(branch.county_id, actor.unit_id, actor.unit_id)
    return a_signer(db, home, actor, a_number())


def _insert(session: Session, insert: TextClause, given: dict[str, UUID | None]) -> None:
    enter(session, given["c"], [given["u"]])  # type: ignore[arg-type, list-item]
    session.execute(insert, given)


@pytest.mark.parametrize("other", ADMINISTRATORS[1:])
def test_nobody_is_two_of_the_three_in_whatever_units(db: Db, branch: Branch, other: str) -> None:
    actor = an_administrator(db, branch, "system_administrator")

    with acting(db, branch.county_id, branch.unit_id) as session:
        assert actor.person_id is not None
        with pytest.raises(Forbidden, match="不能由一人兼任"):
            appoint(session, founder(branch.county_id), branch.unit_id, actor.person_id, other, TODAY)


def test_one_may_follow_the_other(db: Db, branch: Branch) -> None:
    actor = an_administrator(db, branch, "audit_administrator")

    with acting(db, branch.county_id, branch.county_id) as session:
        assert actor.person_id is not None
        held = session.scalars(select(Holding).filter_by(person_id=actor.person_id)).one()
        held.until = TODAY
        session.flush()
        next_day = TODAY + timedelta(days=1)
        by = founder(branch.county_id)
        assert appoint(session, by, branch.county_id, actor.person_id, "security_administrator", next_day)


def test_the_database_itself_keeps_them_apart(db: Db, branch: Branch) -> None:
    actor = an_administrator(db, branch, "security_administrator")
    given = {"c": branch.county_id, "u": branch.unit_id, "p": actor.person_id}

    insert = text(
        "INSERT INTO holding (county_id, id, unit_id, person_id, role, since)"
        " VALUES (:c, gen_random_uuid(), :u, :p, 'audit_administrator', '2026-01-01')"
    )
    with pytest.raises(IntegrityError, match="administrators_apart"), db.begin() as session:
        _insert(session, insert, given)


def test_an_administrator_needs_password_and_factor(db: Db, branch: Branch) -> None:
    signer = a_signing_administrator(db, branch, "audit_administrator")

    with db.begin() as session:
        assert begin_as_administrator(session, signer.name, "不是这个密码吧", "电脑") is None
    with db.begin() as session:
        opened = begin_as_administrator(session, signer.name, PASSWORD, "电脑")
    assert opened is not None
    with db.begin() as session:
        assert administrator(session, opened.token) is None
        assert let_administrator_in(session, SECRET, opened.token, "000000") is None


def test_who_is_none_of_the_three_is_told_so(db: Db, branch: Branch) -> None:
    signer = a_signer(db, branch, branch["secretary"], a_number())

    with pytest.raises(Forbidden, match="只给系统管理员"), db.begin() as session:
        begin_as_administrator(session, signer.name, PASSWORD, "电脑")


def test_an_administrator_sees_what_lies_under_them(db: Db, branch: Branch) -> None:
    actor = an_administrator(db, branch, "system_administrator", branch.parent_id)

    with at_work(db, actor) as session, pytest.raises(NotFound):
        found_unit(session, actor, branch.county_id, "township", "别的镇", "other", "", NOW)
    with at_work(db, actor) as session:
        unit = found_unit(session, actor, branch.parent_id, "branch", "新村党支部", "new", "0000-300", NOW)
        told = session.scalars(select(History).filter_by(subject_id=unit.id)).one()

    assert (told.command, told.actor_name, told.role) == ("found", actor.name, "system_administrator")


def test_a_code_is_used_once_in_a_county(db: Db, branch: Branch) -> None:
    actor = an_administrator(db, branch, "system_administrator")

    with at_work(db, actor) as session, pytest.raises(Invalid, match="已经用过"):
        found_unit(session, actor, branch.parent_id, "branch", "又一个", "b1", "", NOW)


def test_who_enters_people_gives_no_roles_and_the_other_way_round(db: Db, branch: Branch) -> None:
    system = an_administrator(db, branch, "system_administrator")
    security = an_administrator(db, branch, "security_administrator")
    audit = an_administrator(db, branch, "audit_administrator")
    with at_work(db, system) as session:
        person_id = enter_person(session, system, branch.unit_id, "邱新来", "", NOW).id

    for actor in (system, audit):
        with at_work(db, actor) as session, pytest.raises(Forbidden):
            give_role(session, actor, person_id, branch.unit_id, "recorder", TODAY, "", NOW)
    for actor in (security, audit):
        with at_work(db, actor) as session, pytest.raises(Forbidden):
            enter_person(session, actor, branch.unit_id, "又一人", "", NOW)
    with at_work(db, security) as session:
        held = give_role(session, security, person_id, branch.unit_id, "observer", TODAY, "", NOW)
        end_role(session, security, held.id, TODAY, NOW)
        steps = session.scalars(
            select(History.command).filter_by(subject_id=held.id).order_by(History.recorded_at)
        )
        assert list(steps) == ["appoint", "end_role"]


@pytest.mark.parametrize("since", [date(2020, 1, 1), TODAY - timedelta(days=1)])
def test_a_role_never_begins_in_the_past(db: Db, branch: Branch, since: date) -> None:
    security = an_administrator(db, branch, "security_administrator")

    with at_work(db, security) as session, pytest.raises(Invalid, match="不能往前写"):
        give_role(session, security, branch["recorder"].person_id, branch.unit_id, "observer", since, "", NOW)  # type: ignore[arg-type]


def test_nobody_gives_themselves_a_role(db: Db, branch: Branch) -> None:
    security = an_administrator(db, branch, "security_administrator")

    with at_work(db, security) as session, pytest.raises(Forbidden, match="不能给自己"):
        give_role(session, security, security.person_id, branch.unit_id, "secretary", TODAY, "", NOW)  # type: ignore[arg-type]
