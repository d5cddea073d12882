"""Papers: rule books, evidence and filed packages are the bytes that were issued, handed in and sent up."""

from shared.db.verification.checks import Check

BOOKS = Check(
    "积分细则与发布时一致",
    """
SELECT 'issued_book' AS tbl, id, unit_id, NULL AS period, NULL::uuid AS member_id,
       jsonb_build_object('digest', digest) AS found,
       jsonb_build_object('digest', encode(sha256(convert_to(text, 'UTF8')), 'hex')) AS should
FROM issued_book WHERE county_id = :county AND digest <> encode(sha256(convert_to(text, 'UTF8')), 'hex')
""",
)
FILINGS = Check(
    "上报、接收、备案的时间和回执与步骤一致",
    """
WITH told AS (
    SELECT subject_id, max(at) FILTER (WHERE command = 'submit') AS submitted_at,
           max(at) FILTER (WHERE command = 'receive') AS received_at,
           max(at) FILTER (WHERE command = 'file') AS filed_at,
           max(note) FILTER (WHERE command = 'file') AS receipt
    FROM history WHERE county_id = :county AND subject_kind = 'filing' GROUP BY subject_id
), compared AS (
    SELECT f.id, f.unit_id, f.period,
        jsonb_build_object('period', f.period, 'to_unit_id', f.to_unit_id, 'submitted_at', f.submitted_at,
            'received_at', f.received_at, 'filed_at', f.filed_at, 'receipt', f.receipt,
            'edition', f.edition, 'digest', left(f.digest, 8)) AS found,
        jsonb_build_object('period', f.package ->> 'period',
            'to_unit_id', CASE WHEN f.to_unit_id = ANY (p.above) THEN f.to_unit_id ELSE u.parent_id END,
            'submitted_at', t.submitted_at, 'received_at', t.received_at, 'filed_at', t.filed_at,
            'receipt', t.receipt,
            'edition', 1 + (SELECT count(*) FROM filing_edition e
                            WHERE e.county_id = f.county_id AND e.filing_id = f.id),
            'digest', coalesce(right(t.receipt, 8), left(f.digest, 8))) AS should
    FROM filing f JOIN unit u ON u.county_id = f.county_id AND u.id = f.unit_id
    -- A unit that was moved has sent its packages to whoever was above it then.
    CROSS JOIN LATERAL (SELECT array_agg(s.parent_id) AS above FROM unit_period s
                        WHERE s.county_id = f.county_id AND s.unit_id = f.unit_id) p
    LEFT JOIN told t ON t.subject_id = f.id WHERE f.county_id = :county
)
SELECT 'filing' AS tbl, id, unit_id, period, NULL::uuid AS member_id, found, should FROM compared
WHERE found <> should
""",
)
SUMMED = Check(
    "汇总材料中的各份与备案的一致",
    """
SELECT 'filing' AS tbl, f.id, f.unit_id, f.period, NULL::uuid AS member_id,
       jsonb_build_object('unit_id', p.unit_id, 'number', p.number, 'digest', p.digest,
           'receipt', p.receipt) AS found,
       CASE WHEN o.id IS NOT NULL THEN jsonb_build_object('unit_id', o.unit_id, 'number', o.number,
           'digest', o.digest, 'receipt', o.receipt) END AS should
FROM filing f
CROSS JOIN LATERAL jsonb_to_recordset(f.package -> 'parts')
    AS p (unit_id uuid, number integer, digest text, receipt text)
LEFT JOIN filing o ON o.county_id = f.county_id AND o.unit_id = p.unit_id AND o.period = f.period
    AND o.number = p.number
WHERE f.county_id = :county AND (o.to_unit_id, o.digest, o.receipt)
      IS DISTINCT FROM (f.unit_id, p.digest, p.receipt)
""",
)
PACKAGES = """
SELECT 'filing' AS tbl, id, unit_id, period, digest, package FROM filing WHERE county_id = :county
UNION ALL
SELECT 'filing_edition', e.id, e.unit_id, f.period, e.digest, e.package
FROM filing_edition e JOIN filing f ON f.county_id = e.county_id AND f.id = e.filing_id WHERE e.county_id = :county
UNION ALL
SELECT 'transfer_statement', id, unit_id, year::text, digest, package
FROM transfer_statement WHERE county_id = :county
ORDER BY unit_id, id
"""
EVIDENCE = """
SELECT e.id, e.unit_id, r.period, c.member_id, e.digest
FROM evidence e LEFT JOIN claim c ON c.county_id = e.county_id AND c.id = e.subject_id
LEFT JOIN round r ON r.county_id = c.county_id AND r.id = c.round_id
WHERE e.county_id = :county AND e.removed_at IS NULL ORDER BY e.unit_id, e.id
"""
DESTROYED = Check(
    "每份销毁的材料都有销毁它的步骤",
    """
SELECT 'evidence' AS tbl, e.id, e.unit_id, NULL AS period, NULL::uuid AS member_id,
       jsonb_build_object('removed_at', e.removed_at, 'digest', e.digest) AS found, NULL::jsonb AS should
FROM evidence e WHERE e.county_id = :county AND e.destroyed_under IS NOT NULL AND NOT EXISTS (
    SELECT FROM history h WHERE h.county_id = e.county_id AND h.subject_id = e.subject_id
      AND h.command = 'destroy' AND h.at = e.removed_at AND h.note LIKE '%' || e.digest || '%')
""",
)
