"""Books: drafts of rule books with all their editions, their trials, and versions that know what they came from."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.columns import instant, owned
from migrations.walls import OF_COUNTY, OF_UNIT, OWNED, grant, wall

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BETWEEN = f"{OF_COUNTY} AND ({OF_UNIT} OR to_{OF_UNIT})"
STATES = "state IN ('drafting', 'submitted', 'approved', 'withdrawn')"

PROMISES = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON book_edition
    FOR EACH STATEMENT EXECUTE FUNCTION jifen.refuse_change();

-- Whoever puts a version in force has written none of it.
CREATE FUNCTION jifen.book_draft_has_two_minds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM public.book_edition e WHERE e.county_id = NEW.county_id AND e.draft_id = NEW.id
               AND e.person_id = NEW.approved_by) THEN
        RAISE EXCEPTION 'a draft approved by one who wrote it' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER book_draft_has_two_minds BEFORE INSERT OR UPDATE ON book_draft FOR EACH ROW
    WHEN (NEW.approved_by IS NOT NULL) EXECUTE FUNCTION jifen.book_draft_has_two_minds();

-- A version never comes into force before the one that it follows, nor for a round that has begun under that one.
CREATE FUNCTION jifen.adoption_goes_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM public.adoption a WHERE a.county_id = NEW.county_id AND a.unit_id = NEW.unit_id
               AND a.since >= NEW.since) THEN
        RAISE EXCEPTION 'a version in force before the one that it follows' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM public.round r WHERE r.county_id = NEW.county_id AND r.unit_id = NEW.unit_id
               AND r.first_day >= NEW.since AND r.book_id <> NEW.book_id) THEN
        RAISE EXCEPTION 'a version in force for a round that has begun' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER adoption_goes_forward BEFORE INSERT ON adoption
    FOR EACH ROW EXECUTE FUNCTION jifen.adoption_goes_forward();
"""


def upgrade() -> None:
    """Make the tables, each behind its wall, and the database's promises about them."""
    op.add_column("issued_book", sa.Column("source", sa.Text(), nullable=True))
    op.add_column("issued_book", sa.Column("above_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_issued_book_above_id"),
        "issued_book",
        "issued_book",
        ["county_id", "above_id"],
        ["county_id", "id"],
    )
    _drafts()
    _trials()
    op.execute(PROMISES)


def _drafts() -> None:
    op.create_table(
        "book_draft",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("inherits", sa.Text(), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("started_by", sa.Uuid(), nullable=False),
        instant("started_at"),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        instant("submitted_at", nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        instant("approved_at", nullable=True),
        sa.Column("issued_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        *owned(
            "book_draft",
            ("issued_book", "issued_id"),
            ("person", "started_by"),
            ("person", "submitted_by"),
            ("person", "approved_by"),
        ),
        sa.CheckConstraint(STATES, name=op.f("ck_book_draft_state")),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> submitted_by", name=op.f("ck_book_draft_two_people")
        ),
        sa.CheckConstraint(
            "state <> 'approved' OR (approved_by IS NOT NULL AND issued_id IS NOT NULL)",
            name=op.f("ck_book_draft_approved_by_whom"),
        ),
    )
    op.create_index(
        "ix_book_draft_open",
        "book_draft",
        ["county_id", "unit_id", "name"],
        unique=True,
        postgresql_where=sa.text("state IN ('drafting', 'submitted')"),
    )
    op.create_table(
        "book_edition",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("person_name", sa.Text(), nullable=False),
        instant("saved_at"),
        *owned("book_edition", ("book_draft", "draft_id"), ("person", "person_id")),
        sa.UniqueConstraint(
            "county_id", "draft_id", "edition", name=op.f("uq_book_edition_county_id_draft_id_edition")
        ),
    )
    wall("book_draft")
    wall("book_edition")
    grant("book_draft", "INSERT", "UPDATE")
    grant("book_edition", "INSERT")


def _trials() -> None:
    op.create_table(
        "trial",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("before_id", sa.Uuid(), nullable=False),
        sa.Column("rounds", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("units", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        instant("asked_at"),
        instant("done_at", nullable=True),
        *owned("trial", ("book_draft", "draft_id"), ("issued_book", "before_id"), ("person", "asked_by")),
    )
    op.create_index("ix_trial_draft", "trial", ["county_id", "draft_id"])
    op.create_table(
        "trial_part",
        sa.Column("to_unit_id", sa.Uuid(), nullable=False),
        sa.Column("trial_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("members", "raised", "lowered", "regraded")),
        sa.Column("shifts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        *owned("trial_part", ("unit", "to_unit_id"), ("trial", "trial_id")),
        sa.UniqueConstraint(
            "county_id", "trial_id", "unit_id", name=op.f("uq_trial_part_county_id_trial_id_unit_id")
        ),
    )
    op.create_table(
        "trial_line",
        sa.Column("trial_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Numeric(12, 2), nullable=True) for name in ("points_before", "points_after")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("result_before", "result_after")),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        *owned("trial_line", ("trial", "trial_id"), ("member", "member_id")),
        sa.UniqueConstraint(
            "county_id", "trial_id", "member_id", name=op.f("uq_trial_line_county_id_trial_id_member_id")
        ),
    )
    for table, fence in (("trial", OWNED), ("trial_part", BETWEEN), ("trial_line", OWNED)):
        wall(table, fence)
    grant("trial", "INSERT", "UPDATE")
    grant("trial_part", "INSERT")
    grant("trial_line", "INSERT")
