"""Outcomes: what follows from points, heard, decided and followed by people; and how it went, for the branch."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import RadioField, SelectField, StringField, TextAreaField

from services.api.web.acts import attempt
from services.api.web.checks import filled, given, short
from services.api.web.envelope import Asked
from services.api.web.fields import DayField, identity_or_none
from services.api.web.forms import Form, Sent
from services.api.web.leaves import leaf
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.domain.errors import NotFound
from shared.domain.outcomes import KINDS, OutcomeCommand
from shared.usecases.consequences import Consequence, officers_here, see_consequence, see_consequences, see_ended
from shared.usecases.outcomes import decide_outcome, hear_member
from shared.usecases.undertakings import (
    appeal_outcome,
    check_case,
    close_case,
    name_owner,
    rule_on_appeal,
    take_step,
)

SEE = for_action(Action.OUTCOME_SEE)
LONG = {"maxlength": 500, "rows": 4}


class HearForm(Form):
    """What the member says to it."""

    words = TextAreaField("本人怎样说", [filled("请写下本人怎样说"), short(500)], render_kw=LONG)


class DecideForm(Form):
    """For or against, which of the book's choices, why, and under which number it stands in the minutes."""

    taken = RadioField("怎样决定？", [filled("请选择怎样决定")], choices=[("yes", "采用"), ("no", "不采用")])
    choice = RadioField("采取哪一种处理？", validate_choice=False)
    note = TextAreaField("研究意见", [filled("请写明研究意见"), short(500)], render_kw=LONG)
    minute = StringField("会议记录编号", [filled("请填写会议记录编号"), short(40)])


class StepForm(Form):
    """What was done, on which day."""

    done_on = DayField("哪一天？", [filled("请填写日期")])
    text = TextAreaField("做了什么、情况怎样", [filled("请写明做了什么、情况怎样"), short(500)], render_kw=LONG)


class CheckForm(StepForm):
    """How it went, and whether that is enough."""

    good = RadioField(
        "改好了吗？", [filled("请选择改好了没有")], choices=[("yes", "改好了"), ("no", "还没有，继续帮助")]
    )


class CloseForm(Form):
    """How it ended."""

    ending = TextAreaField(
        "结果怎样",
        [filled("请写明结果怎样"), short(300)],
        description="支部党员都看得到这一句，不要写家庭、健康等个人情况。",
        render_kw={"maxlength": 300, "rows": 3},
    )


class AppealForm(Form):
    """Why the member does not agree."""

    grounds = TextAreaField("为什么不同意", [filled("请写明理由"), short(500)], render_kw=LONG)


class RuleForm(Form):
    """What the level above says to an appeal."""

    upheld = RadioField(
        "申诉成立吗？",
        [filled("请选择成立或不成立")],
        choices=[("yes", "成立，撤销原决定"), ("no", "不成立，维持")],
    )
    text = TextAreaField("答复", [filled("请写明答复的理由"), short(500)], render_kw=LONG)


class OwnerForm(Form):
    """Who sees to it."""

    owner = SelectField(
        "由谁负责落实？", [filled("请选择由谁负责")], coerce=identity_or_none, validate_choice=False
    )


class Way(NamedTuple):
    """A step that a form takes: what it is called, its form, whether it comes next, and what it does."""

    title: str
    form: type[Form]
    command: OutcomeCommand | None
    act: Callable[[Session, Actor, UUID, Any, datetime], None]


def _hear(session: Session, actor: Actor, case_id: UUID, form: HearForm, now: datetime) -> None:
    hear_member(session, actor, case_id, given(form.words.data), now)


def _decide(session: Session, actor: Actor, case_id: UUID, form: DecideForm, now: datetime) -> None:
    taken, minute, note = form.taken.data == "yes", given(form.minute.data), given(form.note.data)
    choice = form.choice.data or "" if form.choice else ""
    decide_outcome(session, actor, case_id, taken, minute, note, now, choice)


def _step(session: Session, actor: Actor, case_id: UUID, form: StepForm, now: datetime) -> None:
    take_step(session, actor, case_id, given(form.text.data), given(form.done_on.data), now)


def _check(session: Session, actor: Actor, case_id: UUID, form: CheckForm, now: datetime) -> None:
    good, text, done_on = form.good.data == "yes", given(form.text.data), given(form.done_on.data)
    check_case(session, actor, case_id, good, text, done_on, now)


