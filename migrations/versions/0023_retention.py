"""Retention: evidence goes after its term, and leaves a stone in its place."""

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
