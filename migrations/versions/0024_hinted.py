"""Thresholds of the hints and weights of the supervision, which a county sets."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.columns import check, instant, owned, words
from migrations.walls import grant, wall

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

PROMISES = """
-- What was proposed is what is granted: by whom, what, and once decided by whom.
CREATE FUNCTION jifen.yardstick_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.measures, NEW.reason, NEW.proposed_by, NEW.proposed_at, NEW.unit_id)
       IS DISTINCT FROM (OLD.measures, OLD.reason, OLD.proposed_by, OLD.proposed_at, OLD.unit_id)
       OR (OLD.decided_by IS NOT NULL AND NEW.decided_by IS DISTINCT FROM OLD.decided_by) THEN
        RAISE EXCEPTION 'a yardstick stays as it was proposed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER yardstick_stays BEFORE UPDATE ON yardstick FOR EACH ROW EXECUTE FUNCTION jifen.yardstick_stays();

-- By what a county measures, for every unit of it: townships supervise by the county's measures.
CREATE FUNCTION jifen.measures_of(county uuid) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT y.measures FROM public.yardstick y
    WHERE y.county_id = county AND y.unit_id = county AND y.state = 'granted' $$;
"""


def upgrade() -> None:
    """Make the table behind its wall, and the function by which the units of a county read what is in force."""
    op.create_table(
        "yardstick",
        sa.Column("measures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        words("reason"),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        words("proposed_name"),
        instant("proposed_at"),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        words("decided_name", nullable=True),
        instant("decided_at", nullable=True),
        words("answer", nullable=True),
        words("state"),
        sa.Column("stage", sa.Integer(), nullable=False),
        *owned("yardstick", ("person", "proposed_by"), ("person", "decided_by")),
        check("yardstick", "state", "state IN ('proposed', 'granted', 'refused', 'withdrawn', 'replaced')"),
        check("yardstick", "another_grants", "decided_by <> proposed_by"),
        check(
            "yardstick",
            "granted_by_somebody",
            "state NOT IN ('granted', 'replaced') OR decided_by IS NOT NULL AND decided_at IS NOT NULL",
        ),
        check("yardstick", "refusal_is_reasoned", "state <> 'refused' OR answer IS NOT NULL"),
    )
    for state in ("granted", "proposed"):
        where = sa.text(f"state = '{state}'")
        op.create_index(
            f"uq_yardstick_{state}", "yardstick", ["county_id", "unit_id"], unique=True, postgresql_where=where
        )
    wall("yardstick")
    grant("yardstick", "INSERT", "UPDATE")
    op.execute(PROMISES)
    op.execute("CREATE POLICY functions ON yardstick FOR SELECT TO jifen_owner USING (true)")
    op.execute("REVOKE ALL ON FUNCTION jifen.measures_of FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION jifen.measures_of TO jifen_app, jifen_worker")
