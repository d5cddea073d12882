"""Policies: what a unit decides otherwise than the template: give a step, forbid one, require two people."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from shared.domain.machine import Machine
from shared.domain.roles import WORDS, in_words
from shared.domain.steps import step_in_words

# Who somebody is without being appointed to it: no names are said.
NOT_APPOINTED = frozenset({"member", "relative", "villager"})
Table = frozenset[tuple[str, str]]
Holders = Mapping[str, frozenset[UUID]]


class PolicyState(StrEnum):
    """Where a unit's own policy stands."""

    PROPOSED = "proposed"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"


class PolicyCommand(StrEnum):
    """The steps of a policy; what one person proposes another grants."""

    GRANT = "grant"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    REPLACE = "replace"


S, C = PolicyState, PolicyCommand

POLICY: Machine[PolicyState, PolicyCommand] = Machine(
    noun="这份职责分工",
    initial=S.PROPOSED,
    edges={
        (S.PROPOSED, C.GRANT): S.GRANTED,
        (S.PROPOSED, C.REFUSE): S.REFUSED,
        (S.PROPOSED, C.WITHDRAW): S.WITHDRAWN,
        (S.GRANTED, C.REPLACE): S.REPLACED,
    },
    words={
        S.PROPOSED: "待批准",
        S.GRANTED: "施行中",
        S.REFUSED: "未批准",
        S.WITHDRAWN: "已撤回",
        S.REPLACED: "已被替换",
        C.GRANT: "批准",
        C.REFUSE: "不批准",
        C.WITHDRAW: "撤回",
        C.REPLACE: "替换",
    },
)


class Effect(StrEnum):
    """What a rule does with a step."""

    GIVE = "give"
    FORBID = "forbid"
    TWO = "two"


class Rule(NamedTuple):
    """One rule: `role` is given or forbidden the step; none is named where two people are required."""

    effect: str
    step: str
    role: str = ""

    @property
    def in_words(self) -> str:
        """As people read it: “批准公示”也可以由副书记办理。"""
        step, role = step_in_words(self.step), WORDS.get(self.role, self.role)
        if self.effect == Effect.TWO:
            return f"“{step}”要两个人先后办理才生效。"
        return f"“{step}”{'也可以由' + role + '办理' if self.effect == Effect.GIVE else '不由' + role + '办理'}。"


@dataclass(frozen=True, slots=True)
class Overlay:
    """The rules of one unit, ready to be asked; those of the template are where it says nothing."""

    rules: tuple[Rule, ...] = ()
    given: Table = field(default=frozenset(), compare=False)
    forbidden: Table = field(default=frozenset(), compare=False)
    twice: frozenset[str] = field(default=frozenset(), compare=False)

    @classmethod
    def of(cls, rules: Iterable[Rule]) -> "Overlay":
        """Return the overlay that these rules make."""
        found = tuple(rules)
        pairs = {
            effect: frozenset((rule.role, rule.step) for rule in found if rule.effect == effect)
            for effect in (Effect.GIVE, Effect.FORBID)
        }
        # Who is to take a step sees what it is about.
        sees = frozenset((role, f"{step.partition(':')[0]}:see") for role, step in pairs[Effect.GIVE])
        twice = frozenset(rule.step for rule in found if rule.effect == Effect.TWO)
        return cls(found, pairs[Effect.GIVE] | sees, pairs[Effect.FORBID], twice)

    def allows(self, template: Table, role: str, step: str) -> bool:
        """Return whether a role may take a step: three look-ups, however many units there are."""
        pair = (role, step)
        return pair not in self.forbidden and (pair in template or pair in self.given)

    def stands_in(self, roles: Iterable[str], office: str, step: str) -> bool:
        """Return whether these roles take what a book leaves to one office: its, given, or taken away."""
        given = any((role, step) in self.given for role in roles)
        return given or office in roles or (office, step) in self.forbidden

    def hear_of(self, roles: Iterable[str], steps: Iterable[str]) -> set[str]:
        """Return which of the roles that are told by the template still are, and which are told in their place."""
        waiting = frozenset(steps)
        left = {role for role in roles if not waiting or any((role, one) not in self.forbidden for one in waiting)}
        return left | {role for role, step in self.given if step in waiting}

    def over(self, template: Table) -> Table:
        """Return the whole table with these rules laid over it."""
        steps = {step for _, step in template}
        return (template | {pair for pair in self.given if pair[1] in steps}) - self.forbidden


TEMPLATE = Overlay()


@lru_cache(maxsize=20_000)
def overlay_of(written: str | None) -> Overlay:
    """Return the overlay that a policy's rules make as they are stored; made once for each version of a policy."""
    return Overlay.of(parse(json.loads(written))) if written else TEMPLATE


def parse(rules: Iterable[Mapping[str, Any]]) -> list[Rule]:
    """Return rules from their stored form."""
    return [Rule(rule["effect"], rule["step"], rule.get("role", "")) for rule in rules]


def as_stored(rules: Iterable[Rule]) -> list[dict[str, str]]:
    """Return rules in the form in which they are stored, in an order of their own."""
    return [
        {name: value for name, value in rule._asdict().items() if value}
        for rule in sorted(set(rules), key=lambda rule: (rule.step, rule))
    ]


def who_may(table: Table, step: str) -> list[str]:
    """Return the roles that may take a step, in the order in which roles are read."""
    return [role for role in WORDS if (role, step) in table]


def why_not(table: Table, step: str, names: Mapping[str, Iterable[str]], own: Iterable[str], unit: str) -> str:
    """Return why somebody with the roles `own` may not take a step, and who in the unit may; `names` by role."""
    able = [role for role in who_may(table, step) if role != "clock"]
    there = [f"{WORDS[role]}（{'、'.join(names[role])}）" for role in able if names.get(role)]
    there += [WORDS[role] for role in able if role in NOT_APPOINTED]
    words = step_in_words(step)
    if there:
        said = f"“{words}”在{unit}由{'、'.join(there)}办理。"
    elif able:
        said = f"“{words}”由{in_words(able)}办理，{unit}暂无人担任。"
    else:
        said = f"“{words}”由系统按期办理。"
    return f"{said}您在这里的身份是{in_words(own) or '（没有职务）'}。"
