"""Boards: the table of contents, a unit's board, and where a printed notice's short code leads."""

from litestar import Response, get
from litestar.params import FromPath

from services.api.web.envelope import Asked
from services.api.web.pages import page
from services.api.web.permissions import OPEN, for_action
from services.api.web.sessions import Db
from shared.authz.actions import Action
from shared.domain.boards import countdown
from shared.usecases.boards import demonstration_counties, see_board, see_printed
from shared.usecases.places import notice_place, read_only, unit_place, visit
from shared.usecases.summaries import see_summary


@get("/", opt=OPEN, sync_to_thread=True)
def index(request: Asked, db: Db) -> Response[str]:
    """List the units of demonstration counties; a real county's stay behind the sign-in that comes next."""
    with db.begin() as session:
        read_only(session)
        counties = demonstration_counties(session)
    return page(request, "index.html", counties=counties)


@get("/board/{named:str}", opt=for_action(Action.BOARD_SEE), sync_to_thread=True)
def board(request: Asked, db: Db, named: FromPath[str]) -> Response[str]:
    """Show a unit's board, by the unit's code or id."""
    with db.begin() as session:
        read_only(session)
        place = unit_place(session, named)
        seen = see_board(session, visit(session, place), place)
    return page(request, "board.html", board=seen, countdown=countdown)


@get("/board/{named:str}/{quarter:str}", opt=for_action(Action.BOARD_SEE), sync_to_thread=True)
def summary(request: Asked, db: Db, named: FromPath[str], quarter: FromPath[str]) -> Response[str]:
    """Show a quarter summed up from its months."""
    with db.begin() as session:
        read_only(session)
        place = unit_place(session, named)
        seen = see_summary(session, visit(session, place), place, quarter)
    return page(request, "summary.html", summary=seen)


@get("/n/{code:str}", opt=for_action(Action.BOARD_SEE), sync_to_thread=True)
def printed(request: Asked, db: Db, code: FromPath[str]) -> Response[str]:
    """Show whether the paper and the database still agree, and the notice itself while it hangs."""
    with db.begin() as session:
        read_only(session)
        place = notice_place(session, code)
        seen = see_printed(session, visit(session, place), place)
    return page(request, "printed.html", printed=seen, countdown=countdown)
