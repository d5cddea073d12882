"""The tables, as the models in shared/db describe them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table, its keys, checks and indexes."""
    op.create_table(
        "calendar_year",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("installed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_calendar_year")),
    )
    op.create_table(
        "moved_clock",
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("stands_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("runs", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("county_id", name=op.f("pk_moved_clock")),
    )
    op.create_table(
        "unit",
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("telephone", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('county', 'bureau', 'township', 'branch')", name=op.f("ck_unit_kind")),
        sa.ForeignKeyConstraint(
            ["county_id", "parent_id"], ["unit.county_id", "unit.id"], name=op.f("fk_unit_parent_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_unit")),
        sa.UniqueConstraint("county_id", "code", name=op.f("uq_unit_county_id_code")),
    )
    op.create_index("ix_unit_parent", "unit", ["county_id", "parent_id"], unique=False)
    op.create_table(
        "deadline",
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("outcome IN ('done', 'outlived')", name=op.f("ck_deadline_outcome")),
        sa.CheckConstraint("(fired_at IS NULL) = (outcome IS NULL)", name=op.f("ck_deadline_fired_has_outcome")),
        sa.CheckConstraint("fired_at >= due_at", name=op.f("ck_deadline_never_early")),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_deadline_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_deadline")),
    )
    op.create_index(
        "ix_deadline_due",
        "deadline",
        ["try_at", "due_at"],
        unique=False,
        postgresql_where=sa.text("fired_at IS NULL"),
    )
    op.create_index("ix_deadline_subject", "deadline", ["county_id", "subject_id"], unique=False)
    op.create_table(
        "filing",
        sa.Column("to_unit_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("package", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state <> 'returned' OR return_reason IS NOT NULL", name=op.f("ck_filing_return_is_reasoned")
        ),
        sa.CheckConstraint(
            "state IN ('built', 'submitted', 'received', 'returned', 'filed')", name=op.f("ck_filing_state")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "to_unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_filing_to_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_filing_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_filing")),
        sa.UniqueConstraint(
            "county_id", "unit_id", "period", "number", name=op.f("uq_filing_county_id_unit_id_period_number")
        ),
    )
    op.create_table(
        "history",
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("acting_for", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_history")),
    )
    op.create_index("ix_history_subject", "history", ["county_id", "subject_id"], unique=False)
    op.create_index(
        "ix_history_actor",
        "history",
        ["county_id", "actor_id", "at"],
        unique=False,
        postgresql_where=sa.text("actor_id IS NOT NULL"),
    )
    op.create_table(
        "issued_book",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("overdue_days", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_issued_book_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_issued_book")),
        sa.UniqueConstraint(
            "county_id", "unit_id", "name", "version", name=op.f("uq_issued_book_county_id_unit_id_name_version")
        ),
    )
    op.create_table(
        "meeting",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("minute", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("chaired_by", sa.Uuid(), nullable=False),
        sa.Column("valid", sa.Boolean(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('committee', 'members')", name=op.f("ck_meeting_kind")),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_meeting_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("county_id", "unit_id", "minute", name=op.f("uq_meeting_county_id_unit_id_minute")),
    )
    op.create_table(
        "message",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_message_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_message")),
    )
    op.create_index(
        "ix_message_unsent", "message", ["next_at"], unique=False, postgresql_where=sa.text("done_at IS NULL")
    )
    op.create_table(
        "notice",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("taken_down_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('first', 'second', 'correction', 'year')", name=op.f("ck_notice_kind")),
        sa.CheckConstraint(
            "state IN ('drafted', 'reviewed', 'approved', 'published', 'closed')", name=op.f("ck_notice_state")
        ),
        sa.CheckConstraint(
            "state NOT IN ('published', 'closed') OR (published_at IS NOT NULL AND closes_at IS NOT NULL)",
            name=op.f("ck_notice_published_has_window"),
        ),
        sa.CheckConstraint(
            "closed_at IS NULL OR closed_at >= closes_at", name=op.f("ck_notice_never_closed_early")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_notice_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_notice")),
        sa.UniqueConstraint("county_id", "code", name=op.f("uq_notice_county_id_code")),
    )
    op.create_table(
        "opening",
        sa.Column("to_unit_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "to_unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_opening_to_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_opening_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_opening")),
        sa.UniqueConstraint(
            "county_id", "to_unit_id", "subject_id", name=op.f("uq_opening_county_id_to_unit_id_subject_id")
        ),
    )
    op.create_table(
        "party_group",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_party_group_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_party_group")),
        sa.UniqueConstraint(
            "county_id", "unit_id", "number", name=op.f("uq_party_group_county_id_unit_id_number")
        ),
    )
    op.create_table(
        "person",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("telephone", sa.Text(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_person_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_person")),
    )
    op.create_table(
        "adoption",
        sa.Column("book_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "book_id"], ["issued_book.county_id", "issued_book.id"], name=op.f("fk_adoption_book_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_adoption_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_adoption")),
        sa.UniqueConstraint("county_id", "unit_id", "since", name=op.f("uq_adoption_county_id_unit_id_since")),
    )
    op.create_table(
        "attendance",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("took_part", sa.Text(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "standing IN ('voter', 'probationary', 'observer')", name=op.f("ck_attendance_standing")
        ),
        sa.CheckConstraint(
            "took_part IN ('present', 'remote', 'written', 'leave', 'absent')",
            name=op.f("ck_attendance_took_part"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "meeting_id"], ["meeting.county_id", "meeting.id"], name=op.f("fk_attendance_meeting_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "person_id"], ["person.county_id", "person.id"], name=op.f("fk_attendance_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_attendance_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_attendance")),
        sa.UniqueConstraint(
            "county_id", "meeting_id", "person_id", name=op.f("uq_attendance_county_id_meeting_id_person_id")
        ),
    )
    op.create_table(
        "holding",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("department", sa.Text(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "person_id"], ["person.county_id", "person.id"], name=op.f("fk_holding_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_holding_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_holding")),
    )
    op.create_index("ix_holding_person", "holding", ["county_id", "person_id"], unique=False)
    op.create_table(
        "member",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("member_no", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_sort", sa.Text(), nullable=False),
        sa.Column("class", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("present_from", sa.Date(), nullable=True),
        sa.Column("present_to", sa.Date(), nullable=True),
        sa.Column("probationary", sa.Boolean(), nullable=False),
        sa.Column("exempt_from", sa.Date(), nullable=True),
        sa.Column("exempt_minute", sa.Text(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "group_id"], ["party_group.county_id", "party_group.id"], name=op.f("fk_member_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "person_id"], ["person.county_id", "person.id"], name=op.f("fk_member_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_member_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_member")),
        sa.UniqueConstraint(
            "county_id", "unit_id", "member_no", name=op.f("uq_member_county_id_unit_id_member_no")
        ),
    )
    op.create_index("ix_member_person", "member", ["county_id", "person_id"], unique=False)
    op.create_table(
        "notification",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "person_id"], ["person.county_id", "person.id"], name=op.f("fk_notification_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_notification_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_notification")),
        sa.UniqueConstraint("county_id", "key", "person_id", name=op.f("uq_notification_county_id_key_person_id")),
    )
    op.create_index("ix_notification_person", "notification", ["county_id", "person_id"], unique=False)
    op.create_table(
        "round",
        sa.Column("book_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("claims_close_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filing_period", sa.Text(), nullable=False),
        sa.Column("notice_period", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state IN ('collecting', 'reviewing', 'scored', 'proposed', 'passed', 'published', 'confirming', 'republished', 'settled', 'filed')",
            name=op.f("ck_round_state"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "book_id"], ["issued_book.county_id", "issued_book.id"], name=op.f("fk_round_book_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_round_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_round")),
        sa.UniqueConstraint("county_id", "unit_id", "period", name=op.f("uq_round_county_id_unit_id_period")),
    )
    op.create_table(
        "seal",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("algorithm", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("algorithm IN ('sha256', 'sm3')", name=op.f("ck_seal_algorithm")),
        sa.ForeignKeyConstraint(
            ["county_id", "notice_id"], ["notice.county_id", "notice.id"], name=op.f("fk_seal_notice_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_seal_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_seal")),
        sa.UniqueConstraint("county_id", "notice_id", name=op.f("uq_seal_county_id_notice_id")),
        sa.UniqueConstraint("county_id", "unit_id", "seq", name=op.f("uq_seal_county_id_unit_id_seq")),
    )
    op.create_table(
        "appraisal",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("minute", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "member_id"], ["member.county_id", "member.id"], name=op.f("fk_appraisal_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_appraisal_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_appraisal")),
        sa.UniqueConstraint("county_id", "member_id", "year", name=op.f("uq_appraisal_county_id_member_id_year")),
    )
    op.create_table(
        "claim",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("points", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("refused_by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("minute", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state <> 'refused' OR (refused_by IS NOT NULL AND reason IS NOT NULL AND minute IS NOT NULL)",
            name=op.f("ck_claim_refusal_is_reasoned"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'returned', 'withdrawn', 'accepted', 'confirmed', 'refused')",
            name=op.f("ck_claim_state"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "member_id"], ["member.county_id", "member.id"], name=op.f("fk_claim_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "replaces_id"], ["claim.county_id", "claim.id"], name=op.f("fk_claim_replaces_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "round_id"], ["round.county_id", "round.id"], name=op.f("fk_claim_round_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_claim_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_claim")),
        sa.UniqueConstraint("county_id", "unit_id", "number", name=op.f("uq_claim_county_id_unit_id_number")),
    )
    op.create_index("ix_claim_round", "claim", ["county_id", "round_id", "member_id"], unique=False)
    op.create_table(
        "line",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("by_rule", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("points", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'proposed', 'excepted', 'passed', 'published', 'held', 'amended', 'settled')",
            name=op.f("ck_line_state"),
        ),
        sa.CheckConstraint("points = by_rule OR reason IS NOT NULL", name=op.f("ck_line_difference_has_reason")),
        sa.ForeignKeyConstraint(
            ["county_id", "member_id"], ["member.county_id", "member.id"], name=op.f("fk_line_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "notice_id"], ["notice.county_id", "notice.id"], name=op.f("fk_line_notice_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "round_id"], ["round.county_id", "round.id"], name=op.f("fk_line_round_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_line_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_line")),
        sa.UniqueConstraint(
            "county_id", "round_id", "member_id", name=op.f("uq_line_county_id_round_id_member_id")
        ),
    )
    op.create_index("ix_line_member", "line", ["county_id", "member_id"], unique=False)
    op.create_index("ix_line_notice", "line", ["county_id", "notice_id"], unique=False)
    op.create_table(
        "outcome_case",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("minute", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("state IN ('proposed', 'decided', 'dropped')", name=op.f("ck_outcome_case_state")),
        sa.ForeignKeyConstraint(
            ["county_id", "member_id"], ["member.county_id", "member.id"], name=op.f("fk_outcome_case_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_outcome_case_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_outcome_case")),
        sa.UniqueConstraint(
            "county_id",
            "member_id",
            "period",
            "kind",
            name=op.f("uq_outcome_case_county_id_member_id_period_kind"),
        ),
    )
    op.create_table(
        "record",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("points", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("struck_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("struck_reason", sa.Text(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "struck_at IS NULL OR struck_reason IS NOT NULL", name=op.f("ck_record_strike_is_reasoned")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "member_id"], ["member.county_id", "member.id"], name=op.f("fk_record_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "round_id"], ["round.county_id", "round.id"], name=op.f("fk_record_round_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_record_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_record")),
    )
    op.create_index("ix_record_round", "record", ["county_id", "round_id", "member_id"], unique=False)
    op.create_table(
        "annual_line",
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=True),
        sa.Column("zeroed", sa.Boolean(), nullable=False),
        sa.Column("year_points", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("factor", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("annual_points", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("reward_points", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("grade", sa.Text(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "line_id"], ["line.county_id", "line.id"], name=op.f("fk_annual_line_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "member_id"], ["member.county_id", "member.id"], name=op.f("fk_annual_line_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_annual_line_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_annual_line")),
        sa.UniqueConstraint(
            "county_id", "line_id", "edition", name=op.f("uq_annual_line_county_id_line_id_edition")
        ),
    )
    op.create_table(
        "award",
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("item", sa.Text(), nullable=True),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=True),
        sa.Column("asked", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("points", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("scope IN ('round', 'year')", name=op.f("ck_award_scope")),
        sa.ForeignKeyConstraint(
            ["county_id", "line_id"], ["line.county_id", "line.id"], name=op.f("fk_award_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_award_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_award")),
        sa.UniqueConstraint(
            "county_id", "line_id", "edition", "ordinal", name=op.f("uq_award_county_id_line_id_edition_ordinal")
        ),
    )
    op.create_table(
        "evidence",
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("original", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "digest ~ '^[0-9a-f]{64}$' AND original ~ '^[0-9a-f]{64}$'", name=op.f("ck_evidence_digests")
        ),
        sa.CheckConstraint(
            "media_type IN ('image/jpeg', 'image/png', 'image/webp', 'application/pdf')",
            name=op.f("ck_evidence_media_type"),
        ),
        sa.CheckConstraint(
            "subject_kind IN ('claim', 'objection', 'report')", name=op.f("ck_evidence_subject_kind")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_evidence_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_evidence")),
    )
    op.create_index("ix_evidence_subject", "evidence", ["county_id", "subject_id"], unique=False)
    op.create_table(
        "ledger_entry",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("seal_id", sa.Uuid(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("item", sa.Text(), nullable=True),
        sa.Column("clause", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=True),
        sa.Column("points", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("scope IN ('round', 'year')", name=op.f("ck_ledger_entry_scope")),
        sa.CheckConstraint(
            "reverses_id IS NULL OR reverses_id <> id", name=op.f("ck_ledger_entry_reverses_another")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_ledger_entry")),
    )
    op.create_index(
        "ix_ledger_entry_member", "ledger_entry", ["county_id", "unit_id", "member_id", "round_id"], unique=False
    )
    op.create_index(
        "ix_ledger_entry_reverses",
        "ledger_entry",
        ["county_id", "reverses_id"],
        unique=True,
        postgresql_where=sa.text("reverses_id IS NOT NULL"),
    )
    op.create_table(
        "notice_line",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("points", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "line_id"], ["line.county_id", "line.id"], name=op.f("fk_notice_line_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "notice_id"], ["notice.county_id", "notice.id"], name=op.f("fk_notice_line_notice_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_notice_line_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_notice_line")),
        sa.UniqueConstraint(
            "county_id", "notice_id", "line_id", name=op.f("uq_notice_line_county_id_notice_id_line_id")
        ),
    )
    op.create_index("ix_notice_line_line", "notice_line", ["county_id", "line_id"], unique=False)
    op.create_table(
        "objection",
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("raised_as", sa.Text(), nullable=False),
        sa.Column("raised_by", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("group_name", sa.Text(), nullable=True),
        sa.Column("telephone", sa.Text(), nullable=True),
        sa.Column("identity_confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("on_paper", sa.Boolean(), nullable=False),
        sa.Column("attested_by", sa.Text(), nullable=True),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("investigator_id", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appeal_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remedy", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("outcome IN ('upheld', 'rejected', 'withdrawn')", name=op.f("ck_objection_outcome")),
        sa.CheckConstraint("raised_as IN ('member', 'villager')", name=op.f("ck_objection_raised_as")),
        sa.CheckConstraint(
            "state <> 'closed' OR outcome IS NOT NULL", name=op.f("ck_objection_closed_has_outcome")
        ),
        sa.CheckConstraint(
            "state IN ('raised', 'investigating', 'answered', 'appealed', 'closed')",
            name=op.f("ck_objection_state"),
        ),
        sa.CheckConstraint("NOT on_paper OR attested_by IS NOT NULL", name=op.f("ck_objection_paper_is_attested")),
        sa.ForeignKeyConstraint(
            ["county_id", "line_id"], ["line.county_id", "line.id"], name=op.f("fk_objection_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "notice_id"], ["notice.county_id", "notice.id"], name=op.f("fk_objection_notice_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_objection_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_objection")),
        sa.UniqueConstraint("county_id", "unit_id", "number", name=op.f("uq_objection_county_id_unit_id_number")),
    )
    op.create_index("ix_objection_line", "objection", ["county_id", "line_id"], unique=False)
    op.create_table(
        "opinion",
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("quality", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "claim_id"], ["claim.county_id", "claim.id"], name=op.f("fk_opinion_claim_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "person_id"], ["person.county_id", "person.id"], name=op.f("fk_opinion_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_opinion_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_opinion")),
    )
    op.create_index("ix_opinion_claim", "opinion", ["county_id", "claim_id"], unique=False)
    op.create_table(
        "score",
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "claim_id"], ["claim.county_id", "claim.id"], name=op.f("fk_score_claim_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_score_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_score")),
        sa.UniqueConstraint(
            "county_id", "claim_id", "person_id", name=op.f("uq_score_county_id_claim_id_person_id")
        ),
    )
    op.create_table(
        "vote",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=True),
        sa.Column("in_favour", sa.Integer(), nullable=False),
        sa.Column("against", sa.Integer(), nullable=False),
        sa.Column("abstained", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "line_id"], ["line.county_id", "line.id"], name=op.f("fk_vote_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "meeting_id"], ["meeting.county_id", "meeting.id"], name=op.f("fk_vote_meeting_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "round_id"], ["round.county_id", "round.id"], name=op.f("fk_vote_round_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_vote_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_vote")),
    )
    op.create_table(
        "word",
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("at_unit_id", sa.Uuid(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id", "at_unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_word_at_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "claim_id"], ["claim.county_id", "claim.id"], name=op.f("fk_word_claim_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_word_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_word")),
        sa.UniqueConstraint(
            "county_id", "claim_id", "department", name=op.f("uq_word_county_id_claim_id_department")
        ),
    )
    op.create_table(
        "appeal",
        sa.Column("objection_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at_unit_id", sa.Uuid(), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("minute", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("outcome IN ('upheld', 'rejected')", name=op.f("ck_appeal_outcome")),
        sa.ForeignKeyConstraint(
            ["county_id", "at_unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_appeal_at_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "objection_id"],
            ["objection.county_id", "objection.id"],
            name=op.f("fk_appeal_objection_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id", "unit_id"], ["unit.county_id", "unit.id"], name=op.f("fk_appeal_unit_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f("pk_appeal")),
        sa.UniqueConstraint(
            "county_id", "objection_id", "level", name=op.f("uq_appeal_county_id_objection_id_level")
        ),
    )
