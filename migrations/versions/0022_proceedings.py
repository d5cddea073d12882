"""Proceedings: a year's results hang through a notice, each result is settled by itself."""

import sqlalchemy as sa
from alembic import op

from migrations.walls import grant, wall
from shared.domain.notices import NoticeKind

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a notice show an appraisal's results, and an objection hold one result."""
    kinds = ", ".join(f"'{kind}'" for kind in NoticeKind)
    op.drop_constraint("ck_notice_kind", "notice")
    op.create_check_constraint(op.f("ck_notice_kind"), "notice", f"kind IN ({kinds})")
    for name in ("published_at", "closes_at", "why"):
        op.drop_column("evaluation", name)
    op.add_column("evaluation", sa.Column("notice_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_evaluation_notice_id"), "evaluation", "notice", ["county_id", "notice_id"], ["county_id", "id"]
    )
    for name in ("due_at", "settled_at"):
        op.add_column("verdict", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_verdict_settled_when_answered"),
        "verdict",
        "settled_at IS NULL OR objected_at IS NULL OR answered_at IS NOT NULL",
    )
    _shown_results()


def _shown_results() -> None:
    op.create_table(
        "notice_verdict",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("verdict_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                ["county_id", f"{name}_id"],
                [f"{name}.county_id", f"{name}.id"],
                name=op.f(f"fk_notice_verdict_{name}_id"),
            )
            for name in ("unit", "notice", "verdict", "member")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_notice_verdict")),
        sa.UniqueConstraint(
            "county_id",
            "notice_id",
            "verdict_id",
            name=op.f("uq_notice_verdict_county_id_notice_id_verdict_id"),
        ),
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON notice_verdict "
        "FOR EACH STATEMENT EXECUTE FUNCTION jifen.refuse_change()"
    )
    wall("notice_verdict")
    grant("notice_verdict", "INSERT")
