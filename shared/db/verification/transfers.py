"""Transfers: a sealed statement says what the old branch's ledger says, and a year is split without a gap."""

from shared.db.verification.checks import Check

STATED = Check(
    "转接单的每一期与原支部的台账一致",
    """
WITH said AS (
    SELECT s.id, s.unit_id, s.to_member_id, t.member_id, one ->> 'period' AS period,
           (one ->> 'edition')::integer AS edition, (one ->> 'points')::numeric AS points,
           (one ->> 'bonus')::numeric AS bonus
    FROM transfer_statement s JOIN transfer t ON t.county_id = s.county_id AND t.id = s.transfer_id
    CROSS JOIN LATERAL jsonb_array_elements(s.package -> 'rounds') AS one
    WHERE s.county_id = :county AND one ->> 'unit_id' = s.unit_id::text
), entered AS (
    SELECT d.id, d.period, coalesce(sum(e.points) FILTER (WHERE e.scope = 'round'), 0.00) AS points,
           coalesce(sum(e.points) FILTER (WHERE e.scope = 'year'), 0.00) AS bonus
    FROM said d JOIN round r ON r.county_id = :county AND r.unit_id = d.unit_id AND r.period = d.period
    LEFT JOIN ledger_entry e ON e.county_id = :county AND e.unit_id = d.unit_id AND e.member_id = d.member_id
         AND e.round_id = r.id AND e.edition = d.edition AND e.reverses_id IS NULL
    GROUP BY d.id, d.period
)
SELECT 'transfer_statement' AS tbl, s.id, s.unit_id, s.period, s.to_member_id AS member_id,
       jsonb_build_object('points', s.points, 'bonus', s.bonus) AS found,
       jsonb_build_object('points', e.points, 'bonus', e.bonus) AS should
FROM said s LEFT JOIN entered e ON e.id = s.id AND e.period = s.period
WHERE (s.points, s.bonus) IS DISTINCT FROM (e.points, e.bonus)
""",
)
# As soon as the clock has drawn up what it has to, the newest statement has every round that has settled.
COMPLETE = Check(
    "最新的转接单不漏已入账的一期",
    """
WITH newest AS (
    SELECT DISTINCT ON (s.transfer_id) s.*, t.member_id FROM transfer_statement s
    JOIN transfer t ON t.county_id = s.county_id AND t.id = s.transfer_id
    WHERE s.county_id = :county AND NOT EXISTS (
        SELECT FROM deadline d WHERE d.county_id = t.county_id AND d.subject_id = t.id AND d.fired_at IS NULL)
    ORDER BY s.transfer_id, s.number DESC
)
SELECT 'transfer_statement' AS tbl, n.id, n.unit_id, r.period, n.to_member_id AS member_id, NULL::jsonb AS found,
       jsonb_build_object('period', r.period, 'edition', l.edition) AS should
FROM newest n JOIN line l ON l.county_id = n.county_id AND l.member_id = n.member_id AND l.state = 'settled'
JOIN round r ON r.county_id = l.county_id AND r.id = l.round_id AND extract(year FROM r.first_day) = n.year
WHERE length(r.period) > 4 AND NOT n.package -> 'rounds' @> jsonb_build_array(
    jsonb_build_object('period', r.period, 'edition', l.edition, 'unit_id', n.unit_id::text))
""",
)
SPLIT = Check(
    "转接的两段党员身份前后相接",
    """
SELECT 'transfer' AS tbl, t.id, t.unit_id, NULL::text AS period, t.member_id,
       jsonb_build_object('present_to', a.present_to, 'present_from', b.present_from,
           'same_person', a.person_id = b.person_id) AS found,
       jsonb_build_object('present_to', t.moved_on - 1, 'present_from', t.moved_on, 'same_person', true) AS should
FROM transfer t JOIN member a ON a.county_id = t.county_id AND a.id = t.member_id
JOIN member b ON b.county_id = t.county_id AND b.id = t.to_member_id
WHERE t.county_id = :county AND t.state = 'accepted'
  AND (a.present_to <> t.moved_on - 1 OR b.present_from <> t.moved_on OR a.person_id <> b.person_id)
""",
)
