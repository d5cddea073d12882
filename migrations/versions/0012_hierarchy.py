"""Hierarchy: how the tree of units was on any day, and how members moved in it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.columns import owned, to
from migrations.walls import OF_COUNTY, OF_UNIT, OWNED, grant, opened_by, wall

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BETWEEN = f"{OF_COUNTY} AND ({OF_UNIT} OR to_{OF_UNIT})"
KINDS = "kind IN ('county', 'bureau', 'township', 'general_branch', 'branch')"
ROUND_STATES = (
    "state IN ('collecting', 'reviewing', 'scored', 'proposed', 'passed', 'published', 'confirming', "
    "'republished', 'settled', 'filed', 'ended')"
)
JOINED = "joined_as IN ('admitted', 'moved_in', 'transferred')"
LEFT = "left_as IN ('transferred', 'moved_out', 'died', 'expelled', 'struck_off', 'withdrew', 'disqualified')"

PROMISES = """
-- On which day what is done here takes effect: the decision's, where a decision says so; otherwise today.
CREATE FUNCTION jifen.day_of(county uuid) RETURNS date LANGUAGE sql STABLE
    RETURN coalesce(nullif(current_setting('jifen.day', true), '')::date,
                    (jifen.instant(county) AT TIME ZONE 'Asia/Shanghai')::date);

-- A unit stands below one that stands, and never below itself.
CREATE FUNCTION jifen.unit_stands_in_a_tree() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    above uuid := NEW.parent_id;
BEGIN
    IF (NEW.parent_id IS NULL) <> (NEW.id = NEW.county_id) THEN
        RAISE EXCEPTION 'only a county stands below nothing' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM public.unit u WHERE u.county_id = NEW.county_id AND u.id = NEW.parent_id
               AND u.until IS NOT NULL) AND NEW.until IS NULL THEN
        RAISE EXCEPTION 'a unit below one that was dissolved' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.until IS NOT NULL AND EXISTS (SELECT FROM public.unit u WHERE u.county_id = NEW.county_id
               AND u.parent_id = NEW.id AND u.until IS NULL) THEN
        RAISE EXCEPTION 'a unit dissolved above others' USING ERRCODE = 'check_violation';
    END IF;
    WHILE above IS NOT NULL LOOP
        IF above = NEW.id THEN
            RAISE EXCEPTION 'a unit below itself' USING ERRCODE = 'check_violation';
        END IF;
        SELECT u.parent_id INTO above FROM public.unit u WHERE u.county_id = NEW.county_id AND u.id = above;
    END LOOP;
    RETURN NEW;
END $$;
CREATE TRIGGER unit_stands_in_a_tree BEFORE INSERT OR UPDATE OF parent_id, until ON unit
    FOR EACH ROW EXECUTE FUNCTION jifen.unit_stands_in_a_tree();

-- Whatever changes a unit's name or place leaves behind how it was: nobody can forget to.
CREATE FUNCTION jifen.unit_keeps_its_past() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    day date := jifen.day_of(NEW.county_id);
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.until IS NOT NULL THEN
        UPDATE public.unit_period p SET until = NEW.until
        WHERE p.county_id = NEW.county_id AND p.unit_id = NEW.id AND p.until IS NULL;
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        -- Twice on one day: the later word counts from that day's beginning.
        UPDATE public.unit_period p SET parent_id = NEW.parent_id, kind = NEW.kind, name = NEW.name
        WHERE p.county_id = NEW.county_id AND p.unit_id = NEW.id AND p.until IS NULL AND p.since >= day;
        IF FOUND THEN
            RETURN NULL;
        END IF;
        UPDATE public.unit_period p SET until = day - 1
        WHERE p.county_id = NEW.county_id AND p.unit_id = NEW.id AND p.until IS NULL;
    END IF;
    INSERT INTO public.unit_period (county_id, id, unit_id, parent_id, kind, name, since, until)
    VALUES (NEW.county_id, gen_random_uuid(), NEW.id, NEW.parent_id, NEW.kind, NEW.name,
            CASE WHEN TG_OP = 'INSERT' THEN NEW.since ELSE day END, NEW.until);
    RETURN NULL;
