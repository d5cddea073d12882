-- Every figure that `jifen demo --json` prints, counted again from the rows that people and the clock have left,
-- by other ways than the product counts by: steps in the history instead of states, books by the rounds that were
-- run under them instead of by adoption, deadlines instead of messages. One row, one JSON object; :county is given.
WITH book AS (
    -- Which branch runs under which book: the one of its rounds.
    SELECT DISTINCT r.unit_id, b.name
    FROM round r JOIN issued_book b ON b.county_id = r.county_id AND b.id = r.book_id
    WHERE r.county_id = :county
), village AS (
    SELECT u.id AS unit_id
    FROM unit u JOIN book k ON k.unit_id = u.id
    WHERE u.county_id = :county AND u.kind = 'branch' AND k.name = 'township-overlay'
), step AS (
    SELECT h.* FROM history h WHERE h.county_id = :county
), balance AS (
    -- What the ledger holds for each line of a round; entries that count once, for the year, stand beside it.
    SELECT l.id AS line_id, l.unit_id, l.state, l.points,
           coalesce(sum(e.points) FILTER (WHERE e.scope = 'round'), 0) AS entered
    FROM line l
    JOIN round r ON r.county_id = l.county_id AND r.id = l.round_id AND r.last_day - r.first_day < 100
    LEFT JOIN ledger_entry e ON e.county_id = l.county_id AND e.line_id = l.id
    WHERE l.county_id = :county
    GROUP BY l.id, l.unit_id, l.state, l.points
), passed AS (
    -- Claims that a members' meeting confirmed: the step names the minute of a meeting that carried the vote.
    SELECT DISTINCT s.subject_id, s.unit_id
    FROM step s
    JOIN meeting m ON m.county_id = s.county_id AND m.unit_id = s.unit_id AND m.minute = s.note
    JOIN vote v ON v.county_id = m.county_id AND v.meeting_id = m.id AND v.passed
    WHERE s.subject_kind = 'claim' AND s.after = 'confirmed' AND m.kind = 'members'
), first_notice AS (
    -- A unit's first notice of a period is the one that went up before all others.
    SELECT DISTINCT ON (n.unit_id, n.period) n.unit_id, n.id
    FROM notice n JOIN seal s ON s.county_id = n.county_id AND s.notice_id = n.id
    WHERE n.county_id = :county ORDER BY n.unit_id, n.period, n.published_at
), first_package AS (
    SELECT f.unit_id, f.period
    FROM filing f JOIN step s ON s.subject_id = f.id AND s.subject_kind = 'filing' AND s.after = 'filed'
    WHERE f.county_id = :county AND f.receipt IS NOT NULL
      AND f.number = (SELECT min(g.number) FROM filing g
                      WHERE g.county_id = f.county_id AND g.unit_id = f.unit_id AND g.period = f.period)
), objected AS (
    SELECT o.unit_id, o.id,
           o.answer IS NOT NULL AS answered,
           EXISTS (SELECT FROM deadline d WHERE d.county_id = :county AND d.subject_id = o.id
                     AND d.rung > 0 AND d.outcome = 'done') AS escalated,
           EXISTS (SELECT FROM step s WHERE s.subject_id = o.id AND s.command = 'appeal') AS appealed,
           EXISTS (SELECT FROM step s WHERE s.subject_id = o.id AND s.command = 'uphold') AS upheld
    FROM objection o WHERE o.county_id = :county
), closed_year AS (
    -- The year's lines that a notice over the year showed, and whose window has closed.
    SELECT DISTINCT nl.unit_id, nl.member_id
    FROM notice n
    JOIN notice_line nl ON nl.county_id = n.county_id AND nl.notice_id = n.id
    JOIN annual_line a ON a.county_id = n.county_id AND a.line_id = nl.line_id AND a.edition = nl.edition
    WHERE n.county_id = :county AND n.kind = 'year' AND n.closed_at IS NOT NULL
      AND (a.grade IS NOT NULL OR a.rank IS NOT NULL)
), system AS (
    SELECT k.name, k.unit_id FROM book k
    WHERE k.name IN ('xiaxiyuan', 'yangba', 'chaiqian', 'xujiayan', 'xinba')
), twice AS (
    -- One subject and one instant of its own: the clock takes each step there once.
    SELECT s.subject_id FROM step s
    WHERE s.role = 'clock' AND s.before IS NOT NULL
    GROUP BY s.subject_id, s.before, s.command, s.at HAVING count(*) > 1
    UNION ALL
    SELECT d.subject_id FROM deadline d WHERE d.county_id = :county AND d.outcome = 'done' AND d.command <> 'remind'
    GROUP BY d.subject_id, d.stage, d.command, d.due_at HAVING count(*) > 1
)
SELECT jsonb_build_object(
    'township', jsonb_build_object(
        'branches', (SELECT count(*) FROM village),
        'members', (SELECT count(DISTINCT m.person_id) FROM member m JOIN village USING (unit_id)),
        'classes', (SELECT jsonb_object_agg(c.class, c.number) FROM (
            SELECT m.class, count(*) AS number FROM member m JOIN village USING (unit_id) GROUP BY m.class) c),
        'claims', (SELECT count(DISTINCT s.subject_id) FROM step s JOIN village USING (unit_id)
                   WHERE s.subject_kind = 'claim' AND s.command = 'submit'),
        'confirmed', (SELECT count(*) FROM passed JOIN village USING (unit_id)),
        'notices', (SELECT count(*) FROM first_notice JOIN village USING (unit_id)),
        'lines_settled', (SELECT count(*) FROM balance b JOIN village USING (unit_id)
                          WHERE b.state = 'settled' AND b.points = b.entered),
        'filed', (SELECT count(*) FROM first_package JOIN village USING (unit_id)),
        'objections', (SELECT jsonb_build_object(
            'raised', count(*),
            'answered', count(*) FILTER (WHERE o.answered),
            'escalated', count(*) FILTER (WHERE o.escalated),
            'appealed', count(*) FILTER (WHERE o.appealed),
            'upheld', count(*) FILTER (WHERE o.upheld)) FROM objected o JOIN village USING (unit_id))),
    'systems', (SELECT coalesce(jsonb_object_agg(y.name, jsonb_build_object(
        'rounds', (SELECT count(DISTINCT s.subject_id) FROM step s
                   JOIN round r ON r.county_id = s.county_id AND r.id = s.subject_id AND r.last_day - r.first_day < 100
                   WHERE s.unit_id = y.unit_id AND s.subject_kind = 'round' AND s.after = 'filed'),
        'filed', (SELECT count(*) FROM first_package f WHERE f.unit_id = y.unit_id),
        'graded', (SELECT count(*) FROM closed_year c WHERE c.unit_id = y.unit_id),
        'members', (SELECT count(DISTINCT m.person_id) FROM member m WHERE m.county_id = :county AND m.unit_id = y.unit_id),
        'objections', (SELECT count(*) FROM objected o WHERE o.unit_id = y.unit_id))), '{}') FROM system y),
    'ledger', jsonb_build_object(
        'entries', (SELECT count(*) FROM ledger_entry e WHERE e.county_id = :county),
        'verified', (SELECT coalesce(bool_and(b.points = b.entered), false) FROM balance b WHERE b.state = 'settled')),
    'deadlines', (SELECT jsonb_build_object(
        'armed', count(*),
        'fired', count(*) FILTER (WHERE d.outcome IN ('done', 'outlived')),
        'early', count(*) FILTER (WHERE d.outcome = 'done' AND d.fired_at < d.due_at),
        'twice', (SELECT count(*) FROM twice)) FROM deadline d WHERE d.county_id = :county)
) AS figures
