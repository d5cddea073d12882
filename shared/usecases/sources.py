"""Sources of tasks: for each kind of thing that waits, who may take it on, and the query that finds it."""

from typing import NamedTuple

from shared.authz.actions import Action

# What the sources of claims stand on; the books' rules come in as arrays, since they are texts to the database.
CLAIMS = """
WITH book AS (
    SELECT * FROM unnest(CAST(:books AS uuid[]), CAST(:opinions AS bool[]), CAST(:scorers AS int[]),
                         CAST(:offices AS bool[])) AS b (id, opinions, scorers, office)
), waiting AS (
    SELECT c.id, c.number, c.county_id, c.round_id, c.filed_at, r.period, m.name, m.person_id, m.group_id,
           b.scorers,
           b.opinions AND NOT EXISTS (
               SELECT FROM opinion o WHERE o.county_id = c.county_id AND o.claim_id = c.id) AS unopined,
           EXISTS (SELECT FROM word w WHERE w.county_id = c.county_id AND w.claim_id = c.id
                   AND w.given_at IS NULL) AS unworded
    FROM claim c
    JOIN round r ON r.county_id = c.county_id AND r.id = c.round_id
    JOIN member m ON m.county_id = c.county_id AND m.id = c.member_id
    JOIN book b ON b.id = r.book_id
    WHERE c.county_id = :county AND c.round_id = ANY(CAST(:rounds AS uuid[])) AND c.state = 'submitted'
      AND m.person_id <> :person
)
"""
_OF_ROUND = """
SELECT '{kind}' AS kind, round_id AS subject_id, count(*) AS number,
       array_to_string((array_agg(name ORDER BY filed_at))[1:3], '、') AS who, period,
       CAST(NULL AS timestamptz) AS due_at
FROM waiting w WHERE {where} GROUP BY round_id, period
"""
# Where the claimant is the only leader of the group, a member of the committee signs.
_MY_GROUP = """unopined AND (
    :any_group OR (:leads AND w.group_id = CAST(:group AS uuid)) OR (:sits AND NOT EXISTS (
        SELECT FROM holding h WHERE h.county_id = w.county_id AND h.unit_id = :unit AND h.role = 'group_leader'
          AND h.group_id = w.group_id AND h.person_id <> w.person_id AND h.since <= :today
          AND (h.until IS NULL OR h.until >= :today))))"""
_MINE_SCORED = """EXISTS (
    SELECT FROM score s WHERE s.county_id = w.county_id AND s.claim_id = w.id AND s.person_id = :person)"""
_ALL_IN = """(
    SELECT count(*) FROM score s WHERE s.county_id = w.county_id AND s.claim_id = w.id
) >= w.scorers - CAST(EXISTS (
    SELECT FROM holding h WHERE h.county_id = w.county_id AND h.unit_id = :unit AND h.role = 'scorer'
      AND h.person_id = w.person_id) AS int)"""
_NOTICE = """
SELECT '{kind}', n.id, 1, n.title, n.period, CAST(NULL AS timestamptz) FROM notice n
WHERE n.county_id = :county AND n.unit_id = :unit AND n.state = '{state}'
"""
_OBJECTION = """
SELECT '{kind}', o.id, 1, m.name, r.period, o.due_at FROM objection o
JOIN line l ON l.county_id = o.county_id AND l.id = o.line_id
JOIN member m ON m.county_id = l.county_id AND m.id = l.member_id
JOIN round r ON r.county_id = l.county_id AND r.id = l.round_id
LEFT JOIN book b ON b.id = r.book_id
WHERE o.county_id = :county AND o.unit_id = :unit AND {where}
"""
_FOUND = "EXISTS (SELECT FROM finding f WHERE f.county_id = o.county_id AND f.objection_id = o.id)"
_FILING = """
SELECT '{kind}', f.id, 1, u.name, f.period, f.due_at FROM filing f
JOIN unit u ON u.county_id = f.county_id AND u.id = f.unit_id
WHERE f.county_id = :county AND {where}
"""


class Source(NamedTuple):
    """One kind of task: whoever may take this action looks for it by this query."""

    kind: str
    action: Action
    query: str


