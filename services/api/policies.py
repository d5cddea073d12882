"""Policies: how a unit shares out the steps, its difference to the template; proposed here, granted above."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import FieldList, FormField, SelectField, TextAreaField
from wtforms import Form as WTForm

from services.api.web.acts import attempt
from services.api.web.checks import filled, given, short
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Posted, Sent
from services.api.web.pages import page
from services.api.web.permissions import SIGNED_IN, for_action, proven
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.domain.errors import Invalid
from shared.domain.policies import Effect, Rule, parse
from shared.domain.steps import step_in_words
from shared.usecases.places import instant
from shared.usecases.policies import grant_policy, propose_policy, refuse_policy, see_proposal, withdraw_policy
from shared.usecases.shares import choices, see_shares

SEE, PROPOSE, GRANT = (for_action(a) for a in (Action.POLICY_SEE, Action.POLICY_PROPOSE, Action.POLICY_GRANT))
STEPS, OFFICES = choices()
EFFECTS = [
    ("", "（不写）"),
    (Effect.GIVE, "也可以由…办理"),
    (Effect.FORBID, "不由…办理"),
    (Effect.TWO, "要两个人先后办理"),
]
BLANK = 3


class RuleForm(WTForm):
    """One rule: what is arranged, of which step, for which office; none for two people."""

    step = SelectField("哪一步", choices=[("", "（选一步）"), *STEPS], validate_choice=False)
    effect = SelectField("怎样分工", choices=EFFECTS, validate_choice=False)
    role = SelectField("哪个职务", choices=[("", "（选职务）"), *OFFICES], validate_choice=False)


class PolicyForm(Form):
    """All that the unit arranges otherwise, and why."""

    rules = FieldList(FormField(RuleForm))
    reason = TextAreaField(
        "为什么这样分工？", [filled("请写明为什么要这样分工"), short(300)], render_kw={"maxlength": 300}
    )

    def written(self) -> list[Rule]:
        """Return the rules that were written; Invalid naming those that were begun and not finished."""
        rows = [entry.form.data for entry in self.rules]
        begun = [(n, row) for n, row in enumerate(rows, 1) if row["effect"] or row["step"] or row["role"]]
        faults = [f"第 {n} 条没有写完：{lacking}。" for n, row in begun for lacking in _lacking(row)]
        if faults:
            raise Invalid(*faults)
        return [Rule(row["effect"], row["step"], _role(row)) for _, row in begun]


class AnswerForm(Form):
    """Why a proposal is not granted."""

    answer = TextAreaField(
        "不批准的理由", [filled("请写明不批准的理由"), short(300)], render_kw={"maxlength": 300}
    )


def _lacking(row: dict[str, Any]) -> list[str]:
    faults = [] if row["step"] else ["还没有选哪一步"]
    if not row["effect"]:
        faults.append("还没有选怎样分工")
    elif not _role(row) and row["effect"] != Effect.TWO:
        faults.append("还没有选哪个职务")
    return faults


def _role(row: dict[str, Any]) -> str:
    return "" if row["effect"] == Effect.TWO else row["role"]


@get("/policies", opt=SEE, sync_to_thread=True)
def policies(request: Asked, db: Db, who: Who) -> Response[str]:
    """Show who does what here, what differs from the template, and what waits to be granted."""
    with who.acting(db) as session:
        shares = see_shares(session, who.actor, instant(session, who.actor))
    return page(request, "policies/show.html", shares=shares, step_in_words=step_in_words)


@get("/policies/new", opt=PROPOSE, sync_to_thread=True)
def begin(request: Asked, db: Db, who: Who) -> Response[str]:
    """Ask what is to be arranged otherwise, beginning with what is in force."""
    rows = [rule._asdict() for rule in who.actor.overlay.rules] + [{} for _ in range(BLANK)]
    with who.acting(db) as session:
        form = PolicyForm.opened(session, who.actor, request.url.path, rules=rows)
    return page(request, "policies/new.html", form=form)


@post("/policies/new", opt=PROPOSE, sync_to_thread=True)
def propose(request: Asked, db: Db, who: Who, sent: Sent) -> Response[str] | Redirect:
    """Propose it, or say every fault at once."""
    form = PolicyForm(sent)

    def act(session: Session, now: datetime) -> str:
        return f"/policies/{propose_policy(session, who.actor, form.written(), form.reason.data or '', now).id}"

    return attempt(db, who, form, act) or page(request, "policies/new.html", 422, form=form)


@get("/policies/{policy_id:uuid}", opt=SEE, sync_to_thread=True)
def policy(request: Asked, db: Db, who: Who, policy_id: FromPath[UUID]) -> Response[str]:
    """Show a proposal with its rules in plain words."""
    return _shown(request, db, who, policy_id, AnswerForm())


@post("/policies/{policy_id:uuid}/grant", opt=proven(GRANT), sync_to_thread=True)
def grant(request: Asked, db: Db, who: Who, sent: Sent, policy_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Grant a proposal of another person's: in force on the next request."""
    return _taken(request, db, who, policy_id, Form(sent), grant_policy)


@post("/policies/{policy_id:uuid}/refuse", opt=GRANT, sync_to_thread=True)
def refuse(request: Asked, db: Db, who: Who, sent: Sent, policy_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Refuse a proposal with the reason."""
    form = AnswerForm(sent)

    def step(session: Session, actor: Any, policy_id: UUID, now: datetime) -> object:
        return refuse_policy(session, actor, policy_id, given(form.answer.data), now)

    return _taken(request, db, who, policy_id, form, step)


@post("/policies/{policy_id:uuid}/withdraw", opt=PROPOSE, sync_to_thread=True)
def withdraw(request: Asked, db: Db, who: Who, sent: Sent, policy_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Take a proposal back."""
    return _taken(request, db, who, policy_id, Form(sent), withdraw_policy)


@get("/policies/signed/{step:str}", opt=SIGNED_IN, sync_to_thread=True)
def signed(request: Asked, who: Who, step: FromPath[str]) -> Response[str]:  # noqa: ARG001 - whoever is signed in
    """Say that the reader is the first of the two whom their unit wants for this step."""
    return page(request, "policies/signed.html", step=step_in_words(step))


def _taken(
    request: Asked, db: Db, who: Someone, policy_id: UUID, form: Form, step: Callable[..., object]
) -> Response[str] | Redirect:
    def act(session: Session, now: datetime) -> str:
        step(session, who.actor, policy_id, now)
        return f"/policies/{policy_id}"

    return attempt(db, who, form, act) or _shown(request, db, who, policy_id, form)


def _shown(request: Asked, db: Db, who: Someone, policy_id: UUID, form: Form) -> Response[str]:
    with who.acting(db) as session:
        found, unit = see_proposal(session, who.actor, policy_id)
    answer = form if isinstance(form, AnswerForm) else AnswerForm(Posted({}))
    ours = found.unit_id == who.actor.unit_id
    decides = found.to_unit_id == who.actor.unit_id and found.proposed_by != who.actor.person_id
    seen = {"policy": found, "rules": parse(found.rules), "form": form, "answer": answer, "ours": ours}
    return page(request, "policies/one.html", 422 if form.faults else 200, decides=decides, unit=unit, **seen)


HANDLERS = [policies, begin, propose, policy, grant, refuse, withdraw, signed]
