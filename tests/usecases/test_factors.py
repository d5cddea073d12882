"""Second factors: a code counts once, recovery codes and printed lists stand in, and nothing lies open."""

import pyotp
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.db.accounts import Account, OneTimeCode
from shared.db.session import Db, acting, enter
from shared.domain.errors import Forbidden, NotNow
from shared.usecases.cards import sign_in_with_code
from shared.usecases.factors import (
    begin_totp,
    confirm_totp,
    factor_of,
    give_code,
    give_up_totp,
    print_codes,
    spend,
)
from shared.usecases.keys import sealed, unsealed
from shared.usecases.sign_ins import SignedIn, recognise
from tests.builders import Branch, a_county
from tests.usecases.people import NOW, SECRET, Signer, a_code, a_number, a_signer, whose, with_telephone


@pytest.fixture
def branch(db: Db) -> Branch:
    """A branch whose secretary signs in."""
    return a_county(db, members=2)[0]


@pytest.fixture
def secretary(db: Db, branch: Branch) -> Signer:
    """The secretary, with a password and a telephone that gives codes."""
    return a_signer(db, branch, branch["secretary"], a_number())


def gives(db: Db, token: str, code: str) -> bool:
    """Whether a code is taken."""
    with db.begin() as session:
        return give_code(session, SECRET, token, code) is not None


def a_step_later(superuser: Session, signer: Signer) -> str:
    """Let the last code have been used long ago, and return the one of now."""
    forget = text("UPDATE account SET totp_step = 1 WHERE person_id = :person")
    superuser.execute(forget, {"person": signer.person_id})
    superuser.commit()
    return pyotp.TOTP(signer.seed).now()


def the_step(superuser: Session) -> int:
    """Return the number of the half minute that it is by the database's clock."""
    step = superuser.scalars(text("SELECT floor(extract(epoch FROM clock_timestamp()) / 30)::int8")).one()
    superuser.commit()
    return int(step)


def test_who_approves_gives_a_code_besides_the_password_and_gets_a_new_token(
    db: Db, secretary: Signer, superuser: Session
) -> None:
    opened = secretary.opened()
    assert (opened.signed_in.awaits, opened.signed_in.actor) == ("code", None)

    code = a_step_later(superuser, secretary)
    with db.begin() as session:
        full = give_code(session, SECRET, opened.token, code)
    assert full is not None
    assert full.signed_in.actor is not None
    assert full.token != opened.token
    assert whose(db, opened.token) is None


def test_a_code_counts_once_whoever_gives_it(db: Db, secretary: Signer, superuser: Session) -> None:
    one, other = secretary.opened(), secretary.opened()
    code = a_step_later(superuser, secretary)

    assert gives(db, one.token, code)
    assert not gives(db, other.token, code)


@pytest.mark.parametrize("code", ["", "000000", "abcdef", "12345678", "1" * 40])
def test_anything_else_is_wrong(db: Db, secretary: Signer, code: str) -> None:
    assert not gives(db, secretary.opened().token, code)


def test_a_code_of_one_step_ago_is_taken_and_an_older_one_not(
    db: Db, secretary: Signer, superuser: Session
) -> None:
    step, ended, taken = 0, 1, [True, False]
    # A step may end between reading the clock and giving the codes: then it is not known how old they were.
    while step != ended:
        a_step_later(superuser, secretary)
        step, totp = the_step(superuser), pyotp.TOTP(secretary.seed)
        taken = [gives(db, secretary.opened().token, totp.generate_otp(step - ago)) for ago in (3, 1)]
        ended = the_step(superuser)

    assert taken == [False, True]


def test_without_one_it_is_set_up_first_and_the_seed_stays_until_it_is_confirmed(db: Db, branch: Branch) -> None:
    person, number = branch["organiser"].person_id, a_number()
    assert person is not None
    with_telephone(db, branch, person, number)
    with db.begin() as session:
        opened = sign_in_with_code(session, SECRET, number, a_code(db, branch, person), "")
        assert opened is not None
        assert opened.signed_in.awaits == "setup"
        seed = begin_totp(session, SECRET, opened.signed_in).seed
        assert begin_totp(session, SECRET, opened.signed_in).seed == seed
        assert confirm_totp(session, SECRET, opened.signed_in, "000000") is None
        done = confirm_totp(session, SECRET, opened.signed_in, pyotp.TOTP(seed).now())
        assert done is not None
        assert done[0].signed_in.actor is not None
        assert len(set(done[1])) == 10
        with pytest.raises(NotNow, match="已经设置好"):
            begin_totp(session, SECRET, done[0].signed_in)