SOURCES = (
    Source("opinion", Action.OPINION_GIVE, _OF_ROUND.format(kind="opinion", where=_MY_GROUP)),
    Source(
        "decide",
        Action.CLAIM_DECIDE,
        _OF_ROUND.format(kind="decide", where="NOT unopined AND NOT unworded AND scorers = 0"),
    ),
    Source(
        "score",
        Action.SCORE_GIVE,
        _OF_ROUND.format(
            kind="score", where=f"NOT unopined AND NOT unworded AND scorers > 0 AND NOT {_MINE_SCORED}"
        ),
    ),
    Source("agree", Action.SCORE_AGREE, _OF_ROUND.format(kind="agree", where=f"scorers > 0 AND {_ALL_IN}")),
    Source(
        "word",
        Action.WORD_GIVE,
        """
SELECT 'word', w.id, 1, u.name || ' ' || c.number, '', CAST(NULL AS timestamptz) FROM word w
JOIN claim c ON c.county_id = w.county_id AND c.id = w.claim_id
JOIN unit u ON u.county_id = w.county_id AND u.id = w.unit_id
WHERE w.county_id = :county AND w.at_unit_id = :unit AND w.given_at IS NULL AND w.department = :department
""",
    ),
    Source(
        "report",
        Action.REPORT_SETTLE,
        """
SELECT 'report', p.id, 1, m.name, '', CAST(NULL AS timestamptz) FROM report p
JOIN member m ON m.county_id = p.county_id AND m.id = p.member_id
WHERE p.county_id = :county AND p.unit_id = :unit AND p.state = 'reported' AND m.person_id <> :person
""",
    ),
    Source("review", Action.NOTICE_REVIEW, _NOTICE.format(kind="review", state="drafted")),
    Source("approve", Action.NOTICE_APPROVE, _NOTICE.format(kind="approve", state="reviewed")),
    Source("publish", Action.NOTICE_PUBLISH, _NOTICE.format(kind="publish", state="approved")),
    Source(
        "confirm",
        Action.OBJECTION_CONFIRM,
        _OBJECTION.format(
            kind="confirm",
            where="o.state IN ('raised', 'investigating') AND o.raised_as = 'villager' "
            "AND o.identity_confirmed_by IS NULL",
        ),
    ),
    Source("assign", Action.OBJECTION_ASSIGN, _OBJECTION.format(kind="assign", where="o.state = 'raised'")),
    Source(
        "investigate",
        Action.OBJECTION_INVESTIGATE,
        _OBJECTION.format(
            kind="investigate",
            where=f"o.state = 'investigating' AND o.investigator_id = :person AND NOT {_FOUND}",
        ),
    ),
    Source(
        "answer",
        Action.OBJECTION_ANSWER,
        _OBJECTION.format(
            kind="answer",
            where=f"o.state = 'investigating' AND m.person_id <> :person AND {_FOUND} "
            "AND (b.office IS NULL OR CASE WHEN b.office THEN :for_office ELSE NOT :office END)",
        ),
    ),
    Source(
        "appeal",
        Action.APPEAL_DECIDE,
        """
SELECT 'appeal', o.id, 1, u.name || ' ' || o.number, '', a.due_at FROM appeal a
JOIN objection o ON o.county_id = a.county_id AND o.id = a.objection_id
JOIN unit u ON u.county_id = a.county_id AND u.id = a.unit_id
WHERE a.county_id = :county AND a.at_unit_id = :unit AND a.decided_at IS NULL
  AND a.body = ANY(CAST(:bodies AS text[])) AND o.answered_by IS DISTINCT FROM :person
""",
    ),
    Source(
        "submit",
        Action.FILING_SUBMIT,
        _FILING.format(kind="submit", where="f.unit_id = :unit AND f.state IN ('built', 'returned')"),
    ),
    Source(
        "receive",
        Action.FILING_RECEIVE,
        _FILING.format(kind="receive", where="f.to_unit_id = :unit AND f.state = 'submitted'"),
    ),
    Source(
        "file",
        Action.FILING_FILE,
        _FILING.format(kind="file", where="f.to_unit_id = :unit AND f.state = 'received'"),
    ),
    Source(
        "check_lines",
        Action.SAMPLING_CHECK,
        """
SELECT 'check_lines', a.id, count(*), u.name, a.period, CAST(NULL AS timestamptz) FROM audited_line d
JOIN audit a ON a.county_id = d.county_id AND a.id = d.audit_id AND a.state = 'drawn'
JOIN unit u ON u.county_id = a.county_id AND u.id = a.unit_id
WHERE d.county_id = :county AND d.to_unit_id = :unit AND d.verdict IS NULL
GROUP BY a.id, u.name, a.period
""",
    ),
    Source(
        "transfer",
        Action.TRANSFER_ACCEPT,
        """
SELECT 'transfer', t.id, 1, t.name, '', CAST(NULL AS timestamptz) FROM transfer t
WHERE t.county_id = :county AND t.to_unit_id = :unit AND t.state = 'proposed'
""",
    ),
    Source(
        "look_again",
        Action.PROBATION_DECIDE,
        """
SELECT 'look_again', v.id, 1, v.what, '', (v.due_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' FROM review v
WHERE v.county_id = :county AND v.unit_id = :unit AND v.state = 'reminded'
""",
    ),
    Source(
        "grant_policy",
        Action.POLICY_GRANT,
        """
SELECT 'grant_policy', p.id, 1, u.name, '', CAST(NULL AS timestamptz) FROM policy p
JOIN unit u ON u.county_id = p.county_id AND u.id = p.unit_id
WHERE p.county_id = :county AND p.to_unit_id = :unit AND p.state = 'proposed' AND p.proposed_by <> :person
""",
    ),
    Source(
        "grant_yardstick",
        Action.YARDSTICK_GRANT,
        """
SELECT 'grant_yardstick', y.id, 1, y.proposed_name, '', CAST(NULL AS timestamptz) FROM yardstick y
WHERE y.county_id = :county AND y.unit_id = :unit AND y.state = 'proposed' AND y.proposed_by <> :person
""",
    ),
    Source(
        "complaint",
        Action.COMPLAINT_ANSWER,
        """
SELECT 'complaint', p.id, 1, u.name || ' ' || p.number, '', CAST(NULL AS timestamptz) FROM complaint p
JOIN unit u ON u.county_id = p.county_id AND u.id = p.about_unit_id
WHERE p.county_id = :county AND p.unit_id = :unit AND p.state = 'received'
""",
    ),
    Source(
        "erasure",
        Action.ERASURE_ANSWER,
        """
SELECT 'erasure', e.id, 1, m.name, '', e.due_at FROM erasure e
JOIN member m ON m.county_id = e.county_id AND m.id = e.member_id
WHERE e.county_id = :county AND e.unit_id = :unit AND e.state = 'asked'
""",
    ),
    Source(
        "approve_book",
        Action.BOOK_APPROVE,
        """
SELECT 'approve_book', d.id, 1, '', '', CAST(NULL AS timestamptz) FROM book_draft d
WHERE d.county_id = :county AND d.unit_id = :unit AND d.state = 'submitted' AND d.submitted_by <> :person
  AND NOT EXISTS (SELECT FROM book_edition e WHERE e.county_id = d.county_id AND e.draft_id = d.id
                  AND e.person_id = :person)
""",
    ),
)
