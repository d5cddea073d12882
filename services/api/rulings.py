"""Rulings: claims decided many at once with exceptions taken out, or one by one beside what belongs to it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import DecimalField, HiddenField, StringField, TextAreaField

from services.api.web.acts import attempt
from services.api.web.checks import filled, given, readable, short
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Posted, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action, proven
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.domain.errors import Invalid, NotFound
from shared.usecases.claims import Ruling
from shared.usecases.dockets import Docket, see_docket, see_picked
from shared.usecases.dossiers import see_dossier
from shared.usecases.places import instant
from shared.usecases.rulings import decide_as_seen, return_as_seen, rulings_open

SEE, DECIDE, RETURN = (for_action(a) for a in (Action.ROUND_SEE, Action.CLAIM_DECIDE, Action.CLAIM_RETURN))
VERDICTS = {"accept": True, "refuse": False}
MINUTE = "会议记录编号"


class BatchForm(Form):
    """What a decision on several claims needs: its minute, and a refusal's reason."""

    minute = StringField(MINUTE, [filled("请填写会议记录编号"), short(60)], description="例如 支委会〔2026〕3号")
    reason = TextAreaField("为什么不予认定？", [short(300)], render_kw={"maxlength": 300})


class AcceptForm(Form):
    """One claim accepted; points only where the item leaves room for them."""

    accept_stage = HiddenField()
    accept_points = DecimalField("认定多少分？", [readable("分数应是数字，例如 2 或 0.5")], places=2)
    accept_minute = StringField(MINUTE, [filled("请填写会议记录编号"), short(60)])


class RefuseForm(Form):
    """One claim refused, with the reason that its member reads."""

    refuse_stage = HiddenField()
    refuse_reason = TextAreaField(
        "为什么不予认定？", [filled("请写明理由"), short(300)], render_kw={"maxlength": 300}
    )
    refuse_minute = StringField(MINUTE, [filled("请填写会议记录编号"), short(60)])


class ReturnForm(Form):
    """One claim given back for what is missing."""

    return_stage = HiddenField()
    missing = TextAreaField("缺少什么？", [filled("请写明缺少什么材料"), short(300)], render_kw={"maxlength": 300})


class OpinionForm(Form):
    """A group leader's opinion: one tap, and a note where there is something to add."""

    opinion_stage = HiddenField()
    verdict = HiddenField(validators=[filled("请点一个意见")])
    note = StringField("补充说明", [short(100)])


@dataclass
class Bench:
    """What an officer may do with the claim before them, and the forms for it."""

    open: frozenset[str]
    opinion: Form = field(default_factory=OpinionForm)
    accept: Form = field(default_factory=AcceptForm)
    refuse: Form = field(default_factory=RefuseForm)
    missing: Form = field(default_factory=ReturnForm)


def shown(request: Asked, db: Db, who: Someone, claim_id: UUID, form: Form, **failed: Form) -> Response[str]:
    """Show a claim with its time line and what this officer may do with it; `failed` keep what was typed."""
    with who.acting(db) as session:
        dossier = see_dossier(session, who.actor, claim_id)
        bench = Bench(rulings_open(session, who.actor, claim_id, instant(session, who.actor)), **failed)
    own = dossier.member.id in (who.actor.member_id, who.actor.acting_for)
    status = 422 if form.faults else 200
    part = "" if own else "/rounds"
    return page(request, "claims/show.html", status, part=part, dossier=dossier, bench=bench, own=own, form=form)


def stage_of(written: str | None) -> int:
    """Return the stage that a page carried; a page without one has seen nothing."""
    return int(written) if written and written.isdecimal() else -1


@get("/rounds/{round_id:uuid}/claims", opt=SEE, sync_to_thread=True)
def docket(
    request: Asked,
    db: Db,
    who: Who,
    round_id: FromPath[UUID],
    show: FromQuery[str] = "",
    number: Annotated[int, QueryParameter(name="page")] = 1,
) -> Response[str]:
    """Show the claims of a round, open or decided."""
    with who.acting(db) as session:
        seen = see_docket(session, who.actor, round_id, show == "decided", number)
    return page(request, "rulings/docket.html", docket=seen, show=show, form=Form())


