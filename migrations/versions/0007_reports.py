"""Reports about others, witnesses, findings, complaints, and what else is told in writing."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.walls import OF_COUNTY, grant, opened_by, wall

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _table(name: str, *parts: sa.Column[Any] | sa.Constraint) -> None:
    """Make a table whose rows belong to a unit."""
    op.create_table(
        name,
        *parts,
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _to(name, "unit", "unit_id"),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f(f"pk_{name}")),
    )


def _to(table: str, other: str, column: str) -> sa.ForeignKeyConstraint:
    target = [f"{other}.county_id", f"{other}.id"]
    return sa.ForeignKeyConstraint(["county_id", column], target, name=op.f(f"fk_{table}_{column}"))


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _uuid(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def _text(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _instant(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _day(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Date(), nullable=nullable)


def upgrade() -> None:
    """Make the tables, each behind its wall."""
    _contacts_and_reports()
    _witnesses()
    _findings()
    _complaints()
    _urgings()
    _members_away()
    _filing_editions()
    op.add_column("member", _day("exempt_to", nullable=True))


def _contacts_and_reports() -> None:
    op.add_column("member", _uuid("contact_id", nullable=True))
    op.create_foreign_key(
        op.f("fk_member_contact_id"), "member", "person", ["county_id", "contact_id"], ["county_id", "id"]
    )
    _table(
        "report",
        _uuid("member_id"),
        _uuid("reported_by"),
        _text("kind"),
        _text("item", nullable=True),
        _day("happened_on"),
        _text("text"),
        _instant("reported_at"),
        _text("reply", nullable=True),
        _instant("replied_at", nullable=True),
        _uuid("record_id", nullable=True),
        _text("reason", nullable=True),
        _text("state"),
        sa.Column("stage", sa.Integer(), nullable=False),
        _to("report", "member", "member_id"),
        _to("report", "person", "reported_by"),
        _to("report", "record", "record_id"),
        _check("report", "state", "state IN ('reported', 'entered', 'set_aside')"),
        _check("report", "kind", "kind IN ('contribution', 'breach')"),
        _check("report", "entered_is_recorded", "state <> 'entered' OR record_id IS NOT NULL"),
        _check("report", "set_aside_is_reasoned", "state <> 'set_aside' OR reason IS NOT NULL"),
    )
    op.create_index("ix_report_member", "report", ["county_id", "member_id"])
    wall("report")
    grant("report", "INSERT", "UPDATE")


def _witnesses() -> None:
    _table(
        "witness",
        _uuid("claim_id"),
        _uuid("member_id"),
        _instant("named_at"),
        sa.Column("confirms", sa.Boolean(), nullable=True),
        _text("said", nullable=True),
        _instant("said_at", nullable=True),
        _to("witness", "claim", "claim_id"),
        _to("witness", "member", "member_id"),
        sa.UniqueConstraint(
            "county_id", "claim_id", "member_id", name=op.f("uq_witness_county_id_claim_id_member_id")
        ),
        _check("witness", "word_has_time", "(confirms IS NULL) = (said_at IS NULL)"),
    )
    op.create_index("ix_witness_member", "witness", ["county_id", "member_id"])
    wall("witness", opened_by("claim_id"))
    grant("witness", "INSERT", "UPDATE")


def _findings() -> None:
    _table(
        "finding",
        _uuid("objection_id"),
        _uuid("person_id"),
        _text("heard"),
        _day("held_on"),
        _text("text"),
        _instant("written_at"),
        _to("finding", "objection", "objection_id"),
        _to("finding", "person", "person_id"),
    )
    op.create_index("ix_finding_objection", "finding", ["county_id", "objection_id"])
    wall("finding", opened_by("objection_id"))
    grant("finding", "INSERT")
    _append_only("finding")


def _append_only(table: str) -> None:
    op.execute(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION jifen.refuse_change()"
    )


def _complaints() -> None:
    _table(
        "complaint",
        _uuid("about_unit_id"),
        _uuid("person_id", nullable=True),
        _text("number"),
        _text("kind"),
        _text("text"),
        _text("name", nullable=True),
        _text("telephone", nullable=True),
        _instant("received_at"),
        _text("answer", nullable=True),
        _uuid("answered_by", nullable=True),
        _instant("answered_at", nullable=True),
        _text("state"),
        sa.Column("stage", sa.Integer(), nullable=False),
        _to("complaint", "unit", "about_unit_id"),
        _to("complaint", "person", "person_id"),
        sa.UniqueConstraint("county_id", "number", name=op.f("uq_complaint_county_id_number")),
        _check("complaint", "state", "state IN ('received', 'answered', 'closed')"),
        _check("complaint", "kind", "kind IN ('complaint', 'suggestion')"),
        _check("complaint", "is_answered", "state = 'received' OR answer IS NOT NULL"),
    )
    op.create_index("ix_complaint_unit", "complaint", ["county_id", "unit_id", "state"])
    # Whoever writes one stands in the unit that it is about; it is read only by the unit above, where it lies.
    wall("complaint", opened_by("id"), OF_COUNTY)
    grant("complaint", "INSERT", "UPDATE")


def _urgings() -> None:
    # When anybody, the township or the county, last urged a branch of something: the instant alone.
    op.execute("""
CREATE FUNCTION jifen.last_urged(unit uuid, urging text) RETURNS timestamptz
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    RETURN (SELECT max(h.at) FROM public.history h
            WHERE h.county_id = jifen.county() AND h.subject_id = unit AND h.command = urging)
""")
    op.execute("REVOKE ALL ON FUNCTION jifen.last_urged FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION jifen.last_urged TO jifen_app")


def _members_away() -> None:
    _table(
        "reflection",
        _uuid("member_id"),
        _text("quarter"),
        _text("text"),
        _instant("written_at"),
        _uuid("seen_by", nullable=True),
        _instant("seen_at", nullable=True),
        _to("reflection", "member", "member_id"),
        _to("reflection", "person", "seen_by"),
        sa.UniqueConstraint(
            "county_id", "member_id", "quarter", name=op.f("uq_reflection_county_id_member_id_quarter")
        ),
    )
    wall("reflection")
    grant("reflection", "INSERT", "UPDATE")
    op.add_column("attendance", _instant("voted_at", nullable=True))
    op.add_column("meeting", _instant("begun_at", nullable=True))
    for column in ("afar_in_favour", "afar_against", "afar_abstained"):
        op.add_column("meeting", sa.Column(column, sa.Integer(), nullable=False, server_default="0"))
        op.alter_column("meeting", column, server_default=None)


def _filing_editions() -> None:
    op.add_column("filing", sa.Column("edition", sa.Integer(), nullable=False, server_default="1"))
    op.alter_column("filing", "edition", server_default=None)
    _table(
        "filing_edition",
        _uuid("filing_id"),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("package", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        _text("digest"),
        _text("head"),
        _text("return_reason"),
        _instant("replaced_at"),
        _to("filing_edition", "filing", "filing_id"),
        sa.UniqueConstraint(
            "county_id", "filing_id", "edition", name=op.f("uq_filing_edition_county_id_filing_id_edition")
        ),
    )
    wall("filing_edition", opened_by("filing_id"))
    grant("filing_edition", "INSERT")
    _append_only("filing_edition")
