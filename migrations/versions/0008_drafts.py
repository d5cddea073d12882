"""Drafts: what somebody has typed and not yet handed in; and the keys that make a double click one act."""

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