def _close(session: Session, actor: Actor, case_id: UUID, form: CloseForm, now: datetime) -> None:
    close_case(session, actor, case_id, given(form.ending.data), now)


def _appeal(session: Session, actor: Actor, case_id: UUID, form: AppealForm, now: datetime) -> None:
    appeal_outcome(session, actor, case_id, given(form.grounds.data), now)


def _rule(session: Session, actor: Actor, case_id: UUID, form: RuleForm, now: datetime) -> None:
    rule_on_appeal(session, actor, case_id, form.upheld.data == "yes", given(form.text.data), now)


def _own(session: Session, actor: Actor, case_id: UUID, form: OwnerForm, now: datetime) -> None:
    name_owner(session, actor, case_id, given(form.owner.data), now)


WAYS = {
    "hear": Way("听取本人意见", HearForm, OutcomeCommand.HEAR, _hear),
    "decide": Way("登记决定", DecideForm, OutcomeCommand.DECIDE, _decide),
    "step": Way("记下落实情况", StepForm, OutcomeCommand.START, _step),
    "check": Way("登记检查", CheckForm, OutcomeCommand.CHECK, _check),
    "close": Way("办结", CloseForm, OutcomeCommand.CLOSE, _close),
    "appeal": Way("提出申诉", AppealForm, OutcomeCommand.APPEAL, _appeal),
    "rule": Way("答复申诉", RuleForm, OutcomeCommand.UPHOLD, _rule),
    "owner": Way("指定责任人", OwnerForm, None, _own),
}


@get("/outcomes", opt=SEE, sync_to_thread=True)
def outcomes(request: Asked, db: Db, who: Who) -> Response[str]:
    """List what is open, and what has ended and how."""
    with who.acting(db) as session:
        found, ended = see_consequences(session, who.actor), see_ended(session, who.actor)
    return page(
        request, "outcomes/list.html", cases=leaf(request, found, "/outcomes", 50), ended=ended, kinds=KINDS
    )


@get("/outcomes/{case_id:uuid}", opt=SEE, sync_to_thread=True)
def outcome(request: Asked, db: Db, who: Who, case_id: FromPath[UUID]) -> Response[str]:
    """Show a case with its steps and what comes next."""
    with who.acting(db) as session:
        found = see_consequence(session, who.actor, case_id)
    ways = [(name, way.title) for name, way in WAYS.items() if way.command in found.commands]
    return page(request, "outcomes/show.html", found=found, ways=ways)


@get("/outcomes/{case_id:uuid}/{step:str}", opt=SEE, sync_to_thread=True)
def ask(request: Asked, db: Db, who: Who, case_id: FromPath[UUID], step: FromPath[str]) -> Response[str]:
    """Ask for what a step needs."""
    way = _way(step)
    with who.acting(db) as session:
        found = see_consequence(session, who.actor, case_id)
        form = way.form.opened(session, who.actor, request.url.path)
        _choose(session, who, found, form)
    return page(request, "outcomes/step.html", found=found, form=form, title=way.title)


@post("/outcomes/{case_id:uuid}/{step:str}", opt=SEE, sync_to_thread=True)
def take(
    request: Asked, db: Db, who: Who, sent: Sent, case_id: FromPath[UUID], step: FromPath[str]
) -> Response[str] | Redirect:
    """Take a step; whether this person may is asked by the step itself."""
    way = _way(step)
    form = way.form(sent)
    with who.acting(db) as session:
        found = see_consequence(session, who.actor, case_id)
        _choose(session, who, found, form)

    def act(session: Session, now: datetime) -> str:
        way.act(session, who.actor, case_id, form, now)
        return f"/outcomes/{case_id}"

    done = attempt(db, who, form, act)
    return done or page(request, "outcomes/step.html", 422, found=found, form=form, title=way.title)


def _way(step: str) -> Way:
    if step not in WAYS:
        raise NotFound("没有这一页。")
    return WAYS[step]


def _choose(session: Session, who: Someone, found: Consequence, form: Form) -> None:
    """Set the choices that depend on the case."""
    if isinstance(form, DecideForm):
        form.choice.choices = [(one, one) for one in found.case.terms["choices"]]
        if not form.choice.choices:
            del form.choice
    if isinstance(form, OwnerForm):
        officers = officers_here(session, who.actor)
        form.owner.choices = [("", "（选一位）"), *((str(officer), name) for officer, name in officers)]


HANDLERS = [outcomes, outcome, ask, take]
