"""Sections of a drafted book as forms: what stands in the file, asked and said in the words of the paper."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from wtforms import BooleanField, Field, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import StopValidation

from services.api.book_forms import BookForm, figure, plain
from services.api.web.checks import between, filled, given, readable, short
from services.api.web.fields import DayField
from shared.domain.differences import MEETINGS, ROLLS, UNITS, WINDOWS, YEARS
from shared.domain.procedures import Objector, WindowKind
from shared.usecases.book_readings import Reading


class SectionForm(BookForm):
    """A chapter's form: `asked` is what it shows at first, `sections` what a valid one says."""

    intro = ""

    @classmethod
    def asked(cls, reading: Reading) -> dict[str, Any]:
        """Return what the form shows of a draft."""
        raise NotImplementedError

    @property
    def rows(self) -> Sequence[tuple[str, Sequence[Field]]]:
        """Return the blocks of questions that belong together, each under its heading; the rest stands alone."""
        return ()

    @classmethod
    def holds(cls, _: Reading) -> bool:
        """Whether the form can hold all that the draft says; else it is changed in the text alone."""
        return True

    def fit(self, reading: Reading) -> None:
        """Ask only what this draft can say."""

    def sections(self) -> dict[str, Any]:
        """Return the sections of the file that the form sets."""
        raise NotImplementedError


class BasicsForm(SectionForm):
    """Name and day of coming into force."""

    title = StringField("细则的名称", [filled("请填写细则的名称"), short(80)])
    effective_from = DayField(
        "从哪一天起施行？",
        [filled("请填写从哪一天起施行")],
        description="只能是以后一期的第一天；已经开始的一期按原来的版本办完。",
    )
    exemption = BooleanField("经本人同意可以免于计分，由党员大会直接评定等次")

    @classmethod
    def asked(cls, reading: Reading) -> dict[str, Any]:
        book = reading.book
        return {"title": book.title, "effective_from": book.effective_from, "exemption": book.exemption}

    def fit(self, reading: Reading) -> None:
        if reading.above is not None:
            del self["exemption"]

    def sections(self) -> dict[str, Any]:
        said: dict[str, Any] = {
            "title": given(self.title.data).strip(),
            "effective_from": given(self.effective_from.data).isoformat(),
        }
        return said | ({"exemption": self.exemption.data or None} if "exemption" in self else {})


class PointsForm(SectionForm):
    """How a round's and a year's points are made."""

    span = RadioField("多长时间计一次分？", choices=[("month", "每月"), ("quarter", "每季度")])
    base = figure("每期给多少基础分？", description="人人都有的起点分；不给就不填。")
    floor = figure("每期最低限额", description="一期的积分不会低于它；不填就是可以是负数。")
    ceiling = figure("每期最高限额", description="不填就是不封顶。")
    rounds = RadioField("全年积分怎么算？", choices=[(str(one), word) for one, word in YEARS.items()])
    year_base = figure("全年给多少基础分？")
    year_ceiling = figure("全年封顶", description="超出的部分作为奖励积分；不填就是不封顶。")
    factors = TextAreaField(
        "民主评议折算",
        description="每行一个评议结果和它的百分数，例如“优秀 100”。不折算就不填。",
        render_kw={"rows": 4},
    )
    first = IntegerField("排名靠前的几名？", [readable("请填整数"), between(0, 999, "请填 0 到 999")])
    last = IntegerField("排名靠后的几名？", [readable("请填整数"), between(0, 999, "请填 0 到 999")])

    @classmethod
    def asked(cls, reading: Reading) -> dict[str, Any]:
        book, standing = reading.book, reading.book.standing
        return {
            "span": str(book.round_span),
            "base": book.round_base or None,
            "floor": book.round_floor,
            "ceiling": book.round_ceiling,
            "rounds": str(book.year_figure),
            "year_base": book.year_base or None,
            "year_ceiling": book.year_ceiling,
            "factors": "\n".join(f"{result} {part.normalize():f}" for result, part in book.factors.items()),
            "first": standing.first if standing else None,
            "last": standing.last if standing else None,
        }

    def validate_factors(self, field: TextAreaField) -> None:
        """Each line is a result and a percentage."""
        _factors(field.data or "")

    def sections(self) -> dict[str, Any]:
        year = {"base": self.year_base.data, "ceiling": self.year_ceiling.data}
        round_ = {"base": self.base.data, "floor": self.floor.data, "ceiling": self.ceiling.data}
        ends = {"first": self.first.data, "last": self.last.data}
        return {
            "round": {"span": self.span.data} | _figures(round_),
            "year": {"rounds": self.rounds.data} | _figures(year),
            "appraisal": _factors(self.factors.data or ""),
            "standing": {key: value or 0 for key, value in ends.items()} if any(ends.values()) else None,
        }


