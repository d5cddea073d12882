"""Policies: a tenant's own policy over the template: proposed by one person, granted by another."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.columns import check, instant, owned, to, words
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
        words("reason"),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        words("proposed_name"),
        instant("proposed_at"),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        words("decided_name", nullable=True),
        instant("decided_at", nullable=True),
        words("answer", nullable=True),
        words("state"),
        sa.Column("stage", sa.Integer(), nullable=False),
        *owned("policy"),
        to("policy", "unit", "to_unit_id"),
        check("policy", "state", "state IN ('proposed', 'granted', 'refused', 'withdrawn', 'replaced')"),
        check("policy", "another_grants", "decided_by <> proposed_by"),
        check(
            "policy",
            "granted_by_somebody",
            "state NOT IN ('granted', 'replaced') OR decided_by IS NOT NULL AND decided_at IS NOT NULL",
        ),
        check("policy", "refusal_is_reasoned", "state <> 'refused' OR answer IS NOT NULL"),
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
        words("subject_kind"),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        words("action"),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        words("person_name"),
        instant("signed_at"),
        *owned("signature"),
        to("signature", "person", "person_id"),
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
        words("kind"),
        words("reason"),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        instant("made_at"),
        instant("ended_at", nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        *owned("delegation"),
        to("delegation", "holding", "holding_id"),
        to("delegation", "holding", "from_holding_id"),
        sa.UniqueConstraint("county_id", "holding_id", name="uq_delegation_holding"),
        check("delegation", "kind", "kind IN ('delegated', 'acting')"),
        check("delegation", "delegated_by_its_holder", "kind <> 'delegated' OR from_holding_id IS NOT NULL"),
        check("delegation", "to_another", "holding_id <> from_holding_id"),
    )
    op.create_index("ix_delegation_from", "delegation", ["county_id", "from_holding_id"])
    wall("delegation")
    grant("delegation", "INSERT", "UPDATE")
