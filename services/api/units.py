"""Units: the tree on any day, what each unit has been, and the decisions that change it from a day on."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import SelectField, StringField, TextAreaField

from services.api.web.acts import attempt
from services.api.web.checks import chosen, filled, given, readable, short
from services.api.web.envelope import Asked
from services.api.web.fields import DayField, identity
from services.api.web.forms import Form, Posted, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action, proven
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.domain.reorganisations import WORDS, Change, Plan
from shared.domain.units import ABOVE, UnitKind
from shared.domain.units import WORDS as KINDS
from shared.usecases.administrations import found_unit
from shared.usecases.reorganisations import call_off, decide_reorganisation
from shared.usecases.trees import Tree, places_for, see_tree, see_unit

SEE, REORGANISE = for_action(Action.UNIT_SEE), for_action(Action.UNIT_REORGANISE)
FOUND = for_action(Action.UNIT_FOUND)


class OnForm(Form):
    """As of which day the tree is shown."""

    on = DayField("看哪一天的组织？", [readable("请写完整的年、月、日")])


class FoundForm(Form):
    """A new unit below another."""

    kind = SelectField("种类", [filled("请选择种类")])
    name = StringField("名称", [filled("请填写名称"), short(40)])
    code = StringField("编码", [filled("请填写编码"), short(20)], description="全县不重复，公示栏的网址里会用到。")
    telephone = StringField("电话", [readable("电话只写数字"), short(20)], render_kw={"inputmode": "tel"})


class DecisionForm(Form):
    """A decision about a unit: by which document, from which day."""

    day = DayField("从哪一天起？", [filled("请填写从哪一天起")], description="今天，或以后的一天。")
    document = StringField("批准的文号或会议记录编号", [filled("请填写文号或会议记录编号"), short(40)])


class RenameForm(DecisionForm):
    """The new name."""

    name = StringField("新的名称", [filled("请填写新的名称"), short(40)])


class ToForm(DecisionForm):
    """Where it goes: below which unit, or into which branch."""

    to = SelectField("划到哪个单位？", [chosen("请从名单里选择")], coerce=identity)


class SplitForm(DecisionForm):
    """The new branch, and who goes over to it."""

    name = StringField("新支部的名称", [filled("请填写新支部的名称"), short(40)])
    code = StringField("新支部的编码", [filled("请填写新支部的编码"), short(20)])
    members = TextAreaField(
        "分到新支部的党员编号",
        [filled("请填写党员编号")],
        description="一行一个，照批复的名单填写。",
        render_kw={"rows": 6},
    )


FORMS: dict[Change, type[DecisionForm]] = {
    Change.RENAME: RenameForm,
    Change.MOVE: ToForm,
    Change.MERGE: ToForm,
    Change.SPLIT: SplitForm,
    Change.DISSOLVE: DecisionForm,
}


@get("/units", opt=SEE, sync_to_thread=True)
def units(request: Asked, db: Db, who: Who, on: FromQuery[list[str] | None] = None) -> Response[str]:
    """Show the tree as it stands, or as it stood on a day."""
    asked = OnForm(Posted({"on": on})) if on else OnForm()
    day = asked.on.data if on and asked.validate() else None
    with who.acting(db) as session:
        return _tree(request, see_tree(session, who.actor, day), asked)


@get("/units/{unit_id:uuid}", opt=SEE, sync_to_thread=True)
def unit(request: Asked, db: Db, who: Who, unit_id: FromPath[UUID]) -> Response[str]:
    """Show a unit with what it has been."""
    with who.acting(db) as session:
        return page(request, "units/show.html", one=see_unit(session, who.actor, unit_id), changes=WORDS)


@get("/units/{unit_id:uuid}/new", opt=FOUND, sync_to_thread=True)
def begin(request: Asked, db: Db, who: Who, unit_id: FromPath[UUID]) -> Response[str]:
    """Ask for a new unit below one."""
    with who.acting(db) as session:
        form = FoundForm.opened(session, who.actor, request.url.path)
    return _founding(request, db, who, unit_id, form)


@post("/units/{unit_id:uuid}/new", opt=FOUND, sync_to_thread=True)
def found(request: Asked, db: Db, who: Who, sent: Sent, unit_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Found a unit below another."""
    form = FoundForm(sent)
    form.kind.choices = list(_kinds_below(db, who, unit_id))

    def act(session: Session, now: datetime) -> str:
        made = found_unit(
            session, who.actor, unit_id, given(form.kind.data), given(form.name.data), given(form.code.data),
            form.telephone.data or "", now,
        )  # fmt: skip
        return f"/units/{made.id}"

    return attempt(db, who, form, act) or _founding(request, db, who, unit_id, form)


