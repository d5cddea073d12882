"""Tasks: what waits for somebody, by their roles in their unit; read in two statements, however much it is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, partial
from typing import Any
from uuid import UUID

from sqlalchemy import Row, TextClause, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import able
from shared.domain.procedures import Body, MeetingMode, Procedure
from shared.domain.rounds import RoundState
from shared.domain.windows import local_day
from shared.usecases.appeals import ROLE_OF
from shared.usecases.books import book_of
from shared.usecases.opinions import signs_for_any
from shared.usecases.sources import CLAIMS, SOURCES
from shared.usecases.year_sources import YEAR_SOURCES

# The round's own deadline, and what its next step depends on.
_ROUNDS = text("""
SELECT r.id, r.book_id, r.period, r.notice_period, r.state,
       coalesce((SELECT min(d.due_at) FROM deadline d WHERE d.county_id = r.county_id AND d.subject_id = r.id
                 AND d.stage = r.stage AND d.command = 'remind' AND d.rung = 0),
                CASE WHEN r.state = 'collecting' THEN r.claims_close_at END) AS due_at,
       (SELECT count(*) FROM claim c WHERE c.county_id = r.county_id AND c.round_id = r.id
        AND c.state = 'submitted') AS undecided,
       (SELECT count(*) FROM line l WHERE l.county_id = r.county_id AND l.round_id = r.id
        AND l.state = 'excepted') AS excepted,
       EXISTS (SELECT FROM line l WHERE l.county_id = r.county_id AND l.round_id = r.id
               AND l.points IS NULL) AS unreckoned,
       EXISTS (SELECT FROM history h WHERE h.county_id = r.county_id AND h.subject_id = r.id
               AND h.command = 'confirm') AS confirmed,
       EXISTS (SELECT FROM notice n WHERE n.county_id = r.county_id AND n.unit_id = r.unit_id
               AND n.period = r.notice_period AND n.kind <> 'appraisal'
               AND n.state IN ('drafted', 'reviewed', 'approved')) AS noticed
FROM round r
WHERE r.county_id = :county AND r.unit_id = :unit AND r.state NOT IN ('settled', 'filed')
ORDER BY r.first_day
""")
EVERY = (*SOURCES, *YEAR_SOURCES)
OF_ROUNDS = frozenset({"opinion", "decide", "score", "agree"})


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits: its kind, what it is about, how many there are, whom it concerns, until when."""

    kind: str
    subject_id: UUID
    number: int
    who: str
    period: str
    due_at: datetime | None


def tasks_of(session: Session, actor: Actor, now: datetime) -> list[Task]:
    """Return what waits for this actor, what is due first first; what has no day comes last."""
    here = {"county": actor.county_id, "unit": actor.unit_id}
    rounds = session.execute(_ROUNDS, here).all()
    found = [task for round_ in rounds for task in _of_round(session, actor, round_)]
    query = _query(frozenset(source.action for source in EVERY if able(actor, source.action)))
    if query is not None:
        given = {**here, **_about(actor, now), **_books(session, actor, rounds)}
        rows = session.execute(query, given)
        found += _dated([Task(*row) for row in rows], rounds)
    return sorted(found, key=lambda task: (task.due_at is None, task.due_at or now, task.kind))


@cache
def _query(actions: frozenset[Action]) -> TextClause | None:
    mine = [source.query for source in EVERY if source.action in actions]
    return text(CLAIMS + "\nUNION ALL\n".join(mine)) if mine else None


def _about(actor: Actor, now: datetime) -> Mapping[str, Any]:
    return {
        "person": actor.person_id,
        "group": actor.group_id,
        "department": actor.department,
        "leads": "group_leader" in actor.roles,
        "any_group": signs_for_any(actor),
        "sits": able(actor, Action.CLAIM_DECIDE),
        "office": "office" in actor.roles,
        "for_office": actor.overlay.stands_in(actor.roles, "office", Action.OBJECTION_ANSWER),
        "bodies": _bodies(actor),
        "today": local_day(now),
    }


