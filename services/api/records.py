"""Records: what officers enter themselves; a meeting's attendance or one item on one screen, for all members."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import SelectField, StringField, TextAreaField

from services.api.web.acts import attempt
from services.api.web.checks import filled, given, short
from services.api.web.envelope import Asked
from services.api.web.fields import DayField
from services.api.web.forms import Form, Posted, Sent
from services.api.web.pages import here, page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.domain.deeds import Deed
from shared.domain.errors import Invalid, NotFound
from shared.domain.rules import AGAINST, Item
from shared.usecases.records import enter_record, enter_records
from shared.usecases.registers import Sheet, items_on, needs_points, see_sheet

ENTER = for_action(Action.RECORD_ENTER)
CAME = {"present": "到会", "leave": "请假", "absent": "缺席"}
ROW = "m-"


class SheetForm(Form):
    """A day, what happened on it, and a mark in each member's row; `marks` are the rows, by member."""

    happened_on = DayField("是哪一天的事？", [filled("请填写是哪一天的事")])
    text = StringField("是什么事？", [filled("请写明是什么事"), short(200)])

    def __init__(self, posted: Posted | None = None, **values: Any) -> None:
        super().__init__(posted, **values)
        self.marks: Mapping[str, str] = (
            {name.removeprefix(ROW): posted.one(name).strip() for name in posted if name.startswith(ROW)}
            if posted
            else {}
        )

    def marked(self) -> Sequence[tuple[UUID, str]]:
        """Return the members in whose rows something stands, with what does."""
        try:
            return [(UUID(member), mark) for member, mark in self.marks.items() if mark]
        except ValueError:
            raise NotFound("没有这样的记录。") from None


class MeetingForm(SheetForm):
    """Who came to a meeting, and what is entered for whoever came, was excused, or stayed away."""

    text = StringField("什么会议？", [filled("请写明是什么会议"), short(200)], description="例如 3月支部党员大会")
    present = SelectField("到会的登记")
    leave = SelectField("请假的登记")
    absent = SelectField("缺席的登记")


class ItemForm(SheetForm):
    """One item for several members; a minute where a body has to have decided it."""

    decision = StringField("会议记录编号", [short(60)])


class DeductionForm(Form):
    """What counts against one member, entered one by one: the member is told at once."""

    member = SelectField("登记谁？", validate_choice=False, validators=[filled("请选择登记谁")])
    happened_on = DayField("是哪一天的事？", [filled("请填写是哪一天的事")])
    text = TextAreaField("是什么事？", [filled("请写明是什么事"), short(300)], render_kw={"maxlength": 300})
    points = StringField("扣多少分？")
    decision = StringField("会议记录编号", [short(60)])


@get("/rounds/{round_id:uuid}/records/meeting", opt=ENTER, sync_to_thread=True)
def meeting(
    request: Asked, db: Db, who: Who, round_id: FromPath[UUID], group: FromQuery[UUID | None] = None
) -> Response[str]:
    """Show everybody on one sheet, present until somebody says otherwise."""
    with who.acting(db) as session:
        sheet = see_sheet(session, who.actor, round_id, group)
        form = MeetingForm.opened(session, who.actor, here(request))
    return _sheet(request, who, sheet, _fitted(form, sheet), "records/meeting.html")


@post("/rounds/{round_id:uuid}/records/meeting", opt=ENTER, sync_to_thread=True)
def enter_meeting(
    request: Asked,
    db: Db,
    who: Who,
    sent: Sent,
    round_id: FromPath[UUID],
    group: FromQuery[UUID | None] = None,
) -> Response[str] | Redirect:
    """Enter a meeting's attendance in one go."""
    with who.acting(db) as session:
        sheet = see_sheet(session, who.actor, round_id, group)
    form = _fitted(MeetingForm(sent), sheet)

    def act(session: Session, now: datetime) -> str:
        items = {"present": form.present.data, "leave": form.leave.data, "absent": form.absent.data}
        day, text = given(form.happened_on.data), given(form.text.data)
        deeds = [
            (member, Deed(items[mark], day, f"{text}（{CAME[mark]}）"))
            for member, mark in form.marked()
            if items.get(mark)
        ]
        return _entered(session, who, round_id, deeds, now)

    done = attempt(db, who, form, act)
    return done or _sheet(request, who, sheet, form, "records/meeting.html")


