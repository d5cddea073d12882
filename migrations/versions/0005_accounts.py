"""Accounts: how people sign in, their signed-in browsers, and who may act for whom."""

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
