"""Papers: each on screen, as PDF, Excel and, where people edit it, Word; and batches for a whole branch."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, NamedTuple
from urllib.parse import quote
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import RadioField

from services.api.statements import own_member
from services.api.web.acts import attempt
from services.api.web.checks import filled, given
from services.api.web.downloads import attachment
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from services.api.web.wording import period
from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.domain.errors import NotFound
from shared.papers.editable import document_of
from shared.papers.layouts import Paper, Size, in_words
from shared.papers.prints import pdf_of, picture
from shared.papers.workbooks import workbook_of
from shared.usecases.agendas import see_agenda
from shared.usecases.batches import ask_for_branch, ask_for_filed
from shared.usecases.papers import KINDS, OWN, paper_of
from shared.usecases.places import instant
from shared.usecases.receipts import see_taken
from shared.usecases.wishes import Kind, Wish

Year = Annotated[int | None, QueryParameter(name="year", ge=2000, le=2999)]
Sheet = Annotated[str, QueryParameter(name="size", max_length=4)]
POSTERS = {"a3": Size.A3, "a4": Size.A4}
# The page of the row that a paper belongs to.
HOMES = {
    "member": "/members/{}",
    "round": "/rounds/{}/papers",
    "year": "/rounds/{}/papers",
    "notice": "/notices/{}",
    "meeting": "/meetings/{}/minutes",
    "appraisal": "/appraisals/{}",
    "half_year": "/half-years/{}/all",
    "objection": "/inquiries/{}",
    "filing": "/filings/{}",
    "outcome": "/outcomes/{}",
}
OWN_ACTION = for_action(Action.STATEMENT_SEE)
RECORD, RECEIVE = for_action(Action.RECORD_SEE), for_action(Action.FILING_RECEIVE)


class Written(NamedTuple):
    """A way in which a paper leaves the product."""

    media_type: str
    made: Callable[[Paper], bytes]


FORMATS: Mapping[str, Written] = {
    "pdf": Written("application/pdf", lambda paper: pdf_of([paper])),
    "xlsx": Written(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", lambda paper: workbook_of([paper])
    ),
    "docx": Written("application/vnd.openxmlformats-officedocument.wordprocessingml.document", document_of),
}


class BatchForm(Form):
    """Which paper is printed for everybody."""

    paper = RadioField(
        "给每位党员打印哪一种？",
        [filled("请选择打印哪一种")],
        choices=[(name, KINDS[name].form) for name in OWN],
    )


class PeriodForm(Form):
    """Of which period all packages that have come are printed."""

    period = RadioField("打印哪一期？", [filled("请选择打印哪一期")], validate_choice=False)


def handlers_of(name: str, kind: Kind) -> list[Any]:
    """Return the two handlers of one kind of paper, with the permission of the row that it belongs to."""

    @get(f"/papers/{name}/{{row_id:uuid}}", opt=for_action(kind.action), sync_to_thread=True)
    def show(
        request: Asked, db: Db, who: Who, row_id: FromPath[UUID], year: Year = None, size: Sheet = ""
    ) -> Response[str]:
        home = HOMES[KINDS[name].of].format(row_id)
        return _shown(request, name, _made(request, db, who, name, row_id, year, size), home)

    @get(f"/papers/{name}/{{row_id:uuid}}/{{kind:str}}", opt=for_action(kind.action), sync_to_thread=True)
    def fetch(
        request: Asked,
        db: Db,
        who: Who,
        row_id: FromPath[UUID],
        kind: FromPath[str],
        year: Year = None,
        size: Sheet = "",
    ) -> Response[bytes]:
        return _handed_out(name, _made(request, db, who, name, row_id, year, size), kind)

    return [show, fetch]


@get("/papers/mine/{name:str}", opt=OWN_ACTION, sync_to_thread=True)
def own(request: Asked, db: Db, who: Who, name: FromPath[str], year: Year = None) -> Response[str]:
    """Show a member a paper of their own."""
    return _shown(request, name, _own(request, db, who, name, year), "/points")


@get("/papers/mine/{name:str}/{kind:str}", opt=OWN_ACTION, sync_to_thread=True)
def own_file(
    request: Asked, db: Db, who: Who, name: FromPath[str], kind: FromPath[str], year: Year = None
) -> Response[bytes]:
    """Hand a member a paper of their own."""
    return _handed_out(name, _own(request, db, who, name, year), kind)


@get("/rounds/{round_id:uuid}/papers", opt=RECORD, sync_to_thread=True)
def choose(request: Asked, db: Db, who: Who, round_id: FromPath[UUID]) -> Response[str]:
    """Show what can be printed of a round, and for everybody in it."""
    with who.acting(db) as session:
        form = BatchForm.opened(session, who.actor, request.url.path)
    return _choosing(request, db, who, round_id, form)


@post("/rounds/{round_id:uuid}/papers", opt=RECORD, sync_to_thread=True)
def batch(request: Asked, db: Db, who: Who, sent: Sent, round_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Print a paper for everybody in the branch, while the page may be closed."""
    form = BatchForm(sent)

    def act(session: Session, now: datetime) -> str:
        wish = Wish(_here(request), now)
        return f"/jobs/{ask_for_branch(session, who.actor, given(form.paper.data), round_id, wish).id}"

    return attempt(db, who, form, act) or _choosing(request, db, who, round_id, form)


