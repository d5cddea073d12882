"""Evidence: files joined to a claim or an objection, listed, handed out as they are kept, taken back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from msgspec import Meta, Struct
from sqlalchemy.orm import Session

from services.api.v1.callers import Caller
from services.api.v1.calls import Call, answer
from services.api.v1.endpoints import acts, hands_out, reads, takes_files
from services.api.v1.paging import Paging, paged
from services.api.v1.shapes import Id, Instant, Page, Words, at
from services.api.v1.uploads import Upload
from services.api.web.downloads import attachment
from services.api.web.envelope import Asked
from services.api.web.uploads import UPLOAD_BYTES, Files
from shared.authz.actions import Action
from shared.domain.evidence import MediaType, SubjectKind
from shared.stores.evidence import Kept
from shared.usecases.cases import see_case
from shared.usecases.dossiers import see_dossier
from shared.usecases.evidence import File, attach, attach_to, detach, open_evidence


class EvidenceShown(Struct, frozen=True):
    """A file, as it is kept: pictures are written anew, without the place where they were taken."""

    id: Id
    name: Words
    media_type: Annotated[str, Meta(description="文件的种类", examples=["image/jpeg"])]
    size: Annotated[int, Meta(description="保存的字节数")]
    digest: Annotated[str, Meta(description="保存的内容的摘要（SHA-256）")]
    original: Annotated[str, Meta(description="交来的内容的摘要（SHA-256）")]
    added_at: Instant


class Joined(Struct, frozen=True):
    """What was joined, in the order in which it was sent."""

    items: list[EvidenceShown]


class Removed(Struct, frozen=True):
    """What was taken back."""

    id: Id
    name: Words


@get(
    "/api/v1/claims/{claim_id:uuid}/evidence",
    opt=reads(Action.CLAIM_SEE, "一项申报的证明材料", Page[EvidenceShown]),
    sync_to_thread=True,
)
def of_claim(request: Asked, caller: Caller, paging: Paging, claim_id: FromPath[UUID]) -> Response[bytes]:
    """List a claim's files."""
    with caller.acting() as session:
        found = see_dossier(session, caller.actor, claim_id).evidence
        return answer(request, paged(paging, found, lambda one: one.id, file_shown))


@post(
    "/api/v1/claims/{claim_id:uuid}/evidence",
    opt=takes_files(Action.CLAIM_DRAFT, "给草稿或退回的申报附上证明材料", Joined),
    request_max_body_size=UPLOAD_BYTES,
    sync_to_thread=True,
)
def join_claim(caller: Caller, upload: Upload, claim_id: FromPath[UUID]) -> Response[bytes]:
    """Join files to a claim."""

    def join(session: Session, kept: Sequence[Kept], now: datetime) -> Joined:
        return Joined([file_shown(attach(session, caller.actor, claim_id, one, now)) for one in kept])

    return upload.once(join)


@get(
    "/api/v1/objections/{objection_id:uuid}/evidence",
    opt=reads(Action.OBJECTION_RAISE, "一件异议的证明材料", Page[EvidenceShown]),
    sync_to_thread=True,
)
def of_objection(request: Asked, caller: Caller, paging: Paging, objection_id: FromPath[UUID]) -> Response[bytes]:
    """List an objection's files, to who raised it."""
    with caller.acting() as session:
        case = see_case(session, caller.actor, objection_id)
        return answer(request, paged(paging, case.evidence if case.own else (), lambda one: one.id, file_shown))


@post(
    "/api/v1/objections/{objection_id:uuid}/evidence",
    opt=takes_files(Action.OBJECTION_RAISE, "给自己提出的异议附上证明材料", Joined),
    request_max_body_size=UPLOAD_BYTES,
    sync_to_thread=True,
)
def join_objection(caller: Caller, upload: Upload, objection_id: FromPath[UUID]) -> Response[bytes]:
    """Join files to an objection that nobody has answered."""

    def join(session: Session, kept: Sequence[Kept], now: datetime) -> Joined:
        added = [attach_to(session, caller.actor, SubjectKind.OBJECTION, objection_id, one, now) for one in kept]
        return Joined([file_shown(one) for one in added])

    return upload.once(join)


@get(
    "/api/v1/evidence/{evidence_id:uuid}",
    opt=hands_out(Action.CLAIM_SEE, "一份证明材料，按原样下载", tuple(MediaType)),
    sync_to_thread=True,
)
def evidence(caller: Caller, store: Files, evidence_id: FromPath[UUID]) -> Response[bytes]:
    """Hand a file out, by the same check as what it belongs to."""
    with caller.acting() as session:
        file = open_evidence(session, caller.actor, evidence_id)
    handed = attachment(store.read(file.digest), file.name, file.media_type)
    handed.headers["ETag"] = _tag(file)
    return handed


@post(
    "/api/v1/evidence/{evidence_id:uuid}/remove",
    opt=acts(Action.CLAIM_DRAFT, "撤下还能改的申报或异议的一份材料", Removed),
    sync_to_thread=True,
)
def remove(call: Call, evidence_id: FromPath[UUID]) -> Response[bytes]:
    """Take a file back."""
    actor = call.caller.actor

    def act(session: Session, now: datetime) -> Removed:
        call.if_still(_tag(open_evidence(session, actor, evidence_id)))
        taken = detach(session, actor, evidence_id, now)
        return Removed(taken.id, taken.name)

    return call.once(act)


def _tag(file: File) -> str:
    return f'"{file.digest[:32]}"'


def file_shown(file: Any) -> EvidenceShown:
    """Return a file as it is listed."""
    return EvidenceShown(
        id=file.id,
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        digest=file.digest,
        original=file.original,
        added_at=at(file.added_at),
    )


HANDLERS = [of_claim, join_claim, of_objection, join_objection, evidence, remove]
