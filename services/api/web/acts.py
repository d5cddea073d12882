"""Acts: what a form asks for, done once and whole, or refused in the form's own place with nothing lost."""

from collections.abc import Callable
from datetime import datetime

from litestar.response import Redirect
from sqlalchemy.orm import Session, sessionmaker

from services.api.web.forms import Form
from services.api.web.sessions import Someone
from shared.authz.gate import OneOfTwo
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.usecases.drafts import drop_draft, once
from shared.usecases.places import instant
from shared.usecases.proxies import tell_member
from shared.usecases.signatures import sign
from shared.usecases.suspensions import refuse_suspended

Act = Callable[[Session, datetime], str]


def attempt(db: sessionmaker[Session], who: Someone, form: Form, act: Act, what: str = "") -> Redirect | None:
    """Carry out a valid form and return where it leads; None where the form now says what is wrong.

    `act` is given the transaction and the county's instant and returns the address that comes next. `what` is
    how the member is told of it, where somebody acts for them. A second click leads where the first one did.
    """
    if not form.validate():
        return None
    try:
        with who.acting(db) as session:
            address = once(session, who.actor, form.key, lambda: _act(session, who, act, what))
            if form.page:
                drop_draft(session, who.actor, form.page)
    except OneOfTwo as first:
        with who.acting(db) as session:
            sign(session, who.actor, first, instant(session, who.actor))
        return to(f"/policies/signed/{first.action}")
    except (Forbidden, Invalid, NotNow) as refusal:
        form.refuse(refusal)
        return None
    return to(address)


def to(address: str) -> Redirect:
    """Lead the browser on by GET, so that going back or reloading does nothing twice."""
    return Redirect(address, status_code=303)


def _act(session: Session, who: Someone, act: Act, what: str) -> str:
    refuse_suspended(session, who.actor.county_id)
    now = instant(session, who.actor)
    address = act(session, now)
    if who.actor.acting_for is not None:
        tell_member(session, who.actor, what, now)
    return address
