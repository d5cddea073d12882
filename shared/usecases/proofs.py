"""Proofs: whoever is signed in shows once more that it is they, before what cannot be taken back."""

from dataclasses import dataclass

from sqlalchemy import func
from sqlalchemy.orm import Session

from shared.db.sign_ins import SignIn
from shared.usecases.accounts import account_of
from shared.usecases.factors import factor_of, proves
from shared.usecases.passwords import is_right
from shared.usecases.sign_ins import SignedIn, recognise


@dataclass(frozen=True, slots=True)
class Means:
    """With what somebody can show who they are: a password, a code; with neither they sign in again."""

    password: bool
    code: bool


def means_of(session: Session, signed_in: SignedIn) -> Means:
    """Return with what somebody who has signed in can show who they are."""
    account, factor = account_of(session, signed_in.county_id, signed_in.person_id), factor_of(session, signed_in)
    return Means(account.password_hash is not None, factor.since is not None or factor.printed > 0)


def prove(session: Session, secret: bytes, token: str, given: str) -> SignedIn | None:
    """Note that whoever holds this token has just given their password or a code; None where it is neither.

    The password first: to try it uses nothing up, and a code counts once.
    """
    signed_in = recognise(session, token)
    if signed_in is None:
        return None
    account = account_of(session, signed_in.county_id, signed_in.person_id)
    known = account.password_hash is not None and is_right(account.password_hash, given)
    if not known and not proves(session, secret, signed_in, given):
        return None
    session.get_one(SignIn, (signed_in.county_id, signed_in.id)).proved_at = func.clock_timestamp()
    session.flush()
    return recognise(session, token)
