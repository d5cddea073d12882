"""Cards and codes told in person: ways in for members without telephone or password, for nobody with an office."""

import pytest

from shared.db.session import Db, acting
from shared.domain.errors import Forbidden
from shared.usecases.cards import hand_out_code, issue_card, sign_in_with_card, sign_in_with_code
from shared.usecases.members import appoint
from tests.builders import LONG_AGO, Branch, a_county, founder
from tests.usecases.people import NOW, SECRET, a_code, a_number, with_telephone


@pytest.fixture(scope="module")
def branch(db: Db) -> Branch:
    """A branch whose members have cards."""
    return a_county(db, members=20)[0]


def a_card(db: Db, branch: Branch, member_id, by: str = "recorder") -> str:  # type: ignore[no-untyped-def]
    """Issue a card."""
    with acting(db, branch.county_id, branch.unit_id) as session:
        return issue_card(session, branch[by], member_id, NOW)


def opens(db: Db, token: str, digits: str) -> bool:
    """Whether a card and some digits sign anybody in."""
    with db.begin() as session:
        return sign_in_with_card(session, token, digits, "手机") is not None


def test_a_card_opens_with_the_last_four_digits_of_its_holder_s_telephone(db: Db, branch: Branch) -> None:
    member, number = branch.members.pop(), a_number()
    with_telephone(db, branch, member.person_id, number)
    token = a_card(db, branch, member.id)

    assert opens(db, token, number[-4:])
    assert not opens(db, token, "9999")
    assert not opens(db, token, member.member_no)
    assert not opens(db, token + "x", number[-4:])


def test_without_a_telephone_it_is_the_member_s_number(db: Db, branch: Branch) -> None:
    member = branch.members.pop()

    assert opens(db, a_card(db, branch, member.id), member.member_no)


def test_a_new_card_ends_the_old_one(db: Db, branch: Branch) -> None:
    member = branch.members.pop()
    old, new = a_card(db, branch, member.id), a_card(db, branch, member.id, "office")

    assert not opens(db, old, member.member_no)
    assert opens(db, new, member.member_no)


def test_a_card_alone_does_not_let_an_officer_in(db: Db, branch: Branch) -> None:
    member = branch.members.pop()
    token = a_card(db, branch, member.id)
    with acting(db, branch.county_id, branch.unit_id) as session:
        appoint(session, founder(branch.county_id), branch.unit_id, member.person_id, "organiser", LONG_AGO)

    assert not opens(db, token, member.member_no)


def test_cards_are_issued_by_the_member_s_own_branch(db: Db, branch: Branch) -> None:
    member = branch.members[0]
    stranger = next(leader for leader in branch.leaders if leader.group_id != member.group_id)

    for by in (branch["discipline"], stranger):
        with acting(db, branch.county_id, branch.unit_id) as session, pytest.raises(Forbidden):
            issue_card(session, by, member.id, NOW)


def test_a_code_told_in_person_opens_once(db: Db, branch: Branch) -> None:
    member, number = branch.members.pop(), a_number()
    with_telephone(db, branch, member.person_id, number)
    code = a_code(db, branch, member.person_id, branch["recorder"])

    with db.begin() as session:
        assert sign_in_with_code(session, SECRET, number, "00000000", "") is None
        opened = sign_in_with_code(session, SECRET, number, f"{code[:4]} {code[4:]}", "")
        assert opened is not None
        assert (opened.signed_in.means, opened.signed_in.awaits) == ("handed", "")
        assert sign_in_with_code(session, SECRET, number, code, "") is None


def test_a_new_code_ends_the_one_before(db: Db, branch: Branch) -> None:
    member, number = branch.members.pop(), a_number()
    with_telephone(db, branch, member.person_id, number)
    old, new = (a_code(db, branch, member.person_id) for _ in range(2))

    with db.begin() as session:
        assert sign_in_with_code(session, SECRET, number, old, "") is None
        assert sign_in_with_code(session, SECRET, number, new, "") is not None


def test_one_person_s_code_opens_nobody_else_s_account(db: Db, branch: Branch) -> None:
    one, other = branch.members.pop(), branch.members.pop()
    number = a_number()
    with_telephone(db, branch, other.person_id, number)
    a_code(db, branch, other.person_id)
    code = a_code(db, branch, one.person_id)

    with db.begin() as session:
        assert sign_in_with_code(session, SECRET, number, code, "") is None


def test_with_a_code_an_officer_still_needs_the_second_factor(db: Db, branch: Branch) -> None:
    secretary, number = branch["secretary"], a_number()
    assert secretary.person_id is not None
    with_telephone(db, branch, secretary.person_id, number)
    code = a_code(db, branch, secretary.person_id, branch.above["township_officer"])

    with db.begin() as session:
        opened = sign_in_with_code(session, SECRET, number, code, "")
    assert opened is not None
    assert (opened.signed_in.awaits, opened.signed_in.actor) == ("setup", None)


def test_the_branch_next_door_hands_out_nothing(db: Db, branch: Branch) -> None:
    next_door = a_county(db, members=1)[0]["recorder"]

    with acting(db, next_door.county_id, next_door.unit_id) as session, pytest.raises(Forbidden):
        hand_out_code(session, SECRET, next_door, branch.members[0].person_id, NOW)
