"""Thresholds of the hints and weights of the supervision, which a county sets."""

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
