"""Acts: what administrators change, each by a use case that writes it into the history; never by sqladmin."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from hmac import compare_digest
from typing import Any, cast
from uuid import UUID

from anyio.to_thread import run_sync
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from wtforms import DateField, Form, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from services.admin.cookies import form_key
from services.admin.listings import may, who_asks
from services.admin.rows import Holding, Person, Unit
from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.db.session import Db
from shared.domain.errors import Invalid, Refusal
from shared.domain.records import MemberClass
from shared.usecases.administrations import (
    BELOW,
    GIVEN,
    end_role,
    enter_member,
    enter_person,
    found_unit,
    give_role,
)
from shared.usecases.delegations import appoint_acting
from shared.usecases.members import Particulars
from shared.usecases.places import enter_as, instant

Do = Callable[[Session, Actor, UUID, Any, datetime], object]
NEEDED = InputRequired("请填写这一项。")
CHOOSE = ("", "请选择")
# Under which the list that follows an act is told of it.
DONE = "done"
SHORT = Length(max=80, message="这一项最多 80 个字。")


class Written(Form):
    """A form of the panel; refusals that belong to no field stand above it."""

    class Meta:
        locales = ("zh",)


class UnitForm(Written):
    """A unit to be founded below another."""

    kind = SelectField("种类", choices=[(str(kind), word) for kind, word in BELOW.items()])
    name = StringField("名称", [NEEDED, SHORT])
    code = StringField("编码", [NEEDED, SHORT], description="全县不能重复，党员登录和公示网址里要用，如 tp-sg。")
    telephone = StringField("联系电话", [Optional(), SHORT])


class PersonForm(Written):
    """Somebody who is to hold an office here."""

    name = StringField("姓名", [NEEDED, SHORT])
    telephone = StringField("电话", [NEEDED, SHORT], description="用来登录，登记后这里不再显示。")


class MemberForm(Written):
    """A member of the branch."""

    name = StringField("姓名", [NEEDED, SHORT])
    member_no = StringField("党员编号", [NEEDED, SHORT])
    class_ = SelectField("类别", choices=[(str(one), str(one)) for one in MemberClass])
    birth_date = DateField("出生日期", [NEEDED])
    telephone = StringField("电话", [Optional(), SHORT], description="用来登录，登记后这里不再显示。")


class OfficeForm(Written):
    """An office of one of the units below."""

    unit = SelectField("在哪个单位", [NEEDED])
    role = SelectField("职务", [NEEDED], choices=[CHOOSE, *GIVEN.items()])


class RoleForm(OfficeForm):
    """A role for somebody."""

    since = DateField("从哪天起", [NEEDED])
    department = StringField("部门", [Optional(), SHORT], description="只有分部门审核的干部要填。")


class ActingForm(OfficeForm):
    """A role for somebody until a day: nobody holds it, or its holder is away."""

    until = DateField("代理到哪一天", [NEEDED], description="从今天起，最多半年，到期自动结束。")
    reason = StringField("为什么代理", [NEEDED, SHORT])


class EndForm(Written):
    """The last day of a role."""

    until = DateField("任职的最后一天", [NEEDED], description="写昨天，马上结束。")


def _found(session: Session, actor: Actor, row_id: UUID, form: UnitForm, now: datetime) -> object:
    given = (form.kind.data, _text(form.name), _text(form.code), _text(form.telephone))
    return found_unit(session, actor, row_id, *given, now)


def _person(session: Session, actor: Actor, row_id: UUID, form: PersonForm, now: datetime) -> object:
    return enter_person(session, actor, row_id, _text(form.name), _text(form.telephone), now)


def _member(session: Session, actor: Actor, row_id: UUID, form: MemberForm, now: datetime) -> object:
    particulars = Particulars(
        member_no=_text(form.member_no),
        name=_text(form.name),
        name_sort=_text(form.name),
        class_=form.class_.data,
        birth_date=_day(form.birth_date),
        telephone=_text(form.telephone) or None,
    )
    return enter_member(session, actor, row_id, particulars, now)


def _give(session: Session, actor: Actor, row_id: UUID, form: RoleForm, now: datetime) -> object:
    unit_id, role, since = UUID(form.unit.data), form.role.data, _day(form.since)
    return give_role(session, actor, row_id, unit_id, role, since, _text(form.department), now)


def _act_as(session: Session, actor: Actor, row_id: UUID, form: ActingForm, now: datetime) -> object:
    unit_id, until = UUID(form.unit.data), _day(form.until)
    return appoint_acting(session, actor, row_id, unit_id, form.role.data, until, _text(form.reason), now)


def _end(session: Session, actor: Actor, row_id: UUID, form: EndForm, now: datetime) -> object:
    return end_role(session, actor, row_id, _day(form.until), now)


@dataclass(frozen=True, slots=True)
class Act:
    """Something that is done with a row: `of` is the kind of row, `name` its word in the address."""

    name: str
    title: str
    action: Action
    of: type[Any]
    form: type[Written]
    do: Do

    @property
    def path(self) -> str:
        """The address of the form, but for the row's id."""
        return f"/acts/{self.name}"


