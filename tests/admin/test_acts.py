"""What is changed from the panel: by whose right it is, from our own pages only, and each step in the history."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from shared.db.history import History
from shared.db.members import Person
from shared.db.session import Db, acting
from shared.db.units import Holding, Unit
from tests.admin.people import HOST, Browser
from tests.builders import FOUNDED, Branch

TODAY = FOUNDED.date()
LATER = TODAY + timedelta(days=400)
ELSEWHERE = ("https://elsewhere.test", "https://panel.test:8000", "null")


def the_unit(db: Db, branch: Branch, code: str) -> UUID | None:
    """The unit of this code, if there is one."""
    with acting(db, branch.county_id, branch.county_id) as session:
        return session.scalar(select(Unit.id).filter_by(county_id=branch.county_id, code=code))


def founds(browser: Browser, branch: Branch, code: str, status: int = 200, **more: str) -> str:
    """Fill in the form of a new branch."""
    path = f"/acts/found/{branch.parent_id}"
    browser.opens(path)
    return browser.sends(path, status, kind="branch", name="新村党支部", code=code, telephone="", **more)


def test_the_system_administrator_founds_a_unit(system: Browser, db: Db, branch: Branch) -> None:
    assert "新村党支部" in founds(system, branch, "new-1")

    unit_id = the_unit(db, branch, "new-1")
    with acting(db, branch.county_id, branch.county_id) as session:
        told = session.scalars(select(History).filter_by(subject_id=unit_id)).one()
    assert (told.command, told.role) == ("found", "system_administrator")


def test_a_code_that_is_taken_is_named(system: Browser, branch: Branch) -> None:
    assert "单位编码 b1 已经用过" in founds(system, branch, "b1", 422)


def test_an_empty_form_says_what_is_missing(system: Browser, branch: Branch) -> None:
    assert "请填写这一项" in founds(system, branch, "", 422)


@pytest.mark.parametrize("origin", ELSEWHERE)
def test_what_another_site_sends_is_refused(system: Browser, db: Db, branch: Branch, origin: str) -> None:
    founds(system, branch, "new-2", 403, origin=origin)

    assert the_unit(db, branch, "new-2") is None


@pytest.mark.parametrize(
    "said", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site", "Origin": HOST}]
)
def test_what_does_not_come_from_a_page_of_ours_is_refused(
    system: Browser, db: Db, branch: Branch, said: dict[str, str]
) -> None:
    path = f"/acts/found/{branch.parent_id}"
    system.opens(path)
    given = {"kind": "branch", "name": "新", "code": "new-3"}

    assert system.client.post(path, data=given, headers=said).status_code == 403
    assert the_unit(db, branch, "new-3") is None


def test_a_form_without_its_key_is_refused(system: Browser, security: Browser, db: Db, branch: Branch) -> None:
    founds(system, branch, "new-4", 403, form_key="")
    founds(system, branch, "new-4", 403, form_key="0" * 64)

    assert the_unit(db, branch, "new-4") is None


def test_to_look_changes_nothing_even_with_everything_in_the_address(
    system: Browser, db: Db, branch: Branch
) -> None:
    system.opens(f"/acts/found/{branch.parent_id}?kind=branch&name=a&code=new-5")

    assert the_unit(db, branch, "new-5") is None


def test_people_are_entered_by_one_and_given_roles_by_another(
    system: Browser, security: Browser, audit: Browser, db: Db, branch: Branch
) -> None:
    path = f"/acts/person/{branch.unit_id}"
    system.opens(path)
    system.sends(path, name="邱新来", telephone="13300000001")
    with acting(db, branch.county_id, branch.unit_id) as session:
        person_id = session.scalars(select(Person.id).filter_by(name="邱新来")).one()
    path = f"/acts/give/{person_id}"
    for other in (system, audit):
        other.opens(path, 403)
        other.sends(path, 403, role="observer")
    assert "13300000001" not in security.opens(f"/person/details/{person_id}")
    security.opens(path)
    security.sends(path, unit=str(branch.unit_id), role="observer", since=LATER.isoformat(), department="")
    with acting(db, branch.county_id, branch.unit_id) as session:
        held = session.scalars(select(Holding).filter_by(person_id=person_id)).one()
    ended(security, held, LATER + timedelta(days=30))
    with acting(db, branch.county_id, branch.unit_id) as session:
        steps = session.scalars(select(History.command).filter_by(subject_id=held.id))
        assert set(steps) == {"appoint", "end_role"}


def ended(browser: Browser, held: Holding, last: date) -> None:
    """End a role from its page."""
    browser.opens(f"/holding/details/{held.id}")
    browser.opens(f"/acts/end/{held.id}")
    browser.sends(f"/acts/end/{held.id}", until=last.isoformat())


def test_that_the_audit_administrator_has_read_of_it_is_written_down(
    system: Browser, audit: Browser, db: Db, branch: Branch
) -> None:
    system.opens(f"/acts/person/{branch.unit_id}")
    system.sends(f"/acts/person/{branch.unit_id}", name="邱再来", telephone="13300000002")
    audit.opens("/history/list")

    with acting(db, branch.county_id, branch.county_id) as session:
        read = session.scalars(select(History).filter_by(command="read_history", unit_id=branch.county_id)).all()
    assert {one.role for one in read} == {"audit_administrator"}
    # Among steps of one instant, no page of the list is sure to hold it.
    assert "看过办理记录" in audit.opens("/history/list?search=看过办理记录")


def test_nobody_is_made_a_second_administrator(security: Browser, db: Db, branch: Branch) -> None:
    with acting(db, branch.county_id, branch.county_id) as session:
        found = select(Holding).filter_by(county_id=branch.county_id, role="system_administrator", until=None)
        held = session.scalars(found.limit(1)).one()
    path = f"/acts/give/{held.person_id}"
    security.opens(path)
    given: dict[str, Any] = {
        "unit": str(branch.unit_id),
        "role": "audit_administrator",
        "since": LATER.isoformat(),
    }

    assert "不能由一人兼任" in security.sends(path, 422, **given)


def test_somebody_acts_as_an_officer_until_a_day(
    security: Browser, system: Browser, db: Db, branch: Branch
) -> None:
    person_id = branch.members[0].person_id
    path, until = f"/acts/acting/{person_id}", date(2026, 5, 31)
    system.opens(path, 403)
    security.opens(path)
    given: dict[str, Any] = {"unit": str(branch.unit_id), "role": "secretary"}
    assert "不超过半年" in security.sends(path, 422, **given, until=LATER.isoformat(), reason="书记空缺")
    security.opens(path)
    security.sends(path, **given, until=until.isoformat(), reason="书记空缺")

    with acting(db, branch.county_id, branch.unit_id) as session:
        held = session.scalars(select(Holding).filter_by(person_id=person_id, role="secretary")).one()
    assert held.until == until


def test_a_member_is_entered_where_they_belong(system: Browser, branch: Branch) -> None:
    given: dict[str, Any] = {
        "name": "柯入党",
        "member_no": "555",
        "class_": "普通党员",
        "birth_date": "1990-01-01",
        "telephone": "",
    }
    path = f"/acts/member/{branch.parent_id}"
    system.opens(path)
    assert "党员登记在党支部名下" in system.sends(path, 422, **given)
    path = f"/acts/member/{branch.unit_id}"
    system.opens(path)
    system.sends(path, **given)
    assert "柯入党" in system.opens("/member/list?search=555")


def test_the_audit_administrator_changes_nothing(audit: Browser, branch: Branch) -> None:
    for act in ("found", "person", "member"):
        audit.opens(f"/acts/{act}/{branch.unit_id}", 403)
    assert "在下面设立单位" not in audit.opens(f"/unit/details/{branch.unit_id}")
