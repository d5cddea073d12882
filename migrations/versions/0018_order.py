"""Order: what was written down at one instant is told in the order in which it was written."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

UNSENT = """
CREATE OR REPLACE FUNCTION jifen.unsent(most integer)
    RETURNS TABLE (county_id uuid, unit_id uuid, id uuid) LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, public AS $$
    SELECT m.county_id, m.unit_id, m.id FROM public.message m
    WHERE m.done_at IS NULL AND (m.sent_at IS NULL OR m.next_at <= clock_timestamp())
    ORDER BY m.next_at, m.number LIMIT most $$;
"""


def upgrade() -> None:
    """Number the messages."""
    # The table is rewritten: an outbox holds days, not years, and others wait a moment.
    op.add_column("message", sa.Column("number", sa.BigInteger(), sa.Identity(), nullable=False))
    op.execute(UNSENT)
