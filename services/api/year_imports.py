"""Year imports: a year from somebody's workbook, scored under a rule book, and where they had it otherwise."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import FileField, IntegerField, SelectField

from services.api.import_files import UPLOAD_BYTES
from services.api.web.acts import attempt
from services.api.web.checks import between, chosen, filled, given
from services.api.web.downloads import attachment
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Posted, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.domain.errors import Invalid
from shared.domain.imports import Grid
from shared.papers.templates import XLSX, listed, templates_of
from shared.stores.workbooks import MOST_BYTES, read_sheets
from shared.usecases.year_imports import books_to_try, see_tried_year, see_tried_years, sheets_of, try_year

IMPORT = for_action(Action.MEMBER_IMPORT)
SHOWN = 500
HEAD = ("编号", "姓名", "哪一项", "原来", "按细则")


class YearForm(Form):
    """Which year, under which book, and the workbook."""

    year = IntegerField("哪一年？", [filled("请填写年度"), between(2000, 2100, "年度应是四位数字，如 2025")])
    book = SelectField("按哪一份细则算？", validate_choice=False, validators=[chosen("请选择按哪一份细则算")])
    file = FileField(
        "选择工作簿", description="模板里有四张表：名册、事项、结果、评议。", render_kw={"accept": ".xlsx,.xls"}
    )


@get("/imports/years", opt=IMPORT, sync_to_thread=True)
def years(request: Asked, db: Db, who: Who) -> Response[str]:
    """Ask for a workbook, and list those that were tried."""
    return _asked(request, db, who, YearForm())


@get("/imports/years/template", opt=IMPORT, sync_to_thread=True)
def template(who: Who) -> Response[bytes]:
    """Hand out the workbook to be filled in."""
    return attachment(templates_of(sheets_of(who.actor)), "一年的旧账.xlsx", XLSX)


@post("/imports/years", opt=IMPORT, request_max_body_size=UPLOAD_BYTES, sync_to_thread=True)
def send(request: Asked, db: Db, who: Who, sent: Sent) -> Response[str] | Redirect:
    """Take a workbook in and show where it differs."""
    form = YearForm(sent)
    with who.acting(db) as session:
        form.book.choices = list(books_to_try(session, who.actor).items())
    try:
        name, sheets = _sheets(sent)
    except Invalid as refusal:
        form.validate()
        form.refuse(refusal)
        return _asked(request, db, who, form)

    def act(session: Session, now: datetime) -> str:
        year, book = given(form.year.data), given(form.book.data)
        return f"/imports/years/{try_year(session, who.actor, name, sheets, book, year, now).id}"

    return attempt(db, who, form, act) or _asked(request, db, who, form)


def _sheets(sent: Posted) -> tuple[str, dict[str, Grid]]:
    files = sent.files("file")
    if not files:
        raise Invalid("请先选择工作簿，再点“试算”。")
    return files[0].filename, read_sheets(files[0].file.read(MOST_BYTES + 1))


def _asked(request: Asked, db: Db, who: Someone, form: YearForm) -> Response[str]:
    with who.acting(db) as session:
        form.book.choices = [("", "请选择"), *books_to_try(session, who.actor).items()]
        tried = see_tried_years(session, who.actor)
    return page(request, "year_imports/new.html", 422 if form.faults else 200, form=form, tried=tried)


@get("/imports/years/{import_id:uuid}", opt=IMPORT, sync_to_thread=True)
def show(request: Asked, db: Db, who: Who, import_id: FromPath[UUID]) -> Response[str]:
    """Show every difference, and what does not count."""
    with who.acting(db) as session:
        tried = see_tried_year(session, who.actor, import_id)
    return page(request, "year_imports/show.html", tried=tried, shown=SHOWN, head=HEAD)


@get("/imports/years/{import_id:uuid}/differences", opt=IMPORT, sync_to_thread=True)
def differences(db: Db, who: Who, import_id: FromPath[UUID]) -> Response[bytes]:
    """Hand out every difference as a workbook."""
    with who.acting(db) as session:
        tried = see_tried_year(session, who.actor, import_id)
    rows = [(one.member_no, one.name, one.what, one.had, one.now) for one in tried.differing]
    return attachment(listed("差异", HEAD, rows), f"{tried.scored.year}年差异.xlsx", XLSX)


HANDLERS = [years, template, send, show, differences]
