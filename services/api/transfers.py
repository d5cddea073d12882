"""Transfers: a branch's changes: who comes, who goes, and what has a day on which it is looked at again."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import SelectField, StringField, TextAreaField

from services.api.web.acts import attempt
from services.api.web.checks import chosen, filled, given, short
from services.api.web.envelope import Asked
from services.api.web.fields import DayField, identity_or_none
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.domain.windows import local_day
from shared.usecases.arrivals import Arrival, accept_transfer, decline_transfer
from shared.usecases.places import instant
from shared.usecases.reviews import open_reviews
from shared.usecases.rosters import groups_of, see_member
from shared.usecases.terms import ending_soon
from shared.usecases.transfers import propose_transfer, see_transfer, see_transfers, withdraw_transfer
from shared.usecases.trees import branches_of_county

SEE, PROPOSE = for_action(Action.TRANSFER_SEE), for_action(Action.TRANSFER_PROPOSE)
ACCEPT = for_action(Action.TRANSFER_ACCEPT)


class ProposeForm(Form):
    """Where a member goes."""

    to = SelectField("转到哪个党支部？", [filled("请选择党支部"), chosen("请选择党支部")], coerce=identity_or_none)
    letter = StringField("介绍信编号", [short(40)], description="没有开介绍信的可以不填。")


class AcceptForm(Form):
    """From which day somebody belongs to this branch, under which number, in which group."""

    day = DayField("从哪一天起算本支部？", [filled("请填写从哪一天起")], description="当天起由本支部计分。")
    number = StringField("在本支部的编号", [filled("请填写编号"), short(20)])
    group = SelectField("编入哪个党小组？", coerce=identity_or_none)


class DeclineForm(Form):
    """Why somebody is not received."""

    reason = TextAreaField(
        "不接收的原因", [filled("请写明原因"), short(200)], render_kw={"maxlength": 200, "rows": 3}
    )


@get("/changes", opt=SEE, sync_to_thread=True)
def changes(request: Asked, db: Db, who: Who) -> Response[str]:
    """Show what goes out of the branch, what comes in, and what must be looked at again."""
    with who.acting(db) as session:
        return page(
            request,
            "transfers/list.html",
            transfers=see_transfers(session, who.actor),
            reviews=open_reviews(session, who.actor),
            endings=ending_soon(session, who.actor),
        )


@get("/members/{member_id:uuid}/transfer", opt=PROPOSE, sync_to_thread=True)
def consider(request: Asked, db: Db, who: Who, member_id: FromPath[UUID]) -> Response[str]:
    """Ask where a member goes."""
    with who.acting(db) as session:
        form = ProposeForm.opened(session, who.actor, request.url.path)
    return _proposing(request, db, who, member_id, form)


@post("/members/{member_id:uuid}/transfer", opt=PROPOSE, sync_to_thread=True)
def propose(request: Asked, db: Db, who: Who, sent: Sent, member_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Propose a transfer."""
    form = ProposeForm(sent)
    form.to.choices = _branches(db, who)

    def act(session: Session, now: datetime) -> str:
        letter = form.letter.data or ""
        propose_transfer(session, who.actor, member_id, given(form.to.data), letter, now)
        return "/changes"

    return attempt(db, who, form, act) or _proposing(request, db, who, member_id, form)


@get("/changes/{transfer_id:uuid}", opt=SEE, sync_to_thread=True)
def transfer(request: Asked, db: Db, who: Who, transfer_id: FromPath[UUID]) -> Response[str]:
    """Show a transfer with its statement, and ask for what comes next."""
    with who.acting(db) as session:
        today = local_day(instant(session, who.actor))
        form = AcceptForm.opened(session, who.actor, request.url.path, day=today)
    return _shown(request, db, who, transfer_id, form, DeclineForm())


@post("/changes/{transfer_id:uuid}", opt=ACCEPT, sync_to_thread=True)
def accept(request: Asked, db: Db, who: Who, sent: Sent, transfer_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Receive a member."""
    form = AcceptForm(sent)
    form.group.choices = _groups(db, who)

    def act(session: Session, now: datetime) -> str:
        arrival = Arrival(given(form.day.data), given(form.number.data).strip(), form.group.data)
        accept_transfer(session, who.actor, transfer_id, arrival, now)
        return f"/changes/{transfer_id}"

    return attempt(db, who, form, act) or _shown(request, db, who, transfer_id, form, DeclineForm())


@post("/changes/{transfer_id:uuid}/decline", opt=ACCEPT, sync_to_thread=True)
def decline(request: Asked, db: Db, who: Who, sent: Sent, transfer_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Do not receive a member."""
    form = DeclineForm(sent)

    def act(session: Session, now: datetime) -> str:
        decline_transfer(session, who.actor, transfer_id, given(form.reason.data), now)
        return "/changes"

    return attempt(db, who, form, act) or _shown(request, db, who, transfer_id, AcceptForm(), form)


@post("/changes/{transfer_id:uuid}/withdraw", opt=PROPOSE, sync_to_thread=True)
def withdraw(
    request: Asked, db: Db, who: Who, sent: Sent, transfer_id: FromPath[UUID]
) -> Response[str] | Redirect:
    """Take a proposal back."""
    form = Form(sent)

    def act(session: Session, now: datetime) -> str:
        withdraw_transfer(session, who.actor, transfer_id, now)
        return "/changes"

    return attempt(db, who, form, act) or _shown(request, db, who, transfer_id, AcceptForm(), DeclineForm(), form)


def _proposing(request: Asked, db: Db, who: Someone, member_id: UUID, form: ProposeForm) -> Response[str]:
    form.to.choices = _branches(db, who)
    with who.acting(db) as session:
        one = see_member(session, who.actor, member_id)
    return page(request, "transfers/new.html", 422 if form.faults else 200, one=one, form=form)


def _shown(
    request: Asked,
    db: Db,
    who: Someone,
    transfer_id: UUID,
    form: AcceptForm,
    declining: DeclineForm,
    refused: Form | None = None,
) -> Response[str]:
    form.group.choices = _groups(db, who)
    with who.acting(db) as session:
        one = see_transfer(session, who.actor, transfer_id)
    faulty = next((each for each in (form, declining, refused) if each is not None and each.faults), None)
    status = 422 if faulty else 200
    return page(
        request, "transfers/show.html", status, one=one, form=form, declining=declining, faulty=faulty, who=who
    )


def _branches(db: Db, who: Someone) -> list[tuple[UUID | str, str]]:
    with who.acting(db) as session:
        return [
            ("", "（选一个党支部）"),
            *((unit.id, unit.name) for unit in branches_of_county(session, who.actor)),
        ]


def _groups(db: Db, who: Someone) -> list[tuple[str, str]]:
    with who.acting(db) as session:
        groups = groups_of(session, who.actor)
    return [("", "先不编组"), *((str(group.id), group.name) for group in groups)]


HANDLERS = [changes, consider, propose, transfer, accept, decline, withdraw]
