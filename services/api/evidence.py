"""Evidence: files joined to a claim or an objection, taken back, and handed out to be kept, never as a page."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import MultipleFileField

from services.api.web.acts import attempt, to
from services.api.web.downloads import attachment
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Posted, Sent
from services.api.web.pages import page
from services.api.web.permissions import SIGNED_IN, for_action
from services.api.web.sessions import Db, Someone, Who
from services.api.web.uploads import ACCEPTED, UPLOAD_BYTES, Files, kept_files
from shared.authz.actions import Action
from shared.domain.errors import Invalid, NotNow
from shared.domain.evidence import MOST_FILES, SubjectKind
from shared.stores.evidence import Kept, Store
from shared.usecases.cases import see_case
from shared.usecases.dossiers import see_dossier
from shared.usecases.evidence import attach, attach_to, detach, open_evidence
from shared.usecases.places import instant


@get("/evidence/{evidence_id:uuid}", opt=SIGNED_IN, sync_to_thread=True)
def evidence(db: Db, who: Who, store: Files, evidence_id: FromPath[UUID]) -> Response[bytes]:
    """Hand a file out, by the same check as the claim, objection or report that it belongs to."""
    with who.acting(db) as session:
        file = open_evidence(session, who.actor, evidence_id)
    return attachment(store.read(file.digest), file.name, file.media_type)


class FilesForm(Form):
    """The files that somebody chooses."""

    files = MultipleFileField(
        "选择照片或文件",
        description=f"可以拍照。收 JPEG、PNG、WebP 照片和 PDF，每个不超过 10 MB，最多 {MOST_FILES} 个。",
        render_kw={"accept": ACCEPTED},
    )


def _chosen(store: Store, sent: Posted, form: FilesForm) -> list[Kept]:
    """Keep what was chosen; the form says what is wrong with it."""
    try:
        kept = kept_files(store, sent, "files")
    except (Invalid, NotNow) as refusal:
        form.refuse(refusal)
        return []
    if not kept:
        form.refuse(Invalid("请先选择照片或文件，再点“上传”；没有材料的直接点“下一步”。"))
    return kept


@get("/claims/{claim_id:uuid}/evidence", opt=for_action(Action.CLAIM_DRAFT), sync_to_thread=True)
def of_claim(request: Asked, db: Db, who: Who, claim_id: FromPath[UUID]) -> Response[str]:
    """Ask for photographs or papers, which nobody needs to have unless the item says so."""
    return _claim(request, db, who, claim_id, FilesForm())


@post(
    "/claims/{claim_id:uuid}/evidence",
    opt=for_action(Action.CLAIM_DRAFT),
    request_max_body_size=UPLOAD_BYTES,
    sync_to_thread=True,
)
def join_claim(
    request: Asked, db: Db, who: Who, store: Files, sent: Sent, claim_id: FromPath[UUID]
) -> Response[str] | Redirect:
    """Join files to a claim."""
    form = FilesForm(sent)
    kept = _chosen(store, sent, form)

    def act(session: Session, now: datetime) -> str:
        for one in kept:
            attach(session, who.actor, claim_id, one, now)
        return f"/claims/{claim_id}/evidence"

    done = attempt(db, who, form, act, "给一项申报附了材料") if kept else None
    return done or _claim(request, db, who, claim_id, form)


def _claim(request: Asked, db: Db, who: Someone, claim_id: UUID, form: FilesForm) -> Response[str]:
    with who.acting(db) as session:
        dossier = see_dossier(session, who.actor, claim_id)
    return page(request, "evidence/claim.html", 422 if form.faults else 200, dossier=dossier, form=form)


@get("/objections/{objection_id:uuid}/evidence", opt=for_action(Action.OBJECTION_RAISE), sync_to_thread=True)
def of_objection(request: Asked, db: Db, who: Who, objection_id: FromPath[UUID]) -> Response[str]:
    """Ask the objector for photographs or papers."""
    return _objection(request, db, who, objection_id, FilesForm())


@post(
    "/objections/{objection_id:uuid}/evidence",
    opt=for_action(Action.OBJECTION_RAISE),
    request_max_body_size=UPLOAD_BYTES,
    sync_to_thread=True,
)
def join_objection(
    request: Asked, db: Db, who: Who, store: Files, sent: Sent, objection_id: FromPath[UUID]
) -> Response[str] | Redirect:
    """Join files to an objection that nobody has answered."""
    form = FilesForm(sent)
    kept = _chosen(store, sent, form)

    def act(session: Session, now: datetime) -> str:
        for one in kept:
            attach_to(session, who.actor, SubjectKind.OBJECTION, objection_id, one, now)
        return f"/objections/{objection_id}/evidence"

    done = attempt(db, who, form, act, "给一件异议附了材料") if kept else None
    return done or _objection(request, db, who, objection_id, form)


def _objection(request: Asked, db: Db, who: Someone, objection_id: UUID, form: FilesForm) -> Response[str]:
    with who.acting(db) as session:
        case = see_case(session, who.actor, objection_id)
    return page(request, "evidence/objection.html", 422 if form.faults else 200, case=case, form=form)


@post("/evidence/{evidence_id:uuid}/remove", opt=SIGNED_IN, sync_to_thread=True)
def remove(db: Db, who: Who, evidence_id: FromPath[UUID]) -> Redirect:
    """Take a file back from what may still be changed, and go back to the others."""
    with who.acting(db) as session:
        taken = detach(session, who.actor, evidence_id, instant(session, who.actor))
    noun = {SubjectKind.CLAIM: "claims", SubjectKind.OBJECTION: "objections"}.get(SubjectKind(taken.subject_kind))
    return to(f"/{noun}/{taken.subject_id}/evidence" if noun else "/reports")


HANDLERS = [evidence, of_claim, join_claim, of_objection, join_objection, remove]
