"""Sign-ins: a browser's token is one person's, changes with their rights, and ends when it should."""

from base64 import urlsafe_b64encode
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.db.members import Member
from shared.db.session import Db, acting
from shared.db.sign_ins import SignIn
from shared.db.units import Holding
from shared.domain.errors import NotFound, NotNow
from shared.usecases.accounts import disable, enable
from shared.usecases.browsers import choose_seat, end_sign_in, own_sign_ins, sign_out
from shared.usecases.members import appoint
from shared.usecases.sign_ins import expired_owner, recognise
from tests.builders import LONG_AGO, Branch, a_county, founder
from tests.usecases.people import NOW, Signer, a_number, a_signer, administrator, whose


@pytest.fixture(scope="module")
def branch(db: Db) -> Branch:
    """A branch whose people sign in."""
    return a_county(db, members=40)[0]


@pytest.fixture
def member(branch: Branch) -> Member:
    """A member who has not signed in before."""
    return branch.members.pop()


@pytest.fixture
def mei(db: Db, branch: Branch, member: Member) -> Signer:
    """That member, with a password."""
    return a_signer(db, branch, member, a_number())


def backdate(superuser: Session, whose_it_is: Signer, change: str) -> None:
    """Move an instant of somebody's sign-ins; everybody else's, of other tests too, stay as they are."""
    superuser.execute(
        text(f"UPDATE sign_in SET {change} WHERE person_id = :person"),
        {"person": whose_it_is.person_id},
    )
    superuser.commit()


def test_somebody_with_one_seat_sits_in_it_at_once(mei: Signer, branch: Branch, member: Member) -> None:
    signed_in = mei.opened().signed_in

    assert (signed_in.awaits, signed_in.person_name, signed_in.county_name) == ("", member.name, "青禾县")
    assert signed_in.demonstration
    assert signed_in.seat is not None
    assert signed_in.seat.words == "第1村党支部 · 党员"
    assert signed_in.actor == branch.actors.get(member.id)


def test_a_token_is_recognised_and_shows_the_unit_in_which_its_holder_acts(mei: Signer, db: Db) -> None:
    token = mei.opened().token

    with db.begin() as session:
        signed_in = recognise(session, token)
        assert signed_in is not None
        assert session.query(Member).count() > 10


@pytest.mark.parametrize("token", ["", "x", "你好", "A" * 64, urlsafe_b64encode(bytes(range(48))).decode()])
def test_anything_else_is_nobody(db: Db, token: str) -> None:
    assert whose(db, token) is None


def test_a_token_that_was_planted_before_does_not_become_a_sign_in(mei: Signer, db: Db, branch: Branch) -> None:
    planted = urlsafe_b64encode(branch.county_id.bytes + b"p" * 32).decode()
    tokens = {mei.opened().token, mei.opened().token}

    assert len(tokens | {planted}) == 3
    assert whose(db, planted) is None


def test_signing_out_ends_it_on_the_server(mei: Signer, db: Db) -> None:
    token = mei.opened().token
    with db.begin() as session:
        sign_out(session, token)

    assert whose(db, token) is None
    with db.begin() as session:
        sign_out(session, token)
        assert expired_owner(session, token) is None


def test_half_an_hour_unused_ends_it_and_what_was_typed_can_still_be_kept(
    mei: Signer, db: Db, superuser: Session
) -> None:
    token = mei.opened().token
    backdate(superuser, mei, "seen_at = seen_at - interval '31 minutes'")

    assert whose(db, token) is None
    with db.begin() as session:
        owner = expired_owner(session, token)
    assert owner is not None
    assert owner.person_id == mei.person_id


def test_twelve_hours_end_it_however_often_it_was_used(mei: Signer, db: Db, superuser: Session) -> None:
    token = mei.opened().token
    backdate(superuser, mei, "ends_at = clock_timestamp()")

    assert whose(db, token) is None


def test_use_puts_off_the_end(mei: Signer, db: Db, superuser: Session) -> None:
    token = mei.opened().token
    for _ in range(3):
        backdate(superuser, mei, "seen_at = seen_at - interval '20 minutes'")
        assert whose(db, token) is not None


def test_of_more_than_five_the_oldest_ends(mei: Signer, db: Db) -> None:
    tokens = [mei.opened().token for _ in range(7)]

    assert [whose(db, token) is not None for token in tokens] == [False, False, *[True] * 5]


