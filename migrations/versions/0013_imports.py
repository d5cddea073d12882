"""Imports: long work that survives a closed page, and spreadsheets on their way into rows."""

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, each behind its wall."""
