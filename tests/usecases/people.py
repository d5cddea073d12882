"""People who sign in: accounts opened and given a password as they are in life, by a code told in person."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from uuid import UUID

import pyotp

from shared.authz.actor import Actor
from shared.db.members import Member, Person
from shared.db.session import Db, acting
from shared.usecases.accounts import set_password, sign_in
from shared.usecases.browsers import Opened
from shared.usecases.cards import hand_out_code, sign_in_with_code
from shared.usecases.factors import begin_totp, confirm_totp
from shared.usecases.sign_ins import SignedIn, recognise
from tests.builders import Branch, founder

SECRET = b"the secret of an installation, 32"
NOW = datetime(2026, 1, 5, 1, tzinfo=UTC)
PASSWORD = "东山的桃花开了三次"
# One row of numbers for all: two people who shared one, and this password, would sign in as each other.
_NUMBERS = count(13_000_000_000)


def a_number() -> str:
    """Return a telephone number that nobody has yet."""
    return str(next(_NUMBERS))


@dataclass
class Signer:
    """Somebody with a telephone number and a password."""

    db: Db
    name: str
    person_id: UUID
    seed: str = ""

    def opens(self, password: str = PASSWORD, device: str = "旧手机") -> Opened | None:
        """Try to sign in."""
        with self.db.begin() as session:
            return sign_in(session, self.name, password, device)

    def opened(self) -> Opened:
        """Sign in, with the password alone."""
        opened = self.opens()
        assert opened is not None
        return opened


def administrator(county_id: UUID) -> Actor:
    """Who gives people a way in that nobody else may give them."""
    return founder(county_id)


def with_telephone(db: Db, branch: Branch, person_id: UUID, number: str) -> None:
    """Enter somebody's telephone number."""
    with acting(db, branch.county_id, branch.unit_id, branch.parent_id) as session:
        session.get_one(Person, (branch.county_id, person_id)).telephone = number


def a_code(db: Db, branch: Branch, person_id: UUID, by: Actor | None = None) -> str:
    """Hand a code out to somebody in person."""
    actor = by or administrator(branch.county_id)
    with acting(db, branch.county_id, actor.unit_id) as session:
        return hand_out_code(session, SECRET, actor, person_id, NOW)


def a_signer(db: Db, branch: Branch, whom: Member | Actor, number: str, password: str = PASSWORD) -> Signer:
    """Let somebody have a telephone, and set their first password with a code told in person."""
    assert whom.person_id is not None
    with_telephone(db, branch, whom.person_id, number)
    signer = Signer(db, number, whom.person_id)
    with db.begin() as session:
        opened = sign_in_with_code(session, SECRET, number, a_code(db, branch, whom.person_id), "旧手机")
        assert opened is not None
        if opened.signed_in.awaits == "setup":
            opened = _set_up(session, signer, opened)
        set_password(session, opened.signed_in, "", password)
    return signer


def _set_up(session, signer: Signer, opened: Opened) -> Opened:  # type: ignore[no-untyped-def]
    signer.seed = begin_totp(session, SECRET, opened.signed_in).seed
    confirmed = confirm_totp(session, SECRET, opened.signed_in, pyotp.TOTP(signer.seed).now())
    assert confirmed is not None
    return confirmed[0]


def whose(db: Db, token: str) -> SignedIn | None:
    """Return who a token is now."""
    with db.begin() as session:
        return recognise(session, token)