ACTS = (
    Act("found", "在下面设立单位", Action.UNIT_FOUND, Unit, UnitForm, _found),
    Act("person", "登记人员", Action.MEMBER_ENROL, Unit, PersonForm, _person),
    Act("member", "登记党员", Action.MEMBER_ENROL, Unit, MemberForm, _member),
    Act("give", "任命", Action.ROLE_GRANT, Person, RoleForm, _give),
    Act("acting", "任命代理", Action.ROLE_GRANT, Person, ActingForm, _act_as),
    Act("end", "结束任职", Action.ROLE_GRANT, Holding, EndForm, _end),
)


@dataclass(frozen=True, slots=True)
class Desk:
    """Where acts are done: `db` writes as the application, `shown` reads as the panel."""

    db: Db
    shown: Db
    secret: bytes

    def routes(self) -> list[Route]:
        """Return one address for each act."""
        return [
            Route(f"{act.path}/{{row_id:uuid}}", self._handler(act), methods=["GET", "POST"], name=act.name)
            for act in ACTS
        ]

    def _handler(self, act: Act) -> Callable[[Request], Any]:
        async def handle(request: Request) -> Response:
            if not may(request, act.action):
                raise HTTPException(403)
            row = await run_sync(self._row, act, request.path_params["row_id"])
            if row is None:
                raise HTTPException(404)
            return await self._done(request, act, row)

        return handle

    async def _done(self, request: Request, act: Act, row: Any) -> Response:
        posted = await request.form(max_files=0, max_fields=20)
        form = await run_sync(self._form, act, posted if request.method == "POST" else None)
        faults: tuple[str, ...] = ()
        if request.method == "POST":
            if not compare_digest(str(posted.get("form_key", "")), form_key(self.secret, request)):
                raise HTTPException(403)
            if form.validate():
                faults = await run_sync(self._do, act, who_asks(request).actor, row.id, form)
                if not faults:
                    return RedirectResponse(f"/{act.of.__tablename__}/list?{DONE}={act.name}", 303)
        status = 422 if faults or form.errors else 200
        given = {"act": act, "row": row, "form": form, "faults": faults}
        templates = request.app.state.templates
        answer: Response = await templates.TemplateResponse(request, "act.html", given, status)
        return answer

    def _row(self, act: Act, row_id: UUID) -> Any:
        with self.shown() as session:
            return session.get(act.of, row_id)

    def _form(self, act: Act, posted: Any) -> Written:
        form = act.form(posted)
        if isinstance(form, OfficeForm):
            with self.shown() as session:
                units = session.execute(select(Unit.id, Unit.name).order_by(Unit.code))
                form.unit.choices = [CHOOSE, *((str(unit_id), name) for unit_id, name in units)]
        return form

    def _do(self, act: Act, actor: Actor, row_id: UUID, form: Written) -> tuple[str, ...]:
        """Do it in one transaction; return what is wrong, or nothing."""
        try:
            with self.db.begin() as session:
                enter_as(session, actor)
                act.do(session, actor, row_id, form, instant(session, actor))
        except Invalid as invalid:
            return invalid.faults
        except Refusal as refusal:
            return (str(refusal),)
        return ()


def done_before(request: Request) -> str:
    """Return what has just been done, as the page that follows says it; nothing for a page opened by itself."""
    return next((act.title for act in ACTS if act.name == request.query_params.get(DONE)), "")


def _text(field: StringField) -> str:
    return (field.data or "").strip()


def _day(field: DateField) -> date:
    return cast(date, field.data)
