"""Trials of drafted books: which rounds to try them on, and what would change: in numbers, at home by name."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session

from services.api.book_drafts import DRAFT, SEE, draft_of, draft_page
from services.api.web.acts import attempt
from services.api.web.envelope import Asked
from services.api.web.fields import TicksField
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.sessions import Db, Someone, Who
from services.api.web.wording import period
from shared.usecases.trials import ask_for_trial, rounds_over, see_trial, see_trials


class TrialForm(Form):
    """The rounds to try a draft on."""

    rounds = TicksField("拿哪几期试算？", validate_choice=False)

    def fit(self, rounds: list[str]) -> None:
        """Offer the rounds that have settled, the newest first."""
        self.rounds.choices = [(one, period(one)) for one in rounds]


@get("/books/drafts/{draft_id:uuid}/trials", opt=SEE, sync_to_thread=True)
def trials(request: Asked, db: Db, who: Who, draft_id: FromPath[UUID]) -> Response[str]:
    """Offer the rounds, the newest year's ticked, and list what has been tried."""
    offered = _offered(db, who, draft_id)
    newest = offered[0][:4] if offered else ""
    form = TrialForm(rounds=[one for one in offered if one.startswith(newest)])
    form.fit(offered)
    return _listed(request, db, who, draft_id, form)


@post("/books/drafts/{draft_id:uuid}/trials", opt=DRAFT, sync_to_thread=True)
def ask(request: Asked, db: Db, who: Who, sent: Sent, draft_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Try it: a branch's own at once, the branches below one after the other, as long work."""
    form = TrialForm(sent)
    form.fit(_offered(db, who, draft_id))

    def act(session: Session, now: datetime) -> str:
        trial, job = ask_for_trial(session, who.actor, draft_id, form.rounds.data or [], now)
        return f"/jobs/{job.id}" if job else f"/books/trials/{trial.id}"

    return attempt(db, who, form, act) or _listed(request, db, who, draft_id, form)


@get("/books/trials/{trial_id:uuid}", opt=SEE, sync_to_thread=True)
def trial(request: Asked, db: Db, who: Who, trial_id: FromPath[UUID]) -> Response[str]:
    """Show what would change."""
    with who.acting(db) as session:
        seen = see_trial(session, who.actor, trial_id)
    return page(request, "books/trial.html", seen=seen)


def _offered(db: Db, who: Someone, draft_id: UUID) -> list[str]:
    with who.acting(db) as session:
        return rounds_over(session, who.actor, draft_id)


def _listed(request: Asked, db: Db, who: Someone, draft_id: UUID, form: TrialForm) -> Response[str]:
    with who.acting(db) as session:
        tried = see_trials(session, who.actor, draft_id)
    return draft_page(request, "books/trials.html", draft_of(db, who, draft_id), form, trials=tried)


HANDLERS = [trials, ask, trial]
