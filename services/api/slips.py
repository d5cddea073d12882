"""Slips: a paper claim, entered for the member who wrote it; the same one twice is pointed out first."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import BooleanField, DecimalField, SelectField, StringField, TextAreaField

from services.api.web.acts import attempt
from services.api.web.checks import filled, given, readable, short
from services.api.web.envelope import Asked
from services.api.web.fields import DayField
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.domain.deeds import Deed
from shared.domain.rule_words import worth
from shared.usecases.agendas import see_agenda
from shared.usecases.rosters import see_roster
from shared.usecases.slips import Slip, enter_slip, see_intake

DRAFT = for_action(Action.RECORD_ENTER)


class SlipForm(Form):
    """What stands on the paper, and how it came in."""

    item = SelectField("申报哪一项？", [filled("请选择项目")], validate_choice=False)
    happened_on = DayField("是哪一天的事？", [filled("请填写是哪一天的事")])
    text = TextAreaField("做了什么？", [filled("请写明做了什么"), short(500)], render_kw={"maxlength": 500})
    points = DecimalField(
        "申报多少分？", [readable("分数应是数字，例如 2 或 0.5")], places=2, description="细则里分值是固定的不用填"
    )
    handed_in_by = StringField("谁交来的？", [filled("请填写谁交来的"), short(40)])
    handed_in_on = DayField("哪一天交来的？", [filled("请填写哪一天交来的")])
    another = BooleanField("同样的申报已经有一条的：这是另一件事")


@get("/rounds/{round_id:uuid}/paper", opt=DRAFT, sync_to_thread=True)
def choose(
    request: Asked,
    db: Db,
    who: Who,
    round_id: FromPath[UUID],
    wanted: Annotated[str, QueryParameter(name="q", max_length=40)] = "",
    number: Annotated[int, QueryParameter(name="page")] = 1,
) -> Response[str]:
    """Ask whose paper it is."""
    with who.acting(db) as session:
        round_ = see_agenda(session, who.actor, round_id).round
        roster = see_roster(session, who.actor, wanted, number)
        return page(request, "slips/choose.html", round=round_, roster=roster)


@get("/rounds/{round_id:uuid}/paper/{member_id:uuid}", opt=DRAFT, sync_to_thread=True)
def ask(request: Asked, db: Db, who: Who, round_id: FromPath[UUID], member_id: FromPath[UUID]) -> Response[str]:
    """Ask what stands on the paper."""
    with who.acting(db) as session:
        form = SlipForm.opened(session, who.actor, request.url.path)
    return _asked(request, db, who, round_id, member_id, form)


@post("/rounds/{round_id:uuid}/paper/{member_id:uuid}", opt=DRAFT, sync_to_thread=True)
def enter(
    request: Asked, db: Db, who: Who, sent: Sent, round_id: FromPath[UUID], member_id: FromPath[UUID]
) -> Response[str] | Redirect:
    """Enter the paper and hand it in."""
    form = SlipForm(sent)

    def act(session: Session, now: datetime) -> str:
        deed = Deed(form.item.data, given(form.happened_on.data), given(form.text.data), form.points.data)
        slip = Slip(deed, given(form.handed_in_by.data), given(form.handed_in_on.data), bool(form.another.data))
        claim = enter_slip(session, who.actor, round_id, member_id, slip, now)
        return f"/claims/{claim.id}"

    return attempt(db, who, form, act) or _asked(request, db, who, round_id, member_id, form)


def _asked(request: Asked, db: Db, who: Someone, round_id: UUID, member_id: UUID, form: SlipForm) -> Response[str]:
    with who.acting(db) as session:
        round_, member, items = see_intake(session, who.actor, round_id, member_id)
        form.item.choices = [("", "请选择"), *((one.id, f"{one.title}（{worth(one)}）") for one in items)]
        status = 422 if form.faults else 200
        return page(request, "slips/new.html", status, round=round_, member=member, form=form)


HANDLERS = [choose, ask, enter]
