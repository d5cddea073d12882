"""Thresholds: a county's own measure of what is worth a hint, and balances brought along."""

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
