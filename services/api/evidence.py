"""Evidence: a file is handed out to be kept, never shown as a page of ours, to who may see what it belongs to."""

from urllib.parse import quote
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from services.api.web.permissions import SIGNED_IN
from services.api.web.sessions import Db, Who
from services.api.web.uploads import Files
from shared.usecases.evidence import open_evidence

# Should a browser show it all the same: no script, nothing from elsewhere, and not as a page of ours.
ALONE = "default-src 'none'; sandbox; frame-ancestors 'none'"


@get("/evidence/{evidence_id:uuid}", opt=SIGNED_IN, sync_to_thread=True)
def evidence(db: Db, who: Who, store: Files, evidence_id: FromPath[UUID]) -> Response[bytes]:
    """Hand a file out, by the same check as the claim, objection or report that it belongs to."""
    with who.acting(db) as session:
        file = open_evidence(session, who.actor, evidence_id)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
        "Content-Security-Policy": ALONE,
    }
    return Response(store.read(file.digest), media_type=file.media_type, headers=headers)
