"""Differences between two versions of a rule book, in sentences that somebody reads who never saw the file."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from shared.domain.item_differences import bounds_in_words, changed, item_differences
from shared.domain.periods import day_in_words
from shared.domain.procedures import MeetingMode, Objector, Span, WindowKind
from shared.domain.rounds import ROUND
from shared.domain.rule_words import BODIES, KINDS, MARKS, SPANS, figures, number, worth
from shared.domain.rules import Additions, Item, Outcome, RuleBook, Standing, Tier, YearFigure
from shared.domain.windows import DayUnit, Roll, WindowRule

WINDOWS = {
    WindowKind.PUBLICATION: "公示期",
    WindowKind.REPUBLICATION: "再次公示期",
    WindowKind.INVESTIGATION: "调查期",
    WindowKind.APPEAL: "申诉期",
}
UNITS = {DayUnit.NATURAL: "自然日", DayUnit.WORKING: "工作日"}
ROLLS = {Roll.NONE: "遇休息日不顺延", Roll.STATUTORY: "遇法定节假日顺延", Roll.NONWORKING: "遇休息日顺延"}
YEARS = {YearFigure.SUM: "各期之和", YearFigure.MEAN: "各期的平均数"}
MEETINGS = {MeetingMode.PASSES: "大会通过", MeetingMode.HEARS: "大会听取", MeetingMode.NONE: "不经大会"}
OBJECTORS = {Objector.MEMBER: "党员", Objector.VILLAGER: "群众"}
EDGES = {"first": "排在前列的", "last": "排在末尾的"}

Words = Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs: its chapter (`rule_labels.CHAPTERS`), its entry there, and the sentence."""

    chapter: str
    entry: str
    sentence: str


def differences(before: RuleBook, after: RuleBook) -> list[Difference]:
    """Return all that differs, chapter by chapter; the number of the version is no difference."""
    return [
        *_fields("basics", BASICS, before, after),
        *_items(before, after),
        *_fields("points", POINTS, before, after),
        *_listed("classes", "类别", _by(before.tiers, "id"), _by(after.tiers, "id"), _tier),
        *_listed("classes", "基本要求", _texts(before.duties), _texts(after.duties), str),
        *_listed("grades", "等次", _by(before.bands, "name"), _by(after.bands, "name"), figures),
        *_fields("windows", PROCEDURE, before.procedure, after.procedure),
        *_listed("windows", "", _windows(before), _windows(after), _window),
        *_listed("consequences", "结果运用", _by(before.outcomes, "id"), _by(after.outcomes, "id"), _outcome),
        *_fields("lists", LISTS, before, after),
        *_listed("lists", "说明", _notes(before), _notes(after), lambda mark: f"〔{MARKS[mark]}〕"),
    ]


def _fields(chapter: str, table: Mapping[str, tuple[str, Words]], before: Any, after: Any) -> Iterator[Difference]:
    for field, (label, words) in table.items():
        for said in changed(label, getattr(before, field), getattr(after, field), words):
            yield Difference(chapter, "", said)


def _items(before: RuleBook, after: RuleBook) -> Iterator[Difference]:
    places = {name: place for place, name in enumerate(after.items, start=1)}
    for name, item in after.items.items():
        old = before.items.get(name)
        title = f"第{places[name]}项 {name} {(old or item).title}"
        if old is None:
            yield Difference("items", name, f"新增{title}：{_whole(item)}")
        elif said := item_differences(old, item):
            yield Difference("items", name, f"{title}：{'；'.join(said)}")
    for name, item in before.items.items():
        if name not in after.items:
            yield Difference("items", name, f"取消 {name} {item.title}（原来{_whole(item)}）")


def _whole(item: Item) -> str:
    return f"{KINDS[item.kind]}，{worth(item)}"


def _listed(
    chapter: str, noun: str, before: Mapping[str, Any], after: Mapping[str, Any], words: Words
) -> Iterator[Difference]:
    for name, value in after.items():
        label = f"{noun}“{name}”" if noun else name
        if name not in before:
            yield Difference(chapter, name, f"新增{label}：{words(value)}")
        elif before[name] != value:
            yield Difference(chapter, name, f"{label}：{words(before[name])} → {words(value)}")
    for name, value in before.items():
        if name not in after:
            label = f"{noun}“{name}”" if noun else name
            yield Difference(chapter, name, f"取消{label}（原来{words(value)}）")


def _by(entries: Sequence[Any], key: str) -> dict[str, Any]:
    """Entries by name; where a book wrongly uses a name twice, the second stands under a number of its own."""
    found: dict[str, Any] = {}
    for entry in entries:
        name = str(getattr(entry, key))
        found[name if name not in found else f"{name}（{len(found) + 1}）"] = entry
    return found


def _texts(texts: Mapping[Any, str]) -> dict[str, Any]:
    return {str(name): text for name, text in texts.items()}


