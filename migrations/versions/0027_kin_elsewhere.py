"""Kin in another branch: named as the person they are, held to wherever whoever declared them acts."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.walls import OF_COUNTY, OF_PERSON, OF_UNIT, OWNED

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

# Seen where it was declared, where the kin is a member, and by who declared it, in whatever seat they sit.
FENCE = f"{OF_COUNTY} AND ({OF_UNIT} OR to_{OF_UNIT} OR {OF_PERSON})"
COLUMNS: dict[str, type[sa.Uuid[Any] | sa.Text]] = {
    "relative_id": sa.Uuid,
    "to_unit_id": sa.Uuid,
    "relative": sa.Text,
    "officer": sa.Text,
}
FIND_RELATIVES = """
-- Who is called this in a branch, or bears this number: no list to look through, the name must be known already.
CREATE FUNCTION jifen.find_relatives(named text, branch uuid, number text, day date)
    RETURNS TABLE (person_id uuid, unit_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT m.person_id, m.unit_id FROM public.member m
    WHERE m.county_id = jifen.county() AND m.name = named AND coalesce(m.present_to, day) >= day
      AND (m.unit_id = branch OR branch IS NULL AND number IS NOT NULL)
      AND (m.member_no = number OR number IS NULL) $$;
REVOKE ALL ON FUNCTION jifen.find_relatives FROM PUBLIC;
GRANT EXECUTE ON FUNCTION jifen.find_relatives TO jifen_app;
"""


def upgrade() -> None:
    """Let a declaration name a person of any branch; what was declared so far keeps its meaning."""
    op.drop_index("uq_kinship_in_force", "kinship")
    op.drop_index("ix_kinship_member", "kinship")
    for name, kind in COLUMNS.items():
        op.add_column("kinship", sa.Column(name, kind, nullable=True))
    op.execute("ALTER TABLE kinship NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "UPDATE kinship k SET relative_id = m.person_id, to_unit_id = m.unit_id, relative = m.name, officer = p.name "
        "FROM member m, person p WHERE m.county_id = k.county_id AND m.id = k.member_id "
        "AND p.county_id = k.county_id AND p.id = k.person_id"
    )
    op.execute("ALTER TABLE kinship FORCE ROW LEVEL SECURITY")
    for name in COLUMNS:
        op.alter_column("kinship", name, nullable=False)
    for other, column in (("person", "relative_id"), ("unit", "to_unit_id")):
        op.create_foreign_key(
            op.f(f"fk_kinship_{column}"), "kinship", other, ["county_id", column], ["county_id", "id"]
        )
    op.drop_column("kinship", "member_id")
    whose = ["county_id", "person_id", "relative_id"]
    op.create_index("uq_kinship_in_force", "kinship", whose, unique=True, postgresql_where="ended_at IS NULL")
    op.create_index("ix_kinship_relative", "kinship", ["county_id", "relative_id"])
    op.execute(f"ALTER POLICY tenant ON kinship USING ({FENCE}) WITH CHECK ({OWNED})")
    op.execute(FIND_RELATIVES)