class WindowsForm(SectionForm):
    """How long what stays open, and who takes part."""

    claims_close_days = IntegerField(
        "一期结束后再收几天申报？", [filled("请填写收几天申报"), between(0, 60, "请填 0 到 60")]
    )
    meeting = RadioField("党员大会对积分", choices=[(str(one), word) for one, word in MEETINGS.items()])
    villagers = BooleanField("群众也可以提异议")
    public_board = BooleanField("公示栏对群众公开")
    before: Mapping[str, Any] = MappingProxyType({})

    @classmethod
    def asked(cls, reading: Reading) -> dict[str, Any]:
        procedure = reading.book.procedure
        found: dict[str, Any] = {
            "claims_close_days": procedure.claims_close_days,
            "meeting": str(procedure.meeting),
            "villagers": Objector.VILLAGER in procedure.objectors,
            "public_board": procedure.public_board,
        }
        for kind, rule in procedure.windows.items():
            found |= {f"{kind}_days": rule.days, f"{kind}_unit": str(rule.unit), f"{kind}_roll": str(rule.roll)}
        return found

    def fit(self, reading: Reading) -> None:
        self.before = reading.values.get("procedure") or {}

    def sections(self) -> dict[str, Any]:
        said = {
            "claims_close_days": self.claims_close_days.data,
            "meeting": self.meeting.data,
            "objectors": ["member", "villager"] if self.villagers.data else None,
            "public_board": self.public_board.data or None,
            "windows": {str(kind): rule for kind in WindowKind if (rule := self._rule(kind))["days"]},
        }
        return {"procedure": {key: value for key, value in ({**self.before, **said}).items() if value is not None}}

    def _rule(self, kind: WindowKind) -> dict[str, Any]:
        return {key: self[f"{kind}_{key}"].data for key in ("days", "unit", "roll")}


for kind in WindowKind:
    asking = [readable("请填整数"), between(1, 365, "请填 1 到 365")]
    setattr(WindowsForm, f"{kind}_days", IntegerField(f"{WINDOWS[kind]}几天？", asking))
    for key, label, words in (("unit", "按什么天数", UNITS), ("roll", "最后一天是休息日", ROLLS)):
        offered = [(str(one), word) for one, word in words.items()]
        setattr(WindowsForm, f"{kind}_{key}", SelectField(f"{WINDOWS[kind]}{label}？", choices=offered))


class ListsForm(SectionForm):
    """The aspects and departments that items name."""

    aspects = TextAreaField("方面", description="每行一个，条款按它分组。", render_kw={"rows": 5})
    departments = TextAreaField("反馈部门", description="每行一个。", render_kw={"rows": 6})

    @classmethod
    def asked(cls, reading: Reading) -> dict[str, Any]:
        return {key: "\n".join(map(str, reading.values.get(key) or ())) for key in ("aspects", "departments")}

    def fit(self, reading: Reading) -> None:
        if reading.above is not None:
            del self["aspects"]
            self.departments.description = "每行一个，加在上级细则的部门之外。"

    def sections(self) -> dict[str, Any]:
        return {key: _lines(self[key].data) for key in ("aspects", "departments") if key in self}


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def _figures(figures: Mapping[str, Decimal | None]) -> dict[str, int | float | None]:
    return {key: plain(value) for key, value in figures.items() if value is not None}


def _factors(text: str) -> dict[str, int | float | None]:
    found = {}
    for line in _lines(text):
        result, _, part = line.rpartition(" ")
        part = part.removesuffix("%").strip()
        if not result.strip() or not part.replace(".", "", 1).isdecimal():
            raise StopValidation(f"“{line}”看不明白，请写成“优秀 100”这样。")
        found[result.strip()] = plain(Decimal(part))
    return found
