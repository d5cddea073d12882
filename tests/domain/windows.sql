-- The second calculation of every window: what is off and what is worked is typed here once more from the
-- notices, and each last day is found by counting rows of days, not by adding to a date.
-- In: $1 the year whose every hour is an instant of publication. Out: one row an instant and setting.
WITH off_run (first, last) AS (
    VALUES
        -- 国办发明电〔2023〕7号
        (DATE '2024-01-01', DATE '2024-01-01'), ('2024-02-10', '2024-02-17'), ('2024-04-04', '2024-04-06'),
        ('2024-05-01', '2024-05-05'), ('2024-06-10', '2024-06-10'), ('2024-09-15', '2024-09-17'),
        ('2024-10-01', '2024-10-07'),
        -- 国办发明电〔2024〕12号
        ('2025-01-01', '2025-01-01'), ('2025-01-28', '2025-02-04'), ('2025-04-04', '2025-04-06'),
        ('2025-05-01', '2025-05-05'), ('2025-05-31', '2025-06-02'), ('2025-10-01', '2025-10-08'),
        -- 国办发明电〔2025〕7号
        ('2026-01-01', '2026-01-03'), ('2026-02-15', '2026-02-23'), ('2026-04-04', '2026-04-06'),
        ('2026-05-01', '2026-05-05'), ('2026-06-19', '2026-06-21'), ('2026-09-25', '2026-09-27'),
        ('2026-10-01', '2026-10-07')
),
worked (day) AS (
    VALUES
        (DATE '2024-02-04'), ('2024-02-18'), ('2024-04-07'), ('2024-04-28'), ('2024-05-11'), ('2024-09-14'),
        ('2024-09-29'), ('2024-10-12'),
        ('2025-01-26'), ('2025-02-08'), ('2025-04-27'), ('2025-09-28'), ('2025-10-11'),
        ('2026-01-04'), ('2026-02-14'), ('2026-02-28'), ('2026-05-09'), ('2026-09-20'), ('2026-10-10')
),
plain AS (
    SELECT
        d::date AS day,
        EXISTS (SELECT FROM off_run WHERE d::date BETWEEN first AND last) AS holiday,
        d::date IN (TABLE worked) AS swapped,
        extract(isodow FROM d) IN (6, 7) AS weekend
    FROM generate_series(make_date($1, 1, 1) - 10, make_date($1 + 1, 3, 1), interval '1 day') AS d
),
day AS MATERIALIZED (
    SELECT
        day,
        holiday,
        swapped OR NOT (weekend OR holiday) AS working,
        row_number() OVER (ORDER BY day) AS nth,
        count(*) FILTER (WHERE swapped OR NOT (weekend OR holiday)) OVER (ORDER BY day) AS nth_working
    FROM plain
),
next_working AS MATERIALIZED (
    SELECT d.day, d.holiday, d.working, d.nth, min(w.day) AS next_day
    FROM day AS d JOIN day AS w ON w.working AND w.day BETWEEN d.day AND d.day + 30
    GROUP BY 1, 2, 3, 4
),
setting (days, unit, roll) AS (
    SELECT n, u, r FROM generate_series(1, 10) AS n,
        (VALUES ('natural', 'none'), ('natural', 'statutory'), ('natural', 'nonworking'),
                ('working', 'none'), ('working', 'statutory'), ('working', 'nonworking')) AS s (u, r)
),
ending AS MATERIALIZED (
    SELECT start.day AS published, s.*, counted.day AS counted,
        CASE
            WHEN s.roll = 'nonworking' OR (s.roll = 'statutory' AND counted.holiday) THEN counted.next_day
            ELSE counted.day
        END AS last_day
    FROM setting AS s CROSS JOIN day AS start JOIN next_working AS counted ON counted.nth = start.nth + s.days
    WHERE s.unit = 'natural'
    UNION ALL
    SELECT start.day, s.*, counted.day, counted.day
    FROM setting AS s CROSS JOIN day AS start
    JOIN day AS counted ON counted.working AND counted.nth_working = start.nth_working + s.days
    WHERE s.unit = 'working'
)
SELECT
    hour, e.days, e.unit, e.roll,
    (e.last_day + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' AS closes_at,
    e.last_day <> e.counted AS rolled,
    extract(year FROM e.last_day) > 2026 OR extract(year FROM e.published) < 2024 AS provisional
FROM generate_series(
    make_date($1, 1, 1)::timestamp AT TIME ZONE 'Asia/Shanghai',
    make_date($1 + 1, 1, 1)::timestamp AT TIME ZONE 'Asia/Shanghai' - interval '1 hour',
    interval '1 hour'
) AS hour
JOIN ending AS e ON e.published = (hour AT TIME ZONE 'Asia/Shanghai')::date