def _bodies(actor: Actor) -> list[str]:
    """Return for which bodies that hear appeals this actor decides."""
    mine = partial(actor.overlay.stands_in, actor.roles, step=Action.APPEAL_DECIDE)
    return [str(body) for body in Body if body not in ROLE_OF or mine(ROLE_OF[body])]


def _books(session: Session, actor: Actor, rounds: Sequence[Row[Any]]) -> Mapping[str, Any]:
    books = {round_.book_id: book_of(session, actor.county_id, round_.book_id).procedure for round_ in rounds}
    return {
        "rounds": [round_.id for round_ in rounds],
        "books": list(books),
        "opinions": [procedure.opinions for procedure in books.values()],
        "scorers": [procedure.scorers for procedure in books.values()],
        "offices": [procedure.first_answer is Body.OFFICE for procedure in books.values()],
    }


def _dated(tasks: Iterable[Task], rounds: Sequence[Row[Any]]) -> Iterable[Task]:
    """What belongs to a round, or to the notice over it, is due when the round's step is."""
    by_round = {round_.id: round_.due_at for round_ in rounds}
    by_notice = {round_.notice_period: round_.due_at for round_ in rounds}
    for task in tasks:
        if task.kind in OF_ROUNDS:
            yield replace(task, due_at=by_round[task.subject_id])
        elif task.kind in {"review", "approve", "publish"}:
            yield replace(task, due_at=by_notice.get(task.period))
        else:
            yield task


def _of_round(session: Session, actor: Actor, round_: Row[Any]) -> Iterable[Task]:
    """Return the step of a round that is this actor's to take; none while it waits for others."""
    procedure = book_of(session, actor.county_id, round_.book_id).procedure
    for kind, action, number in next_steps(round_, procedure):
        if able(actor, action):
            yield Task(kind, round_.id, number, "", round_.period, round_.due_at)


def next_steps(round_: Any, procedure: Procedure) -> Iterable[tuple[str, Action, int]]:
    """Return what people have to do next with a round as it stands: the kind of task, the action, how many."""
    if round_.state == RoundState.REVIEWING and not round_.undecided:
        yield from _reviewed(round_, procedure)
    elif round_.state == RoundState.SCORED:
        yield "propose", Action.LINE_PROPOSE, 1
    elif round_.state == RoundState.PROPOSED and round_.excepted:
        yield "propose", Action.LINE_PROPOSE, round_.excepted
    elif round_.state == RoundState.PROPOSED and procedure.meeting is MeetingMode.PASSES:
        yield "meet", Action.MEETING_HOLD, 1
    elif round_.state == RoundState.CONFIRMING and not round_.undecided and not round_.confirmed:
        yield "confirm_lines", Action.LINE_CONFIRM, 1
    elif _before_notice(round_, procedure) and not round_.noticed:
        yield "draft", Action.NOTICE_DRAFT, 1


def _reviewed(round_: Any, procedure: Procedure) -> Iterable[tuple[str, Action, int]]:
    if procedure.scorers:
        yield "finish", Action.SCORE_AGREE, 1
    elif RoundState.PROPOSED in procedure.stages and len(round_.period) > 4:
        yield "propose", Action.LINE_PROPOSE, 1
    elif round_.unreckoned and len(round_.period) > 4:
        yield "compile", Action.LINE_CONFIRM, 1
    elif not round_.noticed:
        yield "draft", Action.NOTICE_DRAFT, 1


def _before_notice(round_: Any, procedure: Procedure) -> bool:
    """Whether the next stage of the book is a notice."""
    stages = procedure.stages
    if round_.state not in stages[:-1]:
        return False
    following = stages[stages.index(RoundState(round_.state)) + 1]
    return following in {RoundState.PUBLISHED, RoundState.REPUBLISHED}
