"""Audits: reporting up: sampling audits, a branch's own appraisal, the monthly work meeting."""

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, each behind its wall."""