END $$;
CREATE TRIGGER unit_keeps_its_past AFTER INSERT ON unit FOR EACH ROW EXECUTE FUNCTION jifen.unit_keeps_its_past();
CREATE TRIGGER unit_changes_from_a_day AFTER UPDATE OF parent_id, kind, name, until ON unit FOR EACH ROW
    WHEN ((OLD.parent_id, OLD.kind, OLD.name, OLD.until) IS DISTINCT FROM (NEW.parent_id, NEW.kind, NEW.name, NEW.until))
    EXECUTE FUNCTION jifen.unit_keeps_its_past();

-- What a unit was is over: it is closed by the next, never written anew. A dissolved unit does not rise again.
CREATE FUNCTION jifen.past_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% that is over stays as it was', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER past_stays BEFORE UPDATE ON unit_period FOR EACH ROW
    WHEN (OLD.until IS NOT NULL) EXECUTE FUNCTION jifen.past_stays();
CREATE TRIGGER past_stays BEFORE UPDATE OF until ON unit FOR EACH ROW
    WHEN (OLD.until IS NOT NULL AND OLD.until IS DISTINCT FROM NEW.until) EXECUTE FUNCTION jifen.past_stays();

-- Nobody joins a branch after its end.
CREATE FUNCTION jifen.members_join_what_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM public.unit u WHERE u.county_id = NEW.county_id AND u.id = NEW.unit_id
               AND u.until < coalesce(NEW.present_from, u.until)) THEN
        RAISE EXCEPTION 'a member joins a branch that was dissolved' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER members_join_what_stands BEFORE INSERT ON member
    FOR EACH ROW EXECUTE FUNCTION jifen.members_join_what_stands();

-- Who went over left one branch the day before they were in the other, as the same person.
CREATE FUNCTION jifen.transfer_splits_the_year() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM public.member a JOIN public.member b ON b.county_id = a.county_id AND b.person_id = a.person_id
        WHERE a.county_id = NEW.county_id AND a.id = NEW.member_id AND a.unit_id = NEW.unit_id
          AND b.id = NEW.to_member_id AND b.unit_id = NEW.to_unit_id
          AND a.present_to = NEW.moved_on - 1 AND b.present_from = NEW.moved_on) THEN
        RAISE EXCEPTION 'a transfer that leaves a gap' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER transfer_splits_the_year AFTER INSERT OR UPDATE ON transfer
    FOR EACH ROW WHEN (NEW.state = 'accepted') EXECUTE FUNCTION jifen.transfer_splits_the_year();
"""

# What is near its end in the acting units and below: where, what of, and the day; never whose health or why.
ENDING = """
CREATE FUNCTION jifen.ending(by date)
    RETURNS TABLE (unit_id uuid, kind text, role text, number integer, ends_on date)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH RECURSIVE below AS (
        SELECT u.id FROM public.unit u WHERE u.county_id = jifen.county() AND u.id = ANY (jifen.units())
        UNION SELECT u.id FROM public.unit u JOIN below b ON u.parent_id = b.id WHERE u.county_id = jifen.county()),
    standing AS (
        SELECT u.id FROM below b JOIN public.unit u ON u.county_id = jifen.county() AND u.id = b.id
        WHERE u.until IS NULL),
    today AS MATERIALIZED (SELECT (jifen.instant(jifen.county()) AT TIME ZONE 'Asia/Shanghai')::date AS day)
    SELECT t.unit_id, 'term', NULL, t.number, t.until FROM standing s
        JOIN public.term t ON t.county_id = jifen.county() AND t.unit_id = s.id
        WHERE t.until <= by AND NOT EXISTS (
            SELECT FROM public.term n WHERE n.county_id = t.county_id AND n.unit_id = t.unit_id AND n.number > t.number)
    UNION ALL
    SELECT h.unit_id, 'holding', h.role, count(*)::integer, h.until FROM today CROSS JOIN standing s
        JOIN public.holding h ON h.county_id = jifen.county() AND h.unit_id = s.id
        WHERE h.until BETWEEN day AND by AND h.since <= day GROUP BY 1, 3, 5
    ORDER BY 5, 1 $$;
