"""Letters: complaints and suggestions (投诉建议), by whoever is signed in and by whoever is not."""

import re
from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromQuery
from litestar.response import Redirect
from redis import Redis
from sqlalchemy.orm import Session, sessionmaker
from wtforms import RadioField, StringField, TextAreaField

from services.api.web.acts import attempt
from services.api.web.checks import filled, short
from services.api.web.doors import Door, Threshold
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Posted, Sent
from services.api.web.pages import here, page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Guest
from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.domain.complaints import ComplaintKind, Letter
from shared.domain.errors import NotFound, NotNow
from shared.usecases.complaints import complaints_written, write_complaint
from shared.usecases.lookups import code_for
from shared.usecases.places import Place, enter_as, instant, notice_place, unit_place, visit
from shared.usecases.suspensions import refuse_suspended
from shared.usecases.throttles import let_write

WRITE = for_action(Action.COMPLAINT_WRITE)
A_DAY_S = 24 * 3600
# What a letter is given; an address may say anything.
NUMBER = re.compile(r"诉\d{8}-[0-9a-f]{6}")


class LetterForm(Form):
    """What somebody writes to the level above."""

    kind = RadioField(
        "您要",
        [filled("请选择投诉还是建议")],
        choices=[("complaint", "投诉：反映问题"), ("suggestion", "建议：提个意见")],
    )
    text = TextAreaField(
        "请写明情况", [filled("请写明情况"), short(1000)], render_kw={"maxlength": 1000, "rows": 6}
    )

    def letter(self, name: str | None = None, telephone: str | None = None) -> Letter:
        """Return what a valid form says."""
        return Letter(ComplaintKind(self.kind.data), self.text.data or "", name, telephone)


class StrangersForm(LetterForm):
    """The same from somebody who is not signed in: about which unit, and where an answer would reach them."""

    about = StringField(
        "关于哪个单位？",
        [filled("请填写公示上印的短码，或者单位编码"), short(80)],
        description="填公示上印的短码，或者单位编码。",
    )
    name = StringField("您的姓名（可以不填）", [short(40)])
    telephone = StringField("您的电话（想要答复请留电话）", [short(20)], render_kw={"inputmode": "tel"})


@get("/complaints", opt=WRITE, sync_to_thread=True)
def complaints(request: Asked, db: Db, guest: Guest, about: FromQuery[str] = "") -> Response[str]:
    """Show the form, and to who is signed in what they have written before."""
    actor = guest.signed_in.actor if guest else None
    if actor is None:
        return page(request, "letters/stranger.html", form=StrangersForm(about=about))
    with db.begin() as session:
        enter_as(session, actor)
        form = LetterForm.opened(session, actor, here(request))
    return _own(request, db, actor, form)


def _own(request: Asked, db: sessionmaker[Session], actor: Actor, form: LetterForm) -> Response[str]:
    with db.begin() as session:
        enter_as(session, actor)
        written = complaints_written(session, actor)
    return page(request, "letters/own.html", 422 if form.faults else 200, form=form, written=written)


@post("/complaints", opt=WRITE, sync_to_thread=True)
def write(request: Asked, db: Db, door: Door, guest: Guest, sent: Sent) -> Response[str] | Redirect:
    """Take a letter in."""
    actor = guest.signed_in.actor if guest else None
    if guest is None or actor is None:
        return _stranger(request, door, sent)
    form = LetterForm(sent)

    def act(session: Session, now: datetime) -> str:
        return f"/complaints/written?number={write_complaint(session, actor, form.letter(), now).number}"

    return attempt(db, guest, form, act, "写了一件投诉建议") or _own(request, db, actor, form)


def _stranger(request: Asked, door: Threshold, sent: Posted) -> Response[str]:
    """Take in the letter of somebody who is not signed in, once however often the button is pressed.

    The receipt is the answer itself: an address with its code would be kept by the browser.
    """
    form = StrangersForm(sent)
    if form.validate():
        try:
            let_write(door.cache, request.client.host if request.client else "")
            receipt = _taken(door.cache, form.key) or _written(door, form)
            door.cache.set(f"jifen:letter:{form.key}", receipt, ex=A_DAY_S)
            number, _, code = receipt.partition(" ")
            return page(request, "letters/written.html", number=number, code=code, signed=False)
        except (NotFound, NotNow) as refusal:
            form.refuse(refusal)
    return page(request, "letters/stranger.html", 422, form=form)


def _taken(cache: Redis, key: UUID) -> str | None:
    found: bytes | str | None = cache.get(f"jifen:letter:{key}")
    return found.decode() if isinstance(found, bytes) else found


def _written(door: Threshold, form: StrangersForm) -> str:
    with door.db.begin() as session:
        actor = visit(session, _place(session, (form.about.data or "").strip()))
        refuse_suspended(session, actor.county_id)
        letter = form.letter(form.name.data or None, form.telephone.data or None)
        made = write_complaint(session, actor, letter, instant(session, actor))
        return f"{made.number} {code_for(door.secret, made.id)}"


def _place(session: Session, about: str) -> Place:
    """Return the unit that somebody means, by its code or by that of a notice on its board."""
    try:
        return unit_place(session, about)
    except NotFound:
        pass
    try:
        return notice_place(session, about)
    except NotFound:
        raise NotFound("没有找到这个单位：请核对公示上印的短码，或者单位编码。") from None


@get("/complaints/written", opt=WRITE, sync_to_thread=True)
def written(request: Asked, guest: Guest, number: FromQuery[str] = "") -> Response[str]:
    """Confirm a letter: its number, and who answers."""
    return page(
        request,
        "letters/written.html",
        number=number if NUMBER.fullmatch(number) else "",
        code="",
        signed=guest is not None,
    )


HANDLERS = [complaints, write, written]