def _notes(book: RuleBook) -> dict[str, Any]:
    return {note.text: note.mark for note in book.notes}


def _windows(book: RuleBook) -> dict[str, WindowRule]:
    return {WINDOWS[kind]: book.procedure.windows[kind] for kind in WindowKind if kind in book.procedure.windows}


def _window(rule: WindowRule) -> str:
    return f"{rule.days} 个{UNITS[rule.unit]}，{ROLLS[rule.roll]}"


def _tier(tier: Tier) -> str:
    parts = [f"{tier.title}，基础分 {number(tier.base)} 分"]
    who = [*tier.offices, *(["无职务"] if tier.no_office else [])]
    parts += [f"担任{'、'.join(tier.offices)}" if not tier.no_office else "、".join(who)] if who else []
    parts += [f"{tier.age_from} 岁及以上"] if tier.age_from is not None else []
    parts += [f"不满 {tier.age_below} 岁"] if tier.age_below is not None else []
    return "，".join(parts)


def _outcome(outcome: Outcome) -> str:
    parts = [f"{outcome.title}（{BODIES[outcome.body]}决定）"]
    parts += [f"等次为{'、'.join(outcome.grades)}"] if outcome.grades else []
    parts += [EDGES[outcome.standing]] if outcome.standing else []
    parts += ["当年清零的"] if outcome.zeroed else []
    if outcome.weak_quarter_below is not None:
        parts.append(f"一季低于 {number(outcome.weak_quarter_below)} 分的")
    parts += ["限预备党员"] if outcome.probationary else []
    parts += [f"第 {outcome.times} 次"] if outcome.times > 1 else []
    parts += [f"限期 {outcome.months} 个月"] if outcome.months is not None else []
    parts += [f"从{'、'.join(outcome.choices)}中定"] if outcome.choices else []
    parts += [f"不得推荐为{'、'.join(outcome.bars)}"] if outcome.bars else []
    return "，".join(parts)


def _points(points: Decimal) -> str:
    return f"{number(points)} 分"


def _factors(factors: Mapping[str, Decimal]) -> str:
    return "、".join(f"{result} {number(part)}%" for result, part in factors.items()) or "不折算"


def _standing(standing: Standing) -> str:
    return f"前 {standing.first} 名、后 {standing.last} 名"


def _additions(additions: Additions) -> str:
    return f"{'、'.join(KINDS[kind] for kind in additions.kinds)}，{bounds_in_words(additions.bounds)}"


def _joined(words: Sequence[str]) -> str:
    return "、".join(words)


def _span(span: Span) -> str:
    return SPANS[span]


def _days(days: int) -> str:
    return f"{days} 天"


BASICS: Mapping[str, tuple[str, Words]] = {
    "id": ("代号", str),
    "title": ("名称", str),
    "effective_from": ("施行日", day_in_words),
    "effective_until": ("停止施行日", day_in_words),
    "inherits": ("所依据的上级细则", str),
    "exemption": ("允许经本人同意免于计分", str),
}
POINTS: Mapping[str, tuple[str, Words]] = {
    "round_span": ("计分周期", _span),
    "round_base": ("每期基础分", _points),
    "round_floor": ("每期最低限额", _points),
    "round_ceiling": ("每期最高限额", _points),
    "year_figure": ("全年积分的算法", lambda figure: YEARS[figure]),
    "year_base": ("全年基础分", _points),
    "year_ceiling": ("全年封顶（超出的为奖励积分）", _points),
    "factors": ("民主评议折算", _factors),
    "standing": ("排名", _standing),
}
PROCEDURE: Mapping[str, tuple[str, Words]] = {
    "stages": ("阶段", lambda stages: "→".join(ROUND.words[stage] for stage in stages)),
    "notice_every": ("公示", _span),
    "filing_every": ("备案", _span),
    "meeting": ("党员大会", lambda mode: MEETINGS[mode]),
    "meeting_every": ("党员大会周期", _span),
    "first_answer": ("异议由谁先答复", lambda body: BODIES[body]),
    "appeals": ("申诉由谁认定", lambda bodies: "，再到".join(BODIES[body] for body in bodies)),
    "objectors": ("谁可以提异议", lambda those: _joined([OBJECTORS[one] for one in those])),
    "public_board": ("对群众公开公示栏", str),
    "opinions": ("由党小组长签意见", str),
    "words": ("由部门反馈意见", str),
    "scorers": ("评议小组人数", str),
    "claims_close_days": ("期末后收申报", _days),
    "overdue_days": ("逾期报上级", _days),
    "recall_days": ("人数不足再次开会", _days),
    "paper_days": ("纸质异议录入", _days),
    "observers": ("列席人员", _joined),
    "witnesses": ("参加、监督年度统计的人", _joined),
}
LISTS: Mapping[str, tuple[str, Words]] = {
    "aspects": ("方面", _joined),
    "departments": ("反馈部门", _joined),
    "additions": ("允许下级新增", _additions),
}
