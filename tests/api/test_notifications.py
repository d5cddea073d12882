"""What somebody is told: read, opened where it leads, marked as seen; and only their own."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from shared.db.messages import Message, Notification
from shared.db.session import Db, acting
from shared.usecases.claims import return_claim
from shared.usecases.messages import deliver
from tests.api.conftest import Browser
from tests.api.people import Person, signed_in
from tests.usecases.stage import Stage


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A branch in which Mei's claim came back, and everybody was told what there was to tell."""
    made = Stage(db, clockwork)
    claim = made.claim(made.mei)
    made.do(return_claim, "organiser", claim.id, "请写明和谁一起")
    with acting(clockwork, made.county_id, made.unit_id) as session:
        for message in session.scalars(select(Message).filter_by(county_id=made.county_id)).all():
            deliver(session, message.id, made.county_id, made.now)
    return made


@pytest.fixture
def mei(browser: Browser, db: Db, stage: Stage) -> Person:
    return signed_in(browser.app, db, stage.branch.actors[stage.mei.id])


def test_what_came_back_is_told_and_leads_to_the_claim(mei: Person) -> None:
    said = mei.opens("/notifications")
    assert "请您补充：请写明和谁一起" in said
    assert mei.page is not None
    returned = mei.page.text[mei.page.text.index("请您补充") :]
    button = next(a for a in returned.split('"') if a.endswith("/open"))

    assert "退回补充" in mei.hands_in(button)
    assert "看过的 申报" in mei.opens("/notifications")


def test_all_on_the_page_are_marked_at_once(mei: Person) -> None:
    mei.opens("/notifications")

    assert "没看过的" not in mei.hands_in("/notifications/seen")


def test_another_s_are_not_touched(browser: Browser, db: Db, stage: Stage, mei: Person) -> None:
    other = signed_in(browser.app, db, stage.branch.actors[stage.branch.members[1].id])
    assert "请您补充" not in other.opens("/notifications")
    mei.opens("/notifications")
    form = mei.form("/notifications/seen")

    mine = form.fields["id"]
    token = Person(browser.app, "").client.get("/complaints")
    assert token.status_code == 200
    other.opens("/complaints")
    fields = {**other.form("/complaints").fields, "id": [*mine, "no-id", str(uuid4())]}
    other.client.post("/notifications/seen", data=fields)

    with acting(db, stage.county_id, stage.unit_id) as session:
        unseen = session.scalars(
            select(Notification.id).filter_by(person_id=stage.mei.person_id, seen_at=None)
        ).all()
    assert len(unseen) == len(mine)


def test_where_no_other_way_is_offered_the_page_says_so(mei: Person) -> None:
    assert "本县还没有开通别的方式" in mei.opens("/notifications/ways")
