"""Appraisals: the year's end: self-reports, ballots, marks, and the steps of an outcome."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.walls import grant, opened_by, wall
from shared.domain.outcomes import Measure, OutcomeState

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

CHANGING = "ballot ballot_mark paper_count evaluation verdict self_report motion minutes goal".split()
WRITTEN_ONCE = ("outcome_step", "written_opinion")


def upgrade() -> None:
    """Make the tables, each behind its wall."""
    _ballots()
    _appraisals()
    _meetings()
    _outcomes()
    for table in (*CHANGING, "written_opinion"):
        wall(table)
    wall("outcome_step", opened_by("case_id"))
    # A case that goes to the body above is shown there, and no other.
    fence = opened_by("id")
    op.execute(f"ALTER POLICY tenant ON outcome_case USING ({fence}) WITH CHECK ({fence})")
    for table in CHANGING:
        grant(table, "INSERT", "UPDATE")
    for table in WRITTEN_ONCE:
        grant(table, "INSERT")


def _ballots() -> None:
    op.create_table(
        "ballot",
        sa.Column("meeting_id", sa.Uuid(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("form", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("due", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("urn", sa.LargeBinary(), nullable=True),
        sa.Column("cast_votes", sa.Integer(), nullable=True),
        sa.Column("valid", sa.Boolean(), nullable=True),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state = 'counted') = (result IS NOT NULL)", name=op.f("ck_ballot_counted_has_result")
        ),
        sa.CheckConstraint("(state = 'counted') = (urn IS NULL)", name=op.f("ck_ballot_urn_until_counted")),
        sa.CheckConstraint("purpose IN ('mutual', 'appraisal', 'motion')", name=op.f("ck_ballot_purpose")),
        sa.CheckConstraint("state IN ('open', 'closed', 'counted')", name=op.f("ck_ballot_state")),
        sa.CheckConstraint("valid = (due > 0 AND 2 * cast_votes >= due)", name=op.f("ck_ballot_half_have_voted")),
        sa.ForeignKeyConstraint(
            ["county_id", "meeting_id"], ["meeting.county_id", "meeting.id"], name=op.f("fk_ballot_meeting_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_ballot_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_ballot")),
    )
    op.create_index("ix_ballot_unit", "ballot", ["county_id", "unit_id", "opened_at"], unique=False)
    op.create_table(
        "ballot_mark",
        sa.Column("ballot_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("way", sa.Text(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("way IN ('screen', 'paper')", name=op.f("ck_ballot_mark_way")),
        sa.ForeignKeyConstraint(
            ["county_id", "ballot_id"], ["ballot.county_id", "ballot.id"], name=op.f("fk_ballot_mark_ballot_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "person_id"], ["person.county_id", "person.id"], name=op.f("fk_ballot_mark_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_ballot_mark_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_ballot_mark")),
        sa.UniqueConstraint(
            "county_id", "ballot_id", "person_id", name=op.f("uq_ballot_mark_county_id_ballot_id_person_id")
        ),
    )
    op.create_table(
        "paper_count",
        sa.Column("ballot_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("slips", sa.Integer(), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "ballot_id"], ["ballot.county_id", "ballot.id"], name=op.f("fk_paper_count_ballot_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "person_id"], ["person.county_id", "person.id"], name=op.f("fk_paper_count_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_paper_count_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_paper_count")),
        sa.UniqueConstraint(
            "county_id", "ballot_id", "person_id", name=op.f("uq_paper_count_county_id_ballot_id_person_id")
        ),
    )


def _appraisals() -> None:
    op.create_table(
        "evaluation",
        sa.Column("book_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("results", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reports_until", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ballot_id", sa.Uuid(), nullable=True),
        sa.Column("mutual_id", sa.Uuid(), nullable=True),
        sa.Column("due", sa.Integer(), nullable=False),
        sa.Column("cast_votes", sa.Integer(), nullable=False),
        sa.Column("minute", sa.Text(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state IN ('gathering', 'voting', 'counted', 'proposed', 'published', 'settled')",
            name=op.f("ck_evaluation_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('proposed', 'published', 'settled') OR (due > 0 AND 2 * cast_votes >= due)",
            name=op.f("ck_evaluation_published_is_valid"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "ballot_id"], ["ballot.county_id", "ballot.id"], name=op.f("fk_evaluation_ballot_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "book_id"],
            ["issued_book.county_id", "issued_book.id"],
            name=op.f("fk_evaluation_book_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "mutual_id"], ["ballot.county_id", "ballot.id"], name=op.f("fk_evaluation_mutual_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_evaluation_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_evaluation")),
        sa.UniqueConstraint("county_id", "unit_id", "year", name=op.f("uq_evaluation_county_id_unit_id_year")),
    )
    op.create_table(
        "verdict",
        sa.Column("evaluation_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("exempt", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("points", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("band", sa.Text(), nullable=True),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("mutual", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("by_ballot", sa.Text(), nullable=True),
        sa.Column("proposed", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("objection", sa.Text(), nullable=True),
        sa.Column("objected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_verdict_answered_at_an_instant")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "evaluation_id"],
            ["evaluation.county_id", "evaluation.id"],
            name=op.f("fk_verdict_evaluation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "member_id"], ["member.county_id", "member.id"], name=op.f("fk_verdict_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_verdict_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_verdict")),
        sa.UniqueConstraint(
            "county_id", "evaluation_id", "member_id", name=op.f("uq_verdict_county_id_evaluation_id_member_id")
        ),
    )
    op.create_table(
        "self_report",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("study", sa.Text(), nullable=False),
        sa.Column("work", sa.Text(), nullable=False),
        sa.Column("life", sa.Text(), nullable=False),
        sa.Column("gaps", sa.Text(), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "member_id"], ["member.county_id", "member.id"], name=op.f("fk_self_report_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_self_report_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_self_report")),
        sa.UniqueConstraint(
            "county_id", "member_id", "year", name=op.f("uq_self_report_county_id_member_id_year")
        ),
    )


def _meetings() -> None:
    op.create_table(
        "motion",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("ballot_id", sa.Uuid(), nullable=True),
        sa.Column("put_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.Integer(), nullable=True),
        sa.Column("present", sa.Integer(), nullable=True),
        sa.Column("in_favour", sa.Integer(), nullable=True),
        sa.Column("against", sa.Integer(), nullable=True),
        sa.Column("abstained", sa.Integer(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('appraisal', 'exemption', 'outcome', 'other')", name=op.f("ck_motion_kind")),
        sa.CheckConstraint(
            "NOT passed OR (due > 0 AND 2 * present >= due AND 2 * in_favour > due)",
            name=op.f("ck_motion_carried_by_majority"),
        ),
        sa.CheckConstraint(
            "in_favour + against + abstained <= present", name=op.f("ck_motion_no_more_votes_than_voters")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "ballot_id"], ["ballot.county_id", "ballot.id"], name=op.f("fk_motion_ballot_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "meeting_id"], ["meeting.county_id", "meeting.id"], name=op.f("fk_motion_meeting_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_motion_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_motion")),
    )
    op.create_table(
        "written_opinion",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "meeting_id"],
            ["meeting.county_id", "meeting.id"],
            name=op.f("fk_written_opinion_meeting_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "person_id"],
            ["person.county_id", "person.id"],
            name=op.f("fk_written_opinion_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_written_opinion_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_written_opinion")),
        sa.UniqueConstraint(
            "county_id", "meeting_id", "person_id", name=op.f("uq_written_opinion_county_id_meeting_id_person_id")
        ),
    )
    op.create_table(
        "minutes",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("fixed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(text IS NULL) = (fixed_at IS NULL)", name=op.f("ck_minutes_fixed_has_text")),
        sa.ForeignKeyConstraint(
            ["county_id", "meeting_id"], ["meeting.county_id", "meeting.id"], name=op.f("fk_minutes_meeting_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_minutes_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "written_by"], ["person.county_id", "person.id"], name=op.f("fk_minutes_written_by")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_minutes")),
        sa.UniqueConstraint("county_id", "meeting_id", name=op.f("uq_minutes_county_id_meeting_id")),
    )
    op.create_table(
        "goal",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("half_way", sa.Text(), nullable=True),
        sa.Column("checked_by", sa.Uuid(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "checked_by"], ["person.county_id", "person.id"], name=op.f("fk_goal_checked_by")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "member_id"], ["member.county_id", "member.id"], name=op.f("fk_goal_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_goal_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_goal")),
        sa.UniqueConstraint("county_id", "member_id", "year", name=op.f("uq_goal_county_id_member_id_year")),
    )


def _outcomes() -> None:
    op.create_table(
        "outcome_step",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "case_id"],
            ["outcome_case.county_id", "outcome_case.id"],
            name=op.f("fk_outcome_step_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "person_id"], ["person.county_id", "person.id"], name=op.f("fk_outcome_step_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_outcome_step_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_outcome_step")),
    )
    # Votes from afar are sealed as well: open sums told, from one copy of the database to the next, who voted how.
    for name in ("afar_in_favour", "afar_against", "afar_abstained"):
        op.drop_column("meeting", name)
    op.add_column("meeting", sa.Column("afar", sa.LargeBinary(), nullable=True))
    op.drop_constraint("ck_outcome_case_state", "outcome_case")
    states = ", ".join(f"'{state}'" for state in OutcomeState)
    op.create_check_constraint(op.f("ck_outcome_case_state"), "outcome_case", f"state IN ({states})")
    for name, kind in (("stage", sa.Integer()), ("measure", sa.Text()), ("legal_basis", sa.Text())):
        op.add_column("outcome_case", sa.Column(name, kind, nullable=False))
    measures = ", ".join(f"'{measure}'" for measure in Measure)
    op.create_check_constraint(op.f("ck_outcome_case_measure"), "outcome_case", f"measure IN ({measures})")
    op.add_column("outcome_case", sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False))
    for name in ("owner_id", "at_unit_id"):
        op.add_column("outcome_case", sa.Column(name, sa.Uuid(), nullable=True))
    for name in ("heard", "choice", "appeal", "ruling", "ending"):
        op.add_column("outcome_case", sa.Column(name, sa.Text(), nullable=True))
    for name in ("heard_at", "appealed_at", "ended_at"):
        op.add_column("outcome_case", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    for column, table in (("owner_id", "person"), ("at_unit_id", "unit")):
        op.create_foreign_key(
            op.f(f"fk_outcome_case_{column}"), "outcome_case", table, ["county_id", column], ["county_id", "id"]
        )
    op.create_index("ix_outcome_case_at_unit", "outcome_case", ["county_id", "at_unit_id"])
