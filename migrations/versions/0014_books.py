"""Books: drafts of rule books, their trial runs and approvals."""

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, each behind its wall."""
