"""What was to be done by a day and was not goes to the level above: plans and objections to an appraisal."""

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
