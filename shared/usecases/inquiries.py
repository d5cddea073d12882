"""Inquiries: objections as those who work on them see them: the clock, the case, what can be mended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import may, require, see
from shared.db.clock import read_clock
from shared.db.evidence import Evidence
from shared.db.findings import Finding
from shared.db.history import History
from shared.db.members import Member, Person
from shared.db.notices import Notice
from shared.db.objections import Appeal, Objection
from shared.db.rounds import Line, Round
from shared.db.units import Unit
from shared.domain.errors import Forbidden
from shared.domain.objections import ObjectionState
from shared.domain.procedures import Body
from shared.domain.rules import RuleBook
from shared.usecases.books import book_of
from shared.usecases.evidence import evidence_of
from shared.usecases.findings import findings_of
from shared.usecases.postings import PostedLine, lines_to_be

# A branch's own, and those of other units whose case has been brought before this one; open ones by their clock.
_OBJECTIONS = text("""
SELECT o.id, o.number, o.state, o.outcome, o.raised_as, o.handed_in_at, o.on_paper, u.name AS unit_name,
       coalesce(a.due_at, o.due_at) AS due_at, m.name AS member_name, m.id AS member_id, p.name AS investigator,
       o.identity_confirmed_by
FROM objection o
JOIN unit u ON u.county_id = o.county_id AND u.id = o.unit_id
LEFT JOIN appeal a ON a.county_id = o.county_id AND a.objection_id = o.id AND a.decided_at IS NULL
JOIN line l ON l.county_id = o.county_id AND l.id = o.line_id
JOIN member m ON m.county_id = l.county_id AND m.id = l.member_id
LEFT JOIN person p ON p.county_id = o.county_id AND p.id = o.investigator_id
WHERE o.county_id = :county
ORDER BY o.state = 'closed', CASE WHEN o.state = 'closed' THEN NULL ELSE coalesce(a.due_at, o.due_at) END,
         o.handed_in_at DESC
""")
_CLAIMS = text("""
SELECT c.id, c.number, c.item, c.happened_on, c.points, c.text, c.state, c.reason FROM claim c
WHERE c.county_id = :county AND c.round_id = :round AND c.member_id = :member AND c.state <> 'draft'
ORDER BY c.happened_on, c.number
""")
_RECORDS = text("""
SELECT e.id, e.item, e.happened_on, e.points, e.text, e.struck_at, e.struck_reason FROM record e
WHERE e.county_id = :county AND e.round_id = :round AND e.member_id = :member ORDER BY e.happened_on, e.id
""")
_POSTED = text("""
SELECT l.id, m.name, coalesce(g.name, '') AS group_name, n.title, n.published_at, n.last_day
FROM notice n
JOIN line l ON l.county_id = n.county_id AND l.notice_id = n.id
JOIN member m ON m.county_id = l.county_id AND m.id = l.member_id
LEFT JOIN party_group g ON g.county_id = m.county_id AND g.id = m.group_id
WHERE n.county_id = :county AND n.unit_id = :unit AND n.published_at IS NOT NULL
  AND coalesce(n.closed_at, :now) >= :since
