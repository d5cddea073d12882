"""Seals: each digest made a second time from the rows, in SQL; each branch's chain; the heads filed upward."""

from shared.db.verification.checks import Check

FORM = "jifen-seal-1"
FIRST = "0" * 64


def _text(column: str) -> str:
    return f"coalesce(char_length({column}) || ':' || {column}, '-')"


def _number(column: str) -> str:
    return _text(f"({column})::text")


def _uuid(column: str) -> str:
    return f"coalesce('36:' || {column}, '-')"


def _row(*fields: str) -> str:
    return "E'\\n' || " + " || '|' || ".join(fields)


_LINE = _row(*map(_uuid, ("n.line_id", "n.member_id", "n.round_id")), _number("n.edition"), _number("n.points"))
_AWARD = _row(
    _uuid("a.id"),
    _uuid("a.line_id"),
    _number("a.edition"),
    _number("a.ordinal"),
    _text("a.kind"),
    _uuid("a.source_id"),
    _text("a.item"),
    _text("a.clause"),
    _text("to_char(a.happened_on, 'YYYY-MM-DD')"),
    _number("a.points"),
    _text("a.scope"),
    _text("a.note"),
)
_YEAR = _row(
    _uuid("y.line_id"),
    *(_number(f"y.{name}") for name in ("edition", "year_points", "factor", "annual_points", "reward_points")),
    _text("y.grade"),
    _number("y.rank"),
    "CASE WHEN y.zeroed THEN '4:True' ELSE '5:False' END",
)
_RESULT = _row(_uuid("v.verdict_id"), _uuid("v.member_id"), _text("v.result"), _text("v.reason"))
_BY_EDITION = "{0}.county_id = n.county_id AND {0}.line_id = n.line_id AND {0}.edition = n.edition"

# The seals whose digest the rows do not give. Only the digest leaves the database, whatever the notices' size.
BROKEN = f"""
WITH shown AS (
    SELECT n.notice_id, string_agg({_LINE}, '' ORDER BY n.line_id) AS body
    FROM notice_line n WHERE n.county_id = :county GROUP BY n.notice_id
), given AS (
    SELECT n.notice_id, string_agg({_AWARD}, '' ORDER BY a.line_id, a.ordinal) AS body
    FROM notice_line n JOIN award a ON {_BY_EDITION.format("a")} WHERE n.county_id = :county GROUP BY n.notice_id
), years AS (
    SELECT n.notice_id, string_agg({_YEAR}, '' ORDER BY y.line_id) AS body
    FROM notice_line n JOIN annual_line y ON {_BY_EDITION.format("y")} WHERE n.county_id = :county
    GROUP BY n.notice_id
), results AS (
    SELECT v.notice_id, string_agg({_RESULT}, '' ORDER BY v.verdict_id) AS body
    FROM notice_verdict v WHERE v.county_id = :county GROUP BY v.notice_id
), made AS (
    SELECT s.id, encode(sha256(convert_to(
        '{FORM}' || E'\\n' || s.notice_id || E'\\nlines' || coalesce(l.body, '') || E'\\nawards'
        || coalesce(g.body, '') || E'\\nyears' || coalesce(y.body, '')
        || coalesce(E'\\nresults' || r.body, ''), 'UTF8')), 'hex') AS digest
    FROM seal s LEFT JOIN shown l USING (notice_id) LEFT JOIN given g USING (notice_id)
    LEFT JOIN years y USING (notice_id) LEFT JOIN results r USING (notice_id)
    WHERE s.county_id = :county AND s.algorithm = 'sha256'
)
SELECT s.id, s.unit_id, s.notice_id, s.seq, s.algorithm, s.previous, s.digest, s.head, m.digest AS made, n.period
FROM seal s LEFT JOIN made m USING (id)
LEFT JOIN notice n ON n.county_id = s.county_id AND n.id = s.notice_id
WHERE s.county_id = :county AND s.digest IS DISTINCT FROM m.digest ORDER BY s.unit_id, s.seq
"""  # noqa: S608 (column names of our own)

_HEAD = f"""encode(sha256(convert_to('{FORM}' || E'\\n' || s.seq || E'\\n' || s.previous || E'\\n' || s.digest,
    'UTF8')), 'hex')"""

