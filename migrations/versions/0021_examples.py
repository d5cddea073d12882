"""Examples: results taken over from elsewhere, witnesses of totals, good deeds shown, summaries by half-year."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

KINDS = ("units", "roster", "records", "claims", "year", "taken")


def upgrade() -> None:
    """Let a record name where it was taken from."""
    _origins()


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
