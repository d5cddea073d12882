"""Answers: an objection answered in writing with what is mended, and an appeal decided where it lies."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import BooleanField, RadioField, StringField, TextAreaField

from services.api.web.acts import attempt
from services.api.web.checks import filled, given, readable, short
from services.api.web.envelope import Asked
from services.api.web.fields import TicksField, identity
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action, proven
from services.api.web.sessions import Db, Someone, Who
from services.api.web.wording import day, left, points, said
from shared.authz.actions import Action
from shared.domain.errors import Invalid
from shared.usecases.answers import Remedy, answer_objection
from shared.usecases.appeals import decide_appeal
from shared.usecases.inquiries import Matter, see_matter

ANSWER, DECIDE = for_action(Action.OBJECTION_ANSWER), for_action(Action.APPEAL_DECIDE)
LONG = {"maxlength": 2000, "rows": 8}


class RemedyForm(Form):
    """Whether an objection is upheld, and then what changes."""

    upheld = RadioField("异议成立吗？", [filled("请选择成立还是不成立")])
    text = TextAreaField("书面答复", [filled("请写明调查情况和结论"), short(2000)], render_kw=LONG)
    accept = TicksField(
        "哪些没有认定的申报改为认定？", coerce=identity, validate_choice=False, description="成立才勾，可以不勾。"
    )
    strike = TicksField(
        "哪些登记撤销？",
        coerce=identity,
        validate_choice=False,
        description="成立才勾，可以不勾。原登记保留，注明撤销。",
    )
    by_rule = BooleanField("分数改回按细则计算的结果，不再用支委会另提的分数")
    reason = StringField("更正的依据", [readable(""), short(100)], description="成立时填写，例如“证明属实”。")

    def about(self, matter: Matter) -> "RemedyForm":
        """Return the form with what can be mended in this line; what is not there is not asked."""
        self.upheld.choices = [("yes", "成立"), ("no", "不成立")]
        self.accept.choices = [
            (one.id, f"{matter.title(one.item)}，{day(one.happened_on)}，{one.text}（{said(one.state, 'claim')}）")
            for one in matter.claims
            if one.state == "refused"
        ]
        self.strike.choices = [
            (one.id, f"{matter.title(one.item)}，{day(one.happened_on)}，{points(one.points)} 分，{one.text}")
            for one in matter.records
            if one.struck_at is None
        ]
        if matter.line.reason is None:
            del self.by_rule
        return self

    @property
    def remedy(self) -> Remedy:
        """What a valid form changes; Invalid where something is ticked and nothing is upheld."""
        by_rule = bool(self.by_rule.data) if "by_rule" in self else False
        made = Remedy(
            tuple(self.accept.data or ()), tuple(self.strike.data or ()), self.reason.data or "", by_rule
        )
        if self.upheld.data == "no" and (made.accept or made.strike or by_rule):
            raise Invalid("异议不成立的，不能同时勾选要更正的内容；请改选“成立”，或者去掉勾选。")
        return made


class DecisionForm(RemedyForm):
    """What a body of appeal decides, with the minute of its meeting."""

    minute = StringField("会议记录编号", [filled("请填写会议记录编号"), short(40)])


@get("/inquiries/{objection_id:uuid}/answer", opt=ANSWER, sync_to_thread=True)
def ask_answer(request: Asked, db: Db, who: Who, objection_id: FromPath[UUID]) -> Response[str]:
    """Ask for the answer in writing, and for what changes."""
    return _opened(request, db, who, objection_id, RemedyForm, "inquiries/answer.html")


@post("/inquiries/{objection_id:uuid}/answer", opt=proven(ANSWER), sync_to_thread=True)
def answer(request: Asked, db: Db, who: Who, sent: Sent, objection_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Answer an objection."""
    form = RemedyForm(sent)

    def act(session: Session, now: datetime) -> None:
        upheld, text = form.upheld.data == "yes", given(form.text.data)
        answer_objection(session, who.actor, objection_id, upheld, text, form.remedy, now)

    return _decided(request, db, who, objection_id, form, act, "inquiries/answer.html")


@get("/inquiries/{objection_id:uuid}/decision", opt=DECIDE, sync_to_thread=True)
def ask_decision(request: Asked, db: Db, who: Who, objection_id: FromPath[UUID]) -> Response[str]:
    """Ask for the decision on an appeal, and for what changes."""
    return _opened(request, db, who, objection_id, DecisionForm, "inquiries/decision.html")


@post("/inquiries/{objection_id:uuid}/decision", opt=proven(DECIDE), sync_to_thread=True)
def decide(request: Asked, db: Db, who: Who, sent: Sent, objection_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Decide an appeal."""
    form = DecisionForm(sent)

    def act(session: Session, now: datetime) -> None:
        upheld, text, minute = form.upheld.data == "yes", given(form.text.data), given(form.minute.data)
        decide_appeal(session, who.actor, objection_id, upheld, text, minute, form.remedy, now)

    return _decided(request, db, who, objection_id, form, act, "inquiries/decision.html")


def _opened(
    request: Asked, db: Db, who: Someone, objection_id: UUID, kind: type[RemedyForm], template: str
) -> Response[str]:
    with who.acting(db) as session:
        matter = see_matter(session, who.actor, objection_id)
        form = kind.opened(session, who.actor, request.url.path)
    return page(request, template, matter=matter, form=form.about(matter), left=left)


def _decided(
    request: Asked,
    db: Db,
    who: Someone,
    objection_id: UUID,
    form: RemedyForm,
    decision: Callable[[Session, datetime], None],
    template: str,
) -> Response[str] | Redirect:
    with who.acting(db) as session:
        matter = see_matter(session, who.actor, objection_id)
    form.about(matter)

    def act(session: Session, now: datetime) -> str:
        decision(session, now)
        # Decided, a case of another unit is soon shown here no more.
        return f"/inquiries/{objection_id}" if matter.unit.id == who.actor.unit_id else "/inquiries"

    return attempt(db, who, form, act) or page(request, template, 422, matter=matter, form=form, left=left)


HANDLERS = [ask_answer, answer, ask_decision, decide]
