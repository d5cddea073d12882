"""What pages and monitoring ask before a tenant is known, or across tenants: places and numbers, never whose."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

FUNCTIONS = """
-- How long what is not finished has waited, in the acting units and below, and how much of it is late; never whose.
CREATE FUNCTION jifen.waiting()
    RETURNS TABLE (unit_id uuid, noun text, period text, state text, age_days integer, late boolean, number bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH RECURSIVE clock AS MATERIALIZED (SELECT jifen.instant(jifen.county()) AS now),
    below AS (
        SELECT u.id FROM public.unit u WHERE u.county_id = jifen.county() AND u.id = ANY (jifen.units())
        UNION SELECT u.id FROM public.unit u JOIN below b ON u.parent_id = b.id WHERE u.county_id = jifen.county())
    SELECT o.unit_id, 'objection', n.period, o.state, extract(day FROM now - o.handed_in_at)::integer,
           o.state IN ('raised', 'investigating') AND o.due_at <= now, count(*)
        FROM clock CROSS JOIN public.objection o JOIN below b ON b.id = o.unit_id
        JOIN public.notice n ON n.county_id = o.county_id AND n.id = o.notice_id
        WHERE o.county_id = jifen.county() AND o.state <> 'closed' GROUP BY 1, 3, 4, 5, 6
    UNION ALL
    SELECT f.unit_id, 'filing', f.period, f.state, extract(day FROM now - f.due_at)::integer, f.due_at <= now, count(*)
        FROM clock CROSS JOIN public.filing f JOIN below b ON b.id = f.unit_id
        WHERE f.county_id = jifen.county() AND f.state IN ('built', 'returned') GROUP BY 1, 3, 4, 5, 6
    UNION ALL
    SELECT r.unit_id, 'round', r.period, r.state, extract(day FROM now - d.due_at)::integer, true, count(*)
        FROM clock CROSS JOIN public.round r JOIN below b ON b.id = r.unit_id
        JOIN public.deadline d ON d.county_id = r.county_id AND d.subject_id = r.id AND d.stage = r.stage
             AND d.command = 'remind' AND d.rung = 0 AND d.due_at <= now
        WHERE r.county_id = jifen.county() GROUP BY 1, 3, 4, 5 $$;

-- Where an address leads, before any tenant is known: the place alone, and whether its county is a demonstration.
CREATE FUNCTION jifen.find_unit(named text)
    RETURNS TABLE (county_id uuid, unit_id uuid, id uuid, demonstration boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT u.county_id, u.id, u.id, c.demonstration
    FROM public.unit u JOIN public.unit c ON c.county_id = u.county_id AND c.id = u.county_id
    WHERE u.code = named OR u.id::text = named $$;
CREATE FUNCTION jifen.find_notice(named text)
    RETURNS TABLE (county_id uuid, unit_id uuid, id uuid, demonstration boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT n.county_id, n.unit_id, n.id, c.demonstration
    FROM public.notice n JOIN public.unit c ON c.county_id = n.county_id AND c.id = n.county_id
    WHERE n.code = named AND n.state IN ('published', 'closed') $$;
CREATE FUNCTION jifen.find_member(named uuid)
    RETURNS TABLE (county_id uuid, unit_id uuid, id uuid, demonstration boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT m.county_id, m.unit_id, m.id, c.demonstration
    FROM public.member m JOIN public.unit c ON c.county_id = m.county_id AND c.id = m.county_id
    WHERE m.id = named $$;
CREATE FUNCTION jifen.find_filing(named uuid)
    RETURNS TABLE (county_id uuid, unit_id uuid, id uuid, demonstration boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT f.county_id, f.to_unit_id, f.id, c.demonstration
    FROM public.filing f JOIN public.unit c ON c.county_id = f.county_id AND c.id = f.county_id
    WHERE f.id = named $$;
CREATE FUNCTION jifen.demonstrations() RETURNS TABLE (county_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT u.county_id FROM public.unit u WHERE u.id = u.county_id AND u.demonstration ORDER BY u.code, u.id $$;

-- What an operator's monitoring asks for, across tenants: numbers and ages in seconds, never whose.
CREATE FUNCTION jifen.figures() RETURNS TABLE (name text, label text, value double precision)
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH clock AS MATERIALIZED (
        SELECT u.county_id, jifen.instant(u.county_id) AS now FROM public.unit u WHERE u.id = u.county_id)
    SELECT 'deadlines_pending', d.command, count(*)::float8
        FROM public.deadline d WHERE d.fired_at IS NULL GROUP BY 2
    UNION ALL
    SELECT 'deadline_lateness_seconds', d.command, max(extract(epoch FROM greatest(now - d.due_at, '0')))::float8
        FROM public.deadline d JOIN clock USING (county_id) WHERE d.fired_at IS NULL GROUP BY 2
    UNION ALL
    SELECT 'outbox_pending', '', count(*)::float8 FROM public.message m WHERE m.sent_at IS NULL
    UNION ALL
    SELECT 'outbox_oldest_seconds', '', coalesce(max(extract(epoch FROM greatest(now - m.made_at, '0'))), 0)::float8
        FROM public.message m JOIN clock USING (county_id) WHERE m.sent_at IS NULL
    UNION ALL
    SELECT 'rounds', r.state, count(*)::float8 FROM public.round r GROUP BY 2
    UNION ALL
    SELECT 'round_stage_age_seconds', r.state, max(extract(epoch FROM greatest(now - h.at, '0')))::float8
        FROM public.round r JOIN clock USING (county_id)
        CROSS JOIN LATERAL (SELECT max(s.at) AS at FROM public.history s
                            WHERE s.county_id = r.county_id AND s.subject_id = r.id
                              AND (s.after = r.state OR s.command = 'open')) h
        WHERE r.state <> 'filed' GROUP BY 2
    UNION ALL
    SELECT 'objections', o.state, count(*)::float8 FROM public.objection o GROUP BY 2
    UNION ALL
    SELECT 'objections_overdue', '', count(*)::float8 FROM public.objection o JOIN clock USING (county_id)
        WHERE o.state IN ('raised', 'investigating') AND o.due_at <= now
    UNION ALL
    SELECT 'filings', f.state, count(*)::float8 FROM public.filing f GROUP BY 2
    UNION ALL
    SELECT 'notices', n.state, count(*)::float8 FROM public.notice n GROUP BY 2 $$;
"""

# Only the API asks these; the rest (jifen.waiting) reads the acting units and below, whoever asks.
OF_THE_API = (
    "jifen.find_unit, jifen.find_notice, jifen.find_member, jifen.find_filing, jifen.demonstrations, jifen.figures"
)


def upgrade() -> None:
    """Make the functions; their owner, on whom row-level security is forced too, may read what they read."""
    op.execute(FUNCTIONS)
    op.execute("CREATE POLICY functions ON member FOR SELECT TO jifen_owner USING (true)")
    op.execute(f"REVOKE ALL ON FUNCTION {OF_THE_API} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {OF_THE_API} TO jifen_app")
