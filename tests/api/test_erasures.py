"""Files that go: a member asks for it on their own page, the branch answers on its desk, the county says when."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from shared.authz.actor import Actor
from shared.db.evidence import Evidence
from shared.db.members import Person as Somebody
from shared.db.session import Db, acting
from shared.usecases.members import appoint
from tests.api.conftest import Browser
from tests.api.people import Person, signed_in
from tests.builders import LONG_AGO, founder
from tests.quarters import Quarter


@pytest.fixture
def mei(browser: Browser, db: Db, settled: Quarter) -> Person:
    """A member with a file at a claim whose quarter is filed."""
    branch = settled.branch
    member = branch.members[0]
    with acting(db, branch.county_id, branch.unit_id) as session:
        session.add(
            Evidence(
                county_id=branch.county_id,
                unit_id=branch.unit_id,
                subject_kind="claim",
                subject_id=settled.claims[0],
                name="照片.jpg",
                media_type="image/jpeg",
                size=9,
                digest=uuid4().hex * 2,
                original=uuid4().hex * 2,
                added_by=member.person_id,
                added_at=datetime(2026, 2, 1, tzinfo=UTC),
            )
        )
    return signed_in(browser.app, db, branch.actors[member.id])


def test_a_member_asks_and_the_branch_lets_the_files_go(
    browser: Browser, db: Db, settled: Quarter, mei: Person
) -> None:
    assert "其中事已办结、可以提前销毁的 1 份" in mei.opens("/rights/files")
    assert "请写明为什么要提前销毁" in mei.hands_in("/rights/files", 422, reason="")
    assert "等支部答复" in mei.hands_in("/rights/files", reason="照片里有孩子")
    secretary = signed_in(browser.app, db, settled.branch["secretary"])
    assert "答复销毁材料的申请" in secretary.opens("/desk")
    secretary.opens("/erasures")
    action = next(one.action for one in secretary.forms() if one.action.endswith("/grant"))

    assert "已销毁" in secretary.hands_in(action)

    assert "现在还存着 0 份" in mei.opens("/rights/files")
    assert "已按期销毁" in mei.opens(f"/claims/{settled.claims[0]}")


def test_the_county_says_how_long_files_are_kept(browser: Browser, db: Db, settled: Quarter) -> None:
    branch = settled.branch
    with acting(db, branch.county_id, branch.county_id) as session:
        person = Somebody(county_id=branch.county_id, unit_id=branch.county_id, name="周县组")
        session.add(person)
        session.flush()
        appoint(session, founder(branch.county_id), branch.county_id, person.id, "county_officer", LONG_AGO)
    officer = Actor(branch.county_id, branch.county_id, person.id, person.name, frozenset({"county_officer"}))
    county = signed_in(browser.app, db, officer)

    assert "办结 365 天" in county.opens("/retention")
    assert "应在 180 到 3650 之间" in county.hands_in("/retention", 422, days="30", basis="县委组织部〔2026〕12号")
    assert "400 天" in county.hands_in("/retention", days="400", basis="县委组织部〔2026〕12号")
