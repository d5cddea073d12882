"""Accounts: how people sign in, their signed-in browsers, and who may act for whom."""

import sqlalchemy as sa
from alembic import op

from migrations.walls import OF_COUNTY, OF_PERSON, grant, grant_to_app, wall

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

PERSON = """
-- Whose own account and sign-ins are shown, whichever unit opened them.
CREATE FUNCTION jifen.person() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('jifen.person', true), '')::uuid;
"""

FUNCTIONS = """
-- Where a person may act today: one seat for each unit, with all that they are there.
CREATE FUNCTION jifen.seats(county uuid, person uuid) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH today AS MATERIALIZED (SELECT (jifen.instant(county) AT TIME ZONE 'Asia/Shanghai')::date AS day),
    held AS (
        SELECT h.unit_id, h.role, h.group_id, h.department, NULL::uuid AS member_id
        FROM public.holding h CROSS JOIN today
        WHERE h.county_id = county AND h.person_id = person AND h.since <= day AND (h.until IS NULL OR h.until >= day)
        UNION ALL
        SELECT m.unit_id, 'member', m.group_id, NULL, m.id FROM public.member m CROSS JOIN today
        WHERE m.county_id = county AND m.person_id = person
          AND (m.present_from IS NULL OR m.present_from <= day) AND (m.present_to IS NULL OR m.present_to >= day)
        UNION ALL
        SELECT p.unit_id, 'relative', NULL, NULL, NULL FROM public.proxy p CROSS JOIN today
        WHERE p.county_id = county AND p.person_id = person AND p.withdrawn_at IS NULL AND p.until >= day),
    seat AS (
        SELECT u.id, u.name, u.code, array_agg(DISTINCT h.role) AS roles,
               (array_agg(h.member_id) FILTER (WHERE h.member_id IS NOT NULL))[1] AS member_id,
               (array_agg(h.group_id ORDER BY h.member_id NULLS FIRST)
                FILTER (WHERE h.group_id IS NOT NULL))[1] AS group_id,
               (array_agg(h.department ORDER BY h.department) FILTER (WHERE h.department IS NOT NULL))[1] AS department
        FROM held h JOIN public.unit u ON u.county_id = county AND u.id = h.unit_id GROUP BY u.id, u.name, u.code)
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'unit_id', id, 'unit_name', name, 'roles', roles, 'member_id', member_id, 'group_id', group_id,
        'department', department) ORDER BY code, id), '[]') FROM seat $$;

-- The accounts that a sign-in name means: a telephone, which a family may share, a member's number where no other
-- account has it, or a unit's code and the number.
CREATE FUNCTION jifen.find_account(named text)
    RETURNS TABLE (county_id uuid, unit_id uuid, person_id uuid, password_hash text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH county AS MATERIALIZED (SELECT c.id FROM public.unit c WHERE c.id = c.county_id),
    numbered AS (
        SELECT m.county_id, m.person_id FROM county c
        JOIN public.member m ON m.county_id = c.id AND m.member_no = named
        UNION
        SELECT m.county_id, m.person_id FROM public.unit u
        JOIN public.member m ON m.county_id = u.county_id AND m.unit_id = u.id
             AND m.member_no = substr(named, length(u.code) + 2)
        WHERE starts_with(named, u.code || '-')),
    known AS (
        SELECT n.county_id, n.person_id, count(*) OVER () AS number FROM numbered n
        JOIN public.account a ON a.county_id = n.county_id AND a.person_id = n.person_id AND a.disabled_at IS NULL),
    named_so AS (
        SELECT k.county_id, k.person_id FROM known k WHERE k.number = 1
        UNION
        SELECT p.county_id, p.id FROM county c JOIN public.person p ON p.county_id = c.id AND p.telephone = named)
    SELECT a.county_id, a.unit_id, a.person_id, a.password_hash
    FROM named_so n JOIN public.account a ON a.county_id = n.county_id AND a.person_id = n.person_id
    WHERE a.disabled_at IS NULL ORDER BY a.opened_at, a.person_id LIMIT 3 $$;

-- Who holds which office in the units below the acting ones, to whom a way in is given from above.
CREATE FUNCTION jifen.officers()
    RETURNS TABLE (unit_name text, person_id uuid, person_name text, roles text[])
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH RECURSIVE below AS (
        SELECT u.id FROM public.unit u WHERE u.county_id = jifen.county() AND u.parent_id = ANY (jifen.units())
        UNION SELECT u.id FROM public.unit u JOIN below b ON u.parent_id = b.id WHERE u.county_id = jifen.county()),
    today AS MATERIALIZED (SELECT (jifen.instant(jifen.county()) AT TIME ZONE 'Asia/Shanghai')::date AS day)
    SELECT u.name, p.id, p.name, array_agg(DISTINCT h.role)
    FROM below b JOIN public.unit u ON u.county_id = jifen.county() AND u.id = b.id
    JOIN public.holding h ON h.county_id = u.county_id AND h.unit_id = u.id
    JOIN public.person p ON p.county_id = h.county_id AND p.id = h.person_id
    CROSS JOIN today
    WHERE h.since <= day AND (h.until IS NULL OR h.until >= day)
    GROUP BY u.code, u.name, p.id, p.name ORDER BY u.code, p.name, p.id $$;

-- Whose card this is, and the digits that its holder must know.
CREATE FUNCTION jifen.find_card(hashed text)
    RETURNS TABLE (county_id uuid, unit_id uuid, person_id uuid, tail text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT a.county_id, a.unit_id, a.person_id, right(coalesce(nullif(p.telephone, ''), m.member_no), 4)
    FROM (SELECT u.id FROM public.unit u WHERE u.id = u.county_id) c
    JOIN public.card k ON k.county_id = c.id AND k.digest = hashed AND k.withdrawn_at IS NULL
    JOIN public.member m ON m.county_id = k.county_id AND m.id = k.member_id
    JOIN public.person p ON p.county_id = m.county_id AND p.id = m.person_id
    JOIN public.account a ON a.county_id = p.county_id AND a.person_id = p.id AND a.disabled_at IS NULL $$;

-- Whose browser this is and where they may act, before any tenant is known. Idle after half an hour.
CREATE FUNCTION jifen.find_sign_in(county uuid, hashed text)
    RETURNS TABLE (id uuid, unit_id uuid, person_id uuid, person_name text, county_name text, demonstration boolean,
                   standing text, means text, level text, must_change boolean, has_factor boolean, seats jsonb,
                   roles text, last_seat_id uuid, for_member_id uuid, for_name text, for_group_id uuid,
                   for_unit_id uuid, for_named boolean, unseen boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT s.id, s.unit_id, s.person_id, p.name, c.name, c.demonstration,
           CASE WHEN s.ended_at IS NOT NULL OR a.disabled_at IS NOT NULL THEN 'ended'
                WHEN s.ends_at <= clock_timestamp() OR s.seen_at <= clock_timestamp() - interval '30 minutes'
                THEN 'expired' ELSE 'live' END,
           s.means, s.level, a.must_change, a.totp_since IS NOT NULL OR EXISTS (
               SELECT FROM public.one_time_code o WHERE o.county_id = county AND o.person_id = s.person_id
               AND o.kind = 'list' AND o.used_at IS NULL AND (o.ends_at IS NULL OR o.ends_at > clock_timestamp())),
           jifen.seats(county, s.person_id), s.roles, a.last_seat_id, s.for_member_id, m.name, m.group_id, m.unit_id, EXISTS (
               SELECT FROM public.proxy x WHERE x.county_id = county AND x.member_id = s.for_member_id
               AND x.person_id = s.person_id AND x.withdrawn_at IS NULL
               AND x.until >= (jifen.instant(county) AT TIME ZONE 'Asia/Shanghai')::date),
           s.seen_at <= clock_timestamp() - interval '1 minute'
    FROM public.sign_in s
    JOIN public.account a ON a.county_id = county AND a.person_id = s.person_id
    JOIN public.person p ON p.county_id = county AND p.id = s.person_id
    JOIN public.unit c ON c.county_id = county AND c.id = county
    LEFT JOIN public.member m ON m.county_id = county AND m.id = s.for_member_id
    WHERE s.county_id = county AND s.digest = hashed $$;
"""
OF_THE_API = "jifen.seats, jifen.find_account, jifen.find_card, jifen.find_sign_in, jifen.officers"
# A person's own: whoever opens it or hands something out for them says first for whom.
OWN = f"{OF_COUNTY} AND {OF_PERSON}"


