"""Uploads: the files of a posted form, each kept before its row is written, all their faults at once."""

from litestar.di import NamedDependency
from litestar.params import SkipValidation

from services.api.web.forms import Posted
from shared.domain.errors import Invalid
from shared.domain.evidence import MIB, MOST_BYTES, MOST_FILES, MediaType
from shared.stores.evidence import Kept, Store

# What a handler that takes files says as its `request_max_body_size`: one file and the words beside it.
UPLOAD_BYTES = 12 * MIB
# For the `accept` of a file field: a telephone then offers its camera, and turns HEIC into JPEG by itself.
ACCEPTED = ",".join(MediaType)

Files = NamedDependency[SkipValidation[Store]]


def kept_files(store: Store, posted: Posted, name: str) -> list[Kept]:
    """Keep what was chosen in the file field of this name; none is an empty list.

    Takes seconds, outside any transaction. Raises Invalid with every file's fault, NotNow where the store is out
    of reach. What was kept beside a refused one is swept away.
    """
    chosen = posted.files(name)
    if len(chosen) > MOST_FILES:
        raise Invalid(f"一件事最多附 {MOST_FILES} 个文件，您选了 {len(chosen)} 个，请去掉不需要的。")
    kept: list[Kept] = []
    faults: list[str] = []
    for upload in chosen:
        try:
            # One byte more than is allowed says that there is more.
            kept.append(store.keep(upload.filename, upload.file.read(MOST_BYTES + 1)))
        except Invalid as refusal:
            faults.extend(refusal.faults)
    if faults:
        raise Invalid(*faults)
    return kept
