"""Scores: the scoring group's sheet, blind until all are in; a joint figure where none are equal."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import DecimalField, StringField, TextAreaField

from services.api.web.acts import attempt
from services.api.web.checks import filled, given, short
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Posted, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.domain.errors import Invalid, NotFound
from shared.usecases.score_sheets import give_scores, see_score_sheets
from shared.usecases.scores import agree_score, finish_scoring, return_scoring

SEE, GIVE, AGREE, RETURN = (
    for_action(a) for a in (Action.ROUND_SEE, Action.SCORE_GIVE, Action.SCORE_AGREE, Action.SCORE_RETURN)
)
BOX = "s-"


class SheetForm(Form):
    """A box for each claim, by its id."""

    def __init__(self, posted: Posted | None = None, **values: Any) -> None:
        super().__init__(posted, **values)
        self.boxes: Mapping[str, str] = (
            {name.removeprefix(BOX): posted.one(name).strip() for name in posted if name.startswith(BOX)}
            if posted
            else {}
        )

    def scores(self) -> dict[UUID, Decimal]:
        """Return the points that were written; Invalid with every box that holds none."""
        wrong, found = [], {}
        for claim, written in self.boxes.items():
            points = _points(written)
            if points is not None:
                found[_id(claim)] = points
            elif written:
                wrong.append(f"“{written}”不是分数：请填数字，例如 2 或 0.5，不认定的填 0。")
        if wrong:
            raise Invalid(*dict.fromkeys(wrong))
        return found


class AgreeForm(Form):
    """The joint figure, and the minute of the discussion."""

    agreed = DecimalField("商定多少分？", [filled("请填写商定的分数，例如 2 或 0.5；不认定的填 0")], places=2)
    minute = StringField("会议记录编号", [filled("请填写会议记录编号"), short(60)])


class ReturnForm(Form):
    """Why the committee gives the scores back."""

    reason = TextAreaField("为什么退回评分？", [filled("请写明理由"), short(300)], render_kw={"maxlength": 300})


@get("/scores", opt=SEE, sync_to_thread=True)
def sheets(request: Asked, db: Db, who: Who) -> Response[str]:
    """Show the sheets of the rounds under way."""
    with who.acting(db) as session:
        form = SheetForm.opened(session, who.actor, request.url.path)
    return _sheets(request, db, who, form)


@post("/scores", opt=GIVE, sync_to_thread=True)
def give(request: Asked, db: Db, who: Who, sent: Sent) -> Response[str] | Redirect:
    """Give one's points for what was filled in."""
    form = SheetForm(sent)

    def act(session: Session, now: datetime) -> str:
        give_scores(session, who.actor, form.scores(), now)
        return "/scores"

    return attempt(db, who, form, act) or _sheets(request, db, who, form)


@get("/scores/{claim_id:uuid}", opt=AGREE, sync_to_thread=True)
def ask_agreed(request: Asked, db: Db, who: Who, claim_id: FromPath[UUID]) -> Response[str]:
    """Show the scores of a claim on which no two agree, and ask for the joint figure."""
    return _agreeing(request, db, who, claim_id, AgreeForm())


@post("/scores/{claim_id:uuid}", opt=AGREE, sync_to_thread=True)
def agree(request: Asked, db: Db, who: Who, sent: Sent, claim_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Write down a joint figure."""
    form = AgreeForm(sent)

    def act(session: Session, now: datetime) -> str:
        agree_score(session, who.actor, claim_id, given(form.agreed.data), given(form.minute.data), now)
        return "/scores"

    return attempt(db, who, form, act) or _agreeing(request, db, who, claim_id, form)


@post("/rounds/{round_id:uuid}/scores/finish", opt=AGREE, sync_to_thread=True)
def finish(request: Asked, db: Db, who: Who, sent: Sent, round_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Hand the scores of a round to the committee."""
    form = Form(sent)

    def act(session: Session, now: datetime) -> str:
        finish_scoring(session, who.actor, round_id, now)
        return f"/rounds/{round_id}"

    return attempt(db, who, form, act) or _sheets(request, db, who, form, round_id)


@post("/rounds/{round_id:uuid}/scores/return", opt=RETURN, sync_to_thread=True)
def give_back(request: Asked, db: Db, who: Who, sent: Sent, round_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Give the scores of a round back, once, with a reason."""
    form = ReturnForm(sent)

    def act(session: Session, now: datetime) -> str:
        return_scoring(session, who.actor, round_id, given(form.reason.data), now)
        return f"/rounds/{round_id}"

    return attempt(db, who, form, act) or _sheets(request, db, who, form, round_id)


def _sheets(request: Asked, db: Db, who: Someone, form: Form, failed: UUID | None = None) -> Response[str]:
    with who.acting(db) as session:
        found = see_score_sheets(session, who.actor)
    return page(
        request,
        "scores/sheets.html",
        422 if form.faults else 200,
        sheets=found,
        form=form,
        failed=failed,
        boxes=getattr(form, "boxes", {}),
        blank=Form,
        return_form=ReturnForm,
        scores="scorer" in who.actor.roles,
        committee=bool(who.actor.roles & {"secretary", "organiser", "publicity", "deputy", "committee"}),
    )


def _agreeing(request: Asked, db: Db, who: Someone, claim_id: UUID, form: Form) -> Response[str]:
    with who.acting(db) as session:
        rows = (row for sheet in see_score_sheets(session, who.actor) for row in sheet.rows)
        found = next((row for row in rows if row.claim.id == claim_id), None)
    if found is None:
        raise NotFound("这项申报现在不在评分。")
    return page(request, "scores/agree.html", 422 if form.faults else 200, one=found, form=form)


def _points(written: str) -> Decimal | None:
    try:
        points = Decimal(written)
    except InvalidOperation:
        return None
    return points if points.is_finite() else None


def _id(written: str) -> UUID:
    try:
        return UUID(written)
    except ValueError:
        raise NotFound("没有这样的记录。") from None


HANDLERS = [sheets, give, ask_agreed, agree, finish, give_back]
