"""Transfers: a member goes over from one branch to another in two steps; what goes along, and how others leave."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from shared.domain.machine import Machine
from shared.domain.periods import day_in_words


class TransferState(StrEnum):
    """Where a transfer stands."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class TransferCommand(StrEnum):
    """What the receiving branch does with it, or the sending one."""

    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


class Joining(StrEnum):
    """How somebody came into a branch."""

    ADMITTED = "admitted"
    MOVED_IN = "moved_in"
    TRANSFERRED = "transferred"


class Leaving(StrEnum):
    """How somebody left a branch."""

    TRANSFERRED = "transferred"
    MOVED_OUT = "moved_out"
    DIED = "died"
    EXPELLED = "expelled"
    STRUCK_OFF = "struck_off"
    WITHDREW = "withdrew"
    DISQUALIFIED = "disqualified"


JOINED = {Joining.ADMITTED: "发展入党", Joining.MOVED_IN: "从外县转入", Joining.TRANSFERRED: "从本县其他支部转入"}
LEFT = {
    Leaving.TRANSFERRED: "转到本县其他支部",
    Leaving.MOVED_OUT: "转到外县",
    Leaving.DIED: "去世",
    Leaving.EXPELLED: "开除党籍",
    Leaving.STRUCK_OFF: "除名",
    Leaving.WITHDREW: "退党",
    Leaving.DISQUALIFIED: "取消预备党员资格",
}
# What a body decides, and so what needs its minute.
DECIDED = frozenset({Leaving.EXPELLED, Leaving.STRUCK_OFF, Leaving.WITHDREW, Leaving.DISQUALIFIED})

S, C = TransferState, TransferCommand

TRANSFER: Machine[TransferState, TransferCommand] = Machine(
    noun="这次组织关系转接",
    initial=S.PROPOSED,
    edges={
        (S.PROPOSED, C.ACCEPT): S.ACCEPTED,
        (S.PROPOSED, C.DECLINE): S.DECLINED,
        (S.PROPOSED, C.WITHDRAW): S.WITHDRAWN,
    },
    words={
        S.PROPOSED: "等接收",
        S.ACCEPTED: "已接收",
        S.DECLINED: "没有接收",
        S.WITHDRAWN: "已撤回",
        C.ACCEPT: "接收",
        C.DECLINE: "不接收",
        C.WITHDRAW: "撤回",
    },
)


@dataclass(frozen=True, slots=True)
class CarriedRound:
    """A round that another branch scored: what its ledger sums to; `items` are what counted and still stands."""

    period: str
    points: Decimal
    bonus: Decimal
    items: tuple[str, ...]
    book: str
    unit: str


@dataclass(frozen=True, slots=True)
class CarriedDeed:
    """A deed that counted in another branch, or was to; `came` is when it was handed in or entered."""

    id: str
    period: str
    day: date
    item: str
    title: str
    points: Decimal | None
    replaces: str | None
    decision: str | None
    came: datetime
    book: str
    unit: str


@dataclass(frozen=True, slots=True)
class Carried:
    """A sealed statement as it is read: what of the year other branches have scored, and from when on.

    `pending` are the periods that other branches have still to bring to their ledgers; `grades` those that they
    have given for earlier years, by year.
    """

    present_from: date | None
    rounds: tuple[CarriedRound, ...]
    deeds: tuple[CarriedDeed, ...]
    pending: tuple[str, ...]
    grades: Mapping[int, str]

    def under(self, book: str) -> "Carried":
        """Return what counts on under a book: figures of the same book alone; of any other they are told."""
        rounds = tuple(one for one in self.rounds if one.book == book)
        deeds = tuple(one for one in self.deeds if one.book == book)
        return Carried(self.present_from, rounds, deeds, self.pending, self.grades)


def carried(package: Mapping[str, Any]) -> Carried:
    """Read a sealed statement."""
    since = package["present_from"]
    return Carried(
        present_from=date.fromisoformat(since) if since else None,
        rounds=tuple(_round(one) for one in package["rounds"]),
        deeds=tuple(_deed(one) for one in package["deeds"]),
        pending=tuple(package["pending"]),
        # Those of the first version said nothing of earlier years.
        grades={one["year"]: one["grade"] for one in package.get("grades", ())},
    )


def _round(one: Mapping[str, Any]) -> CarriedRound:
    points, bonus = Decimal(one["points"]), Decimal(one["bonus"])
    return CarriedRound(one["period"], points, bonus, tuple(one["items"]), one["book"], one["unit"])


def _deed(one: Mapping[str, Any]) -> CarriedDeed:
    return CarriedDeed(
        id=one["id"],
        period=one["period"],
        day=date.fromisoformat(one["day"]),
        item=one["item"],
        title=one["title"],
        points=None if one["points"] is None else Decimal(one["points"]),
        replaces=one["replaces"],
        decision=one["decision"],
        came=datetime.fromisoformat(one["came"]),
        book=one["book"],
        unit=one["unit"],
    )


def day_faults(day: date, earliest: date, today: date, since: date | None) -> list[str]:
    """Return why a member cannot go over on this day; `earliest` is the first that no ended round holds."""
    if day > today:
        return [f"接收的日期最晚写今天（{day_in_words(today)}），以后的一天请到那天再办。"]
    if day < earliest:
        return [f"{day_in_words(earliest)}以前的一期已经截止计分，最早可以从{day_in_words(earliest)}起接收。"]
    if since is not None and day <= since:
        return [f"这位党员{day_in_words(since)}才到原支部，接收的日期应在这以后。"]
    return []
