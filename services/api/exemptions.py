"""Exemptions: somebody is left out of scoring with their consent, and looked at again on a day."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import StringField

from services.api.web.acts import attempt
from services.api.web.checks import filled, given, readable, short
from services.api.web.envelope import Asked
from services.api.web.fields import DayField
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.domain.errors import NotNow
from shared.usecases.exemptions import Ground, begin_exemption, review_exemption
from shared.usecases.rosters import see_member

RECORD = for_action(Action.EXEMPTION_RECORD)


class ExemptionForm(Form):
    """On what an exemption stands; only the fact is kept, never the illness."""

    minute = StringField("会议记录编号", [filled("请填写会议记录编号"), short(40)])
    consent = StringField(
        "本人怎样同意的？",
        [filled("请写明本人怎样同意的"), short(60)],
        description="例如：本人签字，3月2日。不要写病情。",
    )
    review_on = DayField("哪一天复核？", [filled("请填写复核的日期")], description="一年以内。到期前两周会提醒。")


class ReviewForm(Form):
    """What came of looking at it again."""

    minute = StringField("会议记录编号", [filled("请填写会议记录编号"), short(40)])
    next_on = DayField(
        "继续到哪一天再复核？", [readable("请写完整的年、月、日")], description="空着就是从下一期起恢复计分。"
    )


@get("/members/{member_id:uuid}/exemption", opt=RECORD, sync_to_thread=True)
def exemption(request: Asked, db: Db, who: Who, member_id: FromPath[UUID]) -> Response[str]:
    """Ask for an exemption, or for what came of its review."""
    return _shown(request, db, who, member_id, None)


@post("/members/{member_id:uuid}/exemption", opt=RECORD, sync_to_thread=True)
def begin(request: Asked, db: Db, who: Who, sent: Sent, member_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Leave somebody out of scoring."""
    form = ExemptionForm(sent)

    def act(session: Session, now: datetime) -> str:
        ground = Ground(given(form.minute.data), given(form.consent.data), form.review_on.data)
        begin_exemption(session, who.actor, member_id, ground, now)
        return f"/members/{member_id}"

    return attempt(db, who, form, act) or _shown(request, db, who, member_id, form)


@post("/members/{member_id:uuid}/exemption/review", opt=RECORD, sync_to_thread=True)
def review(request: Asked, db: Db, who: Who, sent: Sent, member_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Look at an exemption again: it goes on, or ends."""
    form = ReviewForm(sent)

    def act(session: Session, now: datetime) -> str:
        review_exemption(session, who.actor, member_id, given(form.minute.data), form.next_on.data, now)
        return f"/members/{member_id}"

    return attempt(db, who, form, act) or _shown(request, db, who, member_id, form)


def _shown(request: Asked, db: Db, who: Someone, member_id: UUID, form: Form | None) -> Response[str]:
    with who.acting(db) as session:
        one = see_member(session, who.actor, member_id)
    lasts = one.member.exempt_from is not None and one.member.exempt_to is None
    if form is not None and isinstance(form, ReviewForm) != lasts:
        raise NotNow("这位党员已经不列入计分了。" if lasts else "这位党员现在没有不列入计分，不用复核。")
    shown = form or (ReviewForm() if lasts else ExemptionForm())
    status = 422 if shown.faults else 200
    return page(request, "departures/exemption.html", status, one=one, form=shown, lasts=lasts)


HANDLERS = [exemption, begin, review]
