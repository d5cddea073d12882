"""Imports: long work that survives a closed page, and spreadsheets on their way into rows."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.columns import owned
from migrations.walls import grant, wall

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

FUNCTIONS = """
-- Where long work waits or goes on, never what it is; the worker then enters there.
CREATE FUNCTION jifen.unfinished_jobs(most integer)
    RETURNS TABLE (county_id uuid, unit_id uuid, id uuid) LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, public AS $$
    SELECT j.county_id, j.unit_id, j.id FROM public.job j
    WHERE j.state IN ('running', 'waiting') ORDER BY j.asked_at, j.id LIMIT most $$;
-- By the world's clock, as they are dated: a demonstration's may stand still.
CREATE FUNCTION jifen.stale_job_files(most integer)
    RETURNS TABLE (county_id uuid, unit_id uuid, id uuid) LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, public AS $$
    SELECT f.county_id, f.unit_id, f.id FROM public.job_file f
    WHERE f.made_at < now() - interval '7 days' LIMIT most $$;
CREATE FUNCTION jifen.stale_imports(most integer)
    RETURNS TABLE (county_id uuid, unit_id uuid, id uuid) LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, public AS $$
    SELECT i.county_id, i.unit_id, i.id FROM public.import i
    WHERE i.made_at < jifen.instant(i.county_id) - interval '8 days' AND i.lines <> '{"lines": []}' LIMIT most $$;
"""
# Nothing else is ever deleted: an import is taken back within a day, as if it had not been.
GUARD = """
CREATE FUNCTION jifen.only_what_an_import_made() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    made uuid := to_jsonb(OLD) ->> TG_ARGV[0];
BEGIN
    IF NOT EXISTS (
        SELECT FROM public.import_row r JOIN public.import i ON i.county_id = r.county_id AND i.id = r.import_id
        WHERE r.county_id = OLD.county_id AND r.outcome = 'new' AND (r.target_id = made OR r.person_id = made)
          AND i.state = 'done' AND i.done_at > jifen.instant(OLD.county_id) - interval '1 day') THEN
        RAISE EXCEPTION 'only what an import has made within a day is deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$;
"""


def upgrade() -> None:
    """Make the tables, each behind its wall."""
    _jobs()
    _job_files()
    _imports()
    _import_rows()
    _column_matches()
    op.execute(FUNCTIONS)
    op.execute(GUARD)
    for table, column in (("member", "id"), ("person", "id"), ("unit", "id"), ("unit_period", "unit_id")):
        op.execute(f"GRANT DELETE ON {table} TO jifen_app, jifen_worker")
        op.execute(
            f"CREATE TRIGGER only_what_an_import_made BEFORE DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION jifen.only_what_an_import_made('{column}')"
        )
    for table in ("job", "job_file", "import"):
        op.execute(f"CREATE POLICY functions ON {table} FOR SELECT TO jifen_owner USING (true)")
    op.execute(
        "REVOKE ALL ON FUNCTION jifen.unfinished_jobs, jifen.stale_job_files, jifen.stale_imports FROM PUBLIC"
    )
    op.execute(
        "GRANT EXECUTE ON FUNCTION jifen.unfinished_jobs, jifen.stale_job_files, jifen.stale_imports TO jifen_worker"
    )


def _jobs() -> None:
    op.create_table(
        "job",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("arguments", _json(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        *owned("job", ("person", "asked_by")),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_job_state")),
        sa.CheckConstraint("done >= 0 AND total >= 0", name=op.f("ck_job_counts")),
    )
    op.create_index("ix_job_person", "job", ["county_id", "asked_by", "asked_at"])
    unfinished = sa.text("state IN ('running', 'waiting')")
    op.create_index("ix_job_open", "job", ["county_id", "asked_at"], postgresql_where=unfinished)
    wall("job")
    grant("job", "INSERT", "UPDATE")


def _job_files() -> None:
    op.create_table(
        "job_file",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        *owned("job_file", ("job", "job_id")),
    )
    op.create_index("ix_job_file_job", "job_file", ["county_id", "job_id"])
    wall("job_file")
    grant("job_file", "INSERT", "DELETE")


def _imports() -> None:
    op.create_table(
        "import",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=True),
        *(sa.Column(name, _json(), nullable=False) for name in ("file", "lines", "places", "counts")),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        *owned("import", ("person", "made_by"), ("round", "round_id"), ("job", "job_id")),
        sa.CheckConstraint(
            "kind IN ('units', 'roster', 'records', 'claims', 'year')", name=op.f("ck_import_kind")
        ),
        sa.CheckConstraint(
            "state IN ('uploaded', 'checked', 'confirmed', 'done', 'undone', 'dropped')",
            name=op.f("ck_import_state"),
        ),
    )
    op.create_index("ix_import_made", "import", ["county_id", "unit_id", "made_at"])
    wall("import")
    grant("import", "INSERT", "UPDATE")


def _import_rows() -> None:
    op.create_table(
        "import_row",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Uuid(), nullable=True) for name in ("place_id", "target_id", "person_id")),
        *(sa.Column(name, _json(), nullable=False) for name in ("before", "after", "faults")),
        sa.Column("kept", sa.Text(), nullable=True),
        *owned("import_row", ("import", "import_id")),
        sa.UniqueConstraint("county_id", "import_id", "line", name=op.f("uq_import_row_county_id_import_id_line")),
        sa.CheckConstraint(
            "outcome IN ('new', 'changed', 'unchanged', 'wrong')", name=op.f("ck_import_row_outcome")
        ),
    )
    op.create_index("ix_import_row_target", "import_row", ["county_id", "target_id"])
    op.create_index("ix_import_row_person", "import_row", ["county_id", "person_id"])
    wall("import_row")
    grant("import_row", "INSERT", "UPDATE", "DELETE")


def _column_matches() -> None:
    op.create_table(
        "column_match",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "heading", "key")),
        *owned("column_match"),
        sa.UniqueConstraint(
            "county_id", "unit_id", "kind", "heading", name=op.f("uq_column_match_county_id_unit_id_kind_heading")
        ),
    )
    wall("column_match")
    grant("column_match", "INSERT", "UPDATE")


def _json() -> postgresql.JSONB:
    return postgresql.JSONB(astext_type=sa.Text())
