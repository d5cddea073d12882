"""Classes of members and use of results of a drafted book as forms: one block of questions for each of them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wtforms import BooleanField, Field, HiddenField, IntegerField, SelectField, StringField

from services.api.book_forms import figure, plain
from services.api.book_sections import SectionForm
from services.api.web.checks import between, filled, given, readable, short
from services.api.web.fields import TicksField
from shared.domain.records import MemberClass, Office
from shared.domain.rule_words import BODIES
from shared.domain.rules import Edge, Outcome, Tier
from shared.usecases.book_readings import Reading

# So many of each can be asked for; more are in the text.
TIERS, OUTCOMES = 6, 8
# How many empty blocks follow those that are there.
SPARE = 2
WHOSE = {"any": "不论有没有职务", "some": "担任下面所勾职务的", "none": "没有职务的"}
EDGES = {"": "不按排名", Edge.FIRST: "排名靠前的", Edge.LAST: "排名靠后的"}


class RowsForm(SectionForm):
    """A chapter of several things of one kind; a block whose name is left empty is none."""

    section = ""
    noun = ""
    keys: Sequence[str] = ()
    before: Sequence[Mapping[str, Any]] = ()

    def fit(self, reading: Reading) -> None:
        """Ask for those that are there and a few more."""
        self.before = reading.values.get(self.section) or ()
        for n in range(len(self.before) + SPARE, TIERS + OUTCOMES):
            for key in ("id", *self.keys):
                self._fields.pop(f"{key}_{n}", None)

    @property
    def rows(self) -> Sequence[tuple[str, Sequence[Field]]]:
        return [(f"第 {n + 1} {self.noun}", [self[f"{key}_{n}"] for key in self.keys]) for n in self._numbers()]

    def sections(self) -> dict[str, Any]:
        filled_in = [n for n in self._numbers() if (self[f"title_{n}"].data or "").strip()]
        taken = {str(self[f"id_{n}"].data or "") for n in filled_in}
        fresh = (name for n in range(1, 100) if (name := f"{self.section}-{n}") not in taken)
        return {self.section: [self._entry(n, str(self[f"id_{n}"].data or "") or next(fresh)) for n in filled_in]}

    def values(self, n: int) -> dict[str, Any]:
        """Return what a block says in the words of the file, what it leaves open left out."""
        raise NotImplementedError

    def _entry(self, n: int, name: str) -> dict[str, Any]:
        said = {"id": name, "title": given(self[f"title_{n}"].data).strip(), **self.values(n)}
        entry = {key: value for key, value in said.items() if value not in (None, False, [], "")}
        written = next((dict(one) for one in self.before if str(one.get("id")) == name), {})
        # What the form leaves as it was stays as it was written, word for word.
        return written if written and _bare(written) == entry else entry

    def _numbers(self) -> Iterator[int]:
        return (n for n in range(TIERS + OUTCOMES) if f"title_{n}" in self)


class ClassesForm(RowsForm):
    """The classes of members with a base of their own, and what is asked of each kind of member."""

    section, noun = "tiers", "类"
    keys = ("title", "base", "whose", "offices", "age_from", "age_below")
    intro = (
        "各类党员每期的基础分不同时，逐类填写，从上到下，符合哪一类就归哪一类；"
        "人人一样的，在“周期、基础分和封顶”里填，这里空着。"
    )

    @classmethod
    def holds(cls, reading: Reading) -> bool:
        return len(reading.book.tiers) <= TIERS

    @classmethod
    def asked(cls, reading: Reading) -> dict[str, Any]:
        rows = [_asked_of_tier(one) for one in reading.book.tiers]
        return _numbered(rows) | {f"duty_{one.name}": text for one, text in reading.book.duties.items()}

    def values(self, n: int) -> dict[str, Any]:
        whose = self[f"whose_{n}"].data
        return {
            "base": plain(self[f"base_{n}"].data),
            "offices": list(self[f"offices_{n}"].data or ()) if whose == "some" else None,
            "no_office": whose == "none",
            "age_from": self[f"age_from_{n}"].data,
            "age_below": self[f"age_below_{n}"].data,
        }

    def sections(self) -> dict[str, Any]:
        duties = {str(one): (self[f"duty_{one.name}"].data or "").strip() for one in MemberClass}
        return super().sections() | {"duties": {one: text for one, text in duties.items() if text}}


class ConsequencesForm(RowsForm):
    """What may follow for a member: for whom, who decides, the rung of a ladder, the time given."""

    section, noun = "outcomes", "项"
    keys = (
        "title", "body", "grades", "standing", "zeroed", "weak_quarter_below", "probationary", "times", "months",
        "choices", "bars",
    )  # fmt: skip
    intro = "系统只提建议，由这里写明的组织研究决定。逐年加重的，同一等次写成几项，各填第几次。"

    @classmethod
    def holds(cls, reading: Reading) -> bool:
        return len(reading.book.outcomes) <= OUTCOMES

    @classmethod
    def asked(cls, reading: Reading) -> dict[str, Any]:
        return _numbered([_asked_of_outcome(one) for one in reading.book.outcomes])

    def fit(self, reading: Reading) -> None:
        super().fit(reading)
        grades = [(band.name, band.name) for band in reading.book.bands]
        for n in self._numbers():
            self[f"grades_{n}"].choices = grades  # type: ignore[attr-defined]

    def values(self, n: int) -> dict[str, Any]:
        times = self[f"times_{n}"].data
        return {
            "body": self[f"body_{n}"].data,
            "grades": list(self[f"grades_{n}"].data or ()),
            "standing": self[f"standing_{n}"].data,
            "zeroed": self[f"zeroed_{n}"].data,
            "weak_quarter_below": plain(self[f"weak_quarter_below_{n}"].data),
            "probationary": self[f"probationary_{n}"].data,
            "times": times if times and times > 1 else None,
            "months": self[f"months_{n}"].data,
            "choices": _listed(self[f"choices_{n}"].data),
            "bars": _listed(self[f"bars_{n}"].data),
        }


def _whole(label: str, most: int, **more: Any) -> IntegerField:
    return IntegerField(label, [readable("请填整数"), between(1, most, f"请填 1 到 {most}")], **more)


for number in range(TIERS):
    setattr(ClassesForm, f"id_{number}", HiddenField())
    setattr(ClassesForm, f"title_{number}", StringField("叫什么？", [short(40)], description="不用的空着。"))
    setattr(ClassesForm, f"base_{number}", figure("每期给多少基础分？"))
    setattr(ClassesForm, f"whose_{number}", SelectField("是哪些党员？", choices=list(WHOSE.items())))
    setattr(ClassesForm, f"offices_{number}", TicksField("职务", choices=[(str(one), str(one)) for one in Office]))
    setattr(ClassesForm, f"age_from_{number}", _whole("从多少岁起？", 120))
    setattr(ClassesForm, f"age_below_{number}", _whole("不满多少岁？", 120))
for kind in MemberClass:
    setattr(ClassesForm, f"duty_{kind.name}", StringField(f"对{kind}的基本要求", [short(200)]))
for number in range(OUTCOMES):
    for name, made in {
        "id": HiddenField(),
        "title": StringField("做什么？", [short(60)], description="不用的空着。"),
        "body": SelectField(
            "由谁决定？", [filled("请选择由谁决定")], choices=[(str(k), w) for k, w in BODIES.items()]
        ),
        "grades": TicksField("对哪些等次？"),
        "standing": SelectField("对排名哪一头的？", choices=[(str(k), w) for k, w in EDGES.items()]),
        "zeroed": BooleanField("对全年积分清零的"),
        "weak_quarter_below": figure("对一个季度低于多少分的？"),
        "probationary": BooleanField("只对预备党员"),
        "times": _whole("第几次出现才用？", 10, description="一年算一次；1 或者不填，是头一次。"),
        "months": _whole("限几个月改正？", 36),
        "choices": StringField(
            "决定时从哪些里选？", [short(100)], description="用顿号分开，例如“诫勉谈话、限期改正”。"
        ),
        "bars": StringField("不能推荐为什么？", [short(100)], description="用顿号分开，例如“优秀共产党员”。"),
    }.items():
        setattr(ConsequencesForm, f"{name}_{number}", made)


def _asked_of_tier(tier: Tier) -> dict[str, Any]:
    return {
        "id": tier.id,
        "title": tier.title,
        "base": tier.base,
        "whose": "none" if tier.no_office else "some" if tier.offices else "any",
        "offices": [str(one) for one in tier.offices],
        "age_from": tier.age_from,
        "age_below": tier.age_below,
    }


def _asked_of_outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "id": outcome.id,
        "title": outcome.title,
        "body": str(outcome.body),
        "grades": list(outcome.grades),
        "standing": str(outcome.standing or ""),
        "zeroed": outcome.zeroed,
        "weak_quarter_below": outcome.weak_quarter_below,
        "probationary": outcome.probationary,
        "times": outcome.times,
        "months": outcome.months,
        "choices": "、".join(outcome.choices),
        "bars": "、".join(outcome.bars),
    }


def _numbered(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {f"{key}_{n}": value for n, row in enumerate(rows) for key, value in row.items()}


def _listed(text: str | None) -> list[str]:
    parts = (text or "").replace("，", "、").replace(",", "、").split("、")
    return [part.strip() for part in parts if part.strip()]


def _bare(written: Mapping[str, Any]) -> dict[str, Any]:
    """Return what says more than would hold without it."""
    nothing: tuple[Any, ...] = (None, False, [], "")
    return {key: one for key, one in written.items() if one not in nothing and (key, one) != ("times", 1)}
