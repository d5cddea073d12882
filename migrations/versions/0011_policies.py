"""Policies: a tenant's own policy over the template: proposed by one person, granted by another."""

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, each behind its wall."""
