"""Inquiries: objections as officers work on them: the clock, who investigates, what was found; and paper ones."""

from datetime import datetime, time
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField, TextAreaField

from services.api.web.acts import attempt
from services.api.web.checks import between, filled, given, readable, short
from services.api.web.envelope import Asked
from services.api.web.fields import DayField, identity, identity_or_none
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import SIGNED_IN, for_action
from services.api.web.sessions import Db, Someone, Who
from services.api.web.wording import left
from shared.authz.actions import Action
from shared.domain.windows import SHANGHAI
from shared.usecases.findings import Inquiry, investigate
from shared.usecases.inquiries import posted_lines, see_matter, see_matters
from shared.usecases.involvements import Candidate, candidates_for
from shared.usecases.objections import (
    OnPaper,
    Statement,
    assign_investigator,
    confirm_identity,
    enter_paper_objection,
)
from shared.usecases.places import instant

SEE, ENTER = for_action(Action.OBJECTION_SEE), for_action(Action.OBJECTION_ENTER)
ASSIGN, FIND = for_action(Action.OBJECTION_ASSIGN), for_action(Action.OBJECTION_INVESTIGATE)


class AssignForm(Form):
    """Who investigates."""

    person = RadioField("请谁调查？", [filled("请选择请谁调查")], coerce=identity, validate_choice=False)


class FindingForm(Form):
    """What an investigation heard and found."""

    heard = StringField("听取了哪些人的情况？", [filled("请写明听取了哪些人的情况"), short(200)])
    held_on = DayField("哪一天调查的？", [filled("请填写哪一天调查的")])
    text = TextAreaField(
        "查明了什么？",
        [filled("请写明查阅了什么、查明了什么"), short(2000)],
        render_kw={"maxlength": 2000, "rows": 8},
    )


class PaperForm(Form):
    """A paper objection: to whose line, by whom, when it was handed in, and who attests that."""

    line = SelectField("对哪一行？", [filled("请选择对哪一行")], coerce=identity_or_none, validate_choice=False)
    name = StringField("异议人姓名", [filled("请填写异议人姓名"), short(20)])
    group_name = StringField(
        "村民小组", [readable(""), short(20)], description="异议人是群众的才填；是党员的，小组和电话都不填。"
    )
    telephone = StringField("联系电话", [readable(""), short(20)], description="异议人是群众的才填，只用来核实。")
    text = TextAreaField("写了什么？", [filled("请照纸上写的录入"), short(1000)], render_kw={"maxlength": 1000})
    day = DayField("哪一天递交的？", [filled("请填写哪一天递交的")])
    hour = IntegerField("几点？", [filled("请填写几点"), between(0, 23, "钟点应是 0 到 23")])
    minute = IntegerField("几分？", [filled("请填写几分，整点填 0"), between(0, 59, "分应是 0 到 59")], default=0)
    first = StringField("证明人一", [filled("请填写第一位证明人"), short(20)])
    second = StringField("证明人二", [filled("请填写第二位证明人"), short(20)])
    differs = BooleanField("写的是“公示与支部认定不一致”（再次公示只受理这一种）")

    @property
    def statement(self) -> Statement:
        """What a valid form says was written."""
        who = given(self.name.data).strip()
        return Statement(
            given(self.text.data),
            who,
            self.group_name.data or None,
            self.telephone.data or None,
            self.differs.data,
        )

    @property
    def paper(self) -> OnPaper:
        """When it was handed in, in Shanghai, and who attests it."""
        at = time(given(self.hour.data), given(self.minute.data), tzinfo=SHANGHAI)
        handed_in = datetime.combine(given(self.day.data), at)
        return OnPaper(handed_in, (given(self.first.data).strip(), given(self.second.data).strip()))


@get("/inquiries", opt=SEE, sync_to_thread=True)
def inquiries(request: Asked, db: Db, who: Who) -> Response[str]:
    """List the objections to work on with their clocks."""
    with who.acting(db) as session:
        found, now = see_matters(session, who.actor), instant(session, who.actor)
    return page(request, "inquiries/list.html", matters=found, now=now, left=left)


@get("/inquiries/{objection_id:uuid}", opt=SIGNED_IN, sync_to_thread=True)
def inquiry(request: Asked, db: Db, who: Who, objection_id: FromPath[UUID]) -> Response[str]:
    """Show a case to who works on it."""
    return _shown(request, db, who, objection_id, Form(), "inquiries/show.html")


