"""Second factors: a telephone's one-time codes (TOTP), recovery codes, printed lists for who has no telephone."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pyotp
from sqlalchemy import ColumnElement, CursorResult, func, or_, select, update
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.db.accounts import Account, OneTimeCode
from shared.domain.accounts import digits_of
from shared.domain.errors import NotNow
from shared.usecases.accounts import account_of, in_hand, note_own, open_account, require_charge
from shared.usecases.browsers import Opened, end_others, renew, whose
from shared.usecases.carry_out import remark
from shared.usecases.keys import digest_of_code, sealed, unsealed
from shared.usecases.sign_ins import SignedIn

ISSUER = "积分"
STEP_S = 30
# How many a person is given, and of how many digits: with 20 valid ones, a guess hits one time in five million.
RECOVERY, PRINTED = (10, 10), (20, 8)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator needs: the seed in letters to type in, and the address that its QR shows."""

    seed: str
    address: str


@dataclass(frozen=True, slots=True)
class Factor:
    """What somebody has as a second factor: since when a telephone, how many codes are left of each kind."""

    since: datetime | None
    recovery: int
    printed: int


def factor_of(session: Session, signed_in: SignedIn) -> Factor:
    """Return what somebody has as a second factor."""
    account = account_of(session, signed_in.county_id, signed_in.person_id)
    left = {
        kind: session.scalar(
            select(func.count()).where(
                OneTimeCode.county_id == account.county_id,
                OneTimeCode.person_id == account.person_id,
                OneTimeCode.kind == kind,
                *_counts(),
            )
        )
        for kind in ("recovery", "list")
    }
    return Factor(account.totp_since, left["recovery"] or 0, left["list"] or 0)


def begin_totp(session: Session, secret: bytes, signed_in: SignedIn) -> Enrolment:
    """Return the seed that waits to be confirmed, the same however often the page is opened.

    NotNow where a telephone is set up already: whoever changes it gives it up first, with a code.
    """
    account = account_of(session, signed_in.county_id, signed_in.person_id)
    if account.totp_since is not None:
        raise NotNow("手机验证码已经设置好了。换手机，请先停用现在的。")
    if account.totp is None:
        account.totp = sealed(secret, account.person_id, pyotp.random_base32())
    seed = unsealed(secret, account.person_id, account.totp)
    return Enrolment(seed, pyotp.TOTP(seed).provisioning_uri(name=signed_in.person_name, issuer_name=ISSUER))


def confirm_totp(
    session: Session, secret: bytes, signed_in: SignedIn, code: str
) -> tuple[Opened, list[str]] | None:
    """Take the telephone into use with a first code from it; return the recovery codes, shown this once."""
    account = account_of(session, signed_in.county_id, signed_in.person_id)
    if account.totp_since is not None or not _totp_is_right(session, secret, account, code):
        return None
    account.totp_since = func.clock_timestamp()
    codes = _new_codes(session, secret, account, "recovery", RECOVERY)
    end_others(session, account.county_id, account.person_id, but=signed_in.id)
    note_own(session, signed_in, account, "set_factor")
    return renew(session, signed_in, level="full", proved_at=func.clock_timestamp()), codes


def give_up_totp(session: Session, secret: bytes, signed_in: SignedIn, code: str) -> Opened | None:
    """Give up the telephone, with a code from it or for recovery: who needs a factor sets up another at once."""
    account = account_of(session, signed_in.county_id, signed_in.person_id)
    if not _is_right(session, secret, account, code):
        return None
    account.totp, account.totp_since, account.totp_step = None, None, None
    end_codes(session, account, "recovery")
    note_own(session, signed_in, account, "give_up_factor")
    return renew(session, signed_in, level="password")


def give_code(session: Session, secret: bytes, token: str, code: str) -> Opened | None:
    """Give the second factor: a code from the telephone, or one for recovery or of the printed list, each once."""
    signed_in = whose(session, token)
    if signed_in.awaits != "code":
        return None
    account = account_of(session, signed_in.county_id, signed_in.person_id)
    if not _is_right(session, secret, account, code):
        return None
    return renew(session, signed_in, level="full", proved_at=func.clock_timestamp())