@get("/units/{unit_id:uuid}/{change:str}", opt=REORGANISE, sync_to_thread=True)
def consider(request: Asked, db: Db, who: Who, unit_id: FromPath[UUID], change: FromPath[Change]) -> Response[str]:
    """Ask what is to be decided about a unit."""
    with who.acting(db) as session:
        today = see_unit(session, who.actor, unit_id).today
        form = FORMS[change].opened(session, who.actor, request.url.path, day=today)
    return _deciding(request, db, who, unit_id, change, form)


@post("/units/{unit_id:uuid}/{change:str}", opt=proven(REORGANISE), sync_to_thread=True)
def decide(
    request: Asked, db: Db, who: Who, sent: Sent, unit_id: FromPath[UUID], change: FromPath[Change]
) -> Response[str] | Redirect:
    """Decide about a unit: at once, or from a later day."""
    form = FORMS[change](sent)
    _offer(db, who, unit_id, change, form)

    def act(session: Session, now: datetime) -> str:
        decide_reorganisation(session, who.actor, unit_id, _plan(change, form), now)
        return f"/units/{unit_id}"

    return attempt(db, who, form, act) or _deciding(request, db, who, unit_id, change, form)


@post("/units/decisions/{decision_id:uuid}/call-off", opt=REORGANISE, sync_to_thread=True)
def stop(request: Asked, db: Db, who: Who, sent: Sent, decision_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Call a decision off before its day."""
    form = Form(sent)

    def act(session: Session, now: datetime) -> str:
        call_off(session, who.actor, decision_id, now)
        return "/units"

    done = attempt(db, who, form, act)
    if done:
        return done
    with who.acting(db) as session:
        return _tree(request, see_tree(session, who.actor), form)


def _tree(request: Asked, tree: Tree, form: Form) -> Response[str]:
    asked = form if isinstance(form, OnForm) else OnForm()
    asked.on.data = asked.on.data or tree.day
    status = 422 if form.faults else 200
    return page(request, "units/list.html", status, tree=tree, asked=asked, form=form, changes=WORDS)


def _plan(change: Change, form: DecisionForm) -> Plan:
    data = form.data
    return Plan(
        change=change,
        day=given(form.day.data),
        document=given(form.document.data),
        to_unit_id=data.get("to"),
        name=(data.get("name") or "").strip(),
        code=(data.get("code") or "").strip(),
        members=tuple(dict.fromkeys((data.get("members") or "").split())),
    )


def _deciding(
    request: Asked, db: Db, who: Someone, unit_id: UUID, change: Change, form: DecisionForm
) -> Response[str]:
    _offer(db, who, unit_id, change, form)
    with who.acting(db) as session:
        one = see_unit(session, who.actor, unit_id)
    status = 422 if form.faults else 200
    return page(request, "units/decide.html", status, one=one, change=change, word=WORDS[change], form=form)


def _offer(db: Db, who: Someone, unit_id: UUID, change: Change, form: DecisionForm) -> None:
    """Put what may be chosen into the form: units above for a move, branches for a merger."""
    if not isinstance(form, ToForm):
        return
    with who.acting(db) as session:
        kind = UnitKind(see_unit(session, who.actor, unit_id).unit.kind)
        kinds = [UnitKind.BRANCH] if change is Change.MERGE else list(ABOVE[kind])
        places = places_for(session, who.actor, unit_id, kinds)
    form.to.choices = [(one.id, one.name) for one in places]
    form.to.label.text = "并入哪个党支部？" if change is Change.MERGE else "划到哪个单位？"


def _founding(request: Asked, db: Db, who: Someone, unit_id: UUID, form: FoundForm) -> Response[str]:
    form.kind.choices = list(_kinds_below(db, who, unit_id))
    with who.acting(db) as session:
        one = see_unit(session, who.actor, unit_id)
    return page(request, "units/new.html", 422 if form.faults else 200, one=one, form=form)


def _kinds_below(db: Db, who: Someone, unit_id: UUID) -> Sequence[tuple[str, str]]:
    with who.acting(db) as session:
        above = UnitKind(see_unit(session, who.actor, unit_id).unit.kind)
    return [(str(kind), word) for kind, word in KINDS.items() if above in ABOVE[kind]]


HANDLERS = [units, unit, begin, found, consider, decide, stop]
