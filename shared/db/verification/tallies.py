"""Tallies: what was counted as it happened is what a recount of the rows gives."""

from shared.db.verification.checks import Check

COUNTED = Check(
    "件数与各行重新数出的一致",
    """
WITH standing AS (
    SELECT unit_id, 'round' AS noun, period, state FROM round WHERE county_id = :county
    UNION ALL
    SELECT c.unit_id, 'claim', r.period, c.state
    FROM claim c JOIN round r ON r.county_id = c.county_id AND r.id = c.round_id WHERE c.county_id = :county
    UNION ALL
    SELECT l.unit_id, 'line', r.period, l.state
    FROM line l JOIN round r ON r.county_id = l.county_id AND r.id = l.round_id WHERE l.county_id = :county
    UNION ALL
    SELECT unit_id, 'notice', period, state FROM notice WHERE county_id = :county
    UNION ALL
    SELECT o.unit_id, 'objection', n.period, o.state
    FROM objection o JOIN notice n ON n.county_id = o.county_id AND n.id = o.notice_id WHERE o.county_id = :county
    UNION ALL
    SELECT unit_id, 'filing', period, state FROM filing WHERE county_id = :county
), counted AS (
    SELECT unit_id, noun, period, state, count(*) AS number FROM standing GROUP BY 1, 2, 3, 4
), kept AS (
    SELECT unit_id, noun, period, state, sum(number) AS number, (array_agg(id ORDER BY id))[1] AS id
    FROM tally WHERE county_id = :county GROUP BY 1, 2, 3, 4 HAVING sum(number) <> 0
)
SELECT 'tally' AS tbl, k.id, coalesce(k.unit_id, c.unit_id) AS unit_id, coalesce(k.period, c.period) AS period,
       NULL::uuid AS member_id,
       CASE WHEN k.id IS NOT NULL THEN
           jsonb_build_object('noun', k.noun, 'state', k.state, 'number', k.number) END AS found,
       CASE WHEN c.noun IS NOT NULL THEN
           jsonb_build_object('noun', c.noun, 'state', c.state, 'number', c.number) END AS should
FROM kept k FULL JOIN counted c
    ON c.unit_id = k.unit_id AND c.noun = k.noun AND c.period = k.period AND c.state = k.state
WHERE k.number IS DISTINCT FROM c.number
""",
)
