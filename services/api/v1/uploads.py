"""Uploads: files that a program sends, checked and kept as those of a page, joined once for each key."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from litestar import Response
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import SkipValidation
from msgspec import Struct
from sqlalchemy.orm import Session

from services.api.v1.callers import Caller, Calling
from services.api.v1.calls import asking
from services.api.v1.problems import Unreadable
from services.api.web.envelope import Asked
from services.api.web.forms import Posted
from services.api.web.uploads import Files, kept_files
from shared.domain.errors import Invalid
from shared.stores.evidence import Kept, Store

FIELD = "files"
MULTIPART = "multipart/form-data"
Join = Callable[[Session, list[Kept], datetime], Struct]


@dataclass(frozen=True, slots=True)
class Uploading:
    """Files that a program has sent."""

    request: Asked
    caller: Calling
    store: Store
    sent: Posted

    def once(self, join: Join) -> Response[bytes]:
        """Keep the files, and join them in one transaction; the same files again with the same key, the same."""
        call = asking(self.request, self.caller, b"", self._content())
        kept = kept_files(self.store, self.sent, FIELD)
        if not kept:
            raise Invalid(f"请在 {FIELD} 里放照片或文件。")
        return call.once(lambda session, now: join(session, kept, now))

    def _content(self) -> bytes:
        """Return what makes two uploads the same; the boundary between their parts may differ."""
        return b"".join(_known_by(one) for one in self.sent.files(FIELD))


def _known_by(upload: UploadFile) -> bytes:
    content = upload.file.read()
    upload.file.seek(0)
    return upload.filename.encode("utf-8", "replace") + hashlib.sha256(content).digest()


async def provide_upload(request: Asked, caller: Caller, store: Files) -> Uploading:
    """Return what was sent; Unreadable where it is no form with files."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MULTIPART:
        raise Unreadable(f"请求体应是 {MULTIPART}，文件放在 {FIELD} 里。", 415)
    return Uploading(request, caller, store, Posted(await request.form()))


Upload = NamedDependency[SkipValidation[Uploading]]
