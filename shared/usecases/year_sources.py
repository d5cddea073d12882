"""Sources of tasks at the year's end: votes to count, results to propose and publish, objections, cases."""

from shared.authz.actions import Action
from shared.usecases.sources import Source

_EVALUATION = """
SELECT '{kind}', e.id, 1, '', CAST(e.year AS text), {due} FROM evaluation e
WHERE e.county_id = :county AND e.unit_id = :unit AND e.state = '{state}'
"""
_CASE = """
SELECT '{kind}', c.id, 1, m.name, c.period, c.due_at FROM outcome_case c
JOIN member m ON m.county_id = c.county_id AND m.id = c.member_id
WHERE c.county_id = :county AND {where}
"""
_NO_DAY = "CAST(NULL AS timestamptz)"

# The year's rhythm: goals are checked from June on, the appraisal begins in December.
_HALF_WAY = """
SELECT 'half_way', CAST(:unit AS uuid), count(*), '', '', CAST(NULL AS timestamptz) FROM goal g
WHERE g.county_id = :county AND g.unit_id = :unit AND g.checked_at IS NULL
  AND g.year = extract(year FROM CAST(:today AS date)) AND extract(month FROM CAST(:today AS date)) BETWEEN 6 AND 8
HAVING count(*) > 0
"""
_DECEMBER = """
SELECT 'open_evaluation', u.id, 1, '', to_char(CAST(:today AS date), 'YYYY'), CAST(NULL AS timestamptz) FROM unit u
WHERE u.county_id = :county AND u.id = :unit AND u.kind = 'branch'
  AND extract(month FROM CAST(:today AS date)) = 12 AND NOT EXISTS (
    SELECT FROM evaluation e WHERE e.county_id = u.county_id AND e.unit_id = u.id
      AND e.year = extract(year FROM CAST(:today AS date)))
"""
# From the middle of June until the end of August, as `half_years.OPENS` and `LATEST` have it.
_JUNE = """
SELECT 'open_half_year', u.id, 1, '', to_char(CAST(:today AS date), 'YYYY'), CAST(NULL AS timestamptz) FROM unit u
WHERE u.county_id = :county AND u.id = :unit AND u.kind = 'branch'
  AND to_char(CAST(:today AS date), 'MM-DD') BETWEEN '06-15' AND '08-31' AND NOT EXISTS (
    SELECT FROM half_year h WHERE h.county_id = u.county_id AND h.unit_id = u.id
      AND h.year = extract(year FROM CAST(:today AS date)))
"""

YEAR_SOURCES = (
    Source("half_way", Action.GOAL_FOLLOW, _HALF_WAY),
    Source("open_half_year", Action.APPRAISAL_RUN, _JUNE),
    Source("open_evaluation", Action.APPRAISAL_RUN, _DECEMBER),
    Source(
        "outcome",
        Action.OUTCOME_DECIDE,
        _CASE.format(
            kind="outcome",
            where="coalesce(c.at_unit_id, c.unit_id) = :unit AND c.state IN ('proposed', 'heard', 'appealed') "
            "AND m.person_id <> :person",
        ),
    ),
    Source(
        "follow",
        Action.OUTCOME_FOLLOW,
        _CASE.format(
            kind="follow",
            where="c.unit_id = :unit AND c.state IN ('decided', 'under_way', 'checked') "
            "AND coalesce(c.owner_id, c.decided_by) = :person",
        ),
    ),
    Source(
        "begin_vote",
        Action.APPRAISAL_RUN,
        _EVALUATION.format(
            kind="begin_vote",
            state="gathering",
            due="((e.reports_until + 1)::timestamp AT TIME ZONE 'Asia/Shanghai')",
        ),
    ),
    Source(
        "tally",
        Action.BALLOT_COUNT,
        """
SELECT 'tally', b.id, 1, b.title, '', b.closes_at FROM ballot b
WHERE b.county_id = :county AND b.unit_id = :unit AND b.state <> 'counted'
""",
    ),
    Source(
        "propose_results",
        Action.APPRAISAL_PROPOSE,
        _EVALUATION.format(kind="propose_results", state="counted", due=_NO_DAY),
    ),
    Source(
        "publish_results",
        Action.APPRAISAL_RUN,
        _EVALUATION.format(kind="publish_results", state="proposed", due=_NO_DAY),
    ),
    Source(
        "answer_verdict",
        Action.APPRAISAL_PROPOSE,
        """
SELECT 'answer_verdict', v.id, 1, m.name, CAST(e.year AS text), v.due_at FROM verdict v
JOIN evaluation e ON e.county_id = v.county_id AND e.id = v.evaluation_id
JOIN member m ON m.county_id = v.county_id AND m.id = v.member_id
WHERE v.county_id = :county AND v.unit_id = :unit AND v.objection IS NOT NULL AND v.answered_at IS NULL
  AND m.person_id <> :person
""",
    ),
)
