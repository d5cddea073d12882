"""Evidence in a store of its own, and what was delivered to whom by which channel."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

FUNCTIONS = """
-- Which of these files a row of any county speaks of: what is left over is swept away.
CREATE FUNCTION jifen.kept(digests text[]) RETURNS TABLE (digest text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT DISTINCT e.digest FROM public.evidence e WHERE e.digest = ANY (digests) AND e.removed_at IS NULL $$;
"""


def upgrade() -> None:
    """Make the function; its owner may read what it reads."""
    op.execute(FUNCTIONS)
    op.execute("CREATE POLICY functions ON evidence FOR SELECT TO jifen_owner USING (true)")
    op.execute("REVOKE ALL ON FUNCTION jifen.kept FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION jifen.kept TO jifen_worker")
