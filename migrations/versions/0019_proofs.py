"""Proofs: who has shown again who they are, who is kin to whom, and a way to hear an answer."""

import sqlalchemy as sa
from alembic import op

from migrations.columns import check, instant, owned, words
from migrations.walls import grant, wall

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

FIND_SIGN_IN = """
DROP FUNCTION jifen.find_sign_in(uuid, text);
-- Whose browser this is and where they may act, before any tenant is known. Idle after half an hour.
CREATE FUNCTION jifen.find_sign_in(county uuid, hashed text)
    RETURNS TABLE (id uuid, unit_id uuid, person_id uuid, person_name text, county_name text, demonstration boolean,
                   standing text, means text, level text, must_change boolean, has_factor boolean, seats jsonb,
                   roles text, last_seat_id uuid, for_member_id uuid, for_name text, for_group_id uuid,
                   for_unit_id uuid, for_named boolean, unseen boolean, proven boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT s.id, s.unit_id, s.person_id, p.name, c.name, c.demonstration,
           CASE WHEN s.ended_at IS NOT NULL OR a.disabled_at IS NOT NULL THEN 'ended'
                WHEN s.ends_at <= clock_timestamp() OR s.seen_at <= clock_timestamp() - interval '30 minutes'
                THEN 'expired' ELSE 'live' END,
           s.means, s.level, a.must_change, a.totp_since IS NOT NULL OR EXISTS (
               SELECT FROM public.one_time_code o WHERE o.county_id = county AND o.person_id = s.person_id
               AND o.kind = 'list' AND o.used_at IS NULL AND (o.ends_at IS NULL OR o.ends_at > clock_timestamp())),
           jifen.seats(county, s.person_id), s.roles, a.last_seat_id, s.for_member_id, m.name, m.group_id, m.unit_id,
           EXISTS (
               SELECT FROM public.proxy x WHERE x.county_id = county AND x.member_id = s.for_member_id
               AND x.person_id = s.person_id AND x.withdrawn_at IS NULL
               AND x.until >= (jifen.instant(county) AT TIME ZONE 'Asia/Shanghai')::date),
           s.seen_at <= clock_timestamp() - interval '1 minute',
           coalesce(s.proved_at, s.made_at) > clock_timestamp() - interval '15 minutes'
    FROM public.sign_in s
    JOIN public.account a ON a.county_id = county AND a.person_id = s.person_id
    JOIN public.person p ON p.county_id = county AND p.id = s.person_id
    JOIN public.unit c ON c.county_id = county AND c.id = county
    LEFT JOIN public.member m ON m.county_id = county AND m.id = s.for_member_id
    WHERE s.county_id = county AND s.digest = hashed $$;
REVOKE ALL ON FUNCTION jifen.find_sign_in FROM PUBLIC;
GRANT EXECUTE ON FUNCTION jifen.find_sign_in TO jifen_app;
"""
FIND_ANSWER = """
-- What a visitor handed in under this number, before any tenant is known: who asks must know its code as well.
CREATE FUNCTION jifen.find_answer(named text)
    RETURNS TABLE (id uuid, kind text, number text, about text, state text, received_at timestamptz,
                   answer text, answered_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH county AS MATERIALIZED (SELECT c.id FROM public.unit c WHERE c.id = c.county_id)
    SELECT x.id, 'complaint', x.number, u.name, x.state, x.received_at, x.answer, x.answered_at
    FROM county c JOIN public.complaint x ON x.county_id = c.id AND x.number = named AND x.person_id IS NULL
    JOIN public.unit u ON u.county_id = x.county_id AND u.id = x.about_unit_id
    UNION ALL
    SELECT o.id, 'objection', o.number, u.name, o.state, o.handed_in_at, o.answer, o.answered_at
    FROM county c JOIN public.objection o ON o.county_id = c.id AND o.number = named AND o.on_paper
    JOIN public.unit u ON u.county_id = o.county_id AND u.id = o.unit_id $$;
REVOKE ALL ON FUNCTION jifen.find_answer FROM PUBLIC;
GRANT EXECUTE ON FUNCTION jifen.find_answer TO jifen_app;
"""


def upgrade() -> None:
    """Note when somebody has shown again who they are, whom they declare as kin, and find what a visitor wrote."""
    op.add_column("sign_in", instant("proved_at", nullable=True))
    op.execute(FIND_SIGN_IN)
    _kinships()
    op.create_index("ix_objection_number", "objection", ["county_id", "number"])
    for table in ("complaint", "objection"):
        op.execute(f"CREATE POLICY answers ON {table} FOR SELECT TO jifen_owner USING (true)")
    op.execute(FIND_ANSWER)


def _kinships() -> None:
    op.create_table(
        "kinship",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        words("kin"),
        instant("declared_at"),
        instant("ended_at", nullable=True),
        *owned("kinship", ("person", "person_id"), ("member", "member_id")),
        check("kinship", "kin", "kin IN ('spouse', 'parent', 'child', 'sibling', 'other')"),
    )
    whose = ["county_id", "person_id", "member_id"]
    op.create_index("uq_kinship_in_force", "kinship", whose, unique=True, postgresql_where="ended_at IS NULL")
    op.create_index("ix_kinship_member", "kinship", ["county_id", "member_id"])
    wall("kinship")
    grant("kinship", "INSERT", "UPDATE")
