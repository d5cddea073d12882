"""Forms of a drafted book: a clause in the words of the paper, never in those of the file."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from wtforms import BooleanField, DecimalField, HiddenField, RadioField, SelectField, StringField
from wtforms.validators import StopValidation

from services.api.web.checks import filled, given, readable, short
from services.api.web.fields import DayField, TicksField
from services.api.web.forms import Form
from shared.domain.procedures import Span
from shared.domain.records import MemberClass
from shared.domain.rule_words import KINDS
from shared.domain.rules import Item, Kind
from shared.usecases.book_shelves import DraftPage

FIGURE = "应是数字，例如 2 或 0.5"
CAPS = {Span.MONTH: "cap_month", Span.QUARTER: "cap_quarter", Span.YEAR: "cap_year"}
# What somebody below may change of an item that the level above has written.
INHERITED = {"seen", "title", "worth", "points", "least", "most", *CAPS.values(), "word_of", "evidence"}


def figure(label: str, **more: Any) -> DecimalField:
    """Return a field for points, which may be left empty."""
    return DecimalField(label, [readable(f"“{label}”{FIGURE}")], places=None, **more)


class BookForm(Form):
    """A form about a draft: `seen` is the edition that the person had before them."""

    seen = HiddenField()

    @property
    def edition(self) -> int:
        """The edition, 0 where the page gave none: of that one nothing is known."""
        written = str(self.seen.data or "")
        return int(written) if written.isdecimal() else 0

    def renew(self, edition: int) -> None:
        """Go on from the newest edition, once its differences have been said."""
        if self.refused:
            self.seen.data = str(edition)


class BookItemForm(BookForm):
    """One clause: what it is called, what it is worth, how often, for whom, who decides."""

    taken: frozenset[str] = frozenset()
    number = StringField(
        "条款号", [filled("请填写条款号"), short(20)], description="本细则里不能重复，例如 D-B5。"
    )
    title = StringField("名称", [filled("请填写条款的名称"), short(80)])
    kind = RadioField("种类", choices=[(str(kind), word) for kind, word in KINDS.items()], default="bonus")
    worth = RadioField(
        "分值怎么定？", choices=[("fixed", "每次一样多"), ("range", "在一个范围内，逐次定")], default="fixed"
    )
    points = figure("每次多少分？", description="逐次定的不填，填下面的最低、最高；清零不填；基础分填每期给多少。")
    least = figure("最低")
    most = figure("最高", description="不填就是没有最高，要有上限或集体决定。")
    cap_month = figure("每月上限")
    cap_quarter = figure("每季度上限")
    cap_year = figure("每年上限", description="不填就是没有这一种上限。")
    counts = RadioField("计入", choices=[("round", "当期"), ("year", "只计入全年")], default="round")
    decision = BooleanField("每件都要有集体决定")
    aspect = SelectField("属于哪个方面？", validate_choice=False)
    classes = TicksField("只适用于哪些党员？", choices=[(str(one), str(one)) for one in MemberClass])
    starts = DayField("从哪一天起用？", [readable("请填年、月、日")], description="不填就是随细则一起施行。")
    ends = DayField("到哪一天停用？", [readable("请填年、月、日")])
    replaces = SelectField("取代哪一条已计的分？", validate_choice=False)
    word_of = SelectField("要哪个部门反馈意见？", validate_choice=False)
    taken_from = StringField(
        "取自哪项已有的考核？", [short(60)], description="填了名称，就由支部用表格导入结果，不再申报或登记。"
    )
    evidence = StringField("要什么证明？", [short(80)], description="不填就是不要求证明。")
    locked = BooleanField("锁定：下级不得取消或修改")
    bounds_least = figure("下级可以把分值改到：最低")
    bounds_most = figure("最高")
    cap_least = figure("下级可以把上限改到：最低")
    cap_most = figure("最高")

    def validate_number(self, field: StringField) -> None:
        """A number is used once, also by what is dropped here."""
        number = (field.data or "").strip()
        if number in self.taken:
            raise StopValidation(f"条款号“{number}”已经用过，请换一个。")

    def fit(self, seen: DraftPage, name: str) -> None:
        """Offer what this draft has, and ask of an inherited item only what may be changed of it."""
        book = seen.reading.book
        self.aspect.choices = [("", "不分方面"), *((one, one) for one in book.aspects)]
        self.word_of.choices = [("", "不用反馈"), *((one, one) for one in book.departments)]
        others = [(one.id, f"{one.id} {one.title}") for one in book.items.values() if one.id != name]
        self.replaces.choices = [("", "不取代"), *others]
        inherited = seen.reading.inherited(name) is not None
        for field in list(self._fields):
            bounds = field in {"locked", "bounds_least", "bounds_most", "cap_least", "cap_most"}
            if (inherited and field not in INHERITED) or (bounds and not seen.below):
                del self[field]
        if name and "number" in self:
            del self["number"]
        self.taken = frozenset(book.items) | {one.id for one in seen.reading.dropped}

    def entry(self, name: str, before: Mapping[str, Any], round_span: Span) -> dict[str, Any]:
        """Return the item as a valid form says it; what the form does not ask stays as it was."""
        own = {**before, "id": name, "title": given(self.title.data).strip()}
        own |= {"points": None, "range": None} | self._worth(before)
        own["caps"] = self._caps(before, round_span)
        for key, field in (("aspect", "aspect"), ("word_of", "word_of"), ("replaces", "replaces")):
            own |= {key: self[field].data or None} if field in self else {}
        own["evidence"] = (self.evidence.data or "").strip() or None
        if "kind" in self:
            own |= self._conditions()
        if "locked" in self:
            bounds = _bounds(self.bounds_least.data, self.bounds_most.data)
            caps = _bounds(self.cap_least.data, self.cap_most.data)
            own |= {"locked": self.locked.data or None, "bounds": bounds, "cap_bounds": caps}
        return {key: value for key, value in own.items() if value not in (None, [], "")}

    def _worth(self, before: Mapping[str, Any]) -> dict[str, Any]:
        kind = self.kind.data if "kind" in self else before.get("kind")
        if kind == Kind.ZEROING:
            return {}
        if self.worth.data == "fixed":
            return {"points": plain(self.points.data)}
        edge = "above" if "above" in (before.get("range") or {}) else "least"
        ends = {edge: plain(self.least.data), "most": plain(self.most.data)}
        return {"range": {key: value for key, value in ends.items() if value is not None}}

    def _caps(self, before: Mapping[str, Any], round_span: Span) -> list[dict[str, Any]]:
        caps = {span: self[field].data for span, field in CAPS.items()}
        written = [{"per": str(span), "points": plain(most)} for span, most in caps.items() if most is not None]
        was = list(before.get("caps") or ())
        as_spans = [{**cap, "per": str(round_span) if cap["per"] == "round" else cap["per"]} for cap in was]
        same = sorted(as_spans, key=str) == sorted(written, key=str)
        return was if same else written

    def _conditions(self) -> dict[str, Any]:
        counts = "year" if self.counts.data == "year" else None
        return {
            "kind": self.kind.data,
            "counts": counts,
            "decision": self.decision.data or None,
            "classes": list(self.classes.data or ()),
            "taken_from": (self.taken_from.data or "").strip() or None,
            "from": _day(self.starts.data),
            "until": _day(self.ends.data),
        }


def plain(value: Decimal | None) -> int | float | None:
    """Return a figure as a book's plain values hold it."""
    if value is None or not value.is_finite():
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _bounds(least: Decimal | None, most: Decimal | None) -> dict[str, Any] | None:
    if least is None and most is None:
        return None
    return {"least": plain(least), "most": plain(most)}


def asked_of(item: Item, edition: int) -> dict[str, Any]:
    """Return what an item's form shows at first: the item as the draft has it."""
    low, high = (item.range.low, item.range.high) if item.range else (None, None)
    caps = {CAPS[cap.per]: cap.points for cap in item.caps}
    bounds, tops = item.bounds, item.cap_bounds
    return {
        "seen": edition,
        "title": item.title,
        "kind": str(item.kind),
        "worth": "range" if item.range and item.points is None else "fixed",
        "points": item.points,
        "least": low,
        "most": high,
        **caps,
        "counts": str(item.scope),
        "decision": item.decision,
        "aspect": item.aspect or "",
        "classes": [str(one) for one in item.classes],
        "starts": item.starts,
        "ends": item.ends,
        "replaces": item.replaces or "",
        "word_of": item.word_of or "",
        "taken_from": item.taken_from or "",
        "evidence": item.evidence or "",
        "locked": item.locked,
        "bounds_least": bounds.least if bounds else None,
        "bounds_most": bounds.most if bounds else None,
        "cap_least": tops.least if tops else None,
        "cap_most": tops.most if tops else None,
    }
