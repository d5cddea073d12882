"""Reports: somebody tells of another member in writing; the recorder makes a record of it or sets it aside."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import DecimalField, RadioField, SelectField, StringField, TextAreaField

from services.api.web.acts import attempt
from services.api.web.checks import filled, given, readable, short
from services.api.web.envelope import Asked
from services.api.web.fields import DayField
from services.api.web.forms import Form, Sent
from services.api.web.pages import here, page
from services.api.web.permissions import SIGNED_IN, for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.domain.deeds import Deed
from shared.domain.errors import Invalid, NotNow
from shared.domain.reports import REPORT, ReportKind, Seen
from shared.domain.rule_words import worth
from shared.usecases.reports import enter_report, report, set_report_aside
from shared.usecases.sightings import members_to_report, see_sighting, see_sightings

TELL, SETTLE = for_action(Action.RECORD_REPORT), for_action(Action.REPORT_SETTLE)
KINDS = {ReportKind.CONTRIBUTION: "做得好的", ReportKind.BREACH: "做得不对的"}


class ReportForm(Form):
    """Whom it concerns, what was seen, and when; the member reads it at once."""

    member = SelectField("反映谁？", [filled("请选择反映谁")], validate_choice=False)
    kind = RadioField("是哪一种情况？", [filled("请选择是哪一种情况")], choices=[*KINDS.items()])
    happened_on = DayField("是哪一天的事？", [filled("请填写是哪一天的事")])
    text = TextAreaField("看到了什么？", [filled("请写明看到了什么"), short(500)], render_kw={"maxlength": 500})


class EnterForm(Form):
    """What is entered of a report, as far as it has been verified."""

    item = SelectField("登记为哪一项？", [filled("请选择登记为哪一项")], validate_choice=False)
    text = TextAreaField("核实的情况", [filled("请写明核实的情况"), short(300)], render_kw={"maxlength": 300})
    points = DecimalField(
        "多少分？", [readable("分数应是数字，例如 2 或 0.5")], places=2, description="固定分值的不用填"
    )
    decision = StringField("会议记录编号", [short(60)], description="要有集体决定的事项才填")


class AsideForm(Form):
    """Why a report is not entered."""

    reason = TextAreaField("为什么不作登记？", [filled("请写明理由"), short(300)], render_kw={"maxlength": 300})


@get("/reports", opt=SIGNED_IN, sync_to_thread=True)
def reports(request: Asked, db: Db, who: Who) -> Response[str]:
    """List what somebody has told, and what waits for them."""
    with who.acting(db) as session:
        seen = see_sightings(session, who.actor)
        tells = bool(seen.told) or bool(who.actor.roles & {"group_leader", "contact", "village_head"})
        return page(request, "reports/list.html", seen=seen, kinds=KINDS, words=REPORT.words, tells=tells)


@get("/reports/new", opt=TELL, sync_to_thread=True)
def begin(request: Asked, db: Db, who: Who, member: FromQuery[UUID | None] = None) -> Response[str]:
    """Ask what somebody has seen."""
    with who.acting(db) as session:
        form = ReportForm.opened(session, who.actor, here(request), member=str(member) if member else "")
    return _asked(request, db, who, form)


@post("/reports/new", opt=TELL, sync_to_thread=True)
def tell(request: Asked, db: Db, who: Who, sent: Sent) -> Response[str] | Redirect:
    """Hand a report in."""
    form = ReportForm(sent)

    def act(session: Session, now: datetime) -> str:
        chosen = next((m for m in members_to_report(session, who.actor) if str(m.id) == form.member.data), None)
        if chosen is None:
            raise Invalid("请从名单里选择反映谁。")
        seen = Seen(ReportKind(form.kind.data), given(form.happened_on.data), given(form.text.data))
        return f"/reports/{report(session, who.actor, chosen.id, seen, now).id}"

    return attempt(db, who, form, act) or _asked(request, db, who, form)


@get("/reports/{report_id:uuid}", opt=SIGNED_IN, sync_to_thread=True)
def show(request: Asked, db: Db, who: Who, report_id: FromPath[UUID]) -> Response[str]:
    """Show a report to who told it, and to who settles it."""
    return _shown(request, db, who, report_id, EnterForm(), AsideForm())


@post("/reports/{report_id:uuid}/enter", opt=SETTLE, sync_to_thread=True)
def enter(request: Asked, db: Db, who: Who, sent: Sent, report_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Make a record of a report."""
    form = EnterForm(sent)

    def act(session: Session, now: datetime) -> str:
        seen = see_sighting(session, who.actor, report_id)
        if seen.round is None:
            raise NotNow("这一天所在的那一期登记已经结束；请作更正，或写明理由不作登记。")
        deed = Deed(
            form.item.data,
            seen.report.happened_on,
            given(form.text.data),
            form.points.data,
            decision=form.decision.data or None,
        )
        enter_report(session, who.actor, report_id, seen.round.id, deed, now)
        return f"/reports/{report_id}"

    return attempt(db, who, form, act) or _shown(request, db, who, report_id, form, AsideForm())


@post("/reports/{report_id:uuid}/aside", opt=SETTLE, sync_to_thread=True)
def set_aside(request: Asked, db: Db, who: Who, sent: Sent, report_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Set a report aside."""
    form = AsideForm(sent)

    def act(session: Session, now: datetime) -> str:
        set_report_aside(session, who.actor, report_id, given(form.reason.data), now)
        return f"/reports/{report_id}"

    return attempt(db, who, form, act) or _shown(request, db, who, report_id, EnterForm(), form)


def _asked(request: Asked, db: Db, who: Someone, form: ReportForm) -> Response[str]:
    with who.acting(db) as session:
        people = members_to_report(session, who.actor)
    form.member.choices = [("", "请选择"), *((str(one.id), f"{one.name}（{one.member_no}）") for one in people)]
    return page(request, "reports/new.html", 422 if form.faults else 200, form=form)


def _shown(
    request: Asked, db: Db, who: Someone, report_id: UUID, entering: EnterForm, aside: AsideForm
) -> Response[str]:
    with who.acting(db) as session:
        seen = see_sighting(session, who.actor, report_id)
        entering.item.choices = [("", "请选择"), *((one.id, f"{one.title}（{worth(one)}）") for one in seen.items)]
        if not entering.faults and not entering.text.data:
            entering.item.data, entering.text.data = seen.report.item or "", seen.report.text
        failed = entering if entering.faults else aside
        return page(
            request,
            "reports/show.html",
            422 if failed.faults else 200,
            seen=seen,
            form=failed,
            entering=entering,
            aside=aside,
            kinds=KINDS,
            words=REPORT.words,
        )


HANDLERS = [reports, begin, tell, show, enter, set_aside]
