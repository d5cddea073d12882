"""Rights: what is kept about a member, who has looked at it, and a copy of all of it to take away."""

import json
from datetime import date, datetime
from typing import Any

from litestar import Response, get

from services.api.web import wording
from services.api.web.envelope import Asked
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Who
from shared.authz.actions import Action
from shared.domain.windows import SHANGHAI
from shared.usecases.rights import kept_about, see_rights

SEE = for_action(Action.STATEMENT_SEE)


@get("/rights", opt=SEE, sync_to_thread=True)
def rights(request: Asked, db: Db, who: Who) -> Response[str]:
    """Show what is kept, who has looked, and whom to ask."""
    with who.acting(db) as session:
        seen = see_rights(session, who.actor)
    return page(request, "rights/show.html", rights=seen)


@get("/rights/copy", opt=SEE, sync_to_thread=True)
def readable(request: Asked, db: Db, who: Who) -> Response[str]:
    """Show all of it on one page, to read or to print."""
    with who.acting(db) as session:
        kept = kept_about(session, who.actor)
        seen = see_rights(session, who.actor)
    return page(request, "rights/copy.html", kept=kept, rights=seen, in_words=in_words)


@get("/rights/copy.json", opt=SEE, sync_to_thread=True)
def portable(db: Db, who: Who) -> Response[bytes]:
    """Hand all of it out as a file that other programs read."""
    with who.acting(db) as session:
        kept = kept_about(session, who.actor)
    written = json.dumps(kept, ensure_ascii=False, indent=2, default=_plain).encode()
    headers = {"Content-Disposition": "attachment; filename=jifen.json"}
    return Response(written, media_type="application/json", headers=headers)


def in_words(value: Any) -> str:
    """Return a kept value as people read it."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return wording.instant(value)
    if isinstance(value, date):
        return wording.day(value)
    known = (wording.said(str(value), kind) for kind in wording.MACHINES)
    return next((said for said in known if said != str(value)), str(value))


def _plain(value: Any) -> str:
    return value.astimezone(SHANGHAI).isoformat() if isinstance(value, datetime) else str(value)


HANDLERS = [rights, readable, portable]
