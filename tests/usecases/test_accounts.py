"""Accounts: who may give whom a way in, names that mean several people, and passwords that their owners change."""

import pytest
from sqlalchemy.orm import Session

from shared.db.accounts import Account
from shared.db.history import History
from shared.db.members import Member
from shared.db.session import Db, acting, enter
from shared.domain.errors import Forbidden, Invalid
from shared.usecases.accounts import accounts_named, disable, set_password, sign_in
from shared.usecases.cards import hand_out_code
from shared.usecases.members import appoint
from shared.usecases.sign_ins import SignedIn, recognise
from tests.builders import LONG_AGO, Branch, a_county, founder
from tests.usecases.people import NOW, PASSWORD, SECRET, a_code, a_number, a_signer, administrator, whose


@pytest.fixture(scope="module")
def branches(db: Db) -> list[Branch]:
    """Two branches of one township."""
    return a_county(db, branches=2, members=30)


@pytest.fixture(scope="module")
def branch(branches: list[Branch]) -> Branch:
    """The first of them."""
    return branches[0]


@pytest.fixture
def number() -> str:
    """A telephone number that nobody else has."""
    return a_number()


def test_a_telephone_that_a_family_shares_opens_to_each_with_their_own_password(
    db: Db, branch: Branch, number: str
) -> None:
    mother, son = branch.members.pop(), branch.members.pop()
    a_signer(db, branch, mother, number, "母亲记得住的一句话")
    a_signer(db, branch, son, number, "儿子记得住的一句话")

    for member, password in ((mother, "母亲记得住的一句话"), (son, "儿子记得住的一句话")):
        with db.begin() as session:
            opened = sign_in(session, number, password, "")
            assert opened is not None
            assert opened.signed_in.person_name == member.name
    with db.begin() as session:
        assert sign_in(session, number, "邻居记得住的一句话", "") is None


def test_a_member_s_number_is_a_name_where_no_other_account_has_it(
    db: Db, branches: list[Branch], number: str
) -> None:
    here, there = (branch.members.pop() for branch in branches)
    for branch, member in zip(branches, (here, there), strict=True):
        with acting(db, branch.county_id, branch.unit_id) as session:
            session.get_one(Member, (branch.county_id, member.id)).member_no = f"N{number}"
        with db.begin() as session:
            assert accounts_named(session, f"N{number}") == []
    a_signer(db, branches[0], here, number)
    with db.begin() as session:
        assert [one.person_id for one in accounts_named(session, f"N{number}")] == [here.person_id]
        assert [one.person_id for one in accounts_named(session, f"b1-N{number}")] == [here.person_id]

    a_signer(db, branches[1], there, a_number())
    with db.begin() as session:
        assert accounts_named(session, f"N{number}") == []
        assert [one.person_id for one in accounts_named(session, f"b2-N{number}")] == [there.person_id]


def test_a_disabled_account_is_nobody_s(db: Db, branch: Branch, number: str) -> None:
    signer, admin = a_signer(db, branch, branch.members.pop(), number), administrator(branch.county_id)
    with acting(db, branch.county_id, admin.unit_id) as session:
        disable(session, admin, signer.person_id, NOW)

    with db.begin() as session:
        assert accounts_named(session, number) == []


def test_a_new_password_signs_every_other_browser_out(db: Db, branch: Branch, number: str) -> None:
    signer = a_signer(db, branch, branch.members.pop(), number)
    here, there = signer.opened(), signer.opened()
    with db.begin() as session:
        changed = set_password(session, _again(session, here.token), PASSWORD, "西山的杏花也开了")

    assert whose(db, there.token) is None
    assert whose(db, here.token) is None
    assert whose(db, changed.token) is not None
    assert signer.opens() is None
    assert signer.opens("西山的杏花也开了") is not None


def test_the_old_password_is_asked_for_and_all_faults_are_told_at_once(
    db: Db, branch: Branch, number: str
) -> None:
    signed_in = a_signer(db, branch, branch.members.pop(), number).opened()

    with db.begin() as session, pytest.raises(Invalid) as refusal:
        set_password(session, _again(session, signed_in.token), "不是这个", number)
    assert len(refusal.value.faults) == 2


def test_what_somebody_did_with_their_account_is_written_down(db: Db, branch: Branch, number: str) -> None:
    signer, admin = a_signer(db, branch, branch.members.pop(), number), administrator(branch.county_id)

    with db.begin() as session:
        enter(session, branch.county_id, [admin.unit_id], signer.person_id)
        account = session.query(Account).one()
        told = session.query(History).filter_by(subject_id=account.id).order_by(History.recorded_at)
        assert [step.command for step in told] == ["open", "hand_out_code", "set_password"]
        assert signer.person_id in {step.actor_id for step in told}


def test_the_branch_gives_its_members_a_way_in_and_the_level_above_its_officers(
    db: Db, branch: Branch, branches: list[Branch]
) -> None:
    plain = branch.members.pop()
    for giver in (branch["recorder"], branch["office"], branch.leader_of(plain), branch.above["township_officer"]):
        assert a_code(db, branch, plain.person_id, giver)
    secretary = branch["secretary"].person_id
    assert secretary is not None
    assert a_code(db, branch, secretary, branch.above["township_officer"])
    for giver, person in (
        (branch["recorder"], secretary),
        (branches[1]["recorder"], plain.person_id),
        (next(one for one in branch.leaders if one.group_id != plain.group_id), plain.person_id),
        (branch["discipline"], plain.person_id),
    ):
        with pytest.raises(Forbidden):
            a_code(db, branch, person, giver)


def test_nobody_gives_themselves_a_way_in(db: Db, branch: Branch) -> None:
    recorder = branch["recorder"]
    assert recorder.person_id is not None

    with acting(db, branch.county_id, branch.unit_id) as session, pytest.raises(Forbidden):
        hand_out_code(session, SECRET, recorder, recorder.person_id, NOW)


def test_the_township_gives_no_way_in_to_who_also_holds_an_office_above_it(db: Db, branch: Branch) -> None:
    member = branch.members.pop()
    with acting(db, branch.county_id, branch.county_id) as session:
        appoint(session, founder(branch.county_id), branch.county_id, member.person_id, "county_officer", LONG_AGO)

    with pytest.raises(Forbidden):
        a_code(db, branch, member.person_id, branch.above["township_officer"])


def test_nobody_disables_their_own_account_and_no_officer_anybody_s(db: Db, branch: Branch, number: str) -> None:
    signer = a_signer(db, branch, branch.members.pop(), number)

    with acting(db, branch.county_id, branch.unit_id) as session, pytest.raises(Forbidden):
        disable(session, branch["secretary"], signer.person_id, NOW)


def test_the_verifier_and_the_worker_cannot_read_a_hash(db: Db, clockwork: Db, branch: Branch) -> None:
    with (
        pytest.raises(Exception, match="permission denied"),
        acting(clockwork, branch.county_id, branch.unit_id) as s,
    ):
        s.query(Account).all()


def test_an_account_is_shown_to_its_owner_s_transaction_alone(db: Db, branch: Branch, number: str) -> None:
    a_signer(db, branch, branch.members.pop(), number)

    with acting(db, branch.county_id, branch.county_id, branch.unit_id) as session:
        assert session.query(Account).count() == 0


def _again(session: Session, token: str) -> SignedIn:
    signed_in = recognise(session, token)
    assert signed_in is not None
    return signed_in
