"""Statements: a member's points with how each figure came about."""

from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from services.api.web.envelope import Asked
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db
from shared.authz.actions import Action
from shared.usecases.places import member_place, read_only, visit_demonstration
from shared.usecases.statements import see_statement


@get("/members/{member_id:uuid}/statement", opt=for_action(Action.STATEMENT_SEE), sync_to_thread=True)
def statement(request: Asked, db: Db, member_id: FromPath[UUID]) -> Response[str]:
    """Show one member's statement; until people can sign in, a demonstration's alone."""
    with db.begin() as session:
        read_only(session)
        seen = see_statement(session, visit_demonstration(session, member_place(session, member_id)), member_id)
    return page(request, "statement.html", statement=seen)