"""
# Counts by the tree of each period's last day: what a unit did stays with whoever was above it then.
COUNTS = """
CREATE FUNCTION jifen.last_day(period text) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN length(period) = 4 THEN make_date(period::integer, 12, 31)
                WHEN substr(period, 6, 1) = 'Q'
                THEN (make_date(left(period, 4)::integer, 3 * substr(period, 7)::integer, 1) + interval '1 month')::date - 1
                ELSE (make_date(left(period, 4)::integer, right(period, 2)::integer, 1) + interval '1 month')::date - 1 END;

CREATE OR REPLACE FUNCTION jifen.counts()
    RETURNS TABLE (unit_id uuid, noun text, period text, state text, number bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH RECURSIVE below AS (
        SELECT u.id, '-infinity'::date AS since, 'infinity'::date AS until
        FROM public.unit u WHERE u.county_id = jifen.county() AND u.id = ANY (jifen.units())
        UNION
        SELECT p.unit_id, greatest(b.since, p.since), least(b.until, p.until)
        FROM public.unit_period p JOIN below b ON p.parent_id = b.id
        WHERE p.county_id = jifen.county()
          AND greatest(b.since, p.since) <= least(b.until, p.until))
    SELECT r.unit_id, 'round', r.period, r.state, count(*) FROM public.round r
        JOIN below b ON b.id = r.unit_id AND r.last_day BETWEEN b.since AND b.until
        WHERE r.county_id = jifen.county() GROUP BY 1, 3, 4
    UNION ALL
    SELECT c.unit_id, 'claim', r.period, c.state, count(*) FROM public.claim c
        JOIN public.round r ON r.county_id = c.county_id AND r.id = c.round_id
        JOIN below b ON b.id = c.unit_id AND r.last_day BETWEEN b.since AND b.until
        WHERE c.county_id = jifen.county() GROUP BY 1, 3, 4
    UNION ALL
    SELECT l.unit_id, 'line', r.period, l.state, count(*) FROM public.line l
        JOIN public.round r ON r.county_id = l.county_id AND r.id = l.round_id
        JOIN below b ON b.id = l.unit_id AND r.last_day BETWEEN b.since AND b.until
        WHERE l.county_id = jifen.county() GROUP BY 1, 3, 4
    UNION ALL
    SELECT n.unit_id, 'notice', n.period, n.state, count(*) FROM public.notice n
        JOIN below b ON b.id = n.unit_id AND jifen.last_day(n.period) BETWEEN b.since AND b.until
        WHERE n.county_id = jifen.county() GROUP BY 1, 3, 4
    UNION ALL
    SELECT o.unit_id, 'objection', n.period, o.state, count(*) FROM public.objection o
        JOIN public.notice n ON n.county_id = o.county_id AND n.id = o.notice_id
        JOIN below b ON b.id = o.unit_id AND jifen.last_day(n.period) BETWEEN b.since AND b.until
        WHERE o.county_id = jifen.county() GROUP BY 1, 3, 4
    UNION ALL
    SELECT f.unit_id, 'filing', f.period, f.state, count(*) FROM public.filing f
        JOIN below b ON b.id = f.unit_id AND jifen.last_day(f.period) BETWEEN b.since AND b.until
        WHERE f.county_id = jifen.county() GROUP BY 1, 3, 4 $$;
"""
# A member who has gone keeps their seat in the old branch until what it still has to publish of theirs has settled.
SEATS = ("(m.present_to IS NULL OR m.present_to >= day)", "(m.present_to IS NULL OR m.present_to >= day OR EXISTS (\n"
         "            SELECT FROM public.line l WHERE l.county_id = m.county_id AND l.member_id = m.id\n"
         "              AND l.state <> 'settled'))")  # fmt: skip


def upgrade() -> None:
    """Make the tables, each behind its wall, and what the database itself promises of them."""
    _units()
    _members()
    _transfers()
    _reorganisations()
    _terms()
    op.drop_constraint(op.f("ck_round_state"), "round")
    op.create_check_constraint(op.f("ck_round_state"), "round", ROUND_STATES)
    op.execute(PROMISES)
    op.execute(
        "INSERT INTO unit_period (county_id, id, unit_id, parent_id, kind, name)"
        " SELECT county_id, gen_random_uuid(), id, parent_id, kind, name FROM unit"
    )
    # Which unit was where is the whole county's to read, like the units themselves.
    wall("unit_period", OF_COUNTY)
    grant("unit_period", "INSERT", "UPDATE")
    for table in ("transfer", "transfer_statement"):
        wall(table, BETWEEN)
    for table in ("reorganisation", "review", "term"):
        wall(table, OWNED)
    for table in ("transfer", "reorganisation", "review", "term"):
        grant(table, "INSERT", "UPDATE")
    grant("transfer_statement", "INSERT")
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON transfer_statement "
        "FOR EACH STATEMENT EXECUTE FUNCTION jifen.refuse_change()"
    )
    op.execute("CREATE POLICY functions ON term FOR SELECT TO jifen_owner USING (true)")
    op.execute("CREATE POLICY functions ON unit_period FOR SELECT TO jifen_owner USING (true)")
    op.execute(ENDING)
    op.execute(COUNTS)
    op.execute("REVOKE ALL ON FUNCTION jifen.ending FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION jifen.ending TO jifen_app")
    # Who has gone over belongs to where they are; their old branch keeps sight of them through an opening.
    op.execute(f"ALTER POLICY tenant ON person USING ({opened_by('id')}) WITH CHECK ({opened_by('id')})")
    _panel()
    _functions()


def _units() -> None:
    op.drop_constraint(op.f("ck_unit_kind"), "unit")
    op.create_check_constraint(op.f("ck_unit_kind"), "unit", KINDS)
    op.add_column("unit", sa.Column("since", sa.Date(), nullable=True))
    op.add_column("unit", sa.Column("until", sa.Date(), nullable=True))
    op.create_check_constraint(op.f("ck_unit_ends_after_it_begins"), "unit", "until >= since")
    op.create_table(
        "unit_period",
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        *owned("unit_period"),
        to("unit_period", "unit", "parent_id"),
        sa.CheckConstraint(KINDS, name=op.f("ck_unit_period_kind")),
        _one_at_a_time("ex_unit_period_one_at_a_time", "unit_id", "since", "until"),
    )
    op.create_index("ix_unit_period_parent", "unit_period", ["county_id", "parent_id"])


def _members() -> None:
    for column in ("joined_as", "left_as", "exempt_consent"):
        op.add_column("member", sa.Column(column, sa.Text(), nullable=True))
    for column in ("probation_until", "exempt_review_on"):
        op.add_column("member", sa.Column(column, sa.Date(), nullable=True))
    extended: sa.Column[bool] = sa.Column(
        "probation_extended", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("member", extended)
    op.alter_column("member", "probation_extended", server_default=None)
    op.create_check_constraint(op.f("ck_member_joined_as"), "member", JOINED)
    op.create_check_constraint(op.f("ck_member_left_as"), "member", LEFT)
    op.create_check_constraint(
        op.f("ck_member_left_on_a_day"), "member", "left_as IS NULL OR present_to IS NOT NULL"
    )
    op.execute(
        "ALTER TABLE member ADD CONSTRAINT ex_member_one_branch_at_a_time EXCLUDE USING gist ("
        "county_id WITH =, person_id WITH =, daterange(present_from, present_to, '[]') WITH &&)"
    )


def _transfers() -> None:
    op.create_table(
        "transfer",
        sa.Column("to_unit_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("to_member_id", sa.Uuid(), nullable=True),
        sa.Column("reorganisation_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("letter", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        *owned("transfer"),
        to("transfer", "unit", "to_unit_id"),
        to("transfer", "member", "member_id"),
        to("transfer", "member", "to_member_id"),
        sa.UniqueConstraint("county_id", "to_member_id", name=op.f("uq_transfer_county_id_to_member_id")),
        sa.CheckConstraint(
            "state IN ('proposed', 'accepted', 'declined', 'withdrawn')", name=op.f("ck_transfer_state")
        ),
        sa.CheckConstraint(
            "state <> 'accepted' OR (moved_on IS NOT NULL AND to_member_id IS NOT NULL)",
            name=op.f("ck_transfer_accepted_has_its_day"),
        ),
        sa.CheckConstraint("unit_id <> to_unit_id", name=op.f("ck_transfer_to_another")),
    )
    op.create_index("ix_transfer_member", "transfer", ["county_id", "member_id"])
    op.create_index("ix_transfer_receiving", "transfer", ["county_id", "to_unit_id", "state"])
    op.create_index(
        "ix_transfer_waiting",
        "transfer",
        ["county_id", "member_id"],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.create_table(
        "transfer_statement",
        sa.Column("to_unit_id", sa.Uuid(), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("to_member_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("package", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        *owned("transfer_statement"),
        to("transfer_statement", "unit", "to_unit_id"),
        to("transfer_statement", "transfer", "transfer_id"),
        to("transfer_statement", "member", "to_member_id"),
        sa.UniqueConstraint(
            "county_id",
            "transfer_id",
            "number",
            name=op.f("uq_transfer_statement_county_id_transfer_id_number"),
        ),
    )
    op.create_index(
        "ix_transfer_statement_year", "transfer_statement", ["county_id", "to_unit_id", "year", "to_member_id"]
    )


def _reorganisations() -> None:
    op.create_table(
        "reorganisation",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("takes_effect_on", sa.Date(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("particulars", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        *owned("reorganisation"),
        to("reorganisation", "unit", "subject_id"),
        sa.CheckConstraint("state IN ('planned', 'done', 'stopped')", name=op.f("ck_reorganisation_state")),
        sa.CheckConstraint(
            "change IN ('rename', 'move', 'merge', 'split', 'dissolve')", name=op.f("ck_reorganisation_change")
        ),
        sa.CheckConstraint("document <> ''", name=op.f("ck_reorganisation_has_its_document")),
    )
    op.create_index("ix_reorganisation_subject", "reorganisation", ["county_id", "subject_id"])


def _terms() -> None:
    op.create_table(
        "term",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("minute", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        *owned("term"),
        sa.UniqueConstraint("county_id", "unit_id", "number", name=op.f("uq_term_county_id_unit_id_number")),
        sa.CheckConstraint("until > since", name=op.f("ck_term_ends_after_it_begins")),
    )
    op.create_table(
        "review",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        *owned("review"),
        sa.CheckConstraint("state IN ('waiting', 'reminded', 'over')", name=op.f("ck_review_state")),
        sa.CheckConstraint("kind IN ('exemption', 'probation', 'term')", name=op.f("ck_review_kind")),
    )
    op.create_index("ix_review_subject", "review", ["county_id", "subject_id"])


def _panel() -> None:
    """Let the administrators' panel show since when a unit has been there, and until when."""
    op.execute("GRANT SELECT (since, until) ON unit TO jifen_admin")
    op.execute(
        "CREATE OR REPLACE VIEW panel.unit WITH (security_invoker = true) AS"
        " SELECT t.county_id, t.id, t.parent_id, o.name AS parent_name, t.kind, t.name, t.code, t.since, t.until"
        " FROM public.unit t LEFT JOIN public.unit o ON o.county_id = t.county_id AND o.id = t.parent_id"
        " AND o.id = ANY ((SELECT jifen.units())::uuid[])"
        " WHERE t.id = ANY ((SELECT jifen.units())::uuid[])"
    )


def _functions() -> None:
    """Change one condition each of two functions that are otherwise as they were."""
    _reword("jifen.seats(uuid, uuid)", *SEATS)
    # A round that has ended with its branch waits for nobody.
    _reword("jifen.figures()", "r.state <> 'filed'", "r.state NOT IN ('filed', 'ended')")


def _reword(function: str, old: str, new: str) -> None:
    connection = op.get_bind()
    written = connection.scalar(
        sa.text("SELECT pg_get_functiondef(CAST(:name AS regprocedure))"), {"name": function}
    )
    if old not in written:
        raise RuntimeError(f"{function} is not as it was written")
    connection.exec_driver_sql(written.replace(old, new).replace("%", "%%"))


def _one_at_a_time(name: str, column: str, since: str, until: str) -> postgresql.ExcludeConstraint:
    return postgresql.ExcludeConstraint(
        ("county_id", "="),
        (column, "="),
        (sa.text(f"daterange({since}, {until}, '[]')"), "&&"),
        using="gist",
        name=name,
    )
