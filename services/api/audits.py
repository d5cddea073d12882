"""Sampling audits: drawn on a page, checked line by line by those above or beside, closed with a report."""

import secrets
from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import BooleanField, DecimalField, IntegerField, RadioField, SelectField, StringField, TextAreaField

from services.api.web.acts import attempt
from services.api.web.checks import between, chosen, filled, given, readable, short
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from services.api.web.wording import period as in_words
from shared.authz.actions import Action
from shared.authz.gate import able
from shared.domain.audits import USUAL_BRANCH_PERCENT, USUAL_LINE_PERCENT, VERDICTS, Verdict
from shared.usecases.audit_cases import Found, audits_of, find, look_at_case, see_audit
from shared.usecases.audits import Plan, close_audit, draw_audit, periods_of
from shared.usecases.places import instant

SEE, DRAW = for_action(Action.SAMPLING_SEE), for_action(Action.SAMPLING_DRAW)
CHECK = for_action(Action.SAMPLING_CHECK)


class DrawForm(Form):
    """What is drawn, and how."""

    period = SelectField("抽查哪一期？", [chosen("请选择抽查哪一期")], validate_choice=False)
    why = TextAreaField(
        "为什么抽查？",
        [filled("请写明为什么抽查"), short(200)],
        description="例如：县委组织部〔2026〕5号通知。",
        render_kw={"maxlength": 200, "rows": 2},
    )
    branch_percent = IntegerField(
        "抽多少支部？", [filled("请填写抽多少支部"), between(1, 100, "抽支部的比例应在 1% 到 100% 之间")]
    )
    line_percent = IntegerField(
        "每个支部抽多少人？", [filled("请填写抽多少人"), between(1, 100, "抽人的比例应在 1% 到 100% 之间")]
    )
    crosswise = BooleanField("抽到的支部之间交叉核查（不选由本单位核查）")
    seed = StringField(
        "种子",
        [filled("请填写种子"), short(60)],
        description="同样的种子抽出同样的结果。可以照用，也可以换成会上摇出的号码。",
        render_kw={"maxlength": 60},
    )

    def plan(self) -> Plan:
        """Return what a valid form asks for."""
        shares = given(self.branch_percent.data), given(self.line_percent.data)
        return Plan(self.period.data, given(self.why.data), *shares, given(self.seed.data), self.crosswise.data)


class FindForm(Form):
    """What was found of a line."""

    verdict = RadioField("这一行属实吗？", [filled("请选择属实还是不属实")], choices=list(VERDICTS.items()))
    finding = TextAreaField(
        "哪里不属实，依据是什么？",
        [readable("请写成文字"), short(500)],
        description="属实的可以不写。",
        render_kw={"maxlength": 500, "rows": 4},
    )
    should_be = DecimalField("应是多少分？", [readable("分数应是数字，例如 2 或 0.5")], places=2)

    def found(self) -> Found:
        """Return what a valid form says."""
        return Found(Verdict(self.verdict.data), self.finding.data or "", self.should_be.data)


class CloseForm(Form):
    """What the audit came to."""

    conclusion = TextAreaField(
        "结论和处理意见", [filled("请写明结论和处理意见"), short(500)], render_kw={"maxlength": 500, "rows": 4}
    )


@get("/audits", opt=SEE, sync_to_thread=True)
def audits(request: Asked, db: Db, who: Who) -> Response[str]:
    """List the audits that this unit has drawn or checks lines of."""
    with who.acting(db) as session:
        found = audits_of(session, who.actor)
    return page(request, "audits/list.html", audits=found, draws=able(who.actor, Action.SAMPLING_DRAW))


@get("/audits/new", opt=DRAW, sync_to_thread=True)
def plan(request: Asked, db: Db, who: Who) -> Response[str]:
    """Ask what is to be drawn."""
    form = DrawForm(
        branch_percent=USUAL_BRANCH_PERCENT,
        line_percent=USUAL_LINE_PERCENT,
        crosswise=True,
        seed=secrets.token_hex(6),
    )
    return _planned(request, db, who, form)


@post("/audits/new", opt=DRAW, sync_to_thread=True)
def draw(request: Asked, db: Db, who: Who, sent: Sent) -> Response[str] | Redirect:
    """Draw."""
    form = DrawForm(sent)
    _periods(db, who, form)

    def act(session: Session, now: datetime) -> str:
        return f"/audits/{draw_audit(session, who.actor, form.plan(), now).id}"

    return attempt(db, who, form, act) or _planned(request, db, who, form, 422)


@get("/audits/{audit_id:uuid}", opt=SEE, sync_to_thread=True)
def audit(request: Asked, db: Db, who: Who, audit_id: FromPath[UUID]) -> Response[str]:
    """Show an audit with the lines that were drawn, and its report once it is closed."""
    return _shown(request, db, who, audit_id, CloseForm())


@post("/audits/{audit_id:uuid}/close", opt=for_action(Action.SAMPLING_CLOSE), sync_to_thread=True)
def close(request: Asked, db: Db, who: Who, sent: Sent, audit_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Close an audit."""
    form = CloseForm(sent)

    def act(session: Session, now: datetime) -> str:
        close_audit(session, who.actor, audit_id, given(form.conclusion.data), now)
        return f"/audits/{audit_id}"

    return attempt(db, who, form, act) or _shown(request, db, who, audit_id, form, 422)


@get("/audits/lines/{drawn_id:uuid}", opt=CHECK, sync_to_thread=True)
def case(request: Asked, db: Db, who: Who, drawn_id: FromPath[UUID]) -> Response[str]:
    """Show a drawn line to who checks it; that they have looked is written down."""
    return _looked(request, db, who, drawn_id, FindForm())


@post("/audits/lines/{drawn_id:uuid}", opt=CHECK, sync_to_thread=True)
def check(request: Asked, db: Db, who: Who, sent: Sent, drawn_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Write down what was found of a line."""
    form = FindForm(sent)

    def act(session: Session, now: datetime) -> str:
        return f"/audits/{find(session, who.actor, drawn_id, form.found(), now).audit_id}"

    return attempt(db, who, form, act) or _looked(request, db, who, drawn_id, form, 422)


def _periods(db: Db, who: Someone, form: DrawForm) -> None:
    with who.acting(db) as session:
        form.period.choices = [(one, in_words(one)) for one in periods_of(session, who.actor)]


def _planned(request: Asked, db: Db, who: Someone, form: DrawForm, status: int = 200) -> Response[str]:
    _periods(db, who, form)
    return page(request, "audits/new.html", status, form=form)


def _shown(
    request: Asked, db: Db, who: Someone, audit_id: UUID, form: CloseForm, status: int = 200
) -> Response[str]:
    with who.acting(db) as session:
        seen = see_audit(session, who.actor, audit_id)
    mine = who.actor.unit_id
    return page(request, "audits/show.html", status, seen=seen, form=form, mine=mine, verdicts=VERDICTS)


def _looked(
    request: Asked, db: Db, who: Someone, drawn_id: UUID, form: FindForm, status: int = 200
) -> Response[str]:
    with who.acting(db) as session:
        seen = look_at_case(session, who.actor, drawn_id, instant(session, who.actor))
    return page(request, "audits/case.html", status, case=seen, form=form, verdicts=VERDICTS)


HANDLERS = [audits, plan, draw, audit, close, case, check]
