"""What was to be done by a day and was not goes to the level above: plans and objections to an appraisal."""

import sqlalchemy as sa
from alembic import op

from migrations.columns import check, owned, words
from migrations.walls import grant, wall

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of a year's steps; its deadlines are rows like all others."""
    op.create_table(
        "plan_step",
        sa.Column("year", sa.Integer(), nullable=False),
        words("step"),
        sa.Column("due_on", sa.Date(), nullable=False),
        *owned("plan_step"),
        check("plan_step", "step", "step IN ('goals', 'half_way', 'half_year', 'appraisal')"),
        sa.UniqueConstraint(
            "county_id", "unit_id", "year", "step", name=op.f("uq_plan_step_county_id_unit_id_year_step")
        ),
    )
    wall("plan_step")
    grant("plan_step", "INSERT")
