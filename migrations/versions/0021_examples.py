"""Examples: results taken over from elsewhere, witnesses of totals, good deeds shown, summaries by half-year."""

import sqlalchemy as sa
from alembic import op

from migrations.columns import check, instant, owned, words
from migrations.walls import grant, wall

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

KINDS = ("units", "roster", "records", "claims", "year", "taken", "balances")


def upgrade() -> None:
    """Let a record name where it was taken from; make the tables, each behind its wall."""
    _origins()
    _attestations()
    _examples()
    _half_years()
    _balances()


def _origins() -> None:
    op.add_column("record", sa.Column("origin", sa.Text(), nullable=True))
    op.create_index(
        "uq_record_taken_once",
        "record",
        ["county_id", "round_id", "member_id", "item"],
        unique=True,
        postgresql_where=sa.text("origin IS NOT NULL AND decision IS NULL AND struck_at IS NULL"),
    )
    op.drop_constraint(op.f("ck_import_kind"), "import", type_="check")
    named = ", ".join(f"'{kind}'" for kind in KINDS)
    op.create_check_constraint(op.f("ck_import_kind"), "import", f"kind IN ({named})")


def _attestations() -> None:
    op.create_table(
        "attestation",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        words("role"),
        words("name"),
        sa.Column("present_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        instant("recorded_at"),
        *owned("attestation", ("notice", "notice_id"), ("person", "recorded_by")),
        sa.UniqueConstraint(
            "county_id", "notice_id", "role", "name", name=op.f("uq_attestation_county_id_notice_id_role_name")
        ),
    )
    op.create_index("ix_attestation_notice", "attestation", ["county_id", "notice_id"])
    wall("attestation")
    grant("attestation", "INSERT")


def _examples() -> None:
    op.create_table(
        "example",
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("claim_id", "member_id", "proposed_by")),
        sa.Column("picture_id", sa.Uuid(), nullable=True),
        words("said"),
        instant("proposed_at"),
        instant("agreed_at", nullable=True),
        sa.Column("with_picture", sa.Boolean(), nullable=False),
        sa.Column("to_public", sa.Boolean(), nullable=False),
        words("state"),
        sa.Column("stage", sa.Integer(), nullable=False),
        *owned(
            "example",
            ("claim", "claim_id"),
            ("member", "member_id"),
            ("evidence", "picture_id"),
            ("person", "proposed_by"),
        ),
        check("example", "state", "state IN ('proposed', 'shown', 'declined', 'revoked', 'taken_down')"),
        check("example", "shown_with_consent", "state <> 'shown' OR agreed_at IS NOT NULL"),
        check("example", "picture_is_there", "with_picture IS FALSE OR picture_id IS NOT NULL"),
    )
    going = sa.text("state IN ('proposed', 'shown')")
    op.create_index("uq_example_open", "example", ["county_id", "claim_id"], unique=True, postgresql_where=going)
    op.create_index("ix_example_member", "example", ["county_id", "member_id"])
    wall("example")
    grant("example", "INSERT", "UPDATE")


def _half_years() -> None:
    op.create_table(
        "half_year",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        instant("opened_at"),
        words("state"),
        sa.Column("stage", sa.Integer(), nullable=False),
        *owned("half_year"),
        check("half_year", "state", "state IN ('gathering', 'closed')"),
        sa.UniqueConstraint("county_id", "unit_id", "year", name=op.f("uq_half_year_county_id_unit_id_year")),
    )
    op.create_table(
        "half_year_word",
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("half_year_id", "member_id")),
        words("text"),
        instant("written_at"),
        *owned("half_year_word", ("half_year", "half_year_id"), ("member", "member_id")),
        sa.UniqueConstraint(
            "county_id",
            "half_year_id",
            "member_id",
            name=op.f("uq_half_year_word_county_id_half_year_id_member_id"),
        ),
    )
    for table in ("half_year", "half_year_word"):
        wall(table)
        grant(table, "INSERT", "UPDATE")


def _balances() -> None:
    op.create_table(
        "balance",
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("member_id", "import_id", "entered_by")),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("points", sa.Numeric(precision=12, scale=2), nullable=False),
        words("grade", nullable=True),
        words("source"),
        words("digest"),
        instant("entered_at"),
        instant("struck_at", nullable=True),
        words("struck_reason", nullable=True),
        *owned("balance", ("member", "member_id"), ("import", "import_id"), ("person", "entered_by")),
        check("balance", "strike_is_reasoned", "struck_at IS NULL OR struck_reason IS NOT NULL"),
        check("balance", "digest", "digest ~ '^[0-9a-f]{64}$'"),
    )
    op.create_index(
        "uq_balance_once",
        "balance",
        ["county_id", "member_id", "year"],
        unique=True,
        postgresql_where=sa.text("struck_at IS NULL"),
    )
    wall("balance")
    grant("balance", "INSERT")
    # Nothing of it changes but that it is struck.
    op.execute("GRANT UPDATE (struck_at, struck_reason) ON balance TO jifen_app, jifen_worker")
