"""Imports: from a spreadsheet to rows, nothing changed before it is confirmed, and a day to undo it."""

import re
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from sqlalchemy.orm import Session

from services.api.web.acts import attempt
from services.api.web.downloads import attachment
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import SIGNED_IN, for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.domain.imports import ImportState, Outcome, heading_key
from shared.domain.periods import day_in_words
from shared.domain.units import WORDS as UNIT_KINDS
from shared.papers.templates import XLSX, returned
from shared.stores.workbooks import MIB, MOST_BYTES
from shared.usecases.import_pages import ImportPage, faults_of, kinds_for, see_import, see_imports, wrong_rows
from shared.usecases.imports import confirm, drop, importer_of, undo
from shared.usecases.places import instant
from shared.usecases.uploads import choose_columns

ENTER = for_action(Action.RECORD_ENTER)
UPLOAD_BYTES = MOST_BYTES + 2 * MIB
WORDS = {Outcome.WRONG: "有错", Outcome.CHANGED: "有变化", Outcome.NEW: "新增", Outcome.UNCHANGED: "不变"}
PLACE = "c-"
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Values that are kept in the code's own words.
SAID: dict[str | None, str] = {
    "yes": "是",
    "no": "否",
    "": "（空）",
    None: "（空）",
    **{str(kind): word for kind, word in UNIT_KINDS.items()},
}


@get("/imports", opt=SIGNED_IN, sync_to_thread=True)
def imports(request: Asked, db: Db, who: Who) -> Response[str]:
    """List what may be imported, and what has been."""
    with who.acting(db) as session:
        made = see_imports(session, who.actor)
        return page(request, "imports/list.html", imports=made, kinds=kinds_for(who.actor))


@get("/imports/{import_id:uuid}", opt=SIGNED_IN, sync_to_thread=True)
def show(
    request: Asked,
    db: Db,
    who: Who,
    import_id: FromPath[UUID],
    outcome: Annotated[Outcome | None, QueryParameter(name="of")] = None,
    number: Annotated[int, QueryParameter(name="page")] = 1,
) -> Response[str]:
    """Show what would become of each row, or has."""
    return _shown(request, db, who, import_id, Form(), outcome, number)


def _shown(
    request: Asked,
    db: Db,
    who: Someone,
    import_id: UUID,
    form: Form,
    outcome: Outcome | None = None,
    number: int = 1,
) -> Response[str]:
    with who.acting(db) as session:
        seen = see_import(session, who.actor, import_id, outcome, number)
        now = instant(session, who.actor)
    titles = {column.key: column.title for column in seen.columns}
    if seen.made.state == ImportState.UPLOADED and not seen.made.job_id:
        return _columns(request, seen, form)
    return page(
        request,
        "imports/show.html",
        422 if form.faults else 200,
        seen=seen,
        words=WORDS,
        titles=titles,
        faults_of=faults_of,
        written=written,
        undoable=seen.undo_until is not None and now < seen.undo_until,
        form=form,
    )


def written(value: str | None) -> str:
    """Return a value as people write it: a day as 1980年3月1日, a kind of unit by its name."""
    if value and DAY.fullmatch(value):
        return day_in_words(date.fromisoformat(value))
    return SAID.get(value) or str(value)


@get("/imports/{import_id:uuid}/columns", opt=SIGNED_IN, sync_to_thread=True)
def ask_columns(request: Asked, db: Db, who: Who, import_id: FromPath[UUID]) -> Response[str]:
    """Ask which column is what, with what was recognised."""
    with who.acting(db) as session:
        return _columns(request, see_import(session, who.actor, import_id), Form())


@post("/imports/{import_id:uuid}/columns", opt=SIGNED_IN, sync_to_thread=True)
def match(request: Asked, db: Db, who: Who, sent: Sent, import_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Take the columns as somebody says they are, and rehearse again."""
    form = Form(sent)
    said = {int(name.removeprefix(PLACE)): sent.one(name) for name in sent if name.removeprefix(PLACE).isdigit()}

    def act(session: Session, now: datetime) -> str:
        made = choose_columns(session, who.actor, import_id, said, now)
        waits = made.state == ImportState.UPLOADED
        return f"/jobs/{made.job_id}" if waits else f"/imports/{import_id}"

    if done := attempt(db, who, form, act):
        return done
    with who.acting(db) as session:
        return _columns(request, see_import(session, who.actor, import_id), form, said)


def _columns(request: Asked, seen: ImportPage, form: Form, said: dict[int, str] | None = None) -> Response[str]:
    chosen = said or {place: key for key, place in seen.made.places.items()}
    samples = _samples(seen)
    status = 422 if form.faults else 200
    return page(
        request, "imports/columns.html", status, seen=seen, chosen=chosen, samples=samples, place=PLACE, form=form
    )


def _samples(seen: ImportPage) -> list[tuple[int, str, str]]:
    """Return each column that has a heading with the first thing that stands in it."""
    lines = seen.made.lines["lines"][seen.made.file["heading"] + 1 :][:20]
    return [
        (place, heading, next((cells[place] for _, cells in lines if place < len(cells) and cells[place]), ""))
        for place, heading in enumerate(seen.headings)
        if heading_key(heading)
    ]


@get("/imports/{import_id:uuid}/wrong", opt=SIGNED_IN, sync_to_thread=True)
def wrong(db: Db, who: Who, import_id: FromPath[UUID]) -> Response[bytes]:
    """Hand out the wrong rows, each with what is wrong, to be mended and uploaded again."""
    with who.acting(db) as session:
        found = wrong_rows(session, who.actor, import_id)
    noun = importer_of(found.made.kind).noun
    return attachment(returned(noun, found.headings, found.rows), f"{noun}（有错的行）.xlsx", XLSX)


@post("/imports/{import_id:uuid}/confirm", opt=SIGNED_IN, sync_to_thread=True)
def carry_out(request: Asked, db: Db, who: Who, sent: Sent, import_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Carry out what was rehearsed; a large one by a job, whose page says how far it is."""
    form = Form(sent)

    def act(session: Session, now: datetime) -> str:
        made = confirm(session, who.actor, import_id, now)
        working = made.state == ImportState.CONFIRMED
        return f"/jobs/{made.job_id}" if working else f"/imports/{import_id}"

    return attempt(db, who, form, act) or _shown(request, db, who, import_id, form)


@post("/imports/{import_id:uuid}/undo", opt=SIGNED_IN, sync_to_thread=True)
def take_back(request: Asked, db: Db, who: Who, sent: Sent, import_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Undo it."""
    form = Form(sent)

    def act(session: Session, now: datetime) -> str:
        made = undo(session, who.actor, import_id, now)
        working = made.state == ImportState.DONE
        return f"/jobs/{made.job_id}" if working else f"/imports/{import_id}"

    return attempt(db, who, form, act) or _shown(request, db, who, import_id, form)


@post("/imports/{import_id:uuid}/drop", opt=SIGNED_IN, sync_to_thread=True)
def give_up(request: Asked, db: Db, who: Who, sent: Sent, import_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Give it up before anything has changed."""
    form = Form(sent)

    def act(session: Session, now: datetime) -> str:
        drop(session, who.actor, import_id, now)
        return "/imports"

    return attempt(db, who, form, act) or _shown(request, db, who, import_id, form)


HANDLERS = [imports, show, ask_columns, match, wrong, carry_out, take_back, give_up]