PLACED = Check(
    "每份公示有一枚封印，属于同一支部，封于张贴之时",
    """
SELECT 'seal' AS tbl, coalesce(s.id, n.id) AS id, coalesce(n.unit_id, s.unit_id) AS unit_id, n.period,
       NULL::uuid AS member_id,
       CASE WHEN s.id IS NOT NULL THEN jsonb_build_object('notice_id', s.notice_id, 'unit_id', s.unit_id,
                                                          'sealed_at', s.sealed_at) END AS found,
       CASE WHEN n.id IS NOT NULL THEN jsonb_build_object('notice_id', n.id, 'unit_id', n.unit_id,
                                                          'sealed_at', n.published_at) END AS should
FROM (SELECT * FROM notice WHERE county_id = :county AND state IN ('published', 'closed')) n
FULL JOIN (SELECT * FROM seal WHERE county_id = :county) s ON s.notice_id = n.id
WHERE s.id IS NULL OR n.id IS NULL OR s.unit_id <> n.unit_id OR s.sealed_at <> n.published_at
""",
)

_CHAIN = f"""
SELECT 'seal' AS tbl, s.id, s.unit_id, n.period, NULL::uuid AS member_id,
       jsonb_build_object('seq', s.seq, 'previous', s.previous, 'head', s.head) AS found,
       jsonb_build_object('seq', s.due_seq, 'previous', s.due_previous, 'head', {_HEAD}) AS should
FROM (SELECT *, row_number() OVER chain AS due_seq, coalesce(lag(head) OVER chain, '{FIRST}') AS due_previous
      FROM seal WHERE county_id = :county WINDOW chain AS (PARTITION BY unit_id ORDER BY sealed_at, seq)) s
LEFT JOIN notice n ON n.county_id = s.county_id AND n.id = s.notice_id
WHERE
"""  # noqa: S608
# A seal that was changed does not give its own head; only then are its neighbours asked.
HEADS = Check("封印的链值由其自身得出", f"{_CHAIN} s.algorithm = 'sha256' AND s.head <> {_HEAD}")
OTHER_HEADS = """
SELECT s.id, s.unit_id, n.period, s.algorithm, s.seq, s.previous, s.digest, s.head
FROM seal s LEFT JOIN notice n ON n.county_id = s.county_id AND n.id = s.notice_id
WHERE s.county_id = :county AND s.algorithm <> 'sha256' ORDER BY s.unit_id, s.seq
"""
# A seal taken out, put in or rewritten breaks the numbers or the heads that follow it.
CHAINED = Check("封印逐枚相连", f"{_CHAIN} s.seq <> s.due_seq OR s.previous <> s.due_previous")

# Whoever rewrites a whole chain has not rewritten what lies with the level above.
FILED = Check(
    "封印与上报材料中的一致",
    """
SELECT 'seal' AS tbl, coalesce(s.id, f.id) AS id, f.unit_id, f.period, NULL::uuid AS member_id,
       CASE WHEN s.id IS NOT NULL THEN jsonb_build_object('seq', s.seq, 'digest', s.digest, 'head', s.head,
           'code', n.code, 'kind', n.kind, 'published_at', n.published_at) END AS found,
       jsonb_build_object('seq', p.seq, 'digest', p.digest, 'head', p.head, 'code', p.code, 'kind', p.kind,
           'published_at', p.published_at) AS should
FROM filing f
CROSS JOIN LATERAL jsonb_to_recordset(f.package -> 'notices')
    AS p (code text, kind text, seq integer, digest text, head text, published_at timestamptz)
LEFT JOIN seal s ON s.county_id = f.county_id AND s.unit_id = f.unit_id AND s.seq = p.seq
LEFT JOIN notice n ON n.county_id = s.county_id AND n.id = s.notice_id
WHERE f.county_id = :county AND (s.digest, s.head, n.code, n.kind, n.published_at)
      IS DISTINCT FROM (p.digest, p.head, p.code, p.kind, p.published_at)
""",
)
HEADED = Check(
    "上报材料写明的封印在链上",
    """
SELECT 'filing' AS tbl, f.id, f.unit_id, f.period, NULL::uuid AS member_id,
       jsonb_build_object('head', f.head) AS found,
       jsonb_build_object('head', (SELECT p ->> 'head' FROM jsonb_array_elements(f.package -> 'notices') p
                                   ORDER BY (p ->> 'seq')::integer DESC LIMIT 1)) AS should
FROM filing f LEFT JOIN seal s ON s.county_id = f.county_id AND s.unit_id = f.unit_id AND s.head = f.head
WHERE f.county_id = :county AND f.head <> '' AND s.id IS NULL
""",
)
