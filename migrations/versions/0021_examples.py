"""Examples: results taken over from elsewhere, witnesses of totals, good deeds shown, summaries by half-year."""

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
