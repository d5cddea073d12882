"""Departures, and joining from outside: forms by which a secretary enters who comes and who leaves for good."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import BooleanField, RadioField, SelectField, StringField

from services.api.web.acts import attempt
from services.api.web.checks import filled, given, short
from services.api.web.envelope import Asked
from services.api.web.fields import DayField, identity_or_none
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.domain.records import MemberClass
from shared.domain.strokes import sort_key
from shared.domain.transfers import JOINED, LEFT, Joining, Leaving
from shared.domain.windows import local_day
from shared.usecases.departures import join, leave
from shared.usecases.members import Particulars
from shared.usecases.places import instant
from shared.usecases.rosters import groups_of, see_member

JOIN, LEAVE = for_action(Action.MEMBER_JOIN), for_action(Action.MEMBER_LEAVE)


class JoinForm(Form):
    """Who joins the branch, and how."""

    how = RadioField(
        "怎样来的？",
        [filled("请选择怎样来的")],
        choices=[(str(one), word) for one, word in JOINED.items() if one is not Joining.TRANSFERRED],
        description="从本县其他支部来的，请原支部提出转接，在“党员变动”里接收。",
    )
    name = StringField("姓名", [filled("请填写姓名"), short(40)])
    number = StringField("在本支部的编号", [filled("请填写编号"), short(20)])
    class_ = SelectField("类别", choices=[(str(one), str(one)) for one in MemberClass], name="class")
    birth_date = DayField("出生日期", [filled("请填写出生日期")])
    telephone = StringField("电话", [short(20)], render_kw={"inputmode": "tel"}, description="可以不填。")
    group = SelectField("编入哪个党小组？", coerce=identity_or_none)
    day = DayField(
        "从哪一天起？", [filled("请填写从哪一天起")], description="接收为预备党员的日期，或转入的日期。"
    )
    probationary = BooleanField("是预备党员")


class LeaveForm(Form):
    """How somebody has left, on which last day, by whose decision."""

    how = RadioField(
        "怎样离开的？",
        [filled("请选择怎样离开的")],
        choices=[(str(one), word) for one, word in LEFT.items() if one is not Leaving.TRANSFERRED],
    )
    last_day = DayField(
        "最后一天", [filled("请填写最后一天")], description="这一天还是本支部的党员，第二天起不是。"
    )
    minute = StringField("批准的文号或会议记录编号", [short(40)], description="去世和转到外县的可以不填。")


@get("/changes/join", opt=JOIN, sync_to_thread=True)
def begin(request: Asked, db: Db, who: Who) -> Response[str]:
    """Ask who joins."""
    with who.acting(db) as session:
        today = local_day(instant(session, who.actor))
        form = JoinForm.opened(session, who.actor, request.url.path, day=today)
    return _joining(request, db, who, form)


@post("/changes/join", opt=JOIN, sync_to_thread=True)
def enter(request: Asked, db: Db, who: Who, sent: Sent) -> Response[str] | Redirect:
    """Enter who joins."""
    form = JoinForm(sent)
    form.group.choices = _groups(db, who)

    def act(session: Session, now: datetime) -> str:
        member = join(session, who.actor, _particulars(form), Joining(form.how.data), now)
        return f"/members/{member.id}"

    return attempt(db, who, form, act) or _joining(request, db, who, form)


@get("/members/{member_id:uuid}/leave", opt=LEAVE, sync_to_thread=True)
def consider(request: Asked, db: Db, who: Who, member_id: FromPath[UUID]) -> Response[str]:
    """Ask how somebody has left."""
    with who.acting(db) as session:
        form = LeaveForm.opened(session, who.actor, request.url.path)
    return _leaving(request, db, who, member_id, form)


@post("/members/{member_id:uuid}/leave", opt=LEAVE, sync_to_thread=True)
def depart(request: Asked, db: Db, who: Who, sent: Sent, member_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Write down that somebody has left."""
    form = LeaveForm(sent)

    def act(session: Session, now: datetime) -> str:
        how, last_day = Leaving(form.how.data), given(form.last_day.data)
        leave(session, who.actor, member_id, how, last_day, form.minute.data or "", now)
        return f"/members/{member_id}"

    return attempt(db, who, form, act) or _leaving(request, db, who, member_id, form)


def _particulars(form: JoinForm) -> Particulars:
    name = given(form.name.data).strip()
    return Particulars(
        member_no=given(form.number.data).strip(),
        name=name,
        name_sort=sort_key(name),
        class_=given(form.class_.data),
        birth_date=given(form.birth_date.data),
        group_id=form.group.data,
        telephone=form.telephone.data or None,
        present_from=form.day.data,
        probationary=bool(form.probationary.data),
    )


def _joining(request: Asked, db: Db, who: Someone, form: JoinForm) -> Response[str]:
    form.group.choices = _groups(db, who)
    return page(request, "departures/join.html", 422 if form.faults else 200, form=form)


def _leaving(request: Asked, db: Db, who: Someone, member_id: UUID, form: LeaveForm) -> Response[str]:
    with who.acting(db) as session:
        one = see_member(session, who.actor, member_id)
    return page(request, "departures/leave.html", 422 if form.faults else 200, one=one, form=form)


def _groups(db: Db, who: Someone) -> list[tuple[str, str]]:
    with who.acting(db) as session:
        groups = groups_of(session, who.actor)
    return [("", "先不编组"), *((str(group.id), group.name) for group in groups)]


HANDLERS = [begin, enter, consider, depart]
