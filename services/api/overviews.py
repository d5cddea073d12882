"""Overviews: how the work stands in a county, bureau or township, and the packages filed with it."""

from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from services.api.web.envelope import Asked
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db
from shared.authz.actions import Action
from shared.usecases.overviews import see_filing, see_overview
from shared.usecases.places import filing_place, read_only, unit_place, visit_demonstration


@get("/overview/{named:str}", opt=for_action(Action.OVERVIEW_SEE), sync_to_thread=True)
def overview(request: Asked, db: Db, named: FromPath[str], period: FromQuery[str | None] = None) -> Response[str]:
    """Show the work in numbers, of all periods or of one."""
    with db.begin() as session:
        read_only(session)
        seen = see_overview(session, visit_demonstration(session, unit_place(session, named)), period or None)
    return page(request, "overview.html", overview=seen)


@get("/filings/{filing_id:uuid}", opt=for_action(Action.FILING_SEE), sync_to_thread=True)
def filing(request: Asked, db: Db, filing_id: FromPath[UUID]) -> Response[str]:
    """Show a package to the level that it was sent to."""
    with db.begin() as session:
        read_only(session)
        found, sender, agrees = see_filing(
            session, visit_demonstration(session, filing_place(session, filing_id)), filing_id
        )
    return page(request, "filing.html", filing=found, sender=sender, agrees=agrees)
