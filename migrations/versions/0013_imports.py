"""Imports: long work that survives a closed page, and spreadsheets on their way into rows."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

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
"""


def upgrade() -> None:
    """Make the tables, each behind its wall."""
    _jobs()
    _job_files()
    op.execute(FUNCTIONS)
    for table in ("job", "job_file"):
        op.execute(f"CREATE POLICY functions ON {table} FOR SELECT TO jifen_owner USING (true)")
    op.execute("REVOKE ALL ON FUNCTION jifen.unfinished_jobs, jifen.stale_job_files FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION jifen.unfinished_jobs, jifen.stale_job_files TO jifen_worker")


def _jobs() -> None:
    op.create_table(
        "job",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("arguments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
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
        *_owned("job", ("person", "asked_by")),
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
        *_owned("job_file", ("job", "job_id")),
    )
    op.create_index("ix_job_file_job", "job_file", ["county_id", "job_id"])
    wall("job_file")
    grant("job_file", "INSERT", "DELETE")


def _owned(table: str, *others: tuple[str, str]) -> list[sa.Column[Any] | sa.Constraint]:
    """Return what every table of a unit has, and its keys to others."""
    columns: list[sa.Column[Any] | sa.Constraint] = [
        sa.Column(name, sa.Uuid(), nullable=False) for name in ("unit_id", "county_id", "id")
    ]
    keys = [
        sa.ForeignKeyConstraint(
            ["county_id", column], [f"{other}.county_id", f"{other}.id"], name=op.f(f"fk_{table}_{column}")
        )
        for other, column in (("unit", "unit_id"), *others)
    ]
    return [*columns, *keys, sa.PrimaryKeyConstraint("county_id", "id", name=op.f(f"pk_{table}"))]
