"""The walls: functions that read the tenant, row-level security on every tenant table, and the logins' rights."""

from alembic import op

from migrations.walls import OF_COUNTY, OF_UNIT, OWNED, opened_by, wall

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

FUNCTIONS = """
CREATE SCHEMA jifen;
GRANT USAGE ON SCHEMA jifen, public TO jifen_app, jifen_worker, jifen_admin, jifen_verifier, jifen_backup;

-- Whose transaction this is. Outside a transaction that said so they are empty, and nothing is seen.
CREATE FUNCTION jifen.county() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('jifen.county', true), '')::uuid;
CREATE FUNCTION jifen.units() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(nullif(current_setting('jifen.units', true), '')::uuid[], '{}'::uuid[]);

-- The single rows that a case has opened to the acting units.
CREATE FUNCTION jifen.opened() RETURNS uuid[] LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, public
    RETURN (SELECT coalesce(array_agg(o.subject_id), '{}'::uuid[]) FROM public.opening o
            WHERE o.county_id = jifen.county() AND o.to_unit_id = ANY (jifen.units()));

-- The instant of a county at this very moment, whatever transaction asks.
CREATE FUNCTION jifen.instant(county uuid) RETURNS timestamptz LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, public
    RETURN coalesce(
        (SELECT m.stands_at + CASE WHEN m.runs THEN clock_timestamp() - m.set_at ELSE interval '0' END
         FROM public.moved_clock m WHERE m.county_id = county),
        clock_timestamp());

-- What the clock must see across tenants: where something is due, never what. The worker then enters there.
CREATE FUNCTION jifen.due(most integer)
    RETURNS TABLE (county_id uuid, unit_id uuid, id uuid, command text, due_at timestamptz)
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public
    -- Along the index and no further: sorting 50 000 that are due to take 1 000 of them cost 0.4 s each time.
    SET enable_bitmapscan = off SET enable_sort = off AS $$
    SELECT d.county_id, d.unit_id, d.id, d.command, d.due_at
    FROM public.deadline d
    WHERE d.fired_at IS NULL
      AND d.try_at <= (SELECT greatest(clock_timestamp(), max(jifen.instant(m.county_id))) FROM public.moved_clock m)
      AND d.try_at <= jifen.instant(d.county_id)
    ORDER BY d.try_at, d.due_at LIMIT most $$;
-- What waits to be sent, and what was sent and has not arrived: Redis may be emptied at any moment.
CREATE FUNCTION jifen.unsent(most integer)
    RETURNS TABLE (county_id uuid, unit_id uuid, id uuid) LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, public AS $$
    SELECT m.county_id, m.unit_id, m.id FROM public.message m
    WHERE m.done_at IS NULL AND (m.sent_at IS NULL OR m.next_at <= clock_timestamp())
    ORDER BY m.next_at LIMIT most $$;

-- Which periods of time run anywhere that a new year's calendar may lengthen: where they are, nothing else.
CREATE FUNCTION jifen.running()
    RETURNS TABLE (county_id uuid, unit_id uuid, kind text, id uuid) LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, public AS $$
    SELECT n.county_id, n.unit_id, 'notice', n.id FROM public.notice n WHERE n.state = 'published'
    UNION ALL
    SELECT o.county_id, o.unit_id, 'objection', o.id FROM public.objection o WHERE o.state <> 'closed'
    UNION ALL
    SELECT f.county_id, f.unit_id, 'filing', f.id FROM public.filing f WHERE f.state = 'built'
    ORDER BY 1, 2, 3, 4 $$;

-- The counties of this installation, and which of them are demonstrations: whose clock may be moved.
CREATE FUNCTION jifen.counties() RETURNS TABLE (county_id uuid, demonstration boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT u.county_id, u.demonstration FROM public.unit u WHERE u.id = u.county_id ORDER BY u.code, u.id $$;

-- How many of each kind stand where, in the acting units and below: counts of work, never whose.
CREATE FUNCTION jifen.counts()
    RETURNS TABLE (unit_id uuid, noun text, period text, state text, number bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH RECURSIVE below AS (
        SELECT u.id FROM public.unit u WHERE u.county_id = jifen.county() AND u.id = ANY (jifen.units())
        UNION SELECT u.id FROM public.unit u JOIN below b ON u.parent_id = b.id WHERE u.county_id = jifen.county())
    SELECT r.unit_id, 'round', r.period, r.state, count(*) FROM public.round r JOIN below b ON b.id = r.unit_id
        WHERE r.county_id = jifen.county() GROUP BY 1, 3, 4
    UNION ALL
    SELECT c.unit_id, 'claim', r.period, c.state, count(*) FROM public.claim c JOIN below b ON b.id = c.unit_id
        JOIN public.round r ON r.county_id = c.county_id AND r.id = c.round_id
        WHERE c.county_id = jifen.county() GROUP BY 1, 3, 4
    UNION ALL
    SELECT l.unit_id, 'line', r.period, l.state, count(*) FROM public.line l JOIN below b ON b.id = l.unit_id
        JOIN public.round r ON r.county_id = l.county_id AND r.id = l.round_id
        WHERE l.county_id = jifen.county() GROUP BY 1, 3, 4
    UNION ALL
    SELECT n.unit_id, 'notice', n.period, n.state, count(*) FROM public.notice n JOIN below b ON b.id = n.unit_id
        WHERE n.county_id = jifen.county() GROUP BY 1, 3, 4
    UNION ALL
    SELECT o.unit_id, 'objection', n.period, o.state, count(*) FROM public.objection o
        JOIN below b ON b.id = o.unit_id
        JOIN public.notice n ON n.county_id = o.county_id AND n.id = o.notice_id
        WHERE o.county_id = jifen.county() GROUP BY 1, 3, 4
    UNION ALL
    SELECT f.unit_id, 'filing', f.period, f.state, count(*) FROM public.filing f JOIN below b ON b.id = f.unit_id
        WHERE f.county_id = jifen.county() GROUP BY 1, 3, 4 $$;
"""

