"""Cells: what people write into spreadsheets, read as days, names, numbers, or refused with the way to mend it."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from shared.domain.accounts import telephone_of

# Full-width signs as they come from Chinese keyboards. Not NFKC: it would change rare characters in names.
_HALF: dict[int, int | str | None] = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_HALF |= {0x3000: " ", 0xA0: " ", **dict.fromkeys(map(ord, "\0\u200b\u200c\u200d\u2060\ufeff"))}
_DOTS = dict.fromkeys(map(ord, "•‧∙⋅・･．.●﹒᛫"), "·")
_DIGITS = {sign: str(value) for value, signs in enumerate(("〇零○Ｏ", *"一二三四五六七八九")) for sign in signs}
_WRITTEN = "〇零○一二三四五六七八九十廿卅"
_DAY = re.compile(r"([0-9]{4})[年./\-]([0-9]{1,2})(?:[月./\-](?:([0-9]{1,2})[日号]?)?)?")
_OCTOBER = re.compile(r"[0-9]{4}\.1")
_RUN = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})?")
_MIDNIGHT = re.compile(r"[ T]00:00(:00(\.0+)?)?$")
_FLOAT = re.compile(r"\d+(\.\d+)?[eE]\+?\d+")
_IDENTITY = re.compile(r"[1-9]\d{5}(18|19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dXx]")
_POINTS = re.compile(r"[0-9]{1,8}(\.[0-9]{1,2})?")
# Excel counts days from the last one of 1899; a number before 1927 would be a year as well.
_SERIALS, _EPOCH = range(10_000, 73_051), date(1899, 12, 30)
_EARLIEST, _LATEST = date(1900, 1, 1), date(2100, 1, 1)
_YES = {"是": "yes", "有": "yes", "√": "yes", "y": "yes", "yes": "yes", "预备": "yes", "预备党员": "yes"}
_NO = dict.fromkeys(("否", "无", "×", "n", "no", "正式", "正式党员", "不是"), "no")
MENDED = "先把这一列的单元格格式设为“文本”，再重新录入"


class Unread(ValueError):
    """A cell that cannot be read: what is wrong with it, and what would be right."""

    def __init__(self, what: str, right: str) -> None:
        super().__init__(what)
        self.what, self.right = what, right


def plain(written: str) -> str:
    """Return a text with half-width signs, without what nobody sees and without needless blanks."""
    return " ".join(written.translate(_HALF).split())


def damaged(written: str) -> bool:
    """Whether a long number has been through Excel: 1.23457E+17, or eighteen digits that end in noughts."""
    digits = plain(written).removesuffix(".0")
    return bool(_FLOAT.fullmatch(digits)) or (digits.isdigit() and len(digits) >= 16 and digits.endswith("000"))


def identity_like(written: str) -> bool:
    """Whether a text is an ID number, which is never kept."""
    return len(written) > 17 and bool(_IDENTITY.fullmatch(plain(written).lstrip("'")))


def identity_of(written: str) -> str:
    """Refuse a damaged ID number; return nothing of one that is sound, since none is kept."""
    if damaged(written):
        raise Unread(
            f"身份证号“{plain(written)}”被 Excel 当成数字，末几位已经丢失，无法找回",
            f"删去身份证号这一列再上传（本系统不保存身份证号）；或者{MENDED}",
        )
    return ""


def day_of(written: str) -> str:
    """Return a day as 2020-03-01; a month alone is its first day."""
    text = _MIDNIGHT.sub("", plain(written))
    found = _parts(text.replace(" ", ""))
    if _OCTOBER.fullmatch(text):
        raise Unread(
            f"“{text}”看不出是 1 月还是 10 月（Excel 会去掉末尾的 0）", "写成 1990年1月 或 1990年10月的样子"
        )
    if found is None:
        raise Unread(f"“{text}”不是日期", "写成 2020年3月1日、2020.03.01 或 2020-03-01")
    try:
        day = date(*found)
    except ValueError:
        raise Unread(f"没有“{text}”这一天", "核对月份和日子，如 2020年2月29日") from None
    if not _EARLIEST <= day < _LATEST:
        raise Unread(f"“{text}”的年份不对", "核对年份，应在 1900 年以后")
    return day.isoformat()


def _parts(text: str) -> tuple[int, int, int] | None:
    if any(sign in text for sign in _WRITTEN):
        text = _in_digits(text)
    if text.isascii() and text.isdigit() and len(text) == 5:
        day = _EPOCH + timedelta(int(text)) if int(text) in _SERIALS else None
        return (day.year, day.month, day.day) if day else None
    found = _DAY.fullmatch(text) or (_RUN.fullmatch(text) if len(text) in {6, 8} else None)
    return (int(found[1]), int(found[2]), int(found[3] or 1)) if found else None


def _in_digits(text: str) -> str:
    """二〇二〇年十二月廿一日 as 2020年12月21日."""
    year, mark, rest = text.partition("年")
    year = "".join(_DIGITS.get(sign, sign) for sign in year)
    return year + mark + re.sub(f"[{_WRITTEN}]+", lambda run: _number(run[0]), rest)


def _number(written: str) -> str:
    tens, ten, ones = written.replace("廿", "二十").replace("卅", "三十").partition("十")
    digits = "".join(_DIGITS.get(sign, "") for sign in tens), "".join(_DIGITS.get(sign, "") for sign in ones)
    return f"{digits[0] or '1'}{digits[1] or '0'}" if ten else digits[0]


def name_of(written: str) -> str:
    """Return a person's name: no blanks between its characters, the middle dot of minority names as ·."""
    text = plain(written).translate(_DOTS)
    text = re.sub(r"\s*·\s*", "·", re.sub(r"·+", "·", text))
    latin = all(sign.isascii() or sign == "·" for sign in text)
    text = text if latin else text.replace(" ", "")
    wrong = [sign for sign in text if sign not in "· '-" and not _letter(sign)]
    if wrong or not text.strip("· '-"):
        raise Unread(f"姓名“{text}”里有“{''.join(wrong) or '·'}”", "只写姓名，不写编号、电话、称呼和备注")
    if len(text) > 60:
        raise Unread(f"姓名有 {len(text)} 字", "最多 60 字")
    return text.strip("· ")


