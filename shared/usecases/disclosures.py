"""Disclosures: a notice's free texts looked through before it hangs; what is private in them is mended."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold
from shared.db.members import Member
from shared.db.notices import Notice
from shared.db.rounds import Line
from shared.domain.disclosures import NEVER, REMEDIES, WORDS, Found, private_in
from shared.domain.errors import Invalid, NotNow
from shared.domain.lines import LINE, LineState
from shared.usecases.appraisal_notices import results_of_notice
from shared.usecases.carry_out import remark

# What has been shown stays as it was shown; it is mended by a correction.
_SHOWN = {LineState.PUBLISHED, LineState.HELD, LineState.SETTLED}
# Behind each figure stands what was written of it; it does not hang, and its member and who decides read it.
_BEHIND = text("""
SELECT m.name, '申报 ' || c.number AS what, concat_ws('；', c.text, c.decision) AS written
FROM line l JOIN claim c ON c.county_id = l.county_id AND c.round_id = l.round_id AND c.member_id = l.member_id
JOIN member m ON m.county_id = l.county_id AND m.id = l.member_id
WHERE l.county_id = :county AND l.id = ANY(CAST(:lines AS uuid[])) AND c.state IN ('accepted', 'confirmed')
UNION ALL
SELECT m.name, '登记 ' || e.item, concat_ws('；', e.text, e.decision)
FROM line l JOIN record e ON e.county_id = l.county_id AND e.round_id = l.round_id AND e.member_id = l.member_id
JOIN member m ON m.county_id = l.county_id AND m.id = l.member_id
WHERE l.county_id = :county AND l.id = ANY(CAST(:lines AS uuid[])) AND e.struck_at IS NULL
ORDER BY 1, 2
""")


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Something private in one place; `hangs` where the notice shows it, `line_id` where it is a reason."""

    where: str
    found: Found
    hangs: bool
    line_id: UUID | None = None

    @property
    def forbids(self) -> bool:
        """Whether the notice must not be published with it."""
        return self.hangs and self.found.kind in NEVER

    @property
    def sentence(self) -> str:
        """What stands where, and what would be right."""
        return f"{self.where}里有{WORDS[self.found.kind]}（{self.found.shown}）。{REMEDIES[self.found.kind]}"


def disclosures(session: Session, notice: Notice, line_ids: Sequence[UUID]) -> list[Disclosure]:
    """Look through everything that a notice will show, and through what stands behind its figures."""
    behind = session.execute(_BEHIND, {"county": notice.county_id, "lines": list(line_ids)})
    seen = list(_hanging(session, notice, line_ids))
    seen += [
        Disclosure(f"{row.name}的{row.what}", found, hangs=False)
        for row in behind
        for found in private_in(row.written)
    ]
    return seen


def refuse_disclosures(session: Session, notice: Notice, line_ids: Sequence[UUID]) -> None:
    """Raise Invalid naming every identity number and telephone that the notice would show, without exception."""
    faults = [one.sentence for one in _hanging(session, notice, line_ids) if one.forbids]
    if faults:
        raise Invalid(*faults)


def reword_reason(session: Session, actor: Actor, line_id: UUID, reason: str, now: datetime) -> None:
    """Write the reason of a committee's figure in other words, before it is shown; the figure stays."""
    line = hold(session, actor, Action.LINE_PROPOSE, Line, line_id)
    if line.state in _SHOWN:
        raise NotNow(f"这一行现在是“{LINE.words[LineState(line.state)]}”，说明不能再改。")
    if line.reason is None:
        raise NotNow("这一行没有说明，不用改写。")
    faults = ["说明不能是空的：与细则计算不一致的，要写明理由。"] if not reason.strip() else []
    faults += [one.sentence for one in _of("说明", reason, line.id) if one.forbids]
    if faults:
        raise Invalid(*faults)
    line.reason = reason.strip()
    remark(session, actor, line, "reword", now)


def _hanging(session: Session, notice: Notice, line_ids: Sequence[UUID]) -> Iterator[Disclosure]:
    yield from _of("标题", notice.title)
    reasons = (
        select(Line.id, Line.reason, Member.name)
        .join(Member, (Member.county_id == Line.county_id) & (Member.id == Line.member_id))
        .where(Line.county_id == notice.county_id, Line.id.in_(line_ids), Line.reason.is_not(None))
    )
    for line_id, reason, name in session.execute(reasons.order_by(Member.name_sort, Line.id)):
        yield from _of(f"{name}的说明", reason, line_id)
    for result in results_of_notice(session, notice):
        yield from _of(f"{result.name}的评议说明", result.reason or "")


def _of(where: str, written: str, line_id: UUID | None = None) -> Iterator[Disclosure]:
    for found in private_in(written):
        yield Disclosure(where, found, True, line_id)
