"""Drafts: what somebody has typed and not yet handed in; and the keys that make a double click one act."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.walls import grant, wall

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables, each behind its wall."""
    op.create_table(
        "draft",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "person_id"], ["person.county_id", "person.id"], name=op.f("fk_draft_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_draft_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_draft")),
        sa.UniqueConstraint(
            "county_id", "unit_id", "person_id", "page", name=op.f("uq_draft_county_id_unit_id_person_id_page")
        ),
    )
    op.create_table(
        "submission",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_submission_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_submission")),
    )
    op.create_index("ix_submission_made", "submission", ["county_id", "made_at"])
    wall("draft")
    wall("submission")
    grant("draft", "INSERT", "UPDATE", "DELETE")
    grant("submission", "INSERT", "UPDATE")
