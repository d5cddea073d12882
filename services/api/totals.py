"""Totals: what was filed of a period, unit by unit, on a page, as Excel and as PDF; summed up to go up."""

from datetime import datetime

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session

from services.api.web.acts import attempt
from services.api.web.downloads import attachment
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.papers.layouts import Paper
from shared.papers.prints import pdf_of
from shared.papers.workbooks import workbook_of
from shared.usecases.places import instant
from shared.usecases.total_papers import total_paper
from shared.usecases.totals import compile_filing, see_totals

SEE = for_action(Action.FILING_RECEIVE)
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@get("/totals/{period:str}", opt=SEE, sync_to_thread=True)
def totals(request: Asked, db: Db, who: Who, period: FromPath[str]) -> Response[str]:
    """Show what a period comes to as it was filed here."""
    return _shown(request, db, who, period, Form())


@get("/totals/{period:str}/sheet.xlsx", opt=SEE, sync_to_thread=True)
def totals_sheet(db: Db, who: Who, period: FromPath[str]) -> Response[bytes]:
    """Give the total as a workbook."""
    paper = _paper(db, who, period)
    return attachment(workbook_of([paper]), f"{paper.title}.xlsx", EXCEL)


@get("/totals/{period:str}/print.pdf", opt=SEE, sync_to_thread=True)
def totals_print(db: Db, who: Who, period: FromPath[str]) -> Response[bytes]:
    """Give the total as it is printed, signed and sealed."""
    paper = _paper(db, who, period)
    return attachment(pdf_of([paper]), f"{paper.title}.pdf", "application/pdf")


@post("/totals/{period:str}/filing", opt=for_action(Action.FILING_COMPILE), sync_to_thread=True)
def compile_total(request: Asked, db: Db, who: Who, sent: Sent, period: FromPath[str]) -> Response[str] | Redirect:
    """Make the unit's own package of what was filed with it."""
    form = Form(sent)

    def act(session: Session, now: datetime) -> str:
        return f"/filings/{compile_filing(session, who.actor, period, now).id}"

    return attempt(db, who, form, act) or _shown(request, db, who, period, form)


def _shown(request: Asked, db: Db, who: Someone, period: str, form: Form) -> Response[str]:
    with who.acting(db) as session:
        seen = see_totals(session, who.actor, period)
    return page(request, "totals/show.html", 422 if form.refused else 200, totals=seen, form=form)


def _paper(db: Db, who: Someone, period: str) -> Paper:
    with who.acting(db) as session:
        return total_paper(session, who.actor, period, instant(session, who.actor))


HANDLERS = [totals, totals_sheet, totals_print, compile_total]
