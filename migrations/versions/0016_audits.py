"""Audits: reporting up: sampling audits, a branch's own appraisal, the monthly work meeting, counties put away."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.columns import check, instant, owned, to
from migrations.walls import OF_COUNTY, OF_UNIT, grant, opened_by, wall

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

FUNCTIONS = """
-- What a sampling audit of a period may draw: settled lines of the units below, where they are, never what they say.
CREATE FUNCTION jifen.drawable(wanted text) RETURNS TABLE (unit_id uuid, id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH RECURSIVE below AS (
        SELECT u.id FROM public.unit u WHERE u.county_id = jifen.county() AND u.parent_id = ANY (jifen.units())
        UNION SELECT u.id FROM public.unit u JOIN below b ON u.parent_id = b.id WHERE u.county_id = jifen.county())
    SELECT l.unit_id, l.id FROM public.round r JOIN below b ON b.id = r.unit_id
    JOIN public.line l ON l.county_id = r.county_id AND l.round_id = r.id AND l.state = 'settled'
    WHERE r.county_id = jifen.county() AND wanted IN (r.period, r.filing_period) AND length(r.period) > 4
    ORDER BY l.unit_id, l.id $$;

-- Which rows the case of a drawn line shows: the line, its member, what was claimed and entered for it.
CREATE FUNCTION jifen.case_below(lines uuid[]) RETURNS TABLE (line_id uuid, subject_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH RECURSIVE below AS (
        SELECT u.id FROM public.unit u WHERE u.county_id = jifen.county() AND u.parent_id = ANY (jifen.units())
        UNION SELECT u.id FROM public.unit u JOIN below b ON u.parent_id = b.id WHERE u.county_id = jifen.county()),
    drawn AS (
        SELECT l.* FROM public.line l JOIN below b ON b.id = l.unit_id
        WHERE l.county_id = jifen.county() AND l.id = ANY (lines))
    SELECT d.id, d.id FROM drawn d
    UNION ALL SELECT d.id, d.member_id FROM drawn d
    UNION ALL SELECT d.id, c.id FROM drawn d JOIN public.claim c
        ON c.county_id = d.county_id AND c.round_id = d.round_id AND c.member_id = d.member_id
    UNION ALL SELECT d.id, e.id FROM drawn d JOIN public.record e
        ON e.county_id = d.county_id AND e.round_id = d.round_id AND e.member_id = d.member_id $$;

-- How the branches below kept their terms between two days, both included: counts of work, never points.
CREATE FUNCTION jifen.conduct(first_day date, last_day date)
    RETURNS TABLE (unit_id uuid, noun text, due bigint, late bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH RECURSIVE clock AS MATERIALIZED (
        SELECT jifen.instant(jifen.county()) AS now, first_day::timestamp AT TIME ZONE 'Asia/Shanghai' AS since,
               (last_day + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' AS until),
    below AS (
        SELECT u.id FROM public.unit u WHERE u.county_id = jifen.county() AND u.id = ANY (jifen.units())
        UNION SELECT u.id FROM public.unit u JOIN below b ON u.parent_id = b.id WHERE u.county_id = jifen.county())
    -- Who acted before a reminder fell due has outlived it.
    SELECT d.unit_id, d.subject_kind, count(*),
           count(*) FILTER (WHERE d.outcome = 'done' OR d.fired_at IS NULL)
    FROM clock CROSS JOIN public.deadline d
    JOIN below b ON b.id = d.unit_id
    WHERE d.county_id = jifen.county() AND d.command = 'remind' AND d.rung = 0
      AND d.due_at > clock.since AND d.due_at <= least(clock.until, clock.now)
      AND (d.subject_kind IN ('round', 'objection') OR (d.subject_kind = 'filing' AND d.stage = 0))
    GROUP BY 1, 2
    UNION ALL
    SELECT f.unit_id, 'package', count(*), count(*) FILTER (WHERE f.given_back)
    FROM clock CROSS JOIN LATERAL (
        SELECT f.unit_id, EXISTS (SELECT FROM public.history h
                                  WHERE h.county_id = f.county_id AND h.subject_id = f.id AND h.command = 'return')
                          AS given_back
        FROM public.filing f JOIN below b ON b.id = f.unit_id
        WHERE f.county_id = jifen.county() AND f.submitted_at >= clock.since AND f.submitted_at < clock.until) f
    GROUP BY 1 $$;

-- What hints are made of: how a year's figures came about in each branch below, in numbers over all its members.
CREATE FUNCTION jifen.patterns(first_day date, last_day date)
    RETURNS TABLE (unit_id uuid, rounds bigint, uniform_rounds bigint, claims bigint, corrected bigint,
                   given numeric, discretionary numeric, lines_ever bigint, deductions_ever bigint,
                   newest_notice timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH RECURSIVE below AS (
        SELECT u.id FROM public.unit u WHERE u.county_id = jifen.county() AND u.id = ANY (jifen.units())
        UNION SELECT u.id FROM public.unit u JOIN below b ON u.parent_id = b.id WHERE u.county_id = jifen.county()),
    branch AS (
        SELECT u.id FROM public.unit u JOIN below b ON b.id = u.id
        WHERE u.county_id = jifen.county() AND u.kind = 'branch'),
    settled AS (
        SELECT l.*, r.first_day, r.last_day FROM public.round r JOIN branch b ON b.id = r.unit_id
        JOIN public.line l ON l.county_id = r.county_id AND l.round_id = r.id AND l.state = 'settled'
        WHERE r.county_id = jifen.county() AND length(r.period) > 4),
    now_settled AS (
        SELECT * FROM settled s WHERE s.last_day BETWEEN patterns.first_day AND patterns.last_day),
    by_round AS (
        SELECT s.unit_id, s.round_id, count(*) AS lines, count(DISTINCT s.points) AS figures,
               count(*) FILTER (WHERE s.points <> s.by_rule) AS differing
        FROM now_settled s GROUP BY 1, 2),
    rounds AS (
        SELECT q.unit_id, count(*) AS rounds, count(*) FILTER (WHERE q.lines >= 5 AND q.figures = 1) AS uniform_rounds,
               sum(q.differing) AS differing
        FROM by_round q GROUP BY 1),
    claims AS (
        SELECT c.unit_id, count(*) AS claims,
               count(*) FILTER (WHERE c.state = 'refused'
                   OR EXISTS (SELECT FROM public.history h WHERE h.county_id = c.county_id AND h.subject_id = c.id
                              AND h.command = 'return')
                   OR EXISTS (SELECT FROM public.opinion o WHERE o.county_id = c.county_id AND o.claim_id = c.id
                              AND NOT o.done)
                   OR EXISTS (SELECT FROM public.score s WHERE s.county_id = c.county_id AND s.claim_id = c.id
                              AND s.points <> c.points)) AS corrected
        FROM public.claim c JOIN by_round q ON q.round_id = c.round_id
        WHERE c.county_id = jifen.county() AND c.state IN ('accepted', 'confirmed', 'refused') GROUP BY 1),
    awards AS (
        SELECT s.unit_id, sum(a.points) FILTER (WHERE a.points > 0) AS given,
               sum(a.points) FILTER (WHERE a.points > 0 AND coalesce(c.points, e.points) IS NOT NULL) AS discretionary
        FROM now_settled s
        JOIN public.award a ON a.county_id = s.county_id AND a.line_id = s.id AND a.edition = s.edition
             AND a.source_id IS NOT NULL
        LEFT JOIN public.claim c ON c.county_id = a.county_id AND c.id = a.source_id
        LEFT JOIN public.record e ON e.county_id = a.county_id AND e.id = a.source_id
        GROUP BY 1),
    ever AS (
        SELECT s.unit_id, count(*) AS lines_ever,
               count(*) FILTER (WHERE EXISTS (
                   SELECT FROM public.award a WHERE a.county_id = s.county_id AND a.line_id = s.id
                   AND a.edition = s.edition AND a.source_id IS NOT NULL AND a.points < 0)) AS deductions_ever
        FROM settled s GROUP BY 1),
    posted AS (
        SELECT n.unit_id, max(n.published_at) AS newest_notice
        FROM public.notice n JOIN branch b ON b.id = n.unit_id
        WHERE n.county_id = jifen.county() GROUP BY 1)
    SELECT b.id, coalesce(r.rounds, 0), coalesce(r.uniform_rounds, 0), coalesce(c.claims, 0),
           coalesce(c.corrected, 0) + coalesce(r.differing, 0)::bigint, coalesce(w.given, 0),
           coalesce(w.discretionary, 0), coalesce(v.lines_ever, 0), coalesce(v.deductions_ever, 0), p.newest_notice
    FROM branch b LEFT JOIN rounds r ON r.unit_id = b.id LEFT JOIN claims c ON c.unit_id = b.id
    LEFT JOIN awards w ON w.unit_id = b.id LEFT JOIN ever v ON v.unit_id = b.id
    LEFT JOIN posted p ON p.unit_id = b.id $$;

-- Nothing is written down in a county that takes nothing in: asked once a statement, whoever wrote past the pages.
CREATE FUNCTION jifen.nothing_is_taken_in() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM taken t JOIN public.suspension s ON s.county_id = t.county_id AND s.ended_at IS NULL) THEN
        RAISE EXCEPTION 'a county that takes nothing in' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER nothing_is_taken_in AFTER INSERT ON history
    REFERENCING NEW TABLE AS taken FOR EACH STATEMENT EXECUTE FUNCTION jifen.nothing_is_taken_in();

-- What falls due in such a county waits until it is resumed.
CREATE OR REPLACE FUNCTION jifen.due(most integer)
    RETURNS TABLE (county_id uuid, unit_id uuid, id uuid, command text, due_at timestamptz)
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public
    SET enable_bitmapscan = off SET enable_sort = off AS $$
    SELECT d.county_id, d.unit_id, d.id, d.command, d.due_at
    FROM public.deadline d
    WHERE d.fired_at IS NULL
      AND d.try_at <= (SELECT greatest(clock_timestamp(), max(jifen.instant(m.county_id))) FROM public.moved_clock m)
      AND d.try_at <= jifen.instant(d.county_id)
      AND (SELECT s.id FROM public.suspension s WHERE s.county_id = d.county_id AND s.ended_at IS NULL) IS NULL
    ORDER BY d.try_at, d.due_at LIMIT most $$;
"""
# What the functions read as their owner, on whom row-level security is forced as well.
READ_BY_FUNCTIONS = ("award", "opinion", "record", "score", "suspension")

# Who has looked at whose points: for the audit administrator, without a reason or a figure.
PANEL = """
GRANT SELECT (county_id, id, unit_id, period, state, branch_percent, line_percent, population, drawn_at, closed_at)
    ON audit TO jifen_admin;
CREATE VIEW panel.audit WITH (security_invoker = true) AS
SELECT t.county_id, t.id, t.unit_id, u.name AS unit_name, t.period, t.state, t.branch_percent, t.line_percent,
       t.population, t.drawn_at, t.closed_at
FROM public.audit t JOIN public.unit u ON u.county_id = t.county_id AND u.id = t.unit_id
WHERE t.unit_id = ANY ((SELECT jifen.units())::uuid[]);
CREATE VIEW panel.look WITH (security_invoker = true) AS
SELECT t.county_id, t.id, t.unit_id, u.name AS unit_name, m.member_no, m.name AS member_name, t.actor_name, t.role,
       t.at, t.recorded_at
FROM public.history t JOIN public.unit u ON u.county_id = t.county_id AND u.id = t.unit_id
JOIN public.member m ON m.county_id = t.county_id AND m.id = t.subject_id
WHERE t.command = 'look' AND t.unit_id = ANY ((SELECT jifen.units())::uuid[]);
GRANT SELECT ON panel.audit, panel.look TO jifen_admin;
"""


def upgrade() -> None:
    """Make the tables, each behind its wall; the functions that count below; what the panel reads."""
    _audits()
    _supervisions()
    _work_meetings()
    _counties_put_away()
    op.create_index("ix_vote_round", "vote", ["county_id", "round_id"])
    op.execute(FUNCTIONS)
    for table in READ_BY_FUNCTIONS:
        op.execute(f"CREATE POLICY functions ON {table} FOR SELECT TO jifen_owner USING (true)")
    op.execute("GRANT EXECUTE ON FUNCTION jifen.due TO jifen_worker, jifen_verifier")
    for function in ("drawable", "case_below", "conduct", "patterns"):
        op.execute(f"REVOKE ALL ON FUNCTION jifen.{function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION jifen.{function} TO jifen_app")
    op.execute(PANEL)


def _audits() -> None:
    _table(
        "audit",
        *_state("audit", "drawn", "closed"),
        _column("period"),
        _column("why"),
        _column("seed"),
        *(_number(name) for name in ("branch_percent", "line_percent", "population")),
        _column("population_digest"),
        sa.Column("crosswise", sa.Boolean(), nullable=False),
        _column("drawn_by", sa.Uuid()),
        instant("drawn_at"),
        instant("closed_at", nullable=True),
        _column("conclusion", nullable=True),
        _column("report", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        to("audit", "person", "drawn_by"),
        check("audit", "shares", "branch_percent BETWEEN 1 AND 100 AND line_percent BETWEEN 1 AND 100"),
        check("audit", "reported", "state <> 'closed' OR (report IS NOT NULL AND conclusion IS NOT NULL)"),
    )
    op.create_index("ix_audit_unit", "audit", ["county_id", "unit_id", "drawn_at"])
    # Who checks a line of it sees which audit it is.
    wall("audit", opened_by("id"))
    grant("audit", "INSERT", "UPDATE")
    _table(
        "audited_line",
        *(_column(name, sa.Uuid()) for name in ("to_unit_id", "branch_id", "audit_id", "line_id")),
        _number("ordinal"),
        _column("verdict", nullable=True),
        _column("finding", nullable=True),
        _column("should_be", sa.Numeric(12, 2), nullable=True),
        _column("signers", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        _column("checked_by", sa.Uuid(), nullable=True),
        _column("checked_by_name", nullable=True),
        instant("checked_at", nullable=True),
        to("audited_line", "unit", "to_unit_id"),
        to("audited_line", "unit", "branch_id"),
        to("audited_line", "audit", "audit_id"),
        to("audited_line", "line", "line_id"),
        check("audited_line", "verdict", "verdict IN ('sound', 'wrong')"),
        check("audited_line", "checked_by_others", "to_unit_id <> branch_id"),
        check(
            "audited_line",
            "is_signed",
            "verdict IS NULL OR (checked_by IS NOT NULL AND signers IS NOT NULL)",
        ),
        check("audited_line", "wrong_is_reasoned", "verdict <> 'wrong' OR finding IS NOT NULL"),
        _unique("audited_line", "audit_id", "line_id"),
    )
    waiting = sa.text("verdict IS NULL")
    op.create_index(
        "ix_audited_line_waiting", "audited_line", ["county_id", "to_unit_id"], postgresql_where=waiting
    )
    wall("audited_line", f"{OF_COUNTY} AND ({OF_UNIT} OR to_{OF_UNIT})")
    grant("audited_line", "INSERT", "UPDATE")


def _supervisions() -> None:
    _table(
        "supervision",
        _column("branch_id", sa.Uuid()),
        _column("period"),
        _column("figures", postgresql.JSONB(astext_type=sa.Text())),
        _number("mark"),
        _column("standing"),
        _column("words"),
        _column("decided_by", sa.Uuid()),
        instant("decided_at"),
        to("supervision", "unit", "branch_id"),
        to("supervision", "person", "decided_by"),
        check("supervision", "standing", "standing IN ('commended', 'sound', 'urged')"),
        check("supervision", "mark", "mark BETWEEN 0 AND 100"),
        _unique("supervision", "unit_id", "period", "branch_id"),
    )
    # A branch reads what was decided about it.
    wall("supervision", f"{OF_COUNTY} AND ({OF_UNIT} OR {OF_UNIT.replace('unit_id', 'branch_id', 1)})")
    grant("supervision", "INSERT")


def _work_meetings() -> None:
    _table(
        "work_meeting",
        _column("month"),
        sa.Column("held_on", sa.Date(), nullable=False),
        _column("agenda"),
        _column("minutes", nullable=True),
        _column("called_by", sa.Uuid()),
        instant("called_at"),
        instant("closed_at", nullable=True),
        to("work_meeting", "person", "called_by"),
        check("work_meeting", "closed_has_minutes", "(closed_at IS NULL) = (minutes IS NULL)"),
        _unique("work_meeting", "unit_id", "month"),
    )
    _table(
        "heard_report",
        _column("work_meeting_id", sa.Uuid()),
        _column("reporting_id", sa.Uuid()),
        sa.Column("heard", sa.Boolean(), nullable=False),
        _column("summary"),
        to("heard_report", "work_meeting", "work_meeting_id"),
        to("heard_report", "unit", "reporting_id"),
        _unique("heard_report", "work_meeting_id", "reporting_id"),
    )
    for table in ("work_meeting", "heard_report"):
        wall(table)
        grant(table, "INSERT", "UPDATE")


def _counties_put_away() -> None:
    _table(
        "suspension",
        _column("kind"),
        _column("sentence"),
        _column("ordered_by"),
        instant("since"),
        instant("ended_at", nullable=True),
        check("suspension", "kind", "kind IN ('suspended', 'archived')"),
    )
    running = sa.text("ended_at IS NULL")
    op.create_index("ix_suspension_running", "suspension", ["county_id"], unique=True, postgresql_where=running)
    op.create_table(
        "tombstone",
        *(_column(name) for name in ("name", "code", "why", "ordered_by")),
        _column("rows", postgresql.JSONB(astext_type=sa.Text())),
        _column("archive_digest"),
        instant("erased_at"),
        *(_column(name, sa.Uuid()) for name in ("county_id", "id")),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_tombstone")),
    )
    for table in ("suspension", "tombstone"):
        # Every page of the county says so, whichever unit it is of.
        wall(table, OF_COUNTY)
        op.execute(f"GRANT SELECT ON {table} TO jifen_app, jifen_worker, jifen_verifier, jifen_backup")
    # By command alone: no page of the county puts it away.
    op.execute("GRANT INSERT, UPDATE ON suspension TO jifen_worker")


def _table(name: str, *own: Any) -> None:
    """Make a table of units."""
    op.create_table(
        name,
        *own,
        *owned(name),
    )


def _column(name: str, kind: Any = None, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind or sa.Text(), nullable=nullable)


def _number(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _state(table: str, *states: str) -> tuple[Any, ...]:
    listed = ", ".join(f"'{state}'" for state in states)
    return _column("state"), _number("stage"), check(table, "state", f"state IN ({listed})")


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    named = "_".join(("county_id", *columns))
    return sa.UniqueConstraint("county_id", *columns, name=op.f(f"uq_{table}_{named}"))
