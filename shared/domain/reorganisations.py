"""Reorganisations: a decision on the tree, from the day it is made to the day from which it holds."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from shared.domain.machine import Machine
from shared.domain.periods import day_in_words


class Change(StrEnum):
    """What is done to a unit."""

    RENAME = "rename"
    MOVE = "move"
    MERGE = "merge"
    SPLIT = "split"
    DISSOLVE = "dissolve"


class ReorganisationState(StrEnum):
    """Where a decision stands."""

    PLANNED = "planned"
    DONE = "done"
    STOPPED = "stopped"


class ReorganisationCommand(StrEnum):
    """What becomes of it: carried out on its day, called off, or found impossible on its day."""

    CARRY_OUT = "carry_out"
    CALL_OFF = "call_off"


WORDS = {
    Change.RENAME: "更名",
    Change.MOVE: "划转隶属",
    Change.MERGE: "合并",
    Change.SPLIT: "分设",
    Change.DISSOLVE: "撤销",
}

S, C = ReorganisationState, ReorganisationCommand

REORGANISATION: Machine[ReorganisationState, ReorganisationCommand] = Machine(
    noun="这项组织调整",
    initial=S.PLANNED,
    edges={(S.PLANNED, C.CARRY_OUT): S.DONE, (S.PLANNED, C.CALL_OFF): S.STOPPED},
    words={
        S.PLANNED: "等生效",
        S.DONE: "已生效",
        S.STOPPED: "没有生效",
        C.CARRY_OUT: "生效",
        C.CALL_OFF: "撤销决定",
    },
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done to a unit from a day on, and by which document.

    `to_unit_id`: below which unit it moves, or into which branch it is merged. `name`, `code`: the new name, or
    those of the branch that is set up; `members`: the numbers of those who go over to that one, as the document
    lists them: who decides above does not see a branch's roster.
    """

    change: Change
    day: date
    document: str
    to_unit_id: UUID | None = None
    name: str = ""
    code: str = ""
    members: tuple[str, ...] = ()


def plan_faults(plan: Plan, today: date) -> list[str]:
    """Return what is wrong with a decision itself, whatever stands in the tree."""
    faults = []
    if plan.day < today:
        faults.append(f"组织调整从{day_in_words(today)}或以后的一天生效，不能往前写。")
    if not plan.document.strip():
        faults.append("请写明批准的文号或会议记录编号。")
    if plan.change in {Change.MOVE, Change.MERGE} and plan.to_unit_id is None:
        faults.append("请选择划到哪个单位。" if plan.change is Change.MOVE else "请选择并入哪个党支部。")
    if plan.change in {Change.RENAME, Change.SPLIT} and not plan.name.strip():
        faults.append("请写明新的名称。")
    if plan.change is Change.SPLIT:
        faults += [] if plan.code.strip() else ["请写明新支部的编码。"]
        faults += [] if plan.members else ["请写明分到新支部的党员的编号。"]
    return faults


def as_written(plan: Plan) -> dict[str, object]:
    """Return a plan's particulars as they are kept with the decision."""
    return {
        "to_unit_id": str(plan.to_unit_id) if plan.to_unit_id else None,
        "name": plan.name,
        "code": plan.code,
        "members": list(plan.members),
    }
