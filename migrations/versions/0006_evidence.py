"""Evidence in a store of its own; what is sent to whom by which channel, and who was called."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

from migrations.walls import grant, wall

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

FUNCTIONS = """
-- Which of these files a row of any county speaks of: what is left over is swept away.
CREATE FUNCTION jifen.kept(digests text[]) RETURNS TABLE (digest text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT DISTINCT e.digest FROM public.evidence e WHERE e.digest = ANY (digests) AND e.removed_at IS NULL $$;

-- For whom something waits to be sent, anywhere: where they are, never what it is.
CREATE FUNCTION jifen.undelivered(most integer) RETURNS TABLE (county_id uuid, unit_id uuid, person_id uuid)
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT d.county_id, d.unit_id, d.person_id FROM public.delivery d
    WHERE d.state = 'queued' AND d.due_at <= jifen.instant(d.county_id)
    GROUP BY 1, 2, 3 ORDER BY min(d.due_at) LIMIT most $$;

-- For monitoring: how many stand where, and by which channel those that have not left.
CREATE FUNCTION jifen.delivery_figures() RETURNS TABLE (name text, label text, value double precision)
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT 'deliveries', d.state, count(*)::float8 FROM public.delivery d GROUP BY 2
    UNION ALL
    SELECT 'deliveries_unsent', d.channel, count(*)::float8 FROM public.delivery d
        WHERE d.state IN ('queued', 'failed') GROUP BY 2 $$;
"""


def upgrade() -> None:
    """Make the tables behind their walls, then the functions; their owner may read what they read."""
    _contact_way()
    _delivery()
    _phone_call()
    op.execute(FUNCTIONS)
    for table in ("evidence", "delivery"):
        op.execute(f"CREATE POLICY functions ON {table} FOR SELECT TO jifen_owner USING (true)")
    op.execute("REVOKE ALL ON FUNCTION jifen.kept, jifen.undelivered, jifen.delivery_figures FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION jifen.kept, jifen.undelivered TO jifen_worker")
    op.execute("GRANT EXECUTE ON FUNCTION jifen.delivery_figures TO jifen_app")


def _contact_way() -> None:
    op.create_table(
        "contact_way",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        *_owned("contact_way"),
        _to("contact_way", "person", "person_id"),
        sa.UniqueConstraint(
            "county_id",
            "unit_id",
            "person_id",
            "channel",
            name=op.f("uq_contact_way_county_id_unit_id_person_id_channel"),
        ),
    )
    wall("contact_way")
    grant("contact_way", "INSERT", "UPDATE")


def _delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("notification_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        *_owned("delivery"),
        _to("delivery", "notification", "notification_id"),
        _to("delivery", "person", "person_id"),
        sa.CheckConstraint("state IN ('queued', 'sent', 'failed', 'seen')", name=op.f("ck_delivery_state")),
        sa.CheckConstraint("state <> 'failed' OR error IS NOT NULL", name=op.f("ck_delivery_failure_is_told")),
        sa.CheckConstraint("state <> 'sent' OR done_at IS NOT NULL", name=op.f("ck_delivery_sent_is_dated")),
        sa.UniqueConstraint(
            "county_id", "notification_id", "channel", name=op.f("uq_delivery_county_id_notification_id_channel")
        ),
    )
    queued = sa.text("state = 'queued'")
    op.create_index("ix_delivery_due", "delivery", ["county_id", "due_at"], postgresql_where=queued)
    wall("delivery")
    grant("delivery", "INSERT", "UPDATE")


def _phone_call() -> None:
    op.create_table(
        "phone_call",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("called_by", sa.Uuid(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        *_owned("phone_call"),
        _to("phone_call", "member", "member_id"),
        _to("phone_call", "person", "called_by"),
    )
    op.create_index("ix_phone_call_member", "phone_call", ["county_id", "member_id"])
    wall("phone_call")
    grant("phone_call", "INSERT")


def _owned(table: str) -> list[SchemaItem]:
    return [
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _to(table, "unit", "unit_id"),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f(f"pk_{table}")),
    ]


def _to(table: str, other: str, column: str) -> sa.ForeignKeyConstraint:
    target = [f"{other}.county_id", f"{other}.id"]
    return sa.ForeignKeyConstraint(["county_id", column], target, name=op.f(f"fk_{table}_{column}"))
