"""Administrators: the three exclude each other, and what their panel reads: masked views, no table whole."""

from alembic import op

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None

# What the panel's login may read of each table: who, where, which, when and how it stands. No points, no reasons,
# no text, nothing by which somebody is reached or signs in.
COLUMNS = {
    "adoption": "county_id id unit_id book_id since",
    "calendar_year": "year source installed_at",
    "deadline": "county_id id unit_id subject_kind subject_id command due_at try_at fired_at outcome attempts",
    "delivery": "county_id id unit_id channel state due_at attempts done_at",
    "filing": "county_id id unit_id to_unit_id period number edition state due_at submitted_at received_at filed_at",
    "history": (
        "county_id id unit_id subject_kind subject_id command before after actor_name role at recorded_at"
    ),
    "holding": "county_id id unit_id person_id role department since until",
    "issued_book": "county_id id unit_id name version effective_from digest",
    "member": "county_id id unit_id person_id member_no name present_from present_to",
    "message": "county_id id unit_id topic subject_id made_at next_at sent_at done_at attempts",
    "notification": "county_id id unit_id topic made_at seen_at",
    "person": "county_id id unit_id name",
    "round": "county_id id unit_id book_id period state first_day last_day claims_close_at",
    "unit": "county_id id parent_id kind name code demonstration",
}
# What stands beside a row and its unit in each view of rows that belong to a unit; the table, the columns, the joins.
BOOK = "JOIN public.issued_book b ON b.county_id = t.county_id AND b.id = t.book_id"
PERSON = "LEFT JOIN public.person p ON p.county_id = t.county_id AND p.id = t.person_id"
ABOVE = "JOIN public.unit o ON o.county_id = t.county_id AND o.id = t.to_unit_id"
VIEWS = {
    "adoption": ("adoption", "b.name AS book, b.version, t.since", BOOK),
    "deadline": (
        "deadline",
        "t.subject_kind, t.subject_id, t.command, t.due_at, t.try_at, t.fired_at, t.attempts,"
        " coalesce(t.outcome, 'waiting') AS state",
        "",
    ),
    "delivery": ("delivery", "t.channel, t.state, t.due_at, t.attempts, t.done_at", ""),
    "filing": (
        "filing",
        "o.name AS to_unit_name, t.period, t.number, t.edition, t.state, t.due_at, t.submitted_at, t.received_at,"
        " t.filed_at",
        ABOVE,
    ),
    "history": (
        "history",
        "t.subject_kind, t.subject_id, t.command, t.before, t.after, t.actor_name, t.role, t.at, t.recorded_at",
        "",
    ),
    "holding": ("holding", "t.person_id, p.name AS person_name, t.role, t.department, t.since, t.until", PERSON),
    "member": ("member", "t.person_id, t.member_no, t.name, t.present_from, t.present_to", ""),
    "message": (
        "message",
        "t.topic, t.made_at, t.sent_at, t.next_at, t.done_at, t.attempts,"
        " CASE WHEN t.done_at IS NOT NULL THEN 'done' WHEN t.sent_at IS NULL THEN 'unsent'"
        " WHEN t.attempts > 3 THEN 'stuck' ELSE 'sent' END AS state",
        "",
    ),
    "notification": (
        "notification",
        "t.topic, t.made_at, t.seen_at, CASE WHEN t.seen_at IS NULL THEN 'unseen' ELSE 'seen' END AS state",
        "",
    ),
    "person": ("person", "t.name", ""),
    "round": (
        "round",
        "b.name AS book, b.version, t.period, t.state, t.first_day, t.last_day, t.claims_close_at",
        BOOK,
    ),
}
# A county's units and books are the whole county's to read: here what lies in the acting units or is used there.
OTHERS = """
CREATE VIEW panel.unit WITH (security_invoker = true) AS
SELECT t.county_id, t.id, t.parent_id, o.name AS parent_name, t.kind, t.name, t.code
FROM public.unit t LEFT JOIN public.unit o ON o.county_id = t.county_id AND o.id = t.parent_id
    AND o.id = ANY ((SELECT jifen.units())::uuid[])
WHERE t.id = ANY ((SELECT jifen.units())::uuid[]);

CREATE VIEW panel.book WITH (security_invoker = true) AS
WITH used AS (SELECT a.county_id, a.book_id, count(*) AS number FROM public.adoption a GROUP BY 1, 2)
SELECT t.county_id, t.id, u.name AS unit_name, t.name, t.version, t.effective_from,
       left(t.digest, 12) AS digest, coalesce(used.number, 0) AS adopted
FROM public.issued_book t JOIN public.unit u ON u.county_id = t.county_id AND u.id = t.unit_id
LEFT JOIN used ON used.county_id = t.county_id AND used.book_id = t.id
WHERE used.number > 0 OR t.unit_id = ANY ((SELECT jifen.units())::uuid[]);

CREATE VIEW panel.calendar WITH (security_invoker = true) AS
SELECT t.year, t.source, t.installed_at FROM public.calendar_year t;
"""
# 三员分立: who grants rights is not who creates accounts, and who watches both is neither; at no time, in no unit.
APART = """
ALTER TABLE holding ADD CONSTRAINT ex_holding_administrators_apart EXCLUDE USING gist (
    county_id WITH =, person_id WITH =, role WITH <>, daterange(since, until, '[]') WITH &&)
    WHERE (role IN ('system_administrator', 'security_administrator', 'audit_administrator'))
"""


def upgrade() -> None:
    """Keep the three apart, then build the panel's views and let its login read them and nothing else."""
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.execute(APART)
    op.execute("CREATE SCHEMA panel")
    op.execute("GRANT USAGE ON SCHEMA panel TO jifen_admin")
    for table, columns in COLUMNS.items():
        op.execute(f"GRANT SELECT ({', '.join(columns.split())}) ON {table} TO jifen_admin")
    for name, (table, columns, joins) in VIEWS.items():
        # As whoever asks: row-level security of the tables beneath is in force.
        op.execute(
            f"CREATE VIEW panel.{name} WITH (security_invoker = true) AS"  # noqa: S608 - of our own words above
            f" SELECT t.county_id, t.id, t.unit_id, u.name AS unit_name, {columns} FROM public.{table} t"
            f" JOIN public.unit u ON u.county_id = t.county_id AND u.id = t.unit_id {joins}"
            " WHERE t.unit_id = ANY ((SELECT jifen.units())::uuid[])"
        )
    op.execute(OTHERS)
    op.execute("GRANT SELECT ON ALL TABLES IN SCHEMA panel TO jifen_admin")
