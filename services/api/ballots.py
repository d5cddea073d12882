"""Ballots: a meeting to which a member is invited, and voting on its list from afar."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import RadioField

from services.api.web.acts import attempt
from services.api.web.checks import filled
from services.api.web.doors import Secret
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.domain.meetings import Choice
from shared.usecases.ballots import see_invitation, vote_from_afar

VOTE = for_action(Action.MEETING_VOTE)
WORDS = {Choice.IN_FAVOUR: "赞成", Choice.AGAINST: "反对", Choice.ABSTAINED: "弃权"}


class BallotForm(Form):
    """One vote on the whole list."""

    # A field whose name begins like this is never kept as a draft.
    secret_choice = RadioField(
        "您对这份积分名单",
        [filled("请选择赞成、反对或弃权")],
        choices=[(str(choice), word) for choice, word in WORDS.items()],
    )


@get("/ballots/{meeting_id:uuid}", opt=VOTE, sync_to_thread=True)
def invitation(request: Asked, db: Db, who: Who, meeting_id: FromPath[UUID]) -> Response[str]:
    """Show a meeting, and the ballot to who is away."""
    return _invitation(request, db, who, meeting_id, BallotForm())


@post("/ballots/{meeting_id:uuid}", opt=VOTE, sync_to_thread=True)
def vote(
    request: Asked, db: Db, who: Who, sent: Sent, secret: Secret, meeting_id: FromPath[UUID]
) -> Response[str] | Redirect:
    """Take the vote; how somebody voted is kept nowhere."""
    form = BallotForm(sent)

    def act(session: Session, now: datetime) -> str:
        vote_from_afar(session, who.actor, secret, meeting_id, Choice(form.secret_choice.data), now)
        return f"/ballots/{meeting_id}"

    return attempt(db, who, form, act) or _invitation(request, db, who, meeting_id, form)


def _invitation(request: Asked, db: Db, who: Someone, meeting_id: UUID, form: BallotForm) -> Response[str]:
    with who.acting(db) as session:
        seen = see_invitation(session, who.actor, meeting_id)
    return page(request, "ballots/show.html", 422 if form.faults else 200, invitation=seen, form=form)


HANDLERS = [invitation, vote]
