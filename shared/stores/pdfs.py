"""PDF: the pages alone are copied into a new file; nothing comes along that acts, hides or tells."""

from io import BytesIO

from pikepdf import Array, Dictionary, Name, Object, ObjectStreamMode, PasswordError, Pdf, PdfError, Stream

from shared.domain.errors import Invalid
from shared.domain.evidence import MOST_PAGES

# What a page or a picture on it may carry beside what is seen: actions, files, notes of the programs that made it.
UNWANTED = (
    "/AA",
    "/AF",
    "/Annots",
    "/B",
    "/JS",
    "/LastModified",
    "/Metadata",
    "/OPI",
    "/OpenAction",
    "/PZ",
    "/PieceInfo",
    "/PresSteps",
    "/Trans",
)
BROKEN = "PDF 打不开，可能没有传完整：请重新导出后再传"
# Segments before a JPEG's picture: EXIF, notes and the like. 0xE0 and 0xEE say how it is read and stay.
TOLD_BY_CAMERAS = frozenset({*range(0xE1, 0xEE), 0xEF, 0xFE})


def copied(content: bytes) -> bytes:
    """Return the pages in a new PDF; raises Invalid where it is broken, locked, or has too many pages."""
    try:
        with Pdf.open(BytesIO(content)) as given, Pdf.new() as made:
            if not 1 <= len(given.pages) <= MOST_PAGES:
                raise Invalid(f"PDF 有 {len(given.pages)} 页，应是 1 至 {MOST_PAGES} 页：请分成几个文件")
            # What was typed into forms or written over the page becomes part of the page.
            given.flatten_annotations("all")
            made.pages.extend(given.pages)
            for thing in made.objects:
                _plain(thing)
            written = BytesIO()
            made.save(written, linearize=True, deterministic_id=True, object_stream_mode=ObjectStreamMode.generate)
    except PasswordError as fault:
        raise Invalid("PDF 有密码：请去掉密码后再传") from fault
    except (PdfError, ValueError, RuntimeError, TypeError, KeyError) as fault:
        raise Invalid(BROKEN) from fault
    return written.getvalue()


def _plain(thing: Object) -> None:
    if not isinstance(thing, Dictionary | Stream):
        return
    for name in UNWANTED:
        if name in thing:
            del thing[name]
    if isinstance(thing, Stream):
        _plain_stream(thing)


def _plain_stream(stream: Stream) -> None:
    # Its bytes would be another file's, wherever that is.
    if "/F" in stream:
        del stream["/F"]
    if stream.get("/Filter") in (Name.DCTDecode, Array([Name.DCTDecode])):
        named = stream.get("/DecodeParms")
        told = named if isinstance(named, Dictionary | Array) else None
        stream.write(without_camera(stream.read_raw_bytes()), filter=Name.DCTDecode, decode_parms=told)


def without_camera(jpeg: bytes) -> bytes:
    """Return a JPEG without its EXIF, notes and profiles; the picture itself stays as it is, bit by bit."""
    kept, at = [jpeg[:2]], 2
    while jpeg[at : at + 1] == b"\xff" and at + 4 <= len(jpeg):
        marker = jpeg[at + 1]
        if marker == 0xDA:
            break
        ends = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4])
        if marker not in TOLD_BY_CAMERAS:
            kept.append(jpeg[at:ends])
        at = ends
    return b"".join([*kept, jpeg[at:]])
