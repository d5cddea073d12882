"""Counts of a county kept as they arise, so that an overview does not grow with the ledger."""

import sqlalchemy as sa
from alembic import op

from migrations.columns import check, owned, words
from migrations.functions import reword
from migrations.walls import grant, wall

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

# Where each noun's period stands: with itself, or with what it belongs to.
OWN = ("period", "c.place", "")
_OF = "JOIN public.{0} p ON p.county_id = c.county_id AND p.id = c.place"
PERIODS = {
    "round": OWN,
    "claim": ("round_id", "p.period", _OF.format("round")),
    "line": ("round_id", "p.period", _OF.format("round")),
    "notice": OWN,
    "objection": ("notice_id", "p.period", _OF.format("notice")),
    "filing": OWN,
}
CAME = "SELECT c.county_id, c.unit_id, c.{0} AS place, c.state, 1 AS change FROM came c"
MOVED = f"{CAME} UNION ALL SELECT c.county_id, c.unit_id, c.{{0}}, c.state, -1 FROM went c"  # noqa: S608
# Whoever counts waits for nobody, so no order of steps can bring two transactions to a standstill: a row that
# another one holds is left, and a row more is opened beside it.
COUNTED = """
CREATE FUNCTION jifen.{noun}_{how}_counted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public AS $$
BEGIN
    WITH changed AS (
        SELECT c.county_id, c.unit_id, c.place, c.state, sum(c.change) AS change FROM ({rows}) c
        GROUP BY 1, 2, 3, 4 HAVING sum(c.change) <> 0
    ), placed AS (
        SELECT c.county_id, c.unit_id, {period} AS period, c.state, sum(c.change) AS change
        FROM changed c {join} GROUP BY 1, 2, 3, 4
    ), found AS (
        SELECT c.*, t.id FROM placed c LEFT JOIN LATERAL (
            SELECT t.id FROM public.tally t
            WHERE t.county_id = c.county_id AND t.unit_id = c.unit_id AND t.period = c.period
              AND t.noun = '{noun}' AND t.state = c.state
            LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED) t ON true
    ), added AS (
        UPDATE public.tally t SET number = t.number + f.change FROM found f
        WHERE t.county_id = f.county_id AND t.id = f.id
    )
    INSERT INTO public.tally (county_id, id, unit_id, period, noun, state, number)
    SELECT f.county_id, gen_random_uuid(), f.unit_id, f.period, '{noun}', f.state, f.change
    FROM found f WHERE f.id IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER {how}_counted AFTER {event} ON {noun}
    REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION jifen.{noun}_{how}_counted();
"""
FILL = """
INSERT INTO tally (county_id, id, unit_id, period, noun, state, number)
SELECT c.county_id, gen_random_uuid(), c.unit_id, {period}, '{noun}', c.state, count(*)
FROM (SELECT c.*, c.{place} AS place FROM {noun} c) c {join} GROUP BY 1, 3, 4, 6
"""
# By the tree of each period's last day: what a unit did stays with whoever was above it then.
BELOW = """WITH RECURSIVE below AS (
        SELECT u.id, '-infinity'::date AS since, 'infinity'::date AS until
        FROM public.unit u WHERE u.county_id = jifen.county() AND u.id = ANY (jifen.units())
        UNION
        SELECT p.unit_id, greatest(b.since, p.since), least(b.until, p.until)
        FROM public.unit_period p JOIN below b ON p.parent_id = b.id
        WHERE p.county_id = jifen.county()
          -- Who acts in a whole subtree has each of its units already: a second time would count its work twice.
          AND p.unit_id <> ALL ((SELECT jifen.units())::uuid[])
          AND greatest(b.since, p.since) <= least(b.until, p.until))"""
COUNTS = "RETURNS TABLE (unit_id uuid, noun text, period text, state text, number bigint)"
AS_OWNER = "LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public"
SUMMED = f"""{BELOW}
    SELECT t.unit_id, t.noun, t.period, t.state, sum(t.number)::bigint
    FROM public.tally t
    JOIN below b ON b.id = t.unit_id AND jifen.last_day(t.period) BETWEEN b.since AND b.until
    WHERE t.county_id = jifen.county() {{which}}GROUP BY 1, 2, 3, 4 HAVING sum(t.number) <> 0"""  # noqa: S608
FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION jifen.counts()
    {COUNTS} {AS_OWNER} AS $$
    {SUMMED.format(which="")} $$;

-- The same of some periods, whatever lies behind them.
CREATE FUNCTION jifen.counts(periods text[])
    {COUNTS} {AS_OWNER} AS $$
    {SUMMED.format(which="AND t.period = ANY (periods) ")} $$;

-- The same of one unit alone, in all periods.
CREATE FUNCTION jifen.counts(of uuid)
    {COUNTS} {AS_OWNER} AS $$
    {SUMMED.format(which="AND t.unit_id = of ")} $$;

-- Of which periods there is anything in the acting units and below: from one period to the next along the index.
CREATE FUNCTION jifen.periods() RETURNS TABLE (period text) {AS_OWNER} AS $$
    {BELOW}, known AS (
        SELECT min(t.period) AS period FROM public.tally t WHERE t.county_id = jifen.county()
        UNION ALL
        SELECT (SELECT min(t.period) FROM public.tally t WHERE t.county_id = jifen.county() AND t.period > k.period)
        FROM known k WHERE k.period IS NOT NULL)
    SELECT k.period FROM known k
    WHERE EXISTS (SELECT FROM public.tally t WHERE t.county_id = jifen.county() AND t.period = k.period
                  AND t.unit_id = ANY (ARRAY(SELECT b.id FROM below b)))
    ORDER BY 1 $$;
REVOKE ALL ON FUNCTION jifen.counts(text[]), jifen.counts(uuid), jifen.periods FROM PUBLIC;
GRANT EXECUTE ON FUNCTION jifen.counts(text[]), jifen.counts(uuid), jifen.periods TO jifen_app, jifen_worker;
"""  # noqa: S608
# Monitoring asks how many claims there are each time it comes by.
CLAIMS = (
    "count(*)::float8 FROM public.claim c GROUP BY 2",
    "sum(c.number)::float8 FROM public.tally c WHERE c.noun = 'claim' GROUP BY 2 HAVING sum(c.number) <> 0",
)
# What is not finished is found without reading what is.
UNFINISHED = {
    "round": "state NOT IN ('filed', 'ended')",
    "objection": "state <> 'closed'",
    "filing": "state IN ('built', 'returned')",
}


def upgrade() -> None:
    """Make the table and fill it, then have it kept; from then on the counts are read from it."""
    op.create_table(
        "tally",
        *(words(name) for name in ("period", "noun", "state")),
        sa.Column("number", sa.Integer(), nullable=False),
        *owned("tally"),
        check("tally", "noun", "noun IN ('round', 'claim', 'line', 'notice', 'objection', 'filing')"),
    )
    # A number changes with every step: with room on its page, no index need hear of it.
    op.execute("ALTER TABLE tally SET (fillfactor = 50)")
    wall("tally")
    grant("tally")
    op.execute("CREATE POLICY keeps ON tally TO jifen_owner USING (true)")
    for noun, given in PERIODS.items():
        _counted(noun, *given)
    op.create_index("ix_tally_unit", "tally", ["county_id", "unit_id", "period", "noun", "state"])
    op.create_index("ix_tally_period", "tally", ["county_id", "period", "unit_id"])
    op.execute(FUNCTIONS)
    for table, condition in UNFINISHED.items():
        op.create_index(
            f"ix_{table}_unfinished", table, ["county_id", "unit_id"], postgresql_where=sa.text(condition)
        )
    unfinished_alone = f"WHERE r.county_id = jifen.county() AND r.{UNFINISHED['round']}"
    reword("jifen.waiting()", "WHERE r.county_id = jifen.county()", unfinished_alone)
    reword("jifen.work_figures()", *CLAIMS)


def _counted(noun: str, place: str, period: str, join: str) -> None:
    given = {"noun": noun, "period": period, "join": join}
    op.execute(FILL.format(place=place, **given))
    came, both = "NEW TABLE AS came", "OLD TABLE AS went NEW TABLE AS came"
    op.execute(COUNTED.format(how="rows_are", event="INSERT", tables=came, rows=CAME.format(place), **given))
    op.execute(COUNTED.format(how="steps_are", event="UPDATE", tables=both, rows=MOVED.format(place), **given))
