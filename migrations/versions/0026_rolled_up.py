"""Counts of a county kept as they arise, so that an overview does not grow with the ledger."""

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