@post("/inquiries/{objection_id:uuid}/identity", opt=for_action(Action.OBJECTION_CONFIRM), sync_to_thread=True)
def confirm(
    request: Asked, db: Db, who: Who, sent: Sent, objection_id: FromPath[UUID]
) -> Response[str] | Redirect:
    """Confirm that a villager is who they say."""
    form = Form(sent)

    def act(session: Session, now: datetime) -> str:
        confirm_identity(session, who.actor, objection_id, now)
        return f"/inquiries/{objection_id}"

    return attempt(db, who, form, act) or _shown(request, db, who, objection_id, form, "inquiries/show.html")


@get("/inquiries/{objection_id:uuid}/investigator", opt=ASSIGN, sync_to_thread=True)
def choose(request: Asked, db: Db, who: Who, objection_id: FromPath[UUID]) -> Response[str]:
    """Offer who may investigate, and say why the others do not."""
    return _choosing(request, db, who, objection_id, AssignForm())


@post("/inquiries/{objection_id:uuid}/investigator", opt=ASSIGN, sync_to_thread=True)
def assign(request: Asked, db: Db, who: Who, sent: Sent, objection_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Name who investigates."""
    form = AssignForm(sent)

    def act(session: Session, now: datetime) -> str:
        assign_investigator(session, who.actor, objection_id, given(form.person.data), now)
        return f"/inquiries/{objection_id}"

    return attempt(db, who, form, act) or _choosing(request, db, who, objection_id, form)


@get("/inquiries/{objection_id:uuid}/findings", opt=FIND, sync_to_thread=True)
def ask_findings(request: Asked, db: Db, who: Who, objection_id: FromPath[UUID]) -> Response[str]:
    """Ask the investigator what they heard and found."""
    with who.acting(db) as session:
        form = FindingForm.opened(session, who.actor, request.url.path)
    return _shown(request, db, who, objection_id, form, "inquiries/findings.html")


@post("/inquiries/{objection_id:uuid}/findings", opt=FIND, sync_to_thread=True)
def write_findings(
    request: Asked, db: Db, who: Who, sent: Sent, objection_id: FromPath[UUID]
) -> Response[str] | Redirect:
    """Write down what the investigator heard and found."""
    form = FindingForm(sent)

    def act(session: Session, now: datetime) -> str:
        found = Inquiry(given(form.text.data), given(form.heard.data), given(form.held_on.data))
        investigate(session, who.actor, objection_id, found, now)
        return f"/inquiries/{objection_id}"

    done = attempt(db, who, form, act)
    return done or _shown(request, db, who, objection_id, form, "inquiries/findings.html")


@get("/inquiries/paper", opt=ENTER, sync_to_thread=True)
def paper(request: Asked, db: Db, who: Who) -> Response[str]:
    """Ask what stands on a paper objection."""
    with who.acting(db) as session:
        form = PaperForm.opened(session, who.actor, request.url.path)
    return _paper(request, db, who, form)


@post("/inquiries/paper", opt=ENTER, sync_to_thread=True)
def enter(request: Asked, db: Db, who: Who, sent: Sent) -> Response[str] | Redirect:
    """Enter a paper objection by the time at which it was handed in."""
    form = PaperForm(sent)

    def act(session: Session, now: datetime) -> str:
        entered = enter_paper_objection(session, who.actor, given(form.line.data), form.statement, form.paper, now)
        return f"/inquiries/{entered.id}"

    return attempt(db, who, form, act, "录入了一件纸质异议") or _paper(request, db, who, form)


def _shown(request: Asked, db: Db, who: Someone, objection_id: UUID, form: Form, template: str) -> Response[str]:
    with who.acting(db) as session:
        matter = see_matter(session, who.actor, objection_id)
    return page(request, template, 422 if form.faults else 200, matter=matter, form=form, left=left)


def _choosing(request: Asked, db: Db, who: Someone, objection_id: UUID, form: AssignForm) -> Response[str]:
    with who.acting(db) as session:
        matter = see_matter(session, who.actor, objection_id)
        people = candidates_for(session, who.actor, objection_id)
    form.person.choices = [(one.person_id, _called(one)) for one in people if not one.why_not]
    barred = [one for one in people if one.why_not]
    status = 422 if form.faults else 200
    return page(request, "inquiries/investigator.html", status, matter=matter, form=form, barred=barred)


def _called(one: Candidate) -> str:
    return f"{one.name}（{one.where}）" if one.where else one.name


def _paper(request: Asked, db: Db, who: Someone, form: PaperForm) -> Response[str]:
    with who.acting(db) as session:
        lines = posted_lines(session, who.actor, instant(session, who.actor))
    named = [(str(one.id), f"{one.name}（{one.group_name}）　{one.title}") for one in lines]
    form.line.choices = [("", "请选择"), *named]
    return page(request, "inquiries/paper.html", 422 if form.faults else 200, form=form, lines=lines)


HANDLERS = [inquiries, paper, enter, inquiry, confirm, choose, assign, ask_findings, write_findings]
