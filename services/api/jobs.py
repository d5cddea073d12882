"""Jobs: what somebody has asked for and need not wait for; how far it is, and what has come of it."""

from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from services.api.web.downloads import attachment
from services.api.web.envelope import Asked
from services.api.web.pages import page
from services.api.web.permissions import SIGNED_IN
from services.api.web.sessions import Db, Who
from shared.usecases.jobs import open_file, see_job, see_jobs


@get("/jobs", opt=SIGNED_IN, sync_to_thread=True)
def jobs(request: Asked, db: Db, who: Who) -> Response[str]:
    """List what this person has asked for lately."""
    with who.acting(db) as session:
        return page(request, "jobs/list.html", jobs=see_jobs(session, who.actor))


@get("/jobs/{job_id:uuid}", opt=SIGNED_IN, sync_to_thread=True)
def job(request: Asked, db: Db, who: Who, job_id: FromPath[UUID]) -> Response[str]:
    """Show how far it is; the page asks again by itself until it has ended."""
    with who.acting(db) as session:
        return page(request, "jobs/show.html", seen=see_job(session, who.actor, job_id))


@get("/jobs/files/{file_id:uuid}", opt=SIGNED_IN, sync_to_thread=True)
def file(db: Db, who: Who, file_id: FromPath[UUID]) -> Response[bytes]:
    """Hand out what a job has made, to be kept, to whoever asked for it."""
    with who.acting(db) as session:
        made = open_file(session, who.actor, file_id)
    return attachment(made.content, made.name, made.media_type)


HANDLERS = [jobs, job, file]
