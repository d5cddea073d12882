"""Packages: the sums that a filing states, and the checks between its tables, each with what would mend it."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from shared.domain.periods import Period
from shared.domain.rules import Band


@dataclass(frozen=True, slots=True)
class Figures:
    """What a package, or several together, come to: counts, and how many members have which grade.

    `lines` are members' rows, one for each member and round; `exempt` are rows that were left out of scoring.
    """

    branches: int = 0
    lines: int = 0
    exempt: int = 0
    open: int = 0
    claims: int = 0
    confirmed: int = 0
    objections: int = 0
    notices: int = 0
    grades: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: "Figures") -> "Figures":
        """Both together."""
        counted = {name: getattr(self, name) + getattr(other, name) for name in COUNTED}
        return Figures(**counted, grades=dict(Counter(self.grades) + Counter(other.grades)))


COUNTED = ("branches", "lines", "exempt", "open", "claims", "confirmed", "objections", "notices")


class Fault(NamedTuple):
    """A place where two tables of a package differ; `must` where it does not go up until it is mended."""

    where: str
    says: str
    remedy: str
    must: bool = False


class Checked(NamedTuple):
    """A check between tables, and where the package does not hold to it."""

    holds: str
    faults: tuple[Fault, ...]


Package = Mapping[str, Any]


def figures_of(package: Package) -> Figures:
    """Return the sums of a package: of a branch by its rows, of a level above by its parts."""
    if "parts" in package:
        return total(Figures(**part["figures"]) for part in package["parts"])
    claims = {state: number for state, number in package["claims"].items() if state not in {"draft", "withdrawn"}}
    return Figures(
        branches=1,
        lines=len(package["lines"]),
        exempt=sum(roster["exempt"] for roster in package.get("rosters", ())),
        open=sum(line["state"] != "settled" for line in package["lines"]),
        claims=sum(claims.values()),
        confirmed=claims.get("confirmed", 0),
        objections=sum(notice["objections"] for notice in package["notices"]),
        notices=len(package["notices"]),
        grades=dict(Counter(one["grade"] for one in package.get("grades", ()) if one["grade"])),
    )


def total(figures: Iterable[Figures]) -> Figures:
    """Return several sums as one."""
    return sum(figures, Figures())


def lowest_of(bands: Sequence[Band]) -> str | None:
    """Return the grade of the fewest points, which a filing has to explain; None where a book has no grades."""
    if not bands:
        return None
    return min(bands, key=lambda band: Decimal("-Infinity") if band.low is None else band.low).name


def check(package: Package) -> list[Checked]:
    """Return every check of this kind of package with its faults, in the order in which they are read."""
    of_kind = OF_PARTS if "parts" in package else OF_BRANCH
    return [Checked(holds, tuple(faults(package))) for holds, faults in of_kind]


def to_mend(package: Package) -> list[str]:
    """Return the sentences of what must be mended before the package goes up."""
    return [f"{fault.where}：{fault.says}{fault.remedy}" for fault in faults_of(package) if fault.must]


def faults_of(package: Package) -> list[Fault]:
    """Return every fault of a package."""
    return [fault for checked in check(package) for fault in checked.faults]


def _summed(package: Package) -> Iterable[Fault]:
    stated, counted = package.get("figures"), figures_of(package)
    if stated is not None and Figures(**stated) != counted:
        yield Fault("合计", "合计与各行相加的结果不一样。", "请退回，由对方重新生成后再报。")


def _enrolled(package: Package) -> Iterable[Fault]:
    for roster in package.get("rosters", ()):
        where = Period.parse(roster["period"]).in_words
        if roster["without"]:
            says = f"{'、'.join(roster['without'])}在名册上，没有积分，也没有办理不参加积分的手续。"
            yield Fault(where, says, "请补录这一期的积分，或者补办审批手续并写明会议记录。")
        if roster["beside"]:
            says = f"{'、'.join(roster['beside'])}有积分，期末却不在名册上。"
            yield Fault(where, says, "请核对转入、转出的日期。")


def _graded(package: Package) -> Iterable[Fault]:
    grades = package.get("grades", ())
    without = [one["name"] for one in grades if one["grade"] is None]
    if without and len(without) < len(grades):
        says = f"参加积分的 {len(grades)} 人中，{'、'.join(without)}没有等次。"
        yield Fault("年度等次", says, "请补做民主评议，或者写明不评等次的原因。")


def _explained(package: Package) -> Iterable[Fault]:
    lowest, remarks = package.get("lowest"), package.get("remarks", {})
    for one in package.get("grades", ()):
        if lowest is not None and one["grade"] == lowest and not remarks.get(one["member_no"], "").strip():
            yield Fault(
                f"编号 {one['member_no']} {one['name']}",
                f"等次是“{lowest}”，备注里没有写原因。",
                "请在下面的备注里写明原因。",
                must=True,
            )


def _voted(package: Package) -> Iterable[Fault]:
    for one in package.get("minutes", ()):
        where = f"会议记录 {one['minute']}"
        votes = one["in_favour"] + one["against"] + one["abstained"]
        if votes > one["present"]:
            says = f"到会 {one['present']} 人，却记了 {votes} 票。"
            yield Fault(where, says, "请核对会议记录上的到会人数和票数。")
        if one["passed"] and one["in_favour"] * 2 <= one["due"]:
            says = f"应到 {one['due']} 人，赞成 {one['in_favour']} 票，没有过半，却记为通过。"
            yield Fault(where, says, "请重新开会表决。")


def _posted(package: Package) -> Iterable[Fault]:
    if package["lines"] and not package["notices"]:
        yield Fault("公示", "有积分，没有一份公示。", "请先公示，期满后再报。")


def _whole(package: Package) -> Iterable[Fault]:
    for name in package.get("missing", ()):
        yield Fault(name, "这一期还没有备案。", "请催办；等不及的可以先报，备案后再补报。")


Faults = Callable[[Package], Iterable[Fault]]
OF_BRANCH: Sequence[tuple[str, Faults]] = (
    ("合计等于各行相加", _summed),
    ("名册人数 = 参加积分人数 + 不参加积分人数", _enrolled),
    ("表决票数不超过到会人数，通过的超过应到人数的一半", _voted),
    ("积分都经过公示", _posted),
    ("参加积分人数 = 各等次人数之和", _graded),
    ("最低等次都写明原因", _explained),
)
OF_PARTS: Sequence[tuple[str, Faults]] = (
    ("合计等于各单位备案数相加", _summed),
    ("下面的单位都已备案", _whole),
)
