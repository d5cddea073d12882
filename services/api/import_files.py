"""Import files: the template to be filled in, the file that comes back, and what is wrong with it as a whole."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import FileField

from services.api.web.acts import attempt
from services.api.web.downloads import attachment
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Posted, Sent
from services.api.web.pages import page
from services.api.web.permissions import SIGNED_IN, for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.domain.errors import Invalid, NotFound
from shared.domain.imports import Grid, ImportKind
from shared.papers.templates import XLSX, template_of
from shared.stores.workbooks import MIB, MOST_BYTES, read_grid
from shared.usecases.deed_imports import prepared
from shared.usecases.exports import DEEDS, LISTS, Listed, deeds_out, list_out
from shared.usecases.imports import columns_of, importer_of
from shared.usecases.places import instant
from shared.usecases.uploads import upload

# Who may import what else is asked of the kind of import, once that is known.
ENTER = for_action(Action.RECORD_ENTER)
UPLOAD_BYTES = MOST_BYTES + 2 * MIB


class FileForm(Form):
    """The spreadsheet that somebody chooses."""

    file = FileField(
        "选择表格",
        description="收 .xlsx、.xls 和 CSV，不超过 10 MB、5 万行。只放一张表，第一行写每一列是什么。",
        render_kw={"accept": ".xlsx,.xls,.csv"},
    )


@get("/imports/new/{kind:str}", opt=SIGNED_IN, sync_to_thread=True)
def new(request: Asked, who: Who, kind: FromPath[str]) -> Response[str]:
    """Offer the template and ask for the file."""
    return _asked(request, who, kind, FileForm())


@get("/imports/new/{kind:str}/template", opt=SIGNED_IN, sync_to_thread=True)
def template(who: Who, kind: FromPath[str]) -> Response[bytes]:
    """Hand out the spreadsheet to be filled in."""
    noun = importer_of(kind).noun
    return attachment(template_of(noun, columns_of(who.actor, kind)), f"{noun}模板.xlsx", XLSX)


@get("/imports/new/{kind:str}/list", opt=SIGNED_IN, sync_to_thread=True)
def list_as_it_stands(db: Db, who: Who, kind: FromPath[str]) -> Response[bytes]:
    """Hand out what is there, in the columns in which it comes in."""
    with who.acting(db) as session:
        return _handed_out(list_out(session, who.actor, kind, instant(session, who.actor)))


def _handed_out(found: Listed) -> Response[bytes]:
    return attachment(template_of(found.noun, found.columns, found.rows), f"{found.noun}.xlsx", XLSX)


@get("/rounds/{round_id:uuid}/imports/{kind:str}/list", opt=ENTER, sync_to_thread=True)
def deeds_as_they_stand(db: Db, who: Who, round_id: FromPath[UUID], kind: FromPath[str]) -> Response[bytes]:
    """Hand out what has been entered in a round, or claimed."""
    with who.acting(db) as session:
        return _handed_out(deeds_out(session, who.actor, round_id, kind, instant(session, who.actor)))


@get("/rounds/{round_id:uuid}/imports/{kind:str}", opt=ENTER, sync_to_thread=True)
def new_of_round(request: Asked, who: Who, round_id: FromPath[UUID], kind: FromPath[str]) -> Response[str]:
    """Offer the prepared sheet of a round and ask for the file."""
    return _asked(request, who, kind, FileForm(), round_id)


@get("/rounds/{round_id:uuid}/imports/{kind:str}/template", opt=ENTER, sync_to_thread=True)
def prepared_sheet(db: Db, who: Who, round_id: FromPath[UUID], kind: FromPath[str]) -> Response[bytes]:
    """Hand out a sheet with the branch's members in it, and the items of its book to choose from."""
    noun = importer_of(kind).noun
    with who.acting(db) as session:
        columns, rows = prepared(session, who.actor, round_id, claims=kind == ImportKind.CLAIMS)
    return attachment(template_of(noun, columns, rows), f"{noun}.xlsx", XLSX)


@post(
    "/rounds/{round_id:uuid}/imports/{kind:str}",
    opt=ENTER,
    request_max_body_size=UPLOAD_BYTES,
    sync_to_thread=True,
)
def send_of_round(
    request: Asked, db: Db, who: Who, sent: Sent, round_id: FromPath[UUID], kind: FromPath[str]
) -> Response[str] | Redirect:
    """Take in the sheet of a round."""
    return _taken(request, db, who, sent, kind, round_id)


@post("/imports/new/{kind:str}", opt=SIGNED_IN, request_max_body_size=UPLOAD_BYTES, sync_to_thread=True)
def send(request: Asked, db: Db, who: Who, sent: Sent, kind: FromPath[str]) -> Response[str] | Redirect:
    """Take a file in, and go on to what would become of it."""
    return _taken(request, db, who, sent, kind)


def _taken(
    request: Asked, db: Db, who: Someone, sent: Posted, kind: str, round_id: UUID | None = None
) -> Response[str] | Redirect:
    form = FileForm(sent)
    columns_of(who.actor, kind)
    try:
        name, grid = grid_of(sent)
    except Invalid as refusal:
        form.refuse(refusal)
        return _asked(request, who, kind, form, round_id)

    def act(session: Session, now: datetime) -> str:
        made = upload(session, who.actor, kind, name, grid, now, round_id)
        return f"/jobs/{made.job_id}" if made.job_id else f"/imports/{made.id}"

    return attempt(db, who, form, act) or _asked(request, who, kind, form, round_id)


def grid_of(sent: Posted) -> tuple[str, Grid]:
    """Return the name and what stands in the file that was sent; Invalid where there is none."""
    files = sent.files("file")
    if not files:
        raise Invalid("请先选择表格，再点“上传”。")
    # One byte more than is allowed says that there is more.
    return files[0].filename, read_grid(files[0].filename, files[0].file.read(MOST_BYTES + 1))


def _asked(request: Asked, who: Someone, kind: str, form: FileForm, round_id: UUID | None = None) -> Response[str]:
    columns = [column for column in columns_of(who.actor, kind) if column.note]
    if importer_of(kind).of_round != (round_id is not None):
        raise NotFound("没有这一种导入。")
    return page(
        request,
        "imports/new.html",
        422 if form.faults else 200,
        address=f"/rounds/{round_id}/imports/{kind}" if round_id else f"/imports/new/{kind}",
        above=f"/rounds/{round_id}/records" if round_id else "/imports",
        noun=importer_of(kind).noun,
        columns=columns,
        out=kind in LISTS or kind in DEEDS,
        form=form,
    )


HANDLERS = [
    new,
    template,
    list_as_it_stands,
    send,
    new_of_round,
    prepared_sheet,
    deeds_as_they_stand,
    send_of_round,
]
