"""Kinships: who is kin to whom, as an officer has declared it, and the words with which they step aside (回避)."""

from collections.abc import Sequence
from enum import StrEnum


class Kin(StrEnum):
    """What a member is to the officer who declares it."""

    SPOUSE = "spouse"
    PARENT = "parent"
    CHILD = "child"
    SIBLING = "sibling"
    OTHER = "other"


WORDS = {
    Kin.SPOUSE: "配偶",
    Kin.PARENT: "父亲或母亲",
    Kin.CHILD: "儿子或女儿",
    Kin.SIBLING: "兄弟或姐妹",
    Kin.OTHER: "其他近亲属",
}


def step_aside(concerned: Sequence[tuple[str, Kin]]) -> str:
    """Return the sentence by which somebody is asked to step aside for (name, what they are to them)."""
    named = "、".join(f"{name}是您的{WORDS[kin]}" for name, kin in concerned)
    return f"您申报过{named}，这件事请您回避，由其他同志办理。"
