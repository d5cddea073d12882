"""Policies: a tenant's own policy over the template: proposed by one person, granted by another."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.walls import OF_COUNTY, OF_UNIT, grant, wall

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TO_UNIT = "to_unit_id = ANY ((SELECT jifen.units())::uuid[])"

PROMISES = """
-- What was proposed is what is granted: by whom, what, to whom, and once decided by whom.
CREATE FUNCTION jifen.policy_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.rules, NEW.reason, NEW.proposed_by, NEW.proposed_at, NEW.unit_id, NEW.to_unit_id)
       IS DISTINCT FROM (OLD.rules, OLD.reason, OLD.proposed_by, OLD.proposed_at, OLD.unit_id, OLD.to_unit_id)
       OR (OLD.decided_by IS NOT NULL AND NEW.decided_by IS DISTINCT FROM OLD.decided_by) THEN
        RAISE EXCEPTION 'a policy stays as it was proposed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER policy_stays BEFORE UPDATE ON policy FOR EACH ROW EXECUTE FUNCTION jifen.policy_stays();

-- Who stands in for an officer does so no longer than the officer is one.
CREATE FUNCTION jifen.stand_ins_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE public.holding h SET until = greatest(h.since, NEW.until)
    FROM public.delegation d
    WHERE d.county_id = NEW.county_id AND d.from_holding_id = NEW.id AND d.kind = 'delegated'
      AND h.county_id = d.county_id AND h.id = d.holding_id AND h.until > NEW.until;
    RETURN NULL;
END $$;
CREATE TRIGGER stand_ins_end AFTER UPDATE OF until ON holding FOR EACH ROW
    WHEN (NEW.until IS NOT NULL) EXECUTE FUNCTION jifen.stand_ins_end();

-- What a unit arranges otherwise, as one text, before it is entered; nothing of whose doing it was.
CREATE FUNCTION jifen.policy_of(county uuid, unit uuid) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT p.rules::text FROM public.policy p
    WHERE p.county_id = county AND p.unit_id = unit AND p.state = 'granted' $$;
"""


def upgrade() -> None:
    """Make the tables, each behind its wall, and what the database itself promises of them."""
    _policies()
    _signatures()
    _delegations()
    op.execute(PROMISES)
    op.execute("CREATE POLICY functions ON policy FOR SELECT TO jifen_owner USING (true)")
    op.execute("REVOKE ALL ON FUNCTION jifen.policy_of FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION jifen.policy_of TO jifen_app, jifen_worker")


def _policies() -> None:
    op.create_table(
        "policy",
        sa.Column("to_unit_id", sa.Uuid(), nullable=False),
        sa.Column("rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        _text("reason"),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        _text("proposed_name"),
        _instant("proposed_at"),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        _text("decided_name", nullable=True),
        _instant("decided_at", nullable=True),
        _text("answer", nullable=True),
        _text("state"),
        sa.Column("stage", sa.Integer(), nullable=False),
        *_owned("policy"),
        _to("policy", "unit", "to_unit_id"),
        _check("policy", "state", "state IN ('proposed', 'granted', 'refused', 'withdrawn', 'replaced')"),
        _check("policy", "another_grants", "decided_by <> proposed_by"),
        _check(
            "policy",
            "granted_by_somebody",
            "state NOT IN ('granted', 'replaced') OR decided_by IS NOT NULL AND decided_at IS NOT NULL",
        ),
        _check("policy", "refusal_is_reasoned", "state <> 'refused' OR answer IS NOT NULL"),
    )
    for state in ("granted", "proposed"):
        op.create_index(
            f"uq_policy_{state}",
            "policy",
            ["county_id", "unit_id"],
            unique=True,
            postgresql_where=sa.text(f"state = '{state}'"),
        )
    op.create_index("ix_policy_to", "policy", ["county_id", "to_unit_id", "state"])
    wall("policy", f"{OF_COUNTY} AND ({OF_UNIT} OR {TO_UNIT})")
    grant("policy", "INSERT", "UPDATE")


def _signatures() -> None:
    op.create_table(
        "signature",
        _text("subject_kind"),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        _text("action"),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        _text("person_name"),
        _instant("signed_at"),
        *_owned("signature"),
        _to("signature", "person", "person_id"),
        sa.UniqueConstraint("county_id", "subject_id", "action", "stage", "person_id", name="uq_signature_once"),
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON signature "
        "FOR EACH STATEMENT EXECUTE FUNCTION jifen.refuse_change()"
    )
    wall("signature")
    grant("signature", "INSERT")


def _delegations() -> None:
    op.create_table(
        "delegation",
        sa.Column("holding_id", sa.Uuid(), nullable=False),
        sa.Column("from_holding_id", sa.Uuid(), nullable=True),
        _text("kind"),
        _text("reason"),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        _instant("made_at"),
        _instant("ended_at", nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        *_owned("delegation"),
        _to("delegation", "holding", "holding_id"),
        _to("delegation", "holding", "from_holding_id"),
        sa.UniqueConstraint("county_id", "holding_id", name="uq_delegation_holding"),
        _check("delegation", "kind", "kind IN ('delegated', 'acting')"),
        _check("delegation", "delegated_by_its_holder", "kind <> 'delegated' OR from_holding_id IS NOT NULL"),
        _check("delegation", "to_another", "holding_id <> from_holding_id"),
    )
    op.create_index("ix_delegation_from", "delegation", ["county_id", "from_holding_id"])
    wall("delegation")
    grant("delegation", "INSERT", "UPDATE")


def _owned(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _to(table, "unit", "unit_id"),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f(f"pk_{table}")),
    )


def _to(table: str, other: str, column: str) -> sa.ForeignKeyConstraint:
    target = [f"{other}.county_id", f"{other}.id"]
    return sa.ForeignKeyConstraint(["county_id", column], target, name=op.f(f"fk_{table}_{column}"))


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _text(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _instant(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)