@get("/filings/papers", opt=RECEIVE, sync_to_thread=True)
def choose_period(request: Asked, db: Db, who: Who) -> Response[str]:
    """Ask of which period the packages that have come to this level are printed."""
    with who.acting(db) as session:
        form = PeriodForm.opened(session, who.actor, request.url.path)
    return _periods(request, db, who, form)


@post("/filings/papers", opt=RECEIVE, sync_to_thread=True)
def print_period(request: Asked, db: Db, who: Who, sent: Sent) -> Response[str] | Redirect:
    """Print the form of every package of a period, a volume of a hundred at a time."""
    form = PeriodForm(sent)

    def act(session: Session, now: datetime) -> str:
        came = _came(session, who.actor).get(form.period.data)
        if not came:
            raise NotFound("这一期还没有收到备案材料。")
        return f"/jobs/{ask_for_filed(session, who.actor, came, Wish(_here(request), now)).id}"

    return attempt(db, who, form, act) or _periods(request, db, who, form)


def _periods(request: Asked, db: Db, who: Someone, form: PeriodForm) -> Response[str]:
    with who.acting(db) as session:
        came = _came(session, who.actor)
    form.period.choices = [(one, f"{period(one)}，{len(ids)} 份") for one, ids in came.items()]
    return page(request, "papers/filed.html", 422 if form.faults else 200, form=form)


def _came(session: Session, actor: Actor) -> dict[str, list[UUID]]:
    taken = see_taken(session, actor)
    return {one.period: [filing.id for filing, _ in one.came] for one in taken if one.came}


def _choosing(request: Asked, db: Db, who: Someone, round_id: UUID, form: Form) -> Response[str]:
    with who.acting(db) as session:
        round_ = see_agenda(session, who.actor, round_id).round
    return page(request, "papers/choose.html", 422 if form.faults else 200, round=round_, form=form)


def _own(request: Asked, db: Db, who: Someone, name: str, year: int | None) -> Paper:
    if name not in OWN:
        raise NotFound("没有这种纸面材料。")
    return _made(request, db, who, name, own_member(who.actor.member_id), year, "")


def _made(request: Asked, db: Db, who: Someone, name: str, row_id: UUID, year: int | None, size: str) -> Paper:
    with who.acting(db) as session:
        wish = Wish(_here(request), instant(session, who.actor), year, POSTERS.get(size, Size.A3))
        return paper_of(session, who.actor, name, row_id, wish)


def _shown(request: Asked, name: str, paper: Paper, home: str) -> Response[str]:
    formats = [one for one in FORMATS if one != "docx" or (name in KINDS and KINDS[name].editable)]
    seen: dict[str, Any] = {
        "paper": paper,
        "name": name,
        "formats": formats,
        "query": request.url.query,
        "home": home,
    }
    return page(request, "papers/show.html", **seen, in_words=in_words, code=code_of)


def code_of(address: str) -> str:
    """Return a QR code as an image address."""
    return f"data:image/svg+xml,{quote(picture(address))}"


def _handed_out(name: str, paper: Paper, kind: str) -> Response[bytes]:
    if kind not in FORMATS or (kind == "docx" and not KINDS[name].editable):
        raise NotFound("没有这种格式：可以是 PDF、Excel，公文还可以是 Word。")
    return attachment(FORMATS[kind].made(paper), f"{paper.title}.{kind}", FORMATS[kind].media_type)


def _here(request: Asked) -> str:
    return str(request.base_url).rstrip("/")


HANDLERS = [
    own,
    own_file,
    choose,
    batch,
    choose_period,
    print_period,
    *(handler for name, kind in KINDS.items() for handler in handlers_of(name, kind)),
]
