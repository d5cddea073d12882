"""Lines: the committee's table, what was asked, by rule and what a cap cut; differences with their reasons."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import HiddenField, StringField

from services.api.rulings import stage_of
from services.api.web.acts import attempt
from services.api.web.checks import filled, given, short
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Posted, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action, proven
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.domain.errors import Invalid
from shared.usecases.confirmations import compile_lines, confirm_lines
from shared.usecases.lines import Difference
from shared.usecases.preliminaries import Table, propose_as_seen, see_proposals

SEE, PROPOSE, CONFIRM = (for_action(a) for a in (Action.LINE_SEE, Action.LINE_PROPOSE, Action.LINE_CONFIRM))
# The boxes of a row carry the member's number: short, and one in the branch.
POINTS, REASON = "p-", "r-"
PAGE = 100


class TableForm(Form):
    """The committee's figures where they differ, by member's number, and how the table stood when it was read."""

    stage = HiddenField()
    pending = HiddenField()

    def __init__(self, posted: Posted | None = None, **values: Any) -> None:
        super().__init__(posted, **values)
        self.boxes: Mapping[str, str] = {name: posted.one(name).strip() for name in posted} if posted else {}

    def differences(self, table: Table) -> dict[UUID, Difference]:
        """Return the figures that differ from the rule's, by member; Invalid with every fault at once."""
        faults, found = [], {}
        for one in table.pending:
            written = self.boxes.get(f"{POINTS}{one.line.member_no}", "")
            points = _points(written)
            if written and points is None:
                faults.append(
                    f"{one.line.name}（{one.line.member_no}）：“{written}”不是分数，请填数字，例如 2 或 0.5。"
                )
            elif points is not None and points != one.by_rule:
                reason = self.boxes.get(f"{REASON}{one.line.member_no}", "")
                found[one.line.member_id] = Difference(points, reason)
        if faults:
            raise Invalid(*faults)
        return found


class ConfirmForm(Form):
    """The branch's confirmation, with its minute."""

    minute = StringField("会议记录编号", [filled("请填写会议记录编号"), short(60)])


@get("/rounds/{round_id:uuid}/lines", opt=SEE, sync_to_thread=True)
def lines(
    request: Asked,
    db: Db,
    who: Who,
    round_id: FromPath[UUID],
    number: Annotated[int, QueryParameter(name="page")] = 1,
) -> Response[str]:
    """Show the table, a page of it where the branch is large."""
    with who.acting(db) as session:
        table = see_proposals(session, who.actor, round_id)
        form = TableForm.opened(session, who.actor, request.url.path)
    return _table(request, who, table, form, number)


@post("/rounds/{round_id:uuid}/lines", opt=PROPOSE, sync_to_thread=True)
def check(request: Asked, db: Db, who: Who, sent: Sent, round_id: FromPath[UUID]) -> Response[str]:
    """Show what will be proposed, each difference with room for its reason, before anything is."""
    with who.acting(db) as session:
        table = see_proposals(session, who.actor, round_id)
    form = TableForm(sent)
    if sent.one("go"):
        return _table(request, who, table, form, max(stage_of(sent.one("go")), 1))
    return _summary(request, who, table, form)


@post("/rounds/{round_id:uuid}/lines/propose", opt=PROPOSE, sync_to_thread=True)
def put(request: Asked, db: Db, who: Who, sent: Sent, round_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Propose the lines as they stand in the summary."""
    form = TableForm(sent)

    def act(session: Session, now: datetime) -> str:
        table = see_proposals(session, who.actor, round_id)
        differing = form.differences(table)
        _reasoned(table, differing)
        seen = stage_of(form.stage.data), stage_of(form.pending.data)
        propose_as_seen(session, who.actor, round_id, seen, differing, now)
        return f"/rounds/{round_id}/lines"

    done = attempt(db, who, form, act)
    if done is not None:
        return done
    with who.acting(db) as session:
        table = see_proposals(session, who.actor, round_id)
    return _summary(request, who, table, form)


@post("/rounds/{round_id:uuid}/lines/compile", opt=CONFIRM, sync_to_thread=True)
def compile_(request: Asked, db: Db, who: Who, sent: Sent, round_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Reckon the lines for their first publication."""
    form = TableForm(sent)

    def act(session: Session, now: datetime) -> str:
        compile_lines(session, who.actor, round_id, now)
        return f"/rounds/{round_id}/lines"

    return attempt(db, who, form, act) or _again(request, db, who, round_id, form)


@post("/rounds/{round_id:uuid}/lines/confirm", opt=proven(CONFIRM), sync_to_thread=True)
def confirm(request: Asked, db: Db, who: Who, sent: Sent, round_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Confirm the lines after everybody has checked them."""
    form = ConfirmForm(sent)

    def act(session: Session, now: datetime) -> str:
        confirm_lines(session, who.actor, round_id, given(form.minute.data), now)
        return f"/rounds/{round_id}/lines"

    return attempt(db, who, form, act) or _again(request, db, who, round_id, form)


def _again(request: Asked, db: Db, who: Someone, round_id: UUID, form: Form) -> Response[str]:
    with who.acting(db) as session:
        return _table(request, who, see_proposals(session, who.actor, round_id), form)


def _table(request: Asked, who: Someone, table: Table, form: Form, number: int = 1) -> Response[str]:
    confirming = form if isinstance(form, ConfirmForm) else ConfirmForm()
    boxes: Mapping[str, str] = getattr(form, "boxes", {})
    last = max(1, -(-len(table.proposals) // PAGE))
    number = min(max(number, 1), last)
    rows = table.proposals[(number - 1) * PAGE : number * PAGE]
    here = {f"{POINTS}{one.line.member_no}" for one in rows}
    return page(
        request,
        "lines/table.html",
        422 if form.faults else 200,
        table=table,
        form=form,
        confirming=confirming,
        rows=rows,
        number=number,
        last=last,
        boxes=boxes,
        elsewhere={
            name: box for name, box in boxes.items() if box and name.startswith(POINTS) and name not in here
        },
        mine=who.actor.person_id,
    )


def _summary(request: Asked, who: Someone, table: Table, form: TableForm) -> Response[str]:
    try:
        differing = form.differences(table)
    except Invalid as faults:
        if not form.faults:
            form.refuse(faults)
        return _table(request, who, table, form)
    status = 422 if form.faults else 200
    return page(
        request, "lines/summary.html", status, table=table, differing=differing, boxes=form.boxes, form=form
    )


def _reasoned(table: Table, differing: Mapping[UUID, Difference]) -> None:
    names = {one.line.member_id: one.line.name for one in table.pending}
    missing = [names[member] for member, one in differing.items() if not one.reason]
    if missing:
        raise Invalid(*(f"{name}的分数与细则不同，请写明理由。" for name in missing))


def _points(written: str) -> Decimal | None:
    try:
        points = Decimal(written)
    except InvalidOperation:
        return None
    return points if points.is_finite() else None


HANDLERS = [lines, check, put, compile_, confirm]
