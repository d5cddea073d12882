"""Shapes: the words, figures and days of the JSON API, each with what is right for it, said to people."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from msgspec import Meta, Struct

from shared.domain.windows import SHANGHAI

T = TypeVar("T")
# PostgreSQL keeps no U+0000.
READABLE = r"^[^\u0000]*$"

Points = Annotated[
    str, Meta(pattern=r"^-?[0-9]+\.[0-9]{2}$", description="分数，写成两位小数的文字", examples=["2.00"])
]
AskedPoints = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{1,6}(\.[0-9]{1,2})?$", description="分数，不带符号，最多两位小数", examples=["2", "0.5"]
    ),
]
Id = Annotated[UUID, Meta(description="编号（UUID）")]
Day = Annotated[date, Meta(description="日期，如 2026-04-14", examples=["2026-04-14"])]
Instant = Annotated[
    datetime,
    Meta(description="时刻，带时差，如 2026-04-14T09:00:00+08:00", examples=["2026-04-14T09:00:00+08:00"]),
]
Period = Annotated[str, Meta(description="周期：2026-03、2026-Q1 或 2026", examples=["2026-Q1"])]
State = Annotated[str, Meta(description="状态（英文固定词）", examples=["submitted"])]
Words = Annotated[str, Meta(description="给人看的文字")]
Line500 = Annotated[
    str,
    Meta(min_length=1, max_length=500, pattern=READABLE, description="1 到 500 字的文字", examples=["清扫村道"]),
]
Line1000 = Annotated[
    str,
    Meta(min_length=1, max_length=1000, pattern=READABLE, description="1 到 1000 字的文字", examples=["少记一次"]),
]
Line300 = Annotated[
    str,
    Meta(min_length=1, max_length=300, pattern=READABLE, description="1 到 300 字的文字", examples=["证明属实"]),
]
Line2000 = Annotated[
    str,
    Meta(
        min_length=1, max_length=2000, pattern=READABLE, description="1 到 2000 字的文字", examples=["查阅了记录"]
    ),
]
Line100 = Annotated[
    str, Meta(min_length=1, max_length=100, pattern=READABLE, description="1 到 100 字的文字", examples=["好"])
]
Line60 = Annotated[
    str, Meta(min_length=1, max_length=60, pattern=READABLE, description="1 到 60 字的文字", examples=["A-01"])
]


class Page(Struct, Generic[T], frozen=True, omit_defaults=False):
    """A page of a list; `next` is the cursor of the page that follows, null on the last."""

    items: list[T]
    next: Annotated[str | None, Meta(description="下一页的游标，原样放进 cursor 参数；null 表示没有了")]


def points(value: Decimal | None) -> str | None:
    """Return points with their two places."""
    return None if value is None else f"{value:.2f}"


def exactly(value: Decimal) -> str:
    """Return points that there always are."""
    return f"{value:.2f}"


def local(value: datetime | None) -> datetime | None:
    """Return an instant as it is told: with Shanghai's offset, to the second."""
    return None if value is None else at(value)


def at(value: datetime) -> datetime:
    """Return an instant that there always is."""
    return value.astimezone(SHANGHAI).replace(microsecond=0)