def _letter(sign: str) -> bool:
    """A character of a name: a letter of any script, rare ones outside the first plane and private ones too."""
    return unicodedata.category(sign) in {"Lo", "Ll", "Lu", "Lm", "Mn", "Mc", "Co", "Cn"} or sign == "〇"


def code_of(written: str) -> str:
    """Return a number that somebody is known by; a damaged one and an ID number are refused."""
    text = plain(written).lstrip("'").replace(" ", "")
    text = re.sub(r"^(\d+)\.0+$", r"\1", text)
    if damaged(text):
        raise Unread(f"编号“{text}”被 Excel 当成数字，已经不完整", MENDED)
    if identity_like(text):
        raise Unread("编号是身份证号", "另编一个编号，如 001；本系统不保存身份证号")
    if len(text) > 30:
        raise Unread(f"编号有 {len(text)} 字", "最多 30 字")
    return text


def phone_of(written: str) -> str:
    """Return a telephone number; several, or none at all, are refused."""
    text = re.sub(r"^(\d+)\.0+$", r"\1", plain(written).lstrip("'"))
    number = telephone_of(text)
    if damaged(number) or not number.isdigit() or not 6 <= len(number) <= 12:
        raise Unread(f"“{text}”不是一个电话号码", "只写一个号码，如 13900000000 或 0000-1234567")
    return number


def yes_of(written: str) -> str:
    """Return "yes" or "no"."""
    text = plain(written).lower()
    if (found := _YES.get(text) or _NO.get(text)) is None:
        raise Unread(f"不认识“{text}”", "写“是”或“否”")
    return found


def points_of(written: str) -> str:
    """Return points with at most two places, never negative: the item says whether they are taken off."""
    text = plain(written).removesuffix("分")
    if not _POINTS.fullmatch(text):
        raise Unread(f"“{text}”不是分数", "不小于 0、最多两位小数的数，如 2 或 0.5；扣分也写正数")
    return str(Decimal(text))


def figure_of(written: str) -> str:
    """Return a figure that may be less than nothing, as a sum of points is."""
    text = plain(written).removesuffix("分")
    minus = text[:1] in {"-", "−", "–"}
    return ("-" if minus else "") + points_of(text[1:] if minus else text)


def text_of(written: str) -> str:
    """Return a text as it was written; one that begins as a formula does stays a text."""
    text = plain(written)
    if len(text) > 500:
        raise Unread(f"有 {len(text)} 字", "最多 500 字")
    return text


def one_of(written: str, known: Sequence[str], others: Mapping[str, str]) -> str:
    """Return one of the known words, also by another name."""
    text = plain(written).replace(" ", "")
    found = text if text in known else others.get(text)
    if found is None:
        raise Unread(f"不认识“{text}”", "写：" + "、".join(known))
    return found


def column_letter(place: int) -> str:
    """Return how Excel calls a column, from 0: A to Z, AA and so on."""
    letters = ""
    place += 1
    while place:
        place, left = divmod(place - 1, 26)
        letters = chr(65 + left) + letters
    return letters
