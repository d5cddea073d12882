"""Tokens: what another program signs in with, and what it is told."""

import sqlalchemy as sa
from alembic import op

from migrations.columns import instant, owned, to, words
from migrations.walls import OF_COUNTY, OF_PERSON, OF_UNIT, grant, grant_to_app, wall

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# A person's own wherever they sit; a service's where it is admitted.
OWN_OR_SERVICE = f"{OF_COUNTY} AND ({OF_PERSON} OR person_id IS NULL AND {OF_UNIT})"
FUNCTIONS = """
-- Whose program this is, where and as what it acts, before any tenant is known.
CREATE FUNCTION jifen.find_token(county uuid, hashed text)
    RETURNS TABLE (id uuid, unit_id uuid, acts_in_id uuid, acts_in text, person_id uuid, person_name text, name text,
                   level text, scopes text, standing text, seats jsonb, unused_today boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT t.id, t.unit_id, t.acts_in_id, u.name, t.person_id, p.name, t.name, t.level, t.scopes,
           CASE WHEN t.revoked_at IS NULL AND t.ends_at > clock_timestamp()
                     AND (t.person_id IS NULL OR a.id IS NOT NULL AND a.disabled_at IS NULL)
                THEN 'live' ELSE 'ended' END,
           CASE WHEN t.person_id IS NULL THEN '[]'::jsonb ELSE jifen.seats(county, t.person_id) END,
           coalesce(t.last_used_on < (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date, true)
    FROM public.token t
    JOIN public.unit u ON u.county_id = county AND u.id = t.acts_in_id
    LEFT JOIN public.person p ON p.county_id = county AND p.id = t.person_id
    LEFT JOIN public.account a ON a.county_id = county AND a.person_id = t.person_id
    WHERE t.county_id = county AND t.digest = hashed $$;

-- In which counties something is due to be told to a program, never what.
CREATE FUNCTION jifen.untold(most integer) RETURNS TABLE (county_id uuid, unit_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT DISTINCT t.county_id, t.unit_id FROM public.telling t
    WHERE t.state = 'waiting' AND t.due_at <= clock_timestamp() LIMIT most $$;
"""


def upgrade() -> None:
    """Make the tables, each behind its wall."""
    _tokens()
    _kept_answers()
    _webhooks()
    _tellings()
    op.execute(FUNCTIONS)
    for table in ("token", "telling"):
        op.execute(f"CREATE POLICY functions ON {table} FOR SELECT TO jifen_owner USING (true)")
    op.execute("REVOKE ALL ON FUNCTION jifen.find_token, jifen.untold FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION jifen.find_token TO jifen_app")
    op.execute("GRANT EXECUTE ON FUNCTION jifen.untold TO jifen_worker")


def _tokens() -> None:
    op.create_table(
        "token",
        sa.Column("acts_in_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        words("name"),
        words("digest"),
        words("level"),
        words("scopes"),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        instant("made_at"),
        instant("ends_at"),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        instant("revoked_at", nullable=True),
        *owned("token"),
        to("token", "unit", "acts_in_id"),
        to("token", "person", "person_id"),
        to("token", "person", "made_by"),
        sa.CheckConstraint("level IN ('password', 'full')", name=op.f("ck_token_level")),
        sa.CheckConstraint("ends_at <= made_at + interval '365 days'", name=op.f("ck_token_at_most_a_year")),
        sa.CheckConstraint("scopes <> ''", name=op.f("ck_token_may_something")),
        sa.UniqueConstraint("county_id", "digest", name=op.f("uq_token_county_id_digest")),
    )
    op.create_index("ix_token_person", "token", ["county_id", "person_id"])
    wall("token", OWN_OR_SERVICE)
    grant_to_app("token", "INSERT", "UPDATE")


def _kept_answers() -> None:
    op.create_table(
        "kept_answer",
        sa.Column("token_id", sa.Uuid(), nullable=False),
        words("key"),
        words("digest"),
        sa.Column("status", sa.Integer(), nullable=False),
        words("body"),
        instant("made_at"),
        *owned("kept_answer"),
        to("kept_answer", "token", "token_id"),
        sa.UniqueConstraint("county_id", "token_id", "key", name=op.f("uq_kept_answer_county_id_token_id_key")),
    )
    wall("kept_answer")
    grant_to_app("kept_answer", "INSERT", "UPDATE")


def _webhooks() -> None:
    op.create_table(
        "webhook",
        words("address"),
        words("events"),
        words("secret"),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        instant("made_at"),
        instant("ended_at", nullable=True),
        *owned("webhook"),
        to("webhook", "person", "made_by"),
        sa.CheckConstraint("events <> ''", name=op.f("ck_webhook_hears_something")),
    )
    wall("webhook")
    grant("webhook", "INSERT", "UPDATE")


def _tellings() -> None:
    op.create_table(
        "telling",
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        words("event"),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("subject_unit_id", sa.Uuid(), nullable=False),
        words("subject_state"),
        instant("happened_at"),
        words("state"),
        instant("due_at"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        words("error", nullable=True),
        instant("done_at", nullable=True),
        *owned("telling"),
        to("telling", "webhook", "webhook_id"),
        sa.CheckConstraint("state IN ('waiting', 'heard', 'dead')", name=op.f("ck_telling_state")),
        sa.CheckConstraint("state <> 'dead' OR error IS NOT NULL", name=op.f("ck_telling_failure_is_told")),
        sa.CheckConstraint("(state = 'waiting') = (done_at IS NULL)", name=op.f("ck_telling_end_is_dated")),
        sa.UniqueConstraint(
            "county_id",
            "webhook_id",
            "message_id",
            "subject_id",
            name=op.f("uq_telling_county_id_webhook_id_message_id_subject_id"),
        ),
    )
    op.create_index(
        "ix_telling_due", "telling", ["county_id", "due_at"], postgresql_where=sa.text("state = 'waiting'")
    )
    wall("telling")
    grant("telling", "INSERT", "UPDATE")
