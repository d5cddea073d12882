"""Hierarchy: how the tree of units was on any day, and how members moved in it."""

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, each behind its wall."""