@get("/rounds/{round_id:uuid}/records/items/{item:str}", opt=ENTER, sync_to_thread=True)
def item(
    request: Asked,
    db: Db,
    who: Who,
    round_id: FromPath[UUID],
    item: FromPath[str],
    group: FromQuery[UUID | None] = None,
) -> Response[str]:
    """Show the sheet of one item; one member at a time for what counts against them."""
    with who.acting(db) as session:
        sheet = see_sheet(session, who.actor, round_id, group)
        kind = DeductionForm if _item(sheet, item).kind in AGAINST else ItemForm
        form = kind.opened(session, who.actor, here(request))
    return _of_item(request, who, sheet, _item(sheet, item), form)


@post("/rounds/{round_id:uuid}/records/items/{item:str}", opt=ENTER, sync_to_thread=True)
def enter_item(
    request: Asked,
    db: Db,
    who: Who,
    sent: Sent,
    round_id: FromPath[UUID],
    item: FromPath[str],
    group: FromQuery[UUID | None] = None,
) -> Response[str] | Redirect:
    """Enter one item for everybody who is marked, or one deduction."""
    with who.acting(db) as session:
        sheet = see_sheet(session, who.actor, round_id, group)
    chosen = _item(sheet, item)
    form = DeductionForm(sent) if chosen.kind in AGAINST else ItemForm(sent)

    def act(session: Session, now: datetime) -> str:
        if isinstance(form, ItemForm):
            deeds = [(member, _deed(form, chosen, mark)) for member, mark in form.marked()]
            return _entered(session, who, round_id, deeds, now)
        member = next((m for m in sheet.members if str(m.id) == form.member.data), None)
        if member is None:
            raise Invalid("请选择登记谁。")
        enter_record(session, who.actor, round_id, member.id, _deed(form, chosen, form.points.data or ""), now)
        return f"/rounds/{round_id}/records"

    return attempt(db, who, form, act) or _of_item(request, who, sheet, chosen, form)


def _sheet(request: Asked, who: Someone, sheet: Sheet, form: Form, template: str, **more: Any) -> Response[str]:
    status = 422 if form.faults else 200
    me = who.actor.person_id
    return page(request, template, status, sheet=sheet, form=form, came=CAME, me=me, **more)


def _of_item(request: Asked, who: Someone, sheet: Sheet, item: Item, form: Form) -> Response[str]:
    if isinstance(form, DeductionForm):
        names = [
            (str(m.id), f"{m.name}（{m.member_no}）") for m in sheet.members if m.person_id != who.actor.person_id
        ]
        form.member.choices = [("", "请选择"), *names]
        template = "records/deduction.html"
    else:
        template = "records/item.html"
    return _sheet(request, who, sheet, form, template, item=item, pointed=needs_points(item))


def _fitted(form: MeetingForm, sheet: Sheet) -> MeetingForm:
    """Offer what a meeting may be entered as: items without points of their own and without a decision."""
    good, bad = items_on(sheet.book, sheet.round.last_day)
    plain = [("", "不登记")]
    form.present.choices = plain + [(one.id, one.title) for one in good if not (needs_points(one) or one.decision)]
    form.leave.choices = form.present.choices
    form.absent.choices = plain + [(one.id, one.title) for one in bad if not (needs_points(one) or one.decision)]
    return form


def _item(sheet: Sheet, item: str) -> Item:
    found = sheet.book.items.get(item)
    if found is None or found.replaces:
        raise NotFound("细则里没有可以登记的这一项。")
    return found


def _deed(form: ItemForm | DeductionForm, item: Item, mark: str) -> Deed:
    points = _points(mark) if needs_points(item) else None
    day, text = given(form.happened_on.data), given(form.text.data)
    return Deed(item.id, day, text, points, decision=form.decision.data or None)


def _points(written: str) -> Decimal:
    try:
        return Decimal(written.strip())
    except InvalidOperation:
        raise Invalid(f"“{written}”不是分数：请填数字，例如 2 或 0.5。") from None


def _entered(
    session: Session, who: Someone, round_id: UUID, deeds: Sequence[tuple[UUID, Deed]], now: datetime
) -> str:
    if not deeds:
        raise Invalid("没有要登记的：请选好登记哪一项，并至少标出一个人。")
    enter_records(session, who.actor, round_id, deeds, now)
    return f"/rounds/{round_id}/records"


HANDLERS = [meeting, enter_meeting, item, enter_item]
