"""Attestations: who took part in counting a year's totals, written down before the notice is approved."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import BooleanField, RadioField, StringField
from wtforms.validators import InputRequired

from services.api.web.acts import attempt
from services.api.web.checks import filled, given, short
from services.api.web.envelope import Asked
from services.api.web.fields import DayField
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.domain.attestations import Attested
from shared.domain.errors import NotFound
from shared.usecases.attestations import attest, see_attesting

DRAFT = for_action(Action.NOTICE_DRAFT)


class AttestForm(Form):
    """A witness, with the word that they signed."""

    role = RadioField("以什么身份参加？", [filled("请选择以什么身份参加")], validate_choice=False)
    name = StringField("姓名", [filled("请填写姓名"), short(30)])
    present_on = DayField("哪一天统计的？", [filled("请填写哪一天统计的")])
    signed = BooleanField(
        "本人当场核对了每个人的年度积分，并在统计表上签名",
        [InputRequired("要本人当场核对、签名以后，才能登记。")],
    )


@get("/notices/{notice_id:uuid}/witnesses", opt=DRAFT, sync_to_thread=True)
def witnesses(request: Asked, db: Db, who: Who, notice_id: FromPath[UUID]) -> Response[str]:
    """Show who was there, and ask for who else was."""
    return _shown(request, db, who, notice_id, AttestForm())


@post("/notices/{notice_id:uuid}/witnesses", opt=DRAFT, sync_to_thread=True)
def write_down(
    request: Asked, db: Db, who: Who, sent: Sent, notice_id: FromPath[UUID]
) -> Response[str] | Redirect:
    """Write a witness down."""
    form = AttestForm(sent)

    def act(session: Session, now: datetime) -> str:
        one = Attested(form.role.data, given(form.name.data), given(form.present_on.data))
        attest(session, who.actor, notice_id, one, now)
        return f"/notices/{notice_id}/witnesses"

    return attempt(db, who, form, act) or _shown(request, db, who, notice_id, form)


def _shown(request: Asked, db: Db, who: Someone, notice_id: UUID, form: AttestForm) -> Response[str]:
    with who.acting(db) as session:
        seen = see_attesting(session, who.actor, notice_id)
    if not seen.wanted:
        raise NotFound("细则没有要求这份公示有人参加统计、监督。")
    form.role.choices = [(role, role) for role in seen.wanted]
    return page(request, "attestations/list.html", 422 if form.faults else 200, seen=seen, form=form)


HANDLERS = [witnesses, write_down]
