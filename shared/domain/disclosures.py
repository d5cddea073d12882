"""Disclosures: what must not hang on a board: numbers of identity cards, telephones, bank cards; house numbers."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import NamedTuple


class Private(StrEnum):
    """What kind of private matter stands in a text."""

    IDENTITY = "identity"
    TELEPHONE = "telephone"
    CARD = "card"
    ADDRESS = "address"


# These never hang: there is no notice for which they would be needed.
NEVER = frozenset({Private.IDENTITY, Private.TELEPHONE})
WORDS = {
    Private.IDENTITY: "身份证号",
    Private.TELEPHONE: "电话号码",
    Private.CARD: "像银行卡号的数字",
    Private.ADDRESS: "住址",
}
REMEDIES = {
    Private.IDENTITY: "请删去号码；要区分同名的同志，写党小组，不写号码的任何一段。",
    Private.TELEPHONE: "请删去号码；要留联系方式的，公示上已有支部电话。",
    Private.CARD: "请删去这串数字；是会议记录编号的，改写为“支委会〔2026〕3号”的样子。",
    Private.ADDRESS: "请核对：写到村民小组为止，不写门牌号。",
}

# A digit may be set apart from the next by a blank or a hyphen; what stands before and after is no digit.
_APART = r"[ \-]?"
_IDENTITY = re.compile(
    rf"(?<!\d)\d(?:{_APART}\d){{16}}{_APART}[\dXx](?![\dXx])|(?<!\d)\d(?:{_APART}\d){{14}}(?!\d)"
)
_TELEPHONE = re.compile(
    rf"(?<!\d)(?:\+?86{_APART})?1[3-9](?:{_APART}\d){{9}}(?!\d)"
    rf"|(?<!\d)(?<!\d )0\d{{2,3}}{_APART}[2-9](?:{_APART}\d){{6,7}}(?! ?\d)"
    r"|(?<=电话)[:： ]*[2-9]\d{6,7}(?!\d)"
)
_CARD = re.compile(rf"(?<!\d)\d(?:{_APART}\d){{11,18}}(?!\d)")
_ADDRESS = re.compile(
    r"(?:[路街巷弄村组屯寨社]|小区|社区)[^，。；、\s\d]{0,4}\d{1,5}\s*(?:号(?!文|令)|栋|幢|单元|室|户)"
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class Found(NamedTuple):
    """Something private in a text; `shown` is enough to find it by, and not the whole of it."""

    kind: Private
    shown: str


def private_in(text: str) -> list[Found]:
    """Return what is private in a text, each piece once, in the order in which the kinds are looked for."""
    # One character for each, so that a place in the plain text is a place in the given one.
    plain = "".join(_plain(sign) for sign in text)
    found: list[tuple[int, int, Private]] = []
    for kind, start, end in _pieces(plain):
        if all(end <= other or start >= after for other, after, _ in found):
            found.append((start, end, kind))
    return [Found(kind, _shown(plain[start:end])) for start, end, kind in sorted(found)]


def identity_number(number: str) -> bool:
    """Whether 18 signs carry the check sign of GB 11643, or a birth date where one of them is mistyped.

    The numbers of before 1999 have 15 digits and no check sign.
    """
    if len(number) == 15:
        return _is_day(f"19{number[6:12]}")
    return _is_day(number[6:14]) or check_sign(number[:17]) == number[17].upper()


def check_sign(digits: str) -> str:
    """Return the last sign of the identity number that begins with these 17 digits."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True))
    return "10X98765432"[total % 11]


def _pieces(plain: str) -> Iterator[tuple[Private, int, int]]:
    for match in _IDENTITY.finditer(plain):
        if identity_number(re.sub(r"[ \-]", "", match.group())):
            yield Private.IDENTITY, *match.span()
    for kind, pattern in (
        (Private.TELEPHONE, _TELEPHONE),
        (Private.CARD, _CARD),
        (Private.ADDRESS, _ADDRESS),
    ):
        for match in pattern.finditer(plain):
            yield kind, *match.span()


def _plain(sign: str) -> str:
    """Return a sign as a plain keyboard has it: digits of every width, all kinds of hyphens and blanks."""
    folded = unicodedata.normalize("NFKC", sign)
    if len(folded) != 1:
        return sign
    if folded.isdecimal():
        return str(int(folded))
    if unicodedata.category(folded) == "Pd":
        return "-"
    return " " if folded.isspace() else folded


def _shown(piece: str) -> str:
    piece = piece.strip(":： ")
    return f"{piece[:3]}…{piece[-2:]}" if len(piece) > 6 else piece


def _is_day(written: str) -> bool:
    if not written.isdecimal():
        return False
    try:
        return 1880 <= date(int(written[:4]), int(written[4:6]), int(written[6:])).year <= 2100
    except ValueError:
        return False
