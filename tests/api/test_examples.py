"""A good deed from the officer's proposal to the board and off it again: as long as its member agrees."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import select

from shared.authz.actor import the_public
from shared.db.claims import Claim
from shared.db.evidence import Evidence
from shared.db.examples import Example
from shared.db.session import Db, acting
from shared.domain.errors import Forbidden
from shared.stores.evidence import Store
from shared.usecases.claims import draft_claim, submit_claim
from shared.usecases.evidence import attach
from shared.usecases.examples import answer_example, examples_on_board
from shared.usecases.places import Place
from shared.usecases.rounds import open_round
from tests.api.conftest import Browser
from tests.api.people import signed_in
from tests.builders import Branch, a_county, a_deed, founder, set_clock
from tests.files import photograph

NOW = datetime(2026, 1, 5, 1, tzinfo=UTC)
SAID = "冒雨帮三户群众搬到安全的地方。"


@pytest.fixture(scope="module")
def branch(db: Db) -> Branch:
    made = a_county(db, "xujiayan", members=1)[0]
    set_clock(db, made.county_id, NOW)
    return made


@pytest.fixture(scope="module")
def claim(db: Db, branch: Branch, store: Store) -> UUID:
    """A confirmed claim with a photograph."""
    mei = branch.members[0]
    actor = branch.actors[mei.id]
    with acting(db, branch.county_id, branch.unit_id) as session:
        round_ = open_round(session, founder(branch.county_id), branch.unit_id, "2026-Q1", NOW)
        made = draft_claim(session, actor, round_.id, mei.id, a_deed("E-C1", date(2026, 1, 4)), NOW)
        attach(session, actor, made.id, store.keep("雨中.jpg", photograph()), NOW)
        submit_claim(session, actor, made.id, NOW)
        session.get_one(Claim, (branch.county_id, made.id)).state = "confirmed"
        return made.id


def test_a_deed_hangs_while_its_member_agrees_and_not_a_moment_longer(
    browser: Browser, db: Db, branch: Branch, claim: UUID
) -> None:
    board, mei = f"/board/{branch.unit_id}", branch.members[0]
    publicity = signed_in(browser.app, db, branch["publicity"])
    member = signed_in(browser.app, db, branch.actors[mei.id])
    with acting(db, branch.county_id, branch.unit_id) as session:
        picture = session.scalars(select(Evidence.id).filter_by(subject_id=claim)).one()
    assert "推荐为先锋亮绩" in publicity.opens(f"/claims/{claim}")
    publicity.opens(f"/claims/{claim}/example")
    assert "电话号码" in publicity.hands_in(f"/claims/{claim}/example", 422, said="找 13800000000")
    publicity.hands_in(f"/claims/{claim}/example", said=SAID, picture=str(picture))
    assert SAID not in member.opens(board)

    with acting(db, branch.county_id, branch.unit_id) as session:
        example = session.scalars(select(Example)).one()
    assert "支部想展示您做的这件事" in member.opens("/home")
    assert "谁都看得到" in member.opens(f"/examples/{example.id}")
    member.hands_in(f"/examples/{example.id}", agrees="yes", with_picture="y")
    assert SAID in browser.get(board).text
    shown = browser.get(f"{board}/examples/{example.id}/picture")
    assert (shown.status_code, shown.headers["cache-control"]) == (200, "no-store")

    place = Place(branch.county_id, branch.unit_id, branch.unit_id, False)
    stranger = the_public(branch.county_id, branch.unit_id)
    with acting(db, branch.county_id, branch.unit_id) as session:
        assert len(examples_on_board(session, stranger, place, public=True)) == 1
        assert examples_on_board(session, stranger, place, public=False) == ()
        relative = replace(branch.actors[mei.id], acting_for=mei.id)
        with pytest.raises(Forbidden, match="本人"):
            answer_example(session, relative, example.id, True, True, NOW)

    member.opens(f"/examples/{example.id}")
    member.hands_in(f"/examples/{example.id}/revoke")
    assert SAID not in browser.get(board).text
    assert browser.get(f"{board}/examples/{example.id}/picture").status_code == 404
    assert "本人撤回同意" in publicity.opens("/examples")
