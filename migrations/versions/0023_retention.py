"""Retention: evidence goes after its term, and leaves a stone in its place."""

import sqlalchemy as sa
from alembic import op

from migrations.columns import check, instant, owned, words
from migrations.walls import grant, wall

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

FUNCTIONS = """
-- When what a file came with was over: decided, settled and filed, with no objection left; else nothing.
CREATE FUNCTION jifen.over_since(county uuid, kind text, subject uuid) RETURNS timestamptz
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT CASE kind
    WHEN 'claim' THEN (
        SELECT max(h.at) FROM public.claim c
        JOIN public.round r ON r.county_id = c.county_id AND r.id = c.round_id
            AND r.state IN ('settled', 'filed', 'ended')
        JOIN public.history h ON h.county_id = r.county_id AND h.subject_id = r.id
        WHERE c.county_id = county AND c.id = subject
          AND NOT EXISTS (SELECT FROM public.objection o
              JOIN public.line l ON l.county_id = o.county_id AND l.id = o.line_id
              WHERE o.county_id = c.county_id AND l.round_id = c.round_id AND l.member_id = c.member_id
                AND o.state <> 'closed')
          AND NOT EXISTS (SELECT FROM public.filing f
              WHERE f.county_id = r.county_id AND f.unit_id = r.unit_id AND f.period = r.filing_period
                AND f.state <> 'filed'))
    WHEN 'objection' THEN (
        SELECT max(h.at) FROM public.objection o
        JOIN public.history h ON h.county_id = o.county_id AND h.subject_id = o.id
        WHERE o.county_id = county AND o.id = subject AND o.state = 'closed')
    ELSE (
        SELECT max(h.at) FROM public.report p
        JOIN public.history h ON h.county_id = p.county_id AND h.subject_id = p.id
        WHERE p.county_id = county AND p.id = subject AND p.state <> 'reported')
    END $$;

-- For how many days a county keeps files after the end; nothing where it has laid nothing down.
CREATE FUNCTION jifen.kept_days(county uuid) RETURNS integer
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT r.days FROM public.retention r WHERE r.county_id = county ORDER BY r.set_at DESC, r.id LIMIT 1 $$;

-- Whose files have outlived their term: where they are, never what they are.
CREATE FUNCTION jifen.outlived(usual integer, most integer)
    RETURNS TABLE (county_id uuid, unit_id uuid, id uuid, days integer)
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT o.county_id, o.unit_id, o.id, o.days FROM (
        SELECT e.*, coalesce(jifen.kept_days(e.county_id), usual) AS days, jifen.instant(e.county_id) AS now
        FROM public.evidence e WHERE e.removed_at IS NULL) o
    WHERE o.added_at < o.now - make_interval(days => o.days)
      AND jifen.over_since(o.county_id, o.subject_kind, o.subject_id) < o.now - make_interval(days => o.days)
    ORDER BY o.added_at, o.id LIMIT most $$;

-- For monitoring: how the work stands, over all counties, never whose.
CREATE FUNCTION jifen.work_figures() RETURNS TABLE (name text, label text, value double precision)
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT 'claims', c.state, count(*)::float8 FROM public.claim c GROUP BY 2
    UNION ALL
    SELECT 'jobs', j.state, count(*)::float8 FROM public.job j GROUP BY 2
    UNION ALL
    SELECT 'job_oldest_seconds', '', coalesce(max(extract(epoch FROM
        greatest(jifen.instant(j.county_id) - j.asked_at, '0'))), 0)::float8
        FROM public.job j WHERE j.state IN ('waiting', 'running')
    UNION ALL
    SELECT 'imports', i.state, count(*)::float8 FROM public.import i GROUP BY 2
    UNION ALL
    SELECT 'objection_clocks', CASE
            WHEN o.state = 'appealed' THEN 'appeal' WHEN o.state = 'answered' THEN 'appeal_open'
            WHEN o.due_at <= jifen.instant(o.county_id) THEN 'answer_overdue' ELSE 'answer' END, count(*)::float8
        FROM public.objection o WHERE o.state <> 'closed' GROUP BY 2
    UNION ALL
    SELECT 'erasures', e.state, count(*)::float8 FROM public.erasure e GROUP BY 2
    UNION ALL
    SELECT 'files', CASE WHEN e.removed_at IS NULL THEN 'kept' ELSE 'destroyed' END, count(*)::float8
        FROM public.evidence e WHERE e.removed_at IS NULL OR e.destroyed_under IS NOT NULL GROUP BY 2
    UNION ALL
    SELECT 'deliveries_sent', d.channel, count(*)::float8 FROM public.delivery d WHERE d.state = 'sent' GROUP BY 2
    UNION ALL
    SELECT 'deliveries_failed', d.channel, count(*)::float8
        FROM public.delivery d WHERE d.state = 'failed' GROUP BY 2 $$;

-- What a file was stays, whoever asks; what has gone does not come back.
CREATE FUNCTION jifen.stone_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.digest, NEW.original, NEW.size, NEW.media_type, NEW.subject_kind, NEW.subject_id, NEW.added_by, NEW.added_at)
       IS DISTINCT FROM
       (OLD.digest, OLD.original, OLD.size, OLD.media_type, OLD.subject_kind, OLD.subject_id, OLD.added_by, OLD.added_at)
       OR (OLD.removed_at IS NOT NULL AND (NEW.removed_at, NEW.destroyed_under, NEW.name)
           IS DISTINCT FROM (OLD.removed_at, OLD.destroyed_under, OLD.name)) THEN
        RAISE EXCEPTION 'a file that was handed in stays what it was' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stone_stays BEFORE UPDATE ON evidence FOR EACH ROW EXECUTE FUNCTION jifen.stone_stays();
"""
# Its owner, on whom row-level security is forced too, reads what the functions read.
OF_BOTH = "jifen.over_since, jifen.kept_days"
READ_BY_FUNCTIONS = ("erasure", "report", "retention")