ORDER BY n.published_at DESC, m.name_sort, m.name, l.id
""")
# So long after a notice has closed what was handed in on paper may still be entered here.
LATE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Matter:
    """An objection and everything that belongs to it; to a unit above, round, notice and book are not shown.

    `lodged` is the appeal that waits for a decision. `investigates`: the actor has been named for it.
    """

    objection: Objection
    unit: Unit
    line: Line
    member: Member
    round: Round | None
    notice: Notice | None
    book: RuleBook | None
    shown: PostedLine | None
    claims: Sequence[Row[Any]]
    records: Sequence[Row[Any]]
    evidence: Sequence[Evidence]
    findings: Sequence[Finding]
    appeals: Sequence[Appeal]
    steps: Sequence[History]
    investigator: str
    investigates: bool
    now: datetime

    @property
    def lodged(self) -> Appeal | None:
        """The appeal that nobody has decided yet."""
        return next((one for one in self.appeals if one.decided_at is None), None)

    @property
    def due_at(self) -> datetime:
        """Until when whoever has it now must be done."""
        return self.lodged.due_at if self.lodged else self.objection.due_at

    @property
    def running(self) -> bool:
        """Whether a clock runs for somebody who works on it."""
        return self.objection.state in {
            ObjectionState.RAISED,
            ObjectionState.INVESTIGATING,
            ObjectionState.APPEALED,
        }

    @property
    def found(self) -> bool:
        """Whether the investigator last named has written down what they found."""
        return any(one.person_id == self.objection.investigator_id for one in self.findings)

    @property
    def answerer(self) -> Body | None:
        """Which body answers first, by the book."""
        return self.book.procedure.first_answer if self.book else None

    def title(self, item: str) -> str:
        """Return what an item is called, where the book is known."""
        known = self.book.items.get(item) if self.book else None
        return known.title if known else item


def see_matters(session: Session, actor: Actor) -> Sequence[Row[Any]]:
    """Return the objections to work on, those whose time runs out first, then the closed ones.

    Whom an objection is about does not see it here, nor who raised it.
    """
    require(actor, Action.OBJECTION_SEE)
    rows = session.execute(_OBJECTIONS, {"county": actor.county_id}).all()
    return [row for row in rows if row.member_id != actor.member_id]


def see_matter(session: Session, actor: Actor, objection_id: UUID) -> Matter:
    """Return a case to its officers, to its investigator, and to the body that it was brought before."""
    # Any member may be named to investigate; who comes from above has no board here.
    action = Action.BOARD_SEE if actor.member_id is not None else Action.OBJECTION_SEE
    objection = see(session, actor, action, Objection, objection_id)
    line = session.get_one(Line, (actor.county_id, objection.line_id))
    investigates = actor.person_id is not None and objection.investigator_id == actor.person_id
    if line.member_id == actor.member_id:
        raise Forbidden("这件异议涉及您本人，由其他同志办理；办理情况请在“我的异议和申诉”里看。")
    if not investigates and not may(actor, Action.OBJECTION_SEE, objection):
        raise Forbidden("这件异议不由您办理。")
    return _matter(session, actor, objection, line, investigates)


def _matter(session: Session, actor: Actor, objection: Objection, line: Line, investigates: bool) -> Matter:
    key = (actor.county_id, line.round_id)
    round_ = session.get(Round, key)
    book = book_of(session, actor.county_id, round_.book_id) if round_ else None
    where = {"county": actor.county_id, "round": line.round_id, "member": line.member_id}
    steps = select(History).filter_by(county_id=actor.county_id, subject_id=objection.id)
    appeals = select(Appeal).filter_by(county_id=actor.county_id, objection_id=objection.id)
    named = (
        session.get(Person, (actor.county_id, objection.investigator_id)) if objection.investigator_id else None
    )
    return Matter(
        objection=objection,
        unit=session.get_one(Unit, (actor.county_id, objection.unit_id)),
        line=line,
        member=session.get_one(Member, (actor.county_id, line.member_id)),
        round=round_,
        notice=session.get(Notice, (actor.county_id, objection.notice_id)),
        book=book,
        shown=lines_to_be(session, actor.county_id, book, [line.id])[0] if book else None,
        claims=session.execute(_CLAIMS, where).all(),
        records=session.execute(_RECORDS, where).all(),
        evidence=evidence_of(session, actor.county_id, objection.id),
        findings=findings_of(session, objection),
        appeals=session.scalars(appeals.order_by(Appeal.level)).all(),
        steps=session.scalars(steps.order_by(History.recorded_at, History.id)).all(),
        investigator=named.name if named else "",
        investigates=investigates,
        now=read_clock(session, actor.county_id),
    )


def posted_lines(session: Session, actor: Actor, now: datetime) -> Sequence[Row[Any]]:
    """Return the lines that a paper objection may be about: those that hang, or hung until lately."""
    require(actor, Action.OBJECTION_ENTER)
    where = {"county": actor.county_id, "unit": actor.unit_id, "now": now, "since": now - LATE}
    return session.execute(_POSTED, where).all()
