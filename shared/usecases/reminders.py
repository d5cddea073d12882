"""Reminders and escalations: who must act is reminded; then, once a rung, the levels above are told."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import require
from shared.db.deadlines import Deadline
from shared.db.rounds import Round
from shared.domain.filings import FilingState
from shared.domain.objections import ObjectionState
from shared.domain.outcomes import OutcomeState
from shared.domain.plans import STEPS, Step
from shared.domain.rounds import PATIENCE, RoundState
from shared.domain.windows import end_of_day, local_day
from shared.usecases.carry_out import arm

REMIND = "remind"
# Which steps are awaited of each thing as it stands.
AWAITED: Mapping[str, Mapping[str, Sequence[str]]] = {
    "round": {
        RoundState.REVIEWING: [Action.CLAIM_DECIDE],
        RoundState.SCORED: [Action.LINE_PROPOSE],
        RoundState.PROPOSED: [Action.LINE_PROPOSE, Action.MEETING_HOLD],
        RoundState.PASSED: [Action.NOTICE_DRAFT],
        RoundState.CONFIRMING: [Action.LINE_CONFIRM],
    },
    "objection": {
        ObjectionState.RAISED: [Action.OBJECTION_ASSIGN],
        ObjectionState.INVESTIGATING: [Action.OBJECTION_INVESTIGATE, Action.OBJECTION_ANSWER],
        ObjectionState.APPEALED: [Action.APPEAL_DECIDE],
    },
    "filing": {
        FilingState.BUILT: [Action.FILING_SUBMIT],
        FilingState.RETURNED: [Action.FILING_SUBMIT],
        FilingState.SUBMITTED: [Action.FILING_RECEIVE],
        FilingState.RECEIVED: [Action.FILING_FILE],
    },
    "outcome_case": {
        state: [Action.OUTCOME_DECIDE]
        for state in (OutcomeState.PROPOSED, OutcomeState.HEARD, OutcomeState.APPEALED)
    },
    "verdict": {"raised": [Action.APPRAISAL_PROPOSE]},
    "plan_step": {
        Step.GOALS: [Action.GOAL_FOLLOW],
        Step.HALF_WAY: [Action.GOAL_FOLLOW],
        Step.HALF_YEAR: [Action.APPRAISAL_RUN],
        Step.APPRAISAL: [Action.APPRAISAL_RUN],
    },
}

# Where only the county is above a branch, the discipline committee member hears first, the county after.
_REMIND = text("""
-- The clock is read once: asked of each row, it was a quarter of the time.
WITH clock AS MATERIALIZED (SELECT jifen.instant(:county) AS instant),
due AS (
    SELECT d.* FROM deadline d
    WHERE d.county_id = :county AND d.id = ANY(CAST(:ids AS uuid[])) AND d.fired_at IS NULL
    FOR UPDATE SKIP LOCKED
), standing AS (
    SELECT d.*, coalesce(book.overdue_days, 3) AS every, u.name AS unit_name,
        coalesce(r.state, o.state, f.state, c.state, k.step, 'raised') AS state, k.year, goalless.persons,
        w.id AS waits_id, w.kind AS waits_kind, p.id AS parent_id, g.id AS above_id,
        w.kind = 'branch' AND p.kind = 'county' AS discipline_first,
        coalesce(d.subject_kind = 'round' AND r.stage = d.stage, false)
        OR coalesce(d.subject_kind = 'objection' AND o.stage = d.stage
                    AND d.due_at >= coalesce(a.due_at, o.due_at), false)
        OR coalesce(d.subject_kind = 'filing' AND f.stage = d.stage AND d.due_at >= f.due_at, false)
        OR coalesce(d.subject_kind = 'outcome_case' AND c.stage = d.stage, false)
        OR coalesce(d.subject_kind = 'verdict' AND v.answered_at IS NULL, false)
        OR coalesce(d.subject_kind = 'plan_step' AND CASE k.step
            WHEN 'goals' THEN goalless.persons <> '[]'
            WHEN 'half_way' THEN EXISTS (SELECT FROM goal g WHERE g.county_id = k.county_id
                AND g.unit_id = k.unit_id AND g.year = k.year AND g.checked_at IS NULL)
            WHEN 'half_year' THEN NOT EXISTS (SELECT FROM half_year h WHERE h.county_id = k.county_id
                AND h.unit_id = k.unit_id AND h.year = k.year)
            ELSE NOT EXISTS (SELECT FROM evaluation e WHERE e.county_id = k.county_id
                AND e.unit_id = k.unit_id AND e.year = k.year) END, false) AS live
    FROM due d
    JOIN unit u ON u.county_id = d.county_id AND u.id = d.unit_id
    -- After how many days the next rung hears is the rule book's that the branch follows on that day.
    LEFT JOIN LATERAL (
        SELECT b.overdue_days FROM adoption f JOIN issued_book b ON b.county_id = f.county_id AND b.id = f.book_id
        WHERE f.county_id = d.county_id AND f.unit_id = d.unit_id AND f.since <= d.due_at
        ORDER BY f.since DESC LIMIT 1) book ON true
    LEFT JOIN round r ON r.county_id = d.county_id AND r.id = d.subject_id
    LEFT JOIN objection o ON o.county_id = d.county_id AND o.id = d.subject_id
    -- A period that a new calendar has lengthened has a later reminder; this one is outlived.
    LEFT JOIN appeal a ON a.county_id = o.county_id AND a.objection_id = o.id AND a.decided_at IS NULL
    LEFT JOIN filing f ON f.county_id = d.county_id AND f.id = d.subject_id
    LEFT JOIN outcome_case c ON c.county_id = d.county_id AND c.id = d.subject_id
    LEFT JOIN verdict v ON v.county_id = d.county_id AND v.id = d.subject_id
    LEFT JOIN plan_step k ON k.county_id = d.county_id AND k.id = d.subject_id
    -- Whoever is in the branch on the day and takes part is asked for goals.
    LEFT JOIN LATERAL (
        SELECT coalesce(jsonb_agg(m.person_id ORDER BY m.person_id), '[]') AS persons FROM member m
        WHERE m.county_id = k.county_id AND m.unit_id = k.unit_id
          AND coalesce(m.present_from, k.due_on) <= k.due_on AND coalesce(m.present_to, k.due_on) >= k.due_on
          AND (m.exempt_from IS NULL OR m.exempt_from > k.due_on OR m.exempt_to < k.due_on)
          AND NOT EXISTS (SELECT FROM goal g WHERE g.county_id = m.county_id AND g.member_id = m.id
                          AND g.year = k.year)) goalless ON k.step = 'goals'
    -- An appeal waits where it was lodged, a package that went up with the level above; all else in the branch.
    JOIN unit w ON w.county_id = d.county_id AND w.id = coalesce(
        a.at_unit_id, CASE WHEN f.state IN ('submitted', 'received') THEN f.to_unit_id END,
        CASE WHEN c.state IN ('proposed', 'heard', 'appealed') THEN c.at_unit_id END, d.unit_id)
    LEFT JOIN unit p ON p.county_id = d.county_id AND p.id = w.parent_id
    LEFT JOIN unit g ON g.county_id = d.county_id AND g.id = p.parent_id
), addressed AS (
    SELECT s.*,
        CASE WHEN rung = 0 THEN waits_id
             WHEN rung = 1 THEN CASE WHEN discipline_first THEN waits_id ELSE parent_id END
             ELSE CASE WHEN discipline_first THEN parent_id ELSE above_id END END AS to_unit,
        CASE WHEN rung = 0 AND waits_kind = 'branch' THEN '["secretary","committee"]'
             WHEN rung = 1 AND discipline_first THEN '["discipline"]'
             ELSE '["general_officer","township_officer","bureau_officer","county_officer"]' END AS to_roles,
        -- Who is asked to take a step is whoever the unit has given it to; an escalation asks for none.
        CASE WHEN rung = 0 THEN CAST(:steps AS jsonb) -> subject_kind -> state END AS steps,
        CASE subject_kind WHEN 'round' THEN '本期积分' WHEN 'objection' THEN '一件异议'
            WHEN 'outcome_case' THEN '一件结果运用' WHEN 'verdict' THEN '一件评议结果异议'
            WHEN 'plan_step' THEN year || '年' || (CAST(:words AS jsonb) ->> state) ELSE '一份备案' END AS what
    FROM standing s WHERE live
), told AS (
    INSERT INTO message (county_id, id, unit_id, topic, subject_id, body, made_at, next_at, attempts)
    SELECT county_id, gen_random_uuid(), to_unit,
        CASE rung WHEN 0 THEN 'reminder' ELSE 'escalation' END, subject_id,
        jsonb_build_object('roles', to_roles::jsonb,
            'persons', CASE rung WHEN 0 THEN coalesce(persons, '[]') ELSE '[]' END,
            'steps', coalesce(steps, '[]'), 'text',
            unit_name || '：' || what || CASE rung WHEN 0 THEN '已到办理期限，请尽快办理。'
                ELSE '逾期' || (rung * every) || '天未办理，请督办。' END),
        due_at, due_at, 0
    FROM addressed WHERE to_unit IS NOT NULL
), noted AS (
    INSERT INTO history (county_id, id, unit_id, subject_kind, subject_id, command, actor_name, role, note, at,
                         recorded_at)
    SELECT county_id, gen_random_uuid(), unit_id, subject_kind, subject_id,
        CASE rung WHEN 0 THEN 'remind' ELSE 'escalate' END, '时钟', 'clock', '第' || rung || '级', due_at,
        clock_timestamp()
    FROM addressed WHERE to_unit IS NOT NULL
), next AS (
    INSERT INTO deadline (county_id, id, unit_id, subject_kind, subject_id, stage, command, rung, due_at, try_at,
                          attempts)
    SELECT county_id, gen_random_uuid(), unit_id, subject_kind, subject_id, stage, command, rung + 1,
        due_at + make_interval(days => every), due_at + make_interval(days => every), 0
    FROM addressed
    WHERE CASE rung WHEN 0 THEN parent_id IS NOT NULL WHEN 1 THEN discipline_first OR above_id IS NOT NULL
                    ELSE false END
)
UPDATE deadline d SET fired_at = clock.instant,
    outcome = CASE WHEN s.live THEN 'done' ELSE 'outlived' END