def test_people_see_and_end_their_own_and_nobody_else_s(mei: Signer, db: Db, branch: Branch) -> None:
    other = a_signer(db, branch, branch.members.pop(), a_number())
    here, there, foreign = mei.opened().token, mei.opened().token, other.opened()

    with db.begin() as session:
        signed_in = recognise(session, here)
        assert signed_in is not None
        listed = own_sign_ins(session, signed_in)
        assert {one.id for one in listed if one.here} == {signed_in.id}
        for one in listed:
            if not one.here:
                end_sign_in(session, signed_in, one.id)
        with pytest.raises(NotFound):
            end_sign_in(session, signed_in, foreign.signed_in.id)
    assert whose(db, there) is None
    assert whose(db, here) is not None
    assert whose(db, foreign.token) is not None


def test_disabling_an_account_ends_everything_and_enabling_it_revives_nothing(
    mei: Signer, db: Db, branch: Branch
) -> None:
    token, admin = mei.opened().token, administrator(branch.county_id)
    with acting(db, branch.county_id, admin.unit_id) as session:
        disable(session, admin, mei.person_id, NOW)

    assert whose(db, token) is None
    assert mei.opens() is None
    with acting(db, branch.county_id, admin.unit_id) as session:
        enable(session, admin, mei.person_id, NOW)
    assert whose(db, token) is None
    assert mei.opens() is not None


def test_who_has_several_seats_chooses_one_under_a_new_token(mei: Signer, db: Db, branch: Branch) -> None:
    _appoint(db, branch, mei, branch.parent_id, "observer")
    opened = mei.opened()
    assert (opened.signed_in.awaits, opened.signed_in.actor) == ("seat", None)
    assert [seat.unit_name for seat in opened.signed_in.seats] == ["第1村党支部", "柳溪镇"]

    with db.begin() as session:
        chosen = choose_seat(session, opened.token, branch.parent_id)
    assert whose(db, opened.token) is None
    assert chosen.signed_in.actor is not None
    assert chosen.signed_in.actor.unit_id == branch.parent_id
    assert chosen.signed_in.actor.roles == {"observer"}
    with db.begin() as session, pytest.raises(NotFound):
        choose_seat(session, chosen.token, branch.county_id)
    # The last chosen is offered first.
    assert mei.opened().signed_in.seats[0].unit_id == branch.parent_id


def test_rights_that_changed_are_chosen_anew_under_a_new_token(mei: Signer, db: Db, branch: Branch) -> None:
    opened = mei.opened()
    _appoint(db, branch, mei, branch.unit_id, "recorder")

    changed = whose(db, opened.token)
    assert changed is not None
    assert (changed.awaits, changed.actor) == ("seat", None)
    with db.begin() as session:
        chosen = choose_seat(session, opened.token, branch.unit_id)
    assert chosen.signed_in.actor is not None
    assert chosen.signed_in.actor.roles == {"recorder", "member"}


def test_a_role_that_needs_a_second_factor_asks_for_it_at_once(mei: Signer, db: Db, branch: Branch) -> None:
    opened = mei.opened()
    _appoint(db, branch, mei, branch.unit_id, "organiser")

    changed = whose(db, opened.token)
    assert changed is not None
    assert (changed.awaits, changed.actor) == ("setup", None)
    with db.begin() as session, pytest.raises(NotFound):
        choose_seat(session, opened.token, branch.unit_id)


def test_a_term_that_ends_takes_the_seat_with_it(mei: Signer, db: Db, branch: Branch) -> None:
    held = _appoint(db, branch, mei, branch.parent_id, "observer")
    opened = mei.opened()
    with db.begin() as session:
        chosen = choose_seat(session, opened.token, branch.parent_id)
    with acting(db, branch.county_id, branch.parent_id) as session:
        session.get_one(Holding, (branch.county_id, held)).until = LONG_AGO

    changed = whose(db, chosen.token)
    assert changed is not None
    assert (changed.awaits, changed.actor) == ("seat", None)


def test_an_ended_sign_in_is_said_in_words(db: Db) -> None:
    with db.begin() as session, pytest.raises(NotNow, match="重新登录"):
        choose_seat(session, "nobody's", uuid4())


def test_the_database_shows_a_person_s_browsers_to_nobody_else(mei: Signer, db: Db, branch: Branch) -> None:
    mei.opened()

    with acting(db, branch.county_id, branch.parent_id) as session:
        assert session.query(SignIn).count() == 0


def _appoint(db: Db, branch: Branch, signer: Signer, unit_id, role: str):  # type: ignore[no-untyped-def]
    with acting(db, branch.county_id, unit_id) as session:
        return appoint(session, founder(branch.county_id), unit_id, signer.person_id, role, LONG_AGO).id
