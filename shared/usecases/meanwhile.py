"""Meanwhile: who changed a row after somebody else had opened it, so that nothing is overwritten unseen."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.db.base import Stateful
from shared.domain.errors import NotNow
from shared.domain.machine import Machine
from shared.domain.windows import SHANGHAI

S = TypeVar("S", bound=StrEnum)
C = TypeVar("C", bound=StrEnum)
Row = TypeVar("Row", bound=Stateful)

_LAST = text("""
SELECT DISTINCT ON (h.subject_id) h.subject_id, h.actor_name, h.command, h.at FROM history h
WHERE h.county_id = :county AND h.subject_id = ANY(CAST(:ids AS uuid[])) AND h.after IS NOT NULL
ORDER BY h.subject_id, h.recorded_at DESC
""")


def refuse_changed(
    session: Session,
    rows: Sequence[Row],
    seen: Mapping[UUID, int],
    machine: Machine[S, C],
    name: Callable[[Row], str],
) -> None:
    """Refuse to act on held rows of which one stands at another stage than was seen; say who did what meanwhile.

    `seen` is the stage by id, as the page showed it; `name` says which row it is.
    """
    moved = [row for row in rows if row.stage != seen.get(row.id, row.stage)]
    if not moved:
        return
    given = {"county": moved[0].county_id, "ids": [row.id for row in moved]}
    last = {step.subject_id: step for step in session.execute(_LAST, given)}
    words = {str(command): word for command, word in machine.words.items()}
    said = []
    for row in moved:
        step = last.get(row.id)
        if step is None:
            said.append(f"{name(row)}和您看到的不一样")
            continue
        at = step.at.astimezone(SHANGHAI)
        when = f"{at.month}月{at.day}日 {at.hour}:{at.minute:02d}"
        said.append(f"{name(row)}在您打开页面以后已由{step.actor_name}于 {when}“{words[step.command]}”")
    raise NotNow(f"{'；'.join(said)}。您的意见没有写入，请看过现在的情况再办。")