@post("/rounds/{round_id:uuid}/claims/{verdict:str}", opt=DECIDE, sync_to_thread=True)
def check(
    request: Asked, db: Db, who: Who, sent: Sent, round_id: FromPath[UUID], verdict: FromPath[str]
) -> Response[str]:
    """Show what will be decided, and what will not be among it, before anything is."""
    _known(verdict)
    return _summary(request, db, who, round_id, verdict, BatchForm(), sent)


@post("/rounds/{round_id:uuid}/claims/{verdict:str}/done", opt=proven(DECIDE), sync_to_thread=True)
def decide(
    request: Asked, db: Db, who: Who, sent: Sent, round_id: FromPath[UUID], verdict: FromPath[str]
) -> Response[str] | Redirect:
    """Decide the claims that were picked."""
    form, accept = BatchForm(sent), _known(verdict)

    def act(session: Session, now: datetime) -> str:
        seen = picked(sent)
        if not seen:
            raise Invalid("一项也没有选：请回到申报表，选好再提交。")
        ruling = Ruling(accept, given(form.minute.data), form.reason.data or None)
        decide_as_seen(session, who.actor, seen, ruling, now)
        return f"/rounds/{round_id}/claims"

    return attempt(db, who, form, act) or _summary(request, db, who, round_id, verdict, form, sent)


def picked(sent: Posted) -> dict[UUID, int]:
    """Return the stage of each claim that was ticked, by its id."""
    pairs = (str(value).partition(":") for value in sent.getlist("claims"))
    try:
        return {UUID(claim): stage_of(stage) for claim, _, stage in pairs}
    except ValueError:
        raise NotFound("没有这样的记录。") from None


def _known(verdict: str) -> bool:
    if verdict not in VERDICTS:
        raise NotFound("没有这一页。")
    return VERDICTS[verdict]


def _summary(
    request: Asked, db: Db, who: Someone, round_id: UUID, verdict: str, form: BatchForm, sent: Posted
) -> Response[str]:
    seen = picked(sent)
    with who.acting(db) as session:
        chosen = see_picked(session, who.actor, round_id, list(seen))
        whole = see_docket(session, who.actor, round_id)
    left_out = whole.number - len(chosen.entries)
    return page(
        request,
        "rulings/summary.html",
        422 if form.faults else 200,
        docket=chosen,
        stages=_stages(chosen, seen),
        left_out=left_out,
        verdict=verdict,
        form=form,
    )


def _stages(docket: Docket, seen: dict[UUID, int]) -> Sequence[str]:
    return [f"{entry.claim.id}:{seen[entry.claim.id]}" for entry in docket.entries]


@post("/claims/{claim_id:uuid}/accept", opt=proven(DECIDE), sync_to_thread=True)
def accept(request: Asked, db: Db, who: Who, sent: Sent, claim_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Accept one claim."""
    form = AcceptForm(sent)

    def act(session: Session, now: datetime) -> str:
        ruling = Ruling(True, given(form.accept_minute.data), points=form.accept_points.data)
        decide_as_seen(session, who.actor, {claim_id: stage_of(form.accept_stage.data)}, ruling, now)
        return f"/claims/{claim_id}"

    return attempt(db, who, form, act) or shown(request, db, who, claim_id, form, accept=form)


@post("/claims/{claim_id:uuid}/refuse", opt=proven(DECIDE), sync_to_thread=True)
def refuse(request: Asked, db: Db, who: Who, sent: Sent, claim_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Refuse one claim."""
    form = RefuseForm(sent)

    def act(session: Session, now: datetime) -> str:
        ruling = Ruling(False, given(form.refuse_minute.data), form.refuse_reason.data)
        decide_as_seen(session, who.actor, {claim_id: stage_of(form.refuse_stage.data)}, ruling, now)
        return f"/claims/{claim_id}"

    return attempt(db, who, form, act) or shown(request, db, who, claim_id, form, refuse=form)


@post("/claims/{claim_id:uuid}/return", opt=RETURN, sync_to_thread=True)
def send_back(request: Asked, db: Db, who: Who, sent: Sent, claim_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Give one claim back for what is missing."""
    form = ReturnForm(sent)

    def act(session: Session, now: datetime) -> str:
        stage = stage_of(form.return_stage.data)
        return_as_seen(session, who.actor, claim_id, stage, given(form.missing.data), now)
        return f"/claims/{claim_id}"

    return attempt(db, who, form, act) or shown(request, db, who, claim_id, form, missing=form)


HANDLERS = [docket, check, decide, accept, refuse, send_back]
