"""Appraisals: the year's end: self-reports, ballots, marks, and the steps of an outcome."""

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, each behind its wall."""