def upgrade() -> None:
    """Make the tables behind their walls, and the functions that look before a tenant is known."""
    op.execute(PERSON)
    _accounts()
    _codes()
    _cards()
    _proxies()
    _sign_ins()
    op.create_index("ix_person_telephone", "person", ["county_id", "telephone"])
    op.create_index("ix_member_number", "member", ["county_id", "member_no"])
    for table in ("account", "one_time_code", "sign_in"):
        wall(table, OWN)
        grant_to_app(table, "INSERT", "UPDATE")
    wall("card")
    grant_to_app("card", "INSERT", "UPDATE")
    wall("proxy")
    grant("proxy", "INSERT", "UPDATE")
    for table in ("account", "one_time_code", "sign_in", "card", "proxy", "person", "holding"):
        op.execute(f"CREATE POLICY functions ON {table} FOR SELECT TO jifen_owner USING (true)")
    op.execute(FUNCTIONS)
    op.execute(f"REVOKE ALL ON FUNCTION {OF_THE_API} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {OF_THE_API} TO jifen_app")


def _accounts() -> None:
    op.create_table(
        "account",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("totp", sa.LargeBinary(), nullable=True),
        sa.Column("totp_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_step", sa.Integer(), nullable=True),
        sa.Column("last_seat_id", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        *_owned("account"),
        _to("account", "person", "person_id"),
        sa.UniqueConstraint("county_id", "person_id", name=op.f("uq_account_county_id_person_id")),
    )


def _codes() -> None:
    op.create_table(
        "one_time_code",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        *_owned("one_time_code"),
        _to("one_time_code", "person", "person_id"),
        sa.CheckConstraint("kind IN ('handed', 'recovery', 'list')", name=op.f("ck_one_time_code_kind")),
    )
    op.create_index("ix_one_time_code_person", "one_time_code", ["county_id", "person_id"])


def _cards() -> None:
    op.create_table(
        "card",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        *_owned("card"),
        _to("card", "member", "member_id"),
        sa.UniqueConstraint("county_id", "digest", name=op.f("uq_card_county_id_digest")),
    )
    op.create_index("ix_card_member", "card", ["county_id", "member_id"])


def _proxies() -> None:
    op.create_table(
        "proxy",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        *_owned("proxy"),
        _to("proxy", "member", "member_id"),
        _to("proxy", "person", "person_id"),
    )
    op.create_index("ix_proxy_member", "proxy", ["county_id", "member_id"])
    op.create_index("ix_proxy_person", "proxy", ["county_id", "person_id"])


def _sign_ins() -> None:
    op.create_table(
        "sign_in",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("means", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=True),
        sa.Column("for_member_id", sa.Uuid(), nullable=True),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        *_owned("sign_in"),
        _to("sign_in", "person", "person_id"),
        _to("sign_in", "member", "for_member_id"),
        sa.CheckConstraint("means IN ('password', 'handed', 'card', 'county')", name=op.f("ck_sign_in_means")),
        sa.CheckConstraint("level IN ('password', 'full')", name=op.f("ck_sign_in_level")),
        sa.UniqueConstraint("county_id", "digest", name=op.f("uq_sign_in_county_id_digest")),
    )
    op.create_index("ix_sign_in_person", "sign_in", ["county_id", "person_id"])


def _owned(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("county_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _to(table, "unit", "unit_id"),
        sa.PrimaryKeyConstraint("county_id", "id", name=op.f(f"pk_{table}")),
    )


def _to(table: str, other: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["county_id", column], [f"{other}.county_id", f"{other}.id"], name=op.f(f"fk_{table}_{column}")
    )
