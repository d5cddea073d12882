"""Proofs: who has shown again who they are, who is kin to whom, and a way to hear an answer."""

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
