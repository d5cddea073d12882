"""Opinions: a group leader's, signed on the claim itself with one tap."""

from datetime import datetime
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session

from services.api.rulings import OpinionForm, shown, stage_of
from services.api.web.acts import attempt
from services.api.web.envelope import Asked
from services.api.web.forms import Sent
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Who
from shared.authz.actions import Action
from shared.domain.errors import Invalid
from shared.usecases.rulings import sign_as_seen

# One tap: whether it was done, and how well.
OPINIONS = {"good": (True, "好"), "fair": (True, "较好"), "plain": (True, "一般"), "undone": (False, "没有做到")}


@post("/claims/{claim_id:uuid}/opinion", opt=for_action(Action.OPINION_GIVE), sync_to_thread=True)
def sign(request: Asked, db: Db, who: Who, sent: Sent, claim_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Sign an opinion on a claim."""
    form = OpinionForm(sent)

    def act(session: Session, now: datetime) -> str:
        if form.verdict.data not in OPINIONS:
            raise Invalid("请点一个意见。")
        done, quality = OPINIONS[form.verdict.data]
        said = "，".join(part for part in (quality, form.note.data) if part)
        sign_as_seen(session, who.actor, claim_id, stage_of(form.opinion_stage.data), done, said, now)
        return f"/claims/{claim_id}"

    return attempt(db, who, form, act) or shown(request, db, who, claim_id, form, opinion=form)


HANDLERS = [sign]
