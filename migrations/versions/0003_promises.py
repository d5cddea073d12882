"""What the database itself promises: what is written stays, windows never shrink, clocks never go back."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APPEND_ONLY = ("annual_line award history issued_book ledger_entry notice_line opinion score seal vote").split()

GUARDS = """
CREATE FUNCTION jifen.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;

-- Only what a closed notice has published enters the ledger, of a line and under a seal of that unit. Asked once a
-- statement: as foreign keys it was asked six times a row, four fifths of the time that settling took.
CREATE FUNCTION jifen.entries_are_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- By key, line by line: as joins they were planned to read all lines of the county for each township. Seals
    -- apart: asked with each line, one seal of thirty lines was looked up thirty times.
    IF EXISTS (SELECT FROM (SELECT DISTINCT county_id, unit_id, round_id, line_id, member_id FROM entered) e
               WHERE (SELECT true FROM public.line l
                      WHERE l.county_id = e.county_id AND l.id = e.line_id AND l.unit_id = e.unit_id
                        AND l.round_id = e.round_id AND l.member_id = e.member_id LIMIT 1) IS NOT TRUE)
       OR EXISTS (SELECT FROM (SELECT DISTINCT county_id, unit_id, seal_id FROM entered) e
                  WHERE (SELECT n.state FROM public.seal s
                         JOIN public.notice n ON n.county_id = s.county_id AND n.id = s.notice_id
                         WHERE s.county_id = e.county_id AND s.id = e.seal_id AND s.unit_id = e.unit_id LIMIT 1)
                        IS DISTINCT FROM 'closed') THEN
        IF EXISTS (SELECT FROM entered e
                   JOIN public.seal s ON s.county_id = e.county_id AND s.id = e.seal_id
                   JOIN public.notice n ON n.county_id = s.county_id AND n.id = s.notice_id
                   WHERE n.state <> 'closed') THEN
            RAISE EXCEPTION 'a ledger entry before its notice has closed' USING ERRCODE = 'check_violation';
        END IF;
        RAISE EXCEPTION 'a ledger entry of no line or seal of its unit' USING ERRCODE = 'foreign_key_violation';
    END IF;
    IF EXISTS (SELECT FROM entered e
               WHERE e.reverses_id IS NOT NULL
                 AND (SELECT true FROM public.ledger_entry r
                      WHERE r.county_id = e.county_id AND r.id = e.reverses_id LIMIT 1) IS NOT TRUE) THEN
        RAISE EXCEPTION 'a reversal of no ledger entry' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER entries_are_final AFTER INSERT ON ledger_entry
    REFERENCING NEW TABLE AS entered FOR EACH STATEMENT EXECUTE FUNCTION jifen.entries_are_final();

-- A step is taken in a unit that is there. Asked once a statement: as a foreign key it was asked for each line.
CREATE FUNCTION jifen.steps_are_taken_in_units() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM (SELECT DISTINCT county_id, unit_id FROM taken) e
               WHERE (SELECT true FROM public.unit u
                      WHERE u.county_id = e.county_id AND u.id = e.unit_id LIMIT 1) IS NOT TRUE) THEN
        RAISE EXCEPTION 'a step in no unit' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER steps_are_taken_in_units AFTER INSERT ON history
    REFERENCING NEW TABLE AS taken FOR EACH STATEMENT EXECUTE FUNCTION jifen.steps_are_taken_in_units();

-- A line settles only when nobody's objection to it is open.
CREATE FUNCTION jifen.settled_is_undisputed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM moved l JOIN public.objection o ON o.county_id = l.county_id AND o.line_id = l.id
               WHERE l.state = 'settled' AND o.state <> 'closed') THEN
        RAISE EXCEPTION 'a line settled under an open objection' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER settled_is_undisputed AFTER UPDATE ON line
    REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION jifen.settled_is_undisputed();

-- What was posted stays as it was posted; its window may grow while it is open, and never shrinks.
CREATE FUNCTION jifen.notice_keeps_its_word() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.closes_at < OLD.closes_at OR (OLD.state = 'closed' AND NEW.closes_at <> OLD.closes_at)
       OR NEW.published_at IS DISTINCT FROM OLD.published_at OR NEW.code <> OLD.code
       OR NEW.kind <> OLD.kind OR NEW.period <> OLD.period OR NEW.title <> OLD.title THEN
        RAISE EXCEPTION 'a published notice keeps its word' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER notice_keeps_its_word BEFORE UPDATE ON notice FOR EACH ROW
    WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION jifen.notice_keeps_its_word();

-- A real county's clock is the world's. A demonstration's goes forward only, once people have acted in it.
CREATE FUNCTION jifen.clock_goes_forward() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.unit u WHERE u.county_id = NEW.county_id AND u.id = NEW.county_id
                   AND u.demonstration) THEN
        RAISE EXCEPTION 'the clock of a real county is not moved' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.stands_at < jifen.instant(NEW.county_id)
       AND EXISTS (SELECT FROM public.history h WHERE h.county_id = NEW.county_id) THEN
        RAISE EXCEPTION 'a clock goes forward only' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER clock_goes_forward BEFORE INSERT OR UPDATE ON moved_clock
    FOR EACH ROW EXECUTE FUNCTION jifen.clock_goes_forward();
CREATE POLICY functions ON history FOR SELECT TO jifen_owner USING (true);

-- A unit never turns from a real one into a demonstration, nor back.
CREATE FUNCTION jifen.county_stays_real() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a county stays what it is' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER county_stays_real BEFORE UPDATE ON unit FOR EACH ROW
    WHEN (OLD.demonstration <> NEW.demonstration) EXECUTE FUNCTION jifen.county_stays_real();
"""


def upgrade() -> None:
    """Put the guards up."""
    op.execute(GUARDS)
    # A line changes its state five times: with room on its page, its four indexes need not hear of it.
    op.execute("ALTER TABLE line SET (fillfactor = 60)")
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION jifen.refuse_change()"
        )
