"""Evidence: which files are taken, told by their first bytes, how large they may be, and how they are called."""

import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from shared.domain.errors import Invalid

MIB = 1024 * 1024
MOST_BYTES = 10 * MIB
MOST_PIXELS = 40_000_000
MOST_PAGES = 50
MOST_FILES = 6
# What one member may keep in one round, as stored.
MOST_OF_A_MEMBER = 60 * MIB
# A sheet of A4 at 220 dots an inch: small print can still be read.
LONGEST_EDGE = 2560
LONGEST_NAME = 80


class MediaType(StrEnum):
    """The kinds of file that are taken."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    PDF = "application/pdf"


class SubjectKind(StrEnum):
    """What a file may come with."""

    CLAIM = "claim"
    OBJECTION = "objection"
    REPORT = "report"


ENDINGS: Mapping[MediaType, str] = MappingProxyType(
    {MediaType.JPEG: ".jpg", MediaType.PNG: ".png", MediaType.WEBP: ".webp", MediaType.PDF: ".pdf"}
)
# What people hand in by mistake, and what to do with it.
MENDED: Mapping[bytes, str] = MappingProxyType(
    {
        b"PK\x03\x04": "Word、Excel 文件请另存为 PDF，压缩包请解开后逐个上传",
        b"\xd0\xcf\x11\xe0": "Word、Excel 文件请另存为 PDF",
        b"GIF8": "动图请截成 JPEG 或 PNG 照片",
        b"\x1f\x8b": "压缩包请解开后逐个上传",
        b"Rar!": "压缩包请解开后逐个上传",
        b"7z\xbc\xaf": "压缩包请解开后逐个上传",
    }
)
TAKEN = "请交 JPEG、PNG、WebP 照片或 PDF 文件"
PHONE = "苹果手机的 HEIC 照片请转成 JPEG，或在“设置—相机—格式”里选“兼容性最佳”后重拍"


def recognise(name: str, content: bytes) -> MediaType:
    """Return what a file is by its first bytes, whatever its name; raises Invalid with what would be right."""
    if not content:
        raise Invalid(f"“{name}”是空的，请重新选择文件。")
    if len(content) > MOST_BYTES:
        raise Invalid(
            f"“{name}”有 {len(content) / MIB:.1f} MB，一个文件最多 {MOST_BYTES // MIB} MB：请拍小一些，"
            "或分成几个文件。"
        )
    found = _by_magic(content)
    if found is None:
        raise Invalid(f"“{name}”不是照片或 PDF：{_mended(content)}。")
    return found


def called(name: str, media_type: MediaType) -> str:
    """Return the name under which a file is kept: no folder, nothing unprintable, the ending of what it is."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    # Cc and Cf: a right-to-left override would show “gpj.exe” as a photograph.
    plain = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C").strip(" .")
    stem = plain.rpartition(".")[0] or plain
    return f"{stem[:LONGEST_NAME].strip() or '附件'}{ENDINGS[media_type]}"


def quota_faults(files: int, kept: int, more: int) -> list[str]:
    """Return why `more` bytes may not join `files` files of one thing, `kept` bytes of the member's round."""
    faults = []
    if files >= MOST_FILES:
        faults.append(f"一件事最多附 {MOST_FILES} 个文件，请先去掉不需要的。")
    if kept + more > MOST_OF_A_MEMBER:
        most, used = MOST_OF_A_MEMBER // MIB, kept / MIB
        faults.append(f"本期附件合计最多 {most} MB，已用 {used:.1f} MB；其余请交纸质材料。")
    return faults


def _by_magic(content: bytes) -> MediaType | None:
    if content.startswith(b"\xff\xd8\xff"):
        return MediaType.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return MediaType.PNG
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return MediaType.WEBP
    return MediaType.PDF if content.startswith(b"%PDF-") else None


def _mended(content: bytes) -> str:
    if content[4:8] == b"ftyp":
        return PHONE
    return next((mended for magic, mended in MENDED.items() if content.startswith(magic)), TAKEN)
