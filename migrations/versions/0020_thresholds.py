"""Thresholds: which branches begin a period today, for the clock to open their rounds."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# A demonstration's clock may be moved over years at once; its rounds are opened by whoever moves it.
BEGINNING = """
CREATE FUNCTION jifen.beginning(most integer) RETURNS TABLE (county_id uuid, unit_id uuid)
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT u.county_id, u.id
    FROM public.unit c
    CROSS JOIN LATERAL (SELECT (jifen.instant(c.county_id) AT TIME ZONE 'Asia/Shanghai')::date AS day) today
    JOIN public.unit u ON u.county_id = c.county_id AND u.kind = 'branch' AND u.until IS NULL
    WHERE c.id = c.county_id AND NOT c.demonstration
      AND NOT EXISTS (SELECT FROM public.suspension s WHERE s.county_id = c.county_id AND s.ended_at IS NULL)
      AND EXISTS (SELECT FROM public.adoption a
                  WHERE a.county_id = u.county_id AND a.unit_id = u.id AND a.since <= today.day)
      AND NOT EXISTS (SELECT FROM public.round r
                      WHERE r.county_id = u.county_id AND r.unit_id = u.id AND length(r.period) > 4
                        AND today.day BETWEEN r.first_day AND r.last_day)
    ORDER BY u.county_id, u.id LIMIT most $$;
REVOKE ALL ON FUNCTION jifen.beginning FROM PUBLIC;
GRANT EXECUTE ON FUNCTION jifen.beginning TO jifen_worker;
CREATE POLICY functions ON adoption FOR SELECT TO jifen_owner USING (true);
"""


def upgrade() -> None:
    """Make the function; its owner, on whom row-level security is forced too, may read what it reads."""
    op.execute(BEGINNING)
