"""Deadlines: windows as they were posted, nothing fired early or twice, no objection taken outside its window."""

from shared.db.verification.checks import Check

_NOON = "AT TIME ZONE 'Asia/Shanghai'"

WINDOWS = Check(
    "公示的期限与张贴时写明的一致",
    f"""
WITH told AS (
    SELECT subject_id, min(at) FILTER (WHERE command = 'publish') AS published_at,
           max(at) FILTER (WHERE command = 'close') AS closed_at,
           (array_agg(note ORDER BY recorded_at DESC) FILTER (WHERE command IN ('publish', 'extend')))[1] AS why
    FROM history WHERE county_id = :county AND subject_kind = 'notice' GROUP BY subject_id
), armed AS (
    SELECT subject_id, max(due_at) AS due_at FROM deadline
    WHERE county_id = :county AND command = 'close_window' GROUP BY subject_id
), covered AS (
    SELECT p.notice_id, min(r.notice_period) AS period
    FROM (SELECT DISTINCT notice_id, round_id FROM notice_line WHERE county_id = :county) p
    JOIN round r ON r.county_id = :county AND r.id = p.round_id GROUP BY p.notice_id
), posted AS (
    SELECT n.*, s.sealed_at, t.published_at AS told_at, t.closed_at AS ended_at, t.why AS told_why, a.due_at,
           coalesce(c.period, n.period) AS covers, ((n.last_day + 1)::timestamp {_NOON}) AS day_ends
    FROM notice n LEFT JOIN told t ON t.subject_id = n.id LEFT JOIN armed a ON a.subject_id = n.id
    LEFT JOIN covered c ON c.notice_id = n.id
    LEFT JOIN seal s ON s.county_id = n.county_id AND s.notice_id = n.id
    WHERE n.county_id = :county AND n.state IN ('published', 'closed')
), compared AS (
    SELECT id, unit_id, period,
        jsonb_build_object('published_at', published_at, 'closes_at', closes_at, 'last_day', last_day,
            'closed_at', closed_at, 'why', why, 'period', period, 'provisional', provisional) AS found,
        -- Three tell when it ends; the one that stands alone is wrong.
        jsonb_build_object(
            'published_at', CASE WHEN sealed_at = published_at THEN published_at ELSE told_at END,
            'why', told_why, 'period', covers,
            'provisional', coalesce(why LIKE '%暂定%' OR (provisional AND why LIKE '%只延长%'), provisional),
            'closes_at', CASE WHEN day_ends = due_at THEN due_at ELSE closes_at END,
            'last_day', CASE WHEN closes_at = due_at THEN (closes_at {_NOON})::date - 1 ELSE last_day END,
            'closed_at', ended_at) AS should
    FROM posted
)
SELECT 'notice' AS tbl, id, unit_id, period, NULL::uuid AS member_id, found, should FROM compared
WHERE found <> should
""",  # noqa: S608
)
POSTED = Check(
    "张贴的步骤记在公示写明的时刻",
    """
SELECT 'history' AS tbl, h.id, n.unit_id, n.period, NULL::uuid AS member_id,
       jsonb_build_object('at', h.at) AS found, jsonb_build_object('at', n.published_at) AS should
FROM notice n JOIN history h ON h.county_id = n.county_id AND h.subject_id = n.id AND h.command = 'publish'
WHERE n.county_id = :county AND h.at <> n.published_at
""",
)
# What is guarded, the deadline that guards it, and the instant: one must be there for each.
ARMED = Check(
    "每个期限有其时钟",
    """
WITH guarded AS (
    SELECT id, unit_id, period, 'close_window' AS command, closes_at AS due_at FROM notice
    WHERE county_id = :county AND closes_at IS NOT NULL
    UNION ALL
    SELECT id, unit_id, period, 'close_claims', claims_close_at FROM round
    WHERE county_id = :county AND length(period) > 4
    UNION ALL
    SELECT o.id, o.unit_id, n.period, 'remind', o.due_at FROM objection o
    LEFT JOIN notice n ON n.county_id = o.county_id AND n.id = o.notice_id WHERE o.county_id = :county
    UNION ALL
    SELECT o.id, o.unit_id, n.period, 'lapse', o.appeal_until FROM objection o
    LEFT JOIN notice n ON n.county_id = o.county_id AND n.id = o.notice_id
    WHERE o.county_id = :county AND o.appeal_until IS NOT NULL
    UNION ALL
    SELECT p.objection_id, p.unit_id, NULL, 'remind', p.due_at FROM appeal p WHERE p.county_id = :county
    UNION ALL
    SELECT id, unit_id, period, 'remind', due_at FROM filing WHERE county_id = :county
    UNION ALL
    SELECT id, unit_id, NULL, 'remind', due_at FROM verdict WHERE county_id = :county AND due_at IS NOT NULL
    UNION ALL
    SELECT id, unit_id, year::text, 'remind', (due_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
    FROM plan_step WHERE county_id = :county
), armed AS (
    SELECT subject_id, command, due_at FROM deadline WHERE county_id = :county AND rung = 0 GROUP BY 1, 2, 3
), missing AS (
    SELECT g.* FROM guarded g
    LEFT JOIN armed a ON a.subject_id = g.id AND a.command = g.command AND a.due_at = g.due_at
    WHERE a.subject_id IS NULL
)
SELECT 'deadline' AS tbl, coalesce(other.id, g.id) AS id, g.unit_id, g.period, NULL::uuid AS member_id,
       CASE WHEN other.id IS NOT NULL THEN
           jsonb_build_object('subject_id', g.id, 'command', g.command, 'due_at', other.due_at) END AS found,
       jsonb_build_object('subject_id', g.id, 'command', g.command, 'due_at', g.due_at) AS should
FROM missing g
LEFT JOIN LATERAL (SELECT d.id, d.due_at FROM deadline d WHERE d.county_id = :county AND d.subject_id = g.id
                   AND d.command = g.command AND d.rung = 0 ORDER BY d.due_at DESC LIMIT 1) other ON true
""",
)
PUNCTUAL = Check(
    "时钟不早、不重",
    """
SELECT 'deadline' AS tbl, id, unit_id, NULL AS period, NULL::uuid AS member_id,
       jsonb_build_object('fired_at', fired_at) AS found, jsonb_build_object('fired_at', due_at) AS should
FROM deadline WHERE county_id = :county AND fired_at < due_at
UNION ALL
SELECT 'deadline', d.id, d.unit_id, NULL, NULL, jsonb_build_object('outcome', d.outcome),
       jsonb_build_object('outcome', 'outlived')
FROM (SELECT *, row_number() OVER (PARTITION BY subject_id, stage, command, rung, due_at
                                      ORDER BY fired_at) AS nth
      FROM deadline WHERE county_id = :county AND outcome = 'done') d WHERE d.nth > 1
""",
)
# What the clock did stands in the history at the instant of the deadline that did it, and the other way round.
EFFECTIVE = Check(
    "时钟办的每一步有其期限，记在到期之时",
    """
WITH words (subject_kind, command, told) AS (
    VALUES ('notice', 'close_window', 'close'), ('round', 'close_claims', 'close_claims'),
           ('objection', 'lapse', 'lapse')
), done AS (
    SELECT d.id, d.unit_id, d.subject_id, d.due_at, w.told
    FROM deadline d JOIN words w USING (subject_kind, command)
    WHERE d.county_id = :county AND d.outcome = 'done'
), steps AS (
    SELECT h.id, h.unit_id, h.subject_id, h.at, h.command FROM history h
    JOIN words w ON w.subject_kind = h.subject_kind AND w.told = h.command
    WHERE h.county_id = :county AND h.after IS NOT NULL
)
SELECT 'deadline' AS tbl, coalesce(d.id, s.subject_id) AS id, coalesce(d.unit_id, s.unit_id) AS unit_id,
       NULL AS period, NULL::uuid AS member_id,
       CASE WHEN d.id IS NOT NULL THEN jsonb_build_object('due_at', d.due_at, 'command', d.told) END AS found,
       CASE WHEN s.id IS NOT NULL THEN jsonb_build_object('due_at', s.at, 'command', s.command) END AS should
FROM done d FULL JOIN steps s ON s.subject_id = d.subject_id AND s.command = d.told
WHERE d.id IS NULL OR s.id IS NULL OR s.at <> d.due_at
""",
)
OBJECTED = Check(
    "异议都在期限内提出，按步骤答复",
    """
WITH told AS (
    SELECT subject_id, min(at) FILTER (WHERE command = 'raise') AS raised_at,
           (array_agg(command ORDER BY recorded_at DESC) FILTER (WHERE after = 'closed'))[1] AS ended_by,
           (array_agg(at ORDER BY recorded_at) FILTER (WHERE command IN ('uphold', 'reject')))[1] AS answered_at,
           (array_agg(actor_id ORDER BY recorded_at) FILTER (WHERE command IN ('uphold', 'reject')))[1]
               AS answered_by
    FROM history WHERE county_id = :county AND subject_kind = 'objection' GROUP BY subject_id
), compared AS (
    SELECT o.id, o.unit_id, n.period, p.member_id,
        jsonb_build_object('handed_in_at', o.handed_in_at, 'answered_at', o.answered_at,
            'answered_by', o.answered_by, 'outcome', o.outcome, 'notice_id', o.notice_id) AS found,
        jsonb_build_object('answered_at', t.answered_at, 'answered_by', t.answered_by,
            'outcome', CASE t.ended_by WHEN 'uphold' THEN 'upheld' WHEN 'withdraw' THEN 'withdrawn'
                WHEN 'dismiss' THEN 'rejected' WHEN 'lapse' THEN 'rejected' END,
            'notice_id', p.notice_id,
            'handed_in_at', greatest(n.published_at, CASE WHEN t.raised_at < n.closes_at THEN t.raised_at
                                     ELSE n.closes_at - interval '1 microsecond' END)) AS should
    FROM objection o LEFT JOIN notice n ON n.county_id = o.county_id AND n.id = o.notice_id
    LEFT JOIN notice_line p ON p.county_id = o.county_id AND p.notice_id = o.notice_id AND p.line_id = o.line_id
    LEFT JOIN told t ON t.subject_id = o.id WHERE o.county_id = :county
)
SELECT 'objection' AS tbl, id, unit_id, period, member_id, found, should FROM compared WHERE found <> should
""",
)
