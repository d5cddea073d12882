"""Attestations: who took part in counting a total and watched it, where the rule book wants them to."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from shared.domain.periods import day_in_words


class Attested(NamedTuple):
    """Somebody who was there when a total was counted and confirms it: as what, by which name, on which day."""

    role: str
    name: str
    present_on: date


def faults_of(one: Attested, wanted: Sequence[str], recorder: str, today: date) -> list[str]:
    """Return what is wrong with a witness; `recorder` is who writes it down, and counts the total."""
    faults = []
    if one.role not in wanted:
        faults.append(f"细则要求参加统计的是{'、'.join(wanted)}，没有“{one.role}”。")
    if not one.name.strip():
        faults.append("请填写参加统计的人的姓名。")
    if one.name.strip() == recorder:
        faults.append("登记的人不能给自己作见证，请由在场的其他同志见证。")
    if one.present_on > today:
        faults.append(f"{day_in_words(one.present_on)}还没有到，统计以后再登记。")
    return faults


def missing(wanted: Sequence[str], there: Iterable[Attested]) -> list[str]:
    """Return who is wanted and was not there."""
    present = {one.role for one in there}
    return [role for role in wanted if role not in present]


def in_words(there: Sequence[Attested]) -> str:
    """Return the witnesses in one line: 驻村干部 张三（2026年1月5日）."""
    return "；".join(f"{one.role} {one.name}（{day_in_words(one.present_on)}）" for one in there)