FROM standing s, clock WHERE d.county_id = s.county_id AND d.id = s.id
RETURNING d.id
""")


def watch(session: Session, round_: Round, at: datetime) -> None:
    """Arm the reminder for the step that a round now waits for, where people must take it."""
    days = PATIENCE.get(RoundState(round_.state))
    if days:
        remind_by(session, round_, end_of_day(local_day(at) + timedelta(days=days)))


def remind_by(session: Session, round_: Round, due_at: datetime) -> None:
    """Arm a reminder of a round as it stands now, once for each instant: nobody is told the same thing twice."""
    same = select(Deadline.id).filter_by(
        county_id=round_.county_id, subject_id=round_.id, stage=round_.stage, command=REMIND, due_at=due_at
    )
    if session.scalar(same) is None:
        arm(session, round_, REMIND, due_at)


def reminded_at(session: Session, round_: Round) -> datetime | None:
    """Return by when the round's next step is awaited, None where nobody waits for one."""
    waiting = select(func.min(Deadline.due_at)).filter_by(
        county_id=round_.county_id, subject_id=round_.id, stage=round_.stage, command=REMIND, rung=0
    )
    return session.scalar(waiting)


def remind_all(session: Session, actor: Actor, deadline_ids: Sequence[UUID]) -> list[UUID]:
    """Fire a batch of reminders in one statement: told, noted, next rung armed, or outlived; return their ids."""
    require(actor, Action.DEADLINE_FIRE)
    said = {"steps": json.dumps(AWAITED), "words": json.dumps(STEPS)}
    given = {"county": actor.county_id, "ids": list(deadline_ids), **said}
    return list(session.scalars(_REMIND, given))
