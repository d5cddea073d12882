"""Results: a year's result is what its notice showed, or what the answer to an objection has made of it."""

from shared.db.verification.checks import Check

SHOWN = Check(
    "评议结果与公示的一致，更正的有答复",
    """
SELECT 'verdict' AS tbl, v.id, v.unit_id, n.period, v.member_id,
       jsonb_build_object('proposed', v.proposed) AS found,
       jsonb_build_object('proposed', p.result) AS should
FROM notice_verdict p JOIN notice n ON n.county_id = p.county_id AND n.id = p.notice_id
JOIN evaluation e ON e.county_id = n.county_id AND e.notice_id = n.id
JOIN verdict v ON v.county_id = p.county_id AND v.id = p.verdict_id
WHERE p.county_id = :county AND v.proposed IS DISTINCT FROM p.result AND v.answered_at IS NULL
""",
)
TAKEN = Check(
    "年度采用的评议结果就是确定的结果",
    """
SELECT 'appraisal' AS tbl, a.id, a.unit_id, a.year::text AS period, a.member_id,
       jsonb_build_object('result', a.result) AS found, jsonb_build_object('result', v.proposed) AS should
FROM evaluation e JOIN verdict v ON v.county_id = e.county_id AND v.evaluation_id = e.id
JOIN appraisal a ON a.county_id = e.county_id AND a.member_id = v.member_id AND a.year = e.year
    AND a.unit_id = e.unit_id
WHERE e.county_id = :county AND v.settled_at IS NOT NULL AND a.decided_at = v.settled_at AND a.result <> v.proposed
""",
)