def proves(session: Session, secret: bytes, signed_in: SignedIn, code: str) -> bool:
    """Return whether somebody who has signed in has just given their second factor once more."""
    account = account_of(session, signed_in.county_id, signed_in.person_id)
    return _is_right(session, secret, account, code)


def print_codes(session: Session, secret: bytes, actor: Actor, person_id: UUID, now: datetime) -> list[str]:
    """Return a new list of codes to print for somebody without a telephone for them; the old list ends."""
    require_charge(session, actor, Action.ACCOUNT_PRINT_CODES, person_id)
    open_account(session, actor, person_id, now)
    with in_hand(session, actor, person_id) as account:
        codes = _new_codes(session, secret, account, "list", PRINTED, by=actor.person_id)
        remark(session, actor, account, "print_codes", now)
    return codes


def spend(session: Session, county_id: UUID, person_id: UUID, digest: str, *kinds: str) -> bool:
    """Use a one-time code up; False where there is none such. Of two at once, one has it."""
    spent = (
        update(OneTimeCode)
        .where(
            OneTimeCode.county_id == county_id,
            OneTimeCode.person_id == person_id,
            OneTimeCode.digest == digest,
            OneTimeCode.kind.in_(kinds),
            *_counts(),
        )
        .values(used_at=func.clock_timestamp())
    )
    done = session.execute(spent)
    return isinstance(done, CursorResult) and done.rowcount > 0


def end_codes(session: Session, account: Account, kind: str) -> None:
    """Let what is left of somebody's codes of one kind count no more."""
    whose = {"county_id": account.county_id, "person_id": account.person_id, "kind": kind, "used_at": None}
    session.execute(update(OneTimeCode).filter_by(**whose).values(ends_at=func.clock_timestamp()))


def _counts() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """A code counts that has neither been used nor run out."""
    lasts = or_(OneTimeCode.ends_at.is_(None), OneTimeCode.ends_at > func.clock_timestamp())
    return OneTimeCode.used_at.is_(None), lasts


def _is_right(session: Session, secret: bytes, account: Account, code: str) -> bool:
    digits = digits_of(code)
    if len(digits) == 6:
        return account.totp_since is not None and _totp_is_right(session, secret, account, digits)
    digest = digest_of_code(secret, account.person_id, digits)
    return spend(session, account.county_id, account.person_id, digest, "recovery", "list")


def _totp_is_right(session: Session, secret: bytes, account: Account, code: str) -> bool:
    """RFC 6238, one step early or late; a step's code counts once, and none before it after that."""
    if account.totp is None:
        return False
    totp = pyotp.TOTP(unsealed(secret, account.person_id, account.totp))
    now: float = session.scalars(select(func.extract("epoch", func.clock_timestamp()))).one()
    steps = range(int(now) // STEP_S - 1, int(now) // STEP_S + 2)
    given = digits_of(code)
    hits = [step for step in steps if pyotp.utils.strings_equal(totp.generate_otp(step), given)]
    fresh = [step for step in hits if account.totp_step is None or step > account.totp_step]
    if fresh:
        account.totp_step = fresh[0]
    return bool(fresh)


def _new_codes(
    session: Session,
    secret: bytes,
    account: Account,
    kind: str,
    how: tuple[int, int],
    by: UUID | None = None,
) -> list[str]:
    many, digits = how
    end_codes(session, account, kind)
    codes = [f"{secrets.randbelow(10**digits):0{digits}d}" for _ in range(many)]
    for code in codes:
        session.add(
            OneTimeCode(
                county_id=account.county_id,
                unit_id=account.unit_id,
                person_id=account.person_id,
                kind=kind,
                digest=digest_of_code(secret, account.person_id, code),
                made_by=by,
                made_at=func.clock_timestamp(),
            )
        )
    session.flush()
    return [f"{code[: digits // 2]} {code[digits // 2 :]}" for code in codes]
