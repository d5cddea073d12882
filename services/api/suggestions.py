"""Suggestions: the committee opens a case for a member by itself, with its reason."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import RadioField, TextAreaField

from services.api.web.acts import attempt
from services.api.web.checks import filled, given, short
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.domain.outcomes import KINDS, Measure
from shared.usecases.rosters import see_member
from shared.usecases.suggestions import bars_on, suggest

FOLLOW = for_action(Action.OUTCOME_FOLLOW)
LONG = {"maxlength": 300, "rows": 4}


class SuggestForm(Form):
    """What is suggested, why, and why all the same where the standing bars it."""

    measure = RadioField(
        "建议怎样做？",
        [filled("请选择建议怎样做")],
        choices=[(str(measure), kind.title) for measure, kind in KINDS.items()],
    )
    basis = TextAreaField("为什么", [filled("请写明为什么"), short(300)], render_kw=LONG)
    reason = TextAreaField("排名靠后仍要推荐的理由", [short(300)], render_kw=LONG)


@get("/members/{member_id:uuid}/suggest", opt=FOLLOW, sync_to_thread=True)
def begin(request: Asked, db: Db, who: Who, member_id: FromPath[UUID]) -> Response[str]:
    """Ask what is suggested."""
    with who.acting(db) as session:
        form = SuggestForm.opened(session, who.actor, request.url.path)
    return _shown(request, db, who, member_id, form)


@post("/members/{member_id:uuid}/suggest", opt=FOLLOW, sync_to_thread=True)
def open_case(request: Asked, db: Db, who: Who, sent: Sent, member_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Open the case; nothing is imposed by it."""
    form = SuggestForm(sent)

    def act(session: Session, now: datetime) -> str:
        measure, basis = Measure(given(form.measure.data)), given(form.basis.data)
        made = suggest(session, who.actor, member_id, measure, basis, form.reason.data or "", now)
        return f"/outcomes/{made.id}"

    return attempt(db, who, form, act) or _shown(request, db, who, member_id, form)


def _shown(request: Asked, db: Db, who: Someone, member_id: UUID, form: SuggestForm) -> Response[str]:
    with who.acting(db) as session:
        seen, bars = see_member(session, who.actor, member_id), bars_on(session, who.actor, member_id)
    status = 422 if form.faults else 200
    return page(request, "suggestions/new.html", status, member=seen.member, bars=bars, form=form)


HANDLERS = [begin, open_case]