def upgrade() -> None:
    """Make the tables, then the functions that say whose time is over."""
    op.add_column("evidence", sa.Column("destroyed_under", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_evidence_destroyed_is_nameless"),
        "evidence",
        "destroyed_under IS NULL OR (removed_at IS NOT NULL AND name = '')",
    )
    _retention()
    _erasure()
    op.execute(FUNCTIONS)
    for table in READ_BY_FUNCTIONS:
        op.execute(f"CREATE POLICY functions ON {table} FOR SELECT TO jifen_owner USING (true)")
    op.execute(f"REVOKE ALL ON FUNCTION {OF_BOTH}, jifen.outlived, jifen.work_figures FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {OF_BOTH} TO jifen_app, jifen_worker")
    op.execute("GRANT EXECUTE ON FUNCTION jifen.outlived TO jifen_worker")
    op.execute("GRANT EXECUTE ON FUNCTION jifen.work_figures TO jifen_app")
    # The messages' numbers: without where they stand, pg_dump copies nothing.
    op.execute("GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO jifen_backup")


def _retention() -> None:
    op.create_table(
        "retention",
        sa.Column("days", sa.Integer(), nullable=False),
        words("basis"),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        instant("set_at"),
        *owned("retention", ("person", "set_by")),
        check("retention", "days", "days BETWEEN 180 AND 3650"),
    )
    wall("retention")
    grant("retention", "INSERT")
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON retention "
        "FOR EACH STATEMENT EXECUTE FUNCTION jifen.refuse_change()"
    )


def _erasure() -> None:
    op.create_table(
        "erasure",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        words("reason"),
        instant("asked_at"),
        instant("due_at"),
        words("answer", nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        instant("answered_at", nullable=True),
        sa.Column("files", sa.Integer(), nullable=True),
        words("state"),
        sa.Column("stage", sa.Integer(), nullable=False),
        *owned("erasure", ("member", "member_id"), ("person", "person_id")),
        check("erasure", "state", "state IN ('asked', 'granted', 'refused', 'withdrawn')"),
        check("erasure", "refused_has_reason", "state <> 'refused' OR answer IS NOT NULL"),
        check("erasure", "granted_is_counted", "state <> 'granted' OR files IS NOT NULL"),
    )
    asked = sa.text("state = 'asked'")
    op.create_index("ix_erasure_asked", "erasure", ["county_id", "member_id"], unique=True, postgresql_where=asked)
    wall("erasure")
    grant("erasure", "INSERT", "UPDATE")
