"""Steps: the state and the stage of everything that has a life are those to which its history leads."""

from shared.db.verification.checks import Check

# What began somewhere has, for each state, been entered as often as it was left, but for where it stands: the sum
# of the states entered less those left is the state less the beginning. It needs no order of the steps.
_STEPS = """
WITH told AS (
    SELECT subject_id, count(*) AS steps, sum(hashtext(after)::bigint - hashtext(before)::bigint) AS way,
           sum(uuid_hash(unit_id)::bigint) AS units
    FROM history WHERE county_id = :county AND subject_kind = '{table}' AND after IS NOT NULL GROUP BY subject_id
)
SELECT '{table}' AS tbl, coalesce(t.id, h.subject_id) AS id, coalesce(t.unit_id, {unit}) AS unit_id,
       {period} AS period, {member} AS member_id,
       CASE WHEN t.id IS NOT NULL THEN
           jsonb_build_object('state', t.state, 'stage', t.stage, 'unit_id', t.unit_id) END AS found,
       jsonb_build_object('state', coalesce({last}, t.state), 'stage', coalesce(h.steps, 0),
                          'unit_id', coalesce({unit}, t.unit_id)) AS should
FROM (SELECT * FROM {table} WHERE county_id = :county) t
FULL JOIN told h ON h.subject_id = t.id
{joins}
WHERE {wrong}
"""
_WRONG = """(t.id IS NULL OR t.stage <> coalesce(h.steps, 0)
    OR h.units <> h.steps * uuid_hash(t.unit_id)::bigint
    OR hashtext(t.state) - coalesce(h.way, 0) <> ALL (ARRAY[{initials}]))"""
# Asked for the wrong rows alone.
_LAST = """(SELECT s.{0} FROM history s WHERE s.county_id = :county AND s.after IS NOT NULL
    AND s.subject_id = coalesce(t.id, h.subject_id) ORDER BY s.recorded_at DESC LIMIT 1)"""
_ROUND = "LEFT JOIN round r ON r.county_id = :county AND r.id = t.round_id"
_NOTICE = "LEFT JOIN notice n ON n.county_id = :county AND n.id = t.notice_id"


def _steps(
    table: str, initials: tuple[str, ...], period: str, member: str = "NULL::uuid", joins: str = ""
) -> Check:
    wrong = _WRONG.format(initials=", ".join(f"hashtext('{state}')" for state in initials))
    last, unit = _LAST.format("after"), _LAST.format("unit_id")
    sql = _STEPS.format(table=table, period=period, member=member, joins=joins, wrong=wrong, last=last, unit=unit)
    return Check("状态与经过的步骤一致", sql)


CHECKS = (
    _steps("round", ("collecting", "reviewing"), "t.period"),
    _steps("notice", ("drafted",), "t.period"),
    _steps("line", ("open",), "r.period", "t.member_id", _ROUND),
    _steps("claim", ("draft",), "r.period", "t.member_id", _ROUND),
    _steps("objection", ("raised",), "n.period", joins=_NOTICE),
    _steps("filing", ("built",), "t.period"),
    _steps("complaint", ("received",), "NULL::text"),
    _steps("report", ("reported",), "NULL::text", "t.member_id"),
    _steps("transfer", ("proposed",), "NULL::text", "t.member_id"),
    _steps("reorganisation", ("planned",), "NULL::text"),
    _steps("review", ("waiting",), "NULL::text"),
    _steps("evaluation", ("gathering",), "t.year::text"),
    _steps("ballot", ("open",), "NULL::text"),
    _steps("outcome_case", ("proposed",), "t.period", "t.member_id"),
    _steps("audit", ("drawn",), "t.period"),
    _steps("policy", ("proposed",), "NULL::text"),
    _steps("yardstick", ("proposed",), "NULL::text"),
    _steps("book_draft", ("drafting",), "NULL::text"),
)
