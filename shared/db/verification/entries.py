"""Entries: the ledger holds what closed notices published, each award once; what was replaced is taken back."""

from shared.db.verification.checks import Check

# Which edition of a line entered the ledger, with which seal and when: by the steps and the notices alone.
_EXPECTED = """
WITH shown AS MATERIALIZED (
    SELECT p.line_id, p.edition, p.round_id, p.member_id, s.id AS seal_id, s.seq, n.published_at
    FROM notice_line p JOIN notice n ON n.county_id = p.county_id AND n.id = p.notice_id
    JOIN seal s ON s.county_id = n.county_id AND s.notice_id = n.id WHERE p.county_id = :county
), settled AS (
    SELECT DISTINCT ON (h.subject_id, h.at) h.subject_id AS line_id, h.at, w.edition, w.round_id, w.member_id,
           w.seal_id
    FROM history h JOIN shown w ON w.line_id = h.subject_id AND w.published_at <= h.at
    WHERE h.county_id = :county AND h.subject_kind = 'line' AND h.command = 'settle'
    ORDER BY h.subject_id, h.at, w.seq DESC
), expected AS MATERIALIZED (
    SELECT DISTINCT ON (line_id, edition) line_id, edition, round_id, member_id, seal_id, at AS recorded_at
    FROM settled ORDER BY line_id, edition, at
)"""
_AS_ENTRY = """jsonb_build_object('unit_id', {0}.unit_id, 'line_id', {0}.line_id, 'edition', {0}.edition,
    'ordinal', {0}.ordinal, 'kind', {0}.kind, 'source_id', {0}.source_id, 'item', {0}.item, 'clause', {0}.clause,
    'happened_on', {0}.happened_on, 'points', {0}.points, 'scope', {0}.scope, 'note', {0}.note,
    'round_id', {0}.round_id, 'member_id', {0}.member_id, 'seal_id', {0}.seal_id,
    'recorded_at', {0}.recorded_at)"""
_COLUMNS = """({0}.unit_id, {0}.line_id, {0}.edition, {0}.ordinal, {0}.kind, {0}.source_id, {0}.item, {0}.clause,
    {0}.happened_on, {0}.points, {0}.scope, {0}.note, {0}.round_id, {0}.member_id, {0}.seal_id, {0}.recorded_at)"""

PROMOTED = Check(
    "台账每一笔等于封印的那一笔，不多不少",
    f"""{_EXPECTED},
due AS (
    SELECT a.*, x.round_id, x.member_id, x.seal_id, x.recorded_at
    FROM expected x JOIN award a ON a.county_id = :county AND a.line_id = x.line_id AND a.edition = x.edition
)
SELECT 'ledger_entry' AS tbl, coalesce(e.id, d.id) AS id, coalesce(d.unit_id, e.unit_id) AS unit_id, r.period,
       coalesce(d.member_id, e.member_id) AS member_id,
       CASE WHEN e.id IS NOT NULL THEN {_AS_ENTRY.format("e")} END AS found,
       CASE WHEN d.id IS NOT NULL THEN {_AS_ENTRY.format("d")} END AS should
FROM due d
FULL JOIN (SELECT * FROM ledger_entry WHERE county_id = :county AND reverses_id IS NULL) e ON e.id = d.id
LEFT JOIN round r ON r.county_id = :county AND r.id = coalesce(d.round_id, e.round_id)
WHERE e.id IS NULL OR d.id IS NULL OR {_COLUMNS.format("e")} IS DISTINCT FROM {_COLUMNS.format("d")}
""",  # noqa: S608
)
REVERSED = Check(
    "被更正的每一笔原样冲销一次，其余不冲销",
    f"""{_EXPECTED},
replaced AS (
    SELECT line_id, edition, lead(seal_id) OVER later AS seal_id, lead(recorded_at) OVER later AS recorded_at
    FROM expected WINDOW later AS (PARTITION BY line_id ORDER BY edition)
), due AS (
    SELECT e.id AS reverses_id, e.unit_id, e.line_id, e.edition, e.ordinal, 'reversal'::text AS kind, e.source_id,
           e.item, e.clause, e.happened_on, -e.points AS points, e.scope, '更正：冲销原登记'::text AS note,
           e.round_id, e.member_id, x.seal_id, x.recorded_at
    FROM ledger_entry e JOIN replaced x ON x.line_id = e.line_id AND x.edition = e.edition
    WHERE e.county_id = :county AND e.reverses_id IS NULL AND x.seal_id IS NOT NULL
)
SELECT 'ledger_entry' AS tbl, coalesce(e.id, d.reverses_id) AS id, coalesce(d.unit_id, e.unit_id) AS unit_id,
       r.period, coalesce(d.member_id, e.member_id) AS member_id,
       CASE WHEN e.id IS NOT NULL THEN {_AS_ENTRY.format("e")} END AS found,
       CASE WHEN d.reverses_id IS NOT NULL THEN {_AS_ENTRY.format("d")} END AS should
FROM due d
FULL JOIN (SELECT * FROM ledger_entry WHERE county_id = :county AND reverses_id IS NOT NULL) e
    ON e.reverses_id = d.reverses_id
LEFT JOIN round r ON r.county_id = :county AND r.id = coalesce(d.round_id, e.round_id)
WHERE e.id IS NULL OR d.reverses_id IS NULL OR {_COLUMNS.format("e")} IS DISTINCT FROM {_COLUMNS.format("d")}
""",  # noqa: S608
)
# The sum that a member reads, straight from the entries.
BALANCED = Check(
    "入账的积分等于台账各笔之和",
    """
SELECT 'line' AS tbl, l.id, l.unit_id, r.period, l.member_id, jsonb_build_object('points', l.points) AS found,
       jsonb_build_object('points', coalesce(s.points, 0.00)) AS should
FROM line l JOIN round r ON r.county_id = l.county_id AND r.id = l.round_id
LEFT JOIN (SELECT line_id, sum(points) AS points FROM ledger_entry WHERE county_id = :county AND scope = 'round'
           GROUP BY line_id) s ON s.line_id = l.id
WHERE l.county_id = :county AND l.state = 'settled' AND length(r.period) > 4
  AND l.points IS DISTINCT FROM coalesce(s.points, 0.00)
""",
)