# What a table's row is opened by, where a case may open it to another unit.
OPENED_BY = {
    "appeal": "objection_id",
    "award": "line_id",
    "claim": "id",
    "deadline": "subject_id",
    "evidence": "subject_id",
    "history": "subject_id",
    "ledger_entry": "line_id",
    "line": "id",
    "member": "id",
    "message": "subject_id",
    "notice_line": "line_id",
    "notification": "subject_id",
    "objection": "id",
    "opinion": "claim_id",
    "record": "id",
    "word": "claim_id",
}
CLOSED = (
    "adoption annual_line appraisal attendance holding meeting notice "
    "outcome_case party_group person round score seal vote"
).split()
COUNTY_WIDE = ("unit", "issued_book")
# A filing is seen by who sends it and by whom it is sent to; an opening by both its ends.
BETWEEN = ("filing", "opening")
# The functions above read these as their owner, on whom row-level security is forced as well.
READ_BY_FUNCTIONS = (
    "opening",
    "deadline",
    "message",
    "unit",
    "round",
    "claim",
    "line",
    "notice",
    "objection",
    "filing",
)


def fence(table: str) -> str:
    """Return the condition under which a row of `table` exists for the transaction."""
    if table in COUNTY_WIDE:
        return OF_COUNTY
    if table in BETWEEN:
        return f"{OF_COUNTY} AND ({OF_UNIT} OR to_{OF_UNIT})"
    return opened_by(OPENED_BY[table]) if table in OPENED_BY else OWNED


# Never changed once written: there is no right to, and a trigger that stops even those who have every right.
APPEND_ONLY = ("annual_line award history issued_book ledger_entry notice_line opinion score seal vote").split()
CHANGING = (
    "adoption appeal appraisal attendance claim deadline filing holding line meeting member message "
    "notice notification objection opening outcome_case party_group person record round unit word evidence"
).split()


def upgrade() -> None:
    """Build the functions, then the wall around each table, then the rights of the logins."""
    op.execute(FUNCTIONS)
    for table in (*OPENED_BY, *CLOSED, *COUNTY_WIDE, *BETWEEN):
        # A message may be addressed to any unit of the county; it is read only where it is addressed to.
        wall(table, fence(table), OF_COUNTY if table == "message" else None)
    for table in READ_BY_FUNCTIONS:
        op.execute(f"CREATE POLICY functions ON {table} FOR SELECT TO jifen_owner USING (true)")
    op.execute(
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO jifen_app, jifen_worker, jifen_verifier, jifen_backup"
    )
    for table in (*APPEND_ONLY, *CHANGING):
        op.execute(f"GRANT INSERT ON {table} TO jifen_app, jifen_worker")
    for table in CHANGING:
        op.execute(f"GRANT UPDATE ON {table} TO jifen_app, jifen_worker")
    op.execute("GRANT DELETE ON opening TO jifen_app, jifen_worker")
    op.execute("GRANT INSERT, UPDATE ON moved_clock, calendar_year TO jifen_app, jifen_worker")
    op.execute("REVOKE ALL ON FUNCTION jifen.due, jifen.unsent, jifen.running, jifen.counties FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION jifen.due, jifen.unsent TO jifen_worker, jifen_verifier")
    op.execute("GRANT EXECUTE ON FUNCTION jifen.running TO jifen_worker")
    op.execute("GRANT EXECUTE ON FUNCTION jifen.counties TO jifen_app, jifen_verifier")
