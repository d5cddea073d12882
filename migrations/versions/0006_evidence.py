"""Evidence in a store of its own, and what was delivered to whom by which channel."""

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
