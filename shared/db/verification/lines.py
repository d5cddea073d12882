"""Lines: a line says what its notice showed and what its awards sum to; its sources are as they counted."""

from shared.db.verification.checks import Check

SHOWN = Check(
    "积分行与公示的一致",
    """
WITH shown AS (
    SELECT DISTINCT ON (p.line_id) p.*
    FROM notice_line p LEFT JOIN seal s ON s.county_id = p.county_id AND s.notice_id = p.notice_id
    WHERE p.county_id = :county ORDER BY p.line_id, s.seq DESC NULLS LAST
)
SELECT 'line' AS tbl, coalesce(l.id, p.line_id) AS id, coalesce(l.unit_id, p.unit_id) AS unit_id, r.period,
       coalesce(p.member_id, l.member_id) AS member_id,
       CASE WHEN l.id IS NOT NULL THEN jsonb_build_object('notice_id', l.notice_id, 'member_id', l.member_id,
           'round_id', l.round_id, 'edition', l.edition, 'points', l.points, 'reason', l.reason) END AS found,
       jsonb_build_object('notice_id', p.notice_id, 'member_id', p.member_id, 'round_id', p.round_id,
           'edition', p.edition, 'points', p.points, 'reason', p.reason) AS should
FROM (SELECT * FROM line WHERE county_id = :county) l
FULL JOIN shown p ON p.line_id = l.id
LEFT JOIN round r ON r.county_id = :county AND r.id = coalesce(p.round_id, l.round_id)
WHERE (l.id IS NULL OR p.line_id IS NOT NULL OR l.notice_id IS NOT NULL)
  AND (l.id IS NULL OR l.notice_id IS DISTINCT FROM p.notice_id OR l.member_id <> p.member_id
       OR l.round_id <> p.round_id
       -- Between two publications a line may be reckoned again; once it has settled it is as it was shown.
       OR l.edition < p.edition OR (l.state = 'settled' AND l.edition <> p.edition)
       OR (l.edition = p.edition AND (l.points, l.reason) IS DISTINCT FROM (p.points, p.reason)))
""",
)
PLACED = Check(
    "公示的每一行、每一笔属于同一支部",
    """
SELECT 'notice_line' AS tbl, p.id, n.unit_id, n.period, p.member_id,
       jsonb_build_object('unit_id', p.unit_id) AS found, jsonb_build_object('unit_id', n.unit_id) AS should
FROM notice_line p JOIN notice n ON n.county_id = p.county_id AND n.id = p.notice_id
WHERE p.county_id = :county AND p.unit_id <> n.unit_id
UNION ALL
SELECT 'award', a.id, l.unit_id, NULL, l.member_id, jsonb_build_object('unit_id', a.unit_id),
       jsonb_build_object('unit_id', l.unit_id)
FROM award a JOIN line l ON l.county_id = a.county_id AND l.id = a.line_id
WHERE a.county_id = :county AND a.unit_id <> l.unit_id
""",
)
# The year's lines are made of rounds, not of awards: they are held against the ledger elsewhere.
SUMMED = Check(
    "积分行等于各笔之和",
    """
SELECT 'line' AS tbl, l.id, l.unit_id, r.period, l.member_id,
       jsonb_build_object('by_rule', l.by_rule, 'points', l.points) AS found,
       jsonb_build_object('by_rule', coalesce(s.by_rule, 0.00), 'points', coalesce(s.points, 0.00)) AS should
FROM line l JOIN round r ON r.county_id = l.county_id AND r.id = l.round_id
LEFT JOIN (
    SELECT line_id, edition, coalesce(sum(points), 0.00) AS points,
           coalesce(sum(points) FILTER (WHERE kind <> 'adjustment'), 0.00) AS by_rule
    FROM award WHERE county_id = :county AND scope = 'round' GROUP BY line_id, edition) s
    ON s.line_id = l.id AND s.edition = l.edition
WHERE l.county_id = :county AND l.edition > 0 AND length(r.period) > 4
  AND (l.by_rule, l.points) IS DISTINCT FROM (coalesce(s.by_rule, 0.00), coalesce(s.points, 0.00))
""",
)
_COUNTED = """
SELECT '{table}' AS tbl, c.id, c.unit_id, r.period, l.member_id,
       jsonb_build_object('item', c.item, 'happened_on', c.happened_on, 'points', c.points,
           'member_id', c.member_id) AS found,
       jsonb_build_object('item', a.item, 'happened_on', a.happened_on, 'member_id', l.member_id,
           'points', CASE WHEN c.points IS NOT NULL THEN a.asked END) AS should
FROM line l JOIN award a ON a.county_id = l.county_id AND a.line_id = l.id AND a.edition = l.edition
JOIN {table} c ON c.county_id = a.county_id AND c.id = a.source_id
JOIN round r ON r.county_id = l.county_id AND r.id = l.round_id
WHERE l.county_id = :county AND l.state = 'settled' AND a.kind = 'event'
  AND ((c.item, c.happened_on) IS DISTINCT FROM (a.item, a.happened_on) OR c.points <> a.asked
       -- What was done in another branch came along with the same person.
       OR (c.member_id <> l.member_id AND NOT EXISTS (
           SELECT FROM transfer_statement s WHERE s.county_id = l.county_id AND s.to_member_id = l.member_id
             AND s.package -> 'deeds' @> jsonb_build_array(jsonb_build_object('id', c.id::text)))))
"""
CLAIMED = Check("入账的申报与登记时一致", _COUNTED.format(table="claim"))
RECORDED = Check("入账的记录与登记时一致", _COUNTED.format(table="record"))
SOURCED = Check(
    "每一笔有其来源",
    """
SELECT 'claim' AS tbl, a.source_id AS id, a.unit_id, NULL AS period,
       l.member_id, NULL::jsonb AS found,
       jsonb_build_object('item', a.item, 'happened_on', a.happened_on) AS should
FROM line l JOIN award a ON a.county_id = l.county_id AND a.line_id = l.id AND a.edition = l.edition
LEFT JOIN claim c ON c.county_id = a.county_id AND c.id = a.source_id
LEFT JOIN record d ON d.county_id = a.county_id AND d.id = a.source_id
WHERE l.county_id = :county AND l.state = 'settled' AND a.kind = 'event' AND c.id IS NULL AND d.id IS NULL
""",
)
