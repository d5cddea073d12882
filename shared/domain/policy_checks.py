"""Checks of a unit's own policy: what would put two duties into one hand, or leave a step to nobody."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from shared.domain.policies import Effect, Holders, Overlay, Rule, Table
from shared.domain.roles import ADMINISTRATORS, WORDS, in_words
from shared.domain.steps import step_in_words

# Whose rights follow from the rule book or the law, not from an office that a unit fills.
NO_OFFICE = frozenset({"clock", "member", "villager", "relative", "observer", *ADMINISTRATORS})
OFFICES = tuple(role for role in WORDS if role not in NO_OFFICE)
# Who somebody is, who may come in, and how a policy itself is changed: never a unit's own to decide.
FIXED = frozenset(
    {"account", "audit", "book", "card", "member", "panel", "policy", "proxy", "role", "round", "unit"}
)
# Steps that are the same whoever takes them: elsewhere two people would each say something of their own.
FOR_TWO = frozenset(
    {"filing:file", "filing:receive", "filing:submit", "notice:approve", "notice:publish", "notice:review"}
)


class Apart(NamedTuple):
    """Two lots of steps that one role must not have together, and why."""

    one: frozenset[str]
    other: frozenset[str]
    why: str


def _apart(one: str, other: str, why: str) -> Apart:
    return Apart(frozenset(one.split()), frozenset(other.split()), why)


APART = (
    _apart("notice:draft", "notice:review notice:approve", "起草的人不能审核、批准"),
    _apart("notice:review", "notice:approve", "审核的人不能批准"),
    _apart("line:propose", "line:confirm", "提出的人不能认定"),
    _apart("claim:draft claim:submit", "claim:decide", "替人申报的人不能议定"),
    _apart("record:enter record:strike notice:draft line:propose", "ledger:see", "登记的人不能监督登记"),
    _apart("objection:answer", "appeal:decide", "答复的人不能裁定对答复的申诉"),
    _apart("score:give score:agree", "claim:decide score:return", "评分的人不能议定"),
    _apart("filing:submit", "filing:receive filing:return filing:file", "上报的人不能接收、备案"),
    _apart("role:grant", "member:enrol unit:found account:disable", "授权的人不能建账号"),
)


def free_steps(template: Table) -> list[str]:
    """Return the steps that a unit may arrange otherwise: those that an office takes, looking excepted."""
    held = {step for role, step in template if role in OFFICES}
    return sorted(step for step in held if not step.endswith(":see") and step.partition(":")[0] not in FIXED)


def conflicts(table: Table, roles: Iterable[str]) -> set[tuple[str, str, str]]:
    """Return (step, other step, why) for what these roles, together in one hand, may not do both."""
    able = {step for role, step in table if role in set(roles)}
    return {(one, other, apart.why) for apart in APART for one in able & apart.one for other in able & apart.other}


def faults_of(overlay: Overlay, template: Table, holders: Holders) -> list[str]:
    """Return every fault of a unit's rules, each a sentence that names the step; none where they are sound.

    `holders` are the people who hold each role in the unit now.
    """
    shape = [said for rule in overlay.rules for said in _of_rule(rule, template)]
    return list(dict.fromkeys([*shape, *_of_hands(overlay, template), *_of_nobody(overlay, template, holders)]))


def _of_rule(rule: Rule, template: Table) -> Iterator[str]:
    step, role = step_in_words(rule.step), WORDS.get(rule.role, rule.role)
    if rule.step not in free_steps(template):
        yield f"“{step}”由模板统一规定，本单位不能另行安排。"
    elif rule.effect == Effect.TWO:
        if rule.step not in FOR_TWO:
            yield f"“{step}”每次要写的内容不同，不能规定两人先后办理；可以规定的是{_listed(FOR_TWO)}。"
    elif rule.role not in OFFICES:
        yield f"“{step}”要写明交给哪个职务、不由哪个职务办理；{role or '空白'}不是可以安排的职务。"
    elif rule.effect == Effect.GIVE and (rule.role, rule.step) in template:
        yield f"“{step}”本来就由{role}办理，这一条不用写。"
    elif rule.effect == Effect.FORBID and (rule.role, rule.step) not in template:
        yield f"“{step}”本来就不由{role}办理，这一条不用写。"


def _of_hands(overlay: Overlay, template: Table) -> Iterator[str]:
    """What the rules newly put into one hand; what the template itself leaves together is decided there."""
    table = overlay.over(template)
    for role in OFFICES:
        for one, other, why in sorted(conflicts(table, [role]) - conflicts(template, [role])):
            yield f"{WORDS[role]}会既能“{step_in_words(one)}”又能“{step_in_words(other)}”：{why}，要分给两个职务。"


def _of_nobody(overlay: Overlay, template: Table, holders: Holders) -> Iterator[str]:
    table = overlay.over(template)
    for step in sorted({rule.step for rule in overlay.rules} & set(free_steps(template))):
        able = [role for role in OFFICES if (role, step) in table]
        people = frozenset[object]().union(*(holders.get(role, frozenset()) for role in able))
        if not able:
            yield f"“{step_in_words(step)}”没有任何职务可以办理，至少要留给一个职务。"
        elif not people:
            yield f"“{step_in_words(step)}”只剩{in_words(able)}可以办理，而本单位现在没有人担任。"
        elif step in overlay.twice & FOR_TWO and len(people) < 2:
            yield f"“{step_in_words(step)}”要两个人办理，而本单位能办的只有一个人。"


def _listed(steps: Iterable[str]) -> str:
    return "、".join(f"“{step_in_words(step)}”" for step in sorted(steps))


def refuse_together(template: Table, held: Sequence[str], taken: str) -> list[str]:
    """Return why somebody who holds some roles may not be given another one: what it newly puts into one hand."""
    # What members do for themselves is no office's.
    together = [role for role in {*held, taken} if role in OFFICES]
    apart = conflicts(template, together)
    for role in together:
        apart -= conflicts(template, [role])
    return sorted({f"{why}（{step_in_words(one)}、{step_in_words(other)}）" for one, other, why in apart})
