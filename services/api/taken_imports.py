"""Taken imports: the results of an appraisal that the unit already runs, taken over into a round."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import SelectField

from services.api.import_files import UPLOAD_BYTES, FileForm, grid_of
from services.api.web.acts import attempt
from services.api.web.checks import filled
from services.api.web.downloads import attachment
from services.api.web.envelope import Asked
from services.api.web.forms import Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Who
from shared.authz.actions import Action
from shared.domain.errors import Invalid, NotFound
from shared.domain.imports import ImportKind
from shared.domain.rules import Item
from shared.domain.taken_lists import TAKEN_LIST
from shared.papers.templates import XLSX, template_of
from shared.usecases.taken_imports import prepared_results, see_sources
from shared.usecases.uploads import upload

ENTER = for_action(Action.RECORD_ENTER)


class ResultsForm(FileForm):
    """Which appraisal, and the spreadsheet of its results."""

    item = SelectField("哪一项考核的结果？", [filled("请选择是哪一项考核的结果")], validate_choice=False)


@get("/rounds/{round_id:uuid}/taken", opt=ENTER, sync_to_thread=True)
def asked(request: Asked, db: Db, who: Who, round_id: FromPath[UUID]) -> Response[str]:
    """Offer the list of names and ask for the results."""
    with who.acting(db) as session:
        items = see_sources(session, who.actor, round_id)
    return _asked(request, round_id, _fitted(ResultsForm(), items))


@get("/rounds/{round_id:uuid}/taken/template", opt=ENTER, sync_to_thread=True)
def prepared(db: Db, who: Who, round_id: FromPath[UUID]) -> Response[bytes]:
    """Hand out a sheet with the branch's members in it."""
    with who.acting(db) as session:
        rows = prepared_results(session, who.actor, round_id)
    return attachment(template_of("考核结果", TAKEN_LIST, rows), "考核结果.xlsx", XLSX)


@post("/rounds/{round_id:uuid}/taken", opt=ENTER, request_max_body_size=UPLOAD_BYTES, sync_to_thread=True)
def take(request: Asked, db: Db, who: Who, sent: Sent, round_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Take the results in, and go on to what would become of them."""
    with who.acting(db) as session:
        items = see_sources(session, who.actor, round_id)
    form = _fitted(ResultsForm(sent), items)
    try:
        name, grid = grid_of(sent)
    except Invalid as refusal:
        form.refuse(refusal)
        return _asked(request, round_id, form)

    def act(session: Session, now: datetime) -> str:
        about = {"item": form.item.data}
        made = upload(session, who.actor, ImportKind.TAKEN, name, grid, now, round_id, about)
        return f"/jobs/{made.job_id}" if made.job_id else f"/imports/{made.id}"

    return attempt(db, who, form, act) or _asked(request, round_id, form)


def _fitted(form: ResultsForm, items: Mapping[str, Item]) -> ResultsForm:
    if not items:
        raise NotFound("积分细则里没有取自已有考核的条款。")
    named = [(key, f"{item.taken_from}（计入“{item.title}”）") for key, item in items.items()]
    form.item.choices = [("", "请选择"), *named]
    return form


def _asked(request: Asked, round_id: UUID, form: ResultsForm) -> Response[str]:
    return page(
        request,
        "imports/new.html",
        422 if form.faults else 200,
        address=f"/rounds/{round_id}/taken",
        above=f"/rounds/{round_id}/records",
        noun="考核结果",
        columns=[column for column in TAKEN_LIST if column.note],
        out=False,
        form=form,
    )


HANDLERS = [asked, prepared, take]
