"""Units: the kinds of organisation in a county's tree, what may stand below what, what one was on a day."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class UnitKind(StrEnum):
    """What a unit of the tree is."""

    COUNTY = "county"
    BUREAU = "bureau"
    TOWNSHIP = "township"
    GENERAL_BRANCH = "general_branch"
    BRANCH = "branch"


WORDS = {
    UnitKind.COUNTY: "县",
    UnitKind.BUREAU: "主管部门",
    UnitKind.TOWNSHIP: "乡镇（街道）",
    UnitKind.GENERAL_BRANCH: "党总支",
    UnitKind.BRANCH: "党支部",
}
K = UnitKind
_COMMITTEES = frozenset({K.COUNTY, K.BUREAU, K.TOWNSHIP})
# Below what a unit may stand; a bureau's system or a street has committees of its own below, to any depth.
ABOVE = {
    K.COUNTY: frozenset[UnitKind](),
    K.BUREAU: _COMMITTEES,
    K.TOWNSHIP: _COMMITTEES,
    K.GENERAL_BRANCH: _COMMITTEES,
    K.BRANCH: _COMMITTEES | {K.GENERAL_BRANCH},
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What a unit was called on a day, of which kind it was, and below which unit it stood."""

    unit_id: UUID
    parent_id: UUID | None
    kind: UnitKind
    name: str
    since: date | None
    until: date | None


def place_faults(kind: UnitKind, above: UnitKind) -> list[str]:
    """Return why a unit of this kind may not stand below one of that kind; none where it may."""
    if above in ABOVE[kind]:
        return []
    if not ABOVE[kind]:
        return ["县是最上一级，不能放在别的单位下面。"]
    allowed = "、".join(WORDS[one] for one in WORDS if one in ABOVE[kind])
    return [f"{WORDS[kind]}不能设在{WORDS[above]}下面，可以设在：{allowed}。"]


def name_faults(name: str) -> list[str]:
    """Return what is wrong with a unit's name; none where it can stand on a board."""
    if not name.strip():
        return ["请写明单位名称。"]
    return [f"单位名称最多 40 字，现在有 {len(name)} 字。"] if len(name) > 40 else []