def test_giving_the_telephone_up_needs_a_code_and_leads_to_setting_up_another(
    db: Db, secretary: Signer, superuser: Session
) -> None:
    opened = secretary.opened()
    code = a_step_later(superuser, secretary)
    with db.begin() as session:
        full = give_code(session, SECRET, opened.token, code)
        assert full is not None
        assert give_up_totp(session, SECRET, full.signed_in, "000000") is None
    code = a_step_later(superuser, secretary)
    with db.begin() as session:
        signed_in = recognised(session, full.token)
        given_up = give_up_totp(session, SECRET, signed_in, code)
        assert given_up is not None
        assert given_up.signed_in.awaits == "setup"


def test_a_printed_list_is_for_who_has_no_telephone_each_code_once(db: Db, branch: Branch) -> None:
    above, person = branch.above["township_officer"], branch["publicity"].person_id
    assert person is not None
    with acting(db, branch.county_id, above.unit_id) as session:
        first = print_codes(session, SECRET, above, person, NOW)
        codes = print_codes(session, SECRET, above, person, NOW)
    number = a_number()
    with_telephone(db, branch, person, number)
    with db.begin() as session:
        opened = sign_in_with_code(session, SECRET, number, a_code(db, branch, person), "")
    assert opened is not None
    assert opened.signed_in.awaits == "code"

    assert len(set(codes)) == 20
    assert not gives(db, opened.token, first[3])
    with db.begin() as session:
        full = give_code(session, SECRET, opened.token, codes[7])
        assert full is not None
        assert factor_of(session, full.signed_in).printed == 19
    with db.begin() as session:
        again = sign_in_with_code(session, SECRET, number, a_code(db, branch, person), "")
    assert again is not None
    assert not gives(db, again.token, codes[7])
    assert gives(db, again.token, codes[8])


def test_a_branch_prints_no_list_for_its_own_officers(db: Db, branch: Branch) -> None:
    secretary = branch["secretary"].person_id
    assert secretary is not None

    for by in (branch["recorder"], branch["office"]):
        with acting(db, branch.county_id, branch.unit_id) as session, pytest.raises(Forbidden):
            print_codes(session, SECRET, by, secretary, NOW)


@pytest.mark.long
def test_a_code_that_ran_out_is_not_spent(db: Db, branch: Branch, superuser: Session) -> None:
    member, number = branch.members[0], a_number()
    with_telephone(db, branch, member.person_id, number)
    code = a_code(db, branch, member.person_id)
    superuser.execute(text("UPDATE one_time_code SET ends_at = clock_timestamp() WHERE used_at IS NULL"))
    superuser.commit()

    with db.begin() as session:
        assert sign_in_with_code(session, SECRET, number, code, "") is None


@pytest.mark.long
def test_seeds_and_codes_are_kept_unreadable_and_bound_to_their_person(
    db: Db, branch: Branch, secretary: Signer
) -> None:
    with db.begin() as session:
        enter(session, branch.county_id, [], secretary.person_id)
        account = session.query(Account).one()
        assert account.totp is not None
        assert secretary.seed.encode() not in account.totp
        assert unsealed(SECRET, secretary.person_id, account.totp) == secretary.seed
        with pytest.raises(NotNow, match="密钥换过"):
            unsealed(b"another secret", secretary.person_id, account.totp)
        with pytest.raises(NotNow):
            unsealed(SECRET, branch.county_id, account.totp)
        assert all(len(one.digest) == 64 for one in session.query(OneTimeCode))
        assert not spend(session, branch.county_id, secretary.person_id, "0" * 64, "recovery")
    assert sealed(SECRET, secretary.person_id, "x") != sealed(SECRET, secretary.person_id, "x")


def recognised(session: Session, token: str) -> SignedIn:
    """Return who a token is, in this transaction."""
    signed_in = recognise(session, token)
    assert signed_in is not None
    return signed_in
