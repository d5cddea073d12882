"""References: whether anything in the whole product points at a row, and what, before it is taken back."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, select, text
from sqlalchemy import Table as Sql
from sqlalchemy.orm import Session

from shared.db.base import InCounty
from shared.db.schema import METADATA

# What people know a row by that points at something; the rest is "后续的记录".
WORDS: Mapping[str, str] = {
    "account": "登录账号",
    "card": "登记卡",
    "claim": "申报",
    "holding": "职务",
    "line": "积分",
    "member": "党员",
    "party_group": "党小组",
    "person": "人员",
    "record": "登记",
    "round": "考核周期",
    "transfer": "转接手续",
    "unit": "下级单位",
}


# The worker does not read how people sign in: there the key itself refuses.
_READABLE = text("""
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
  AND has_table_privilege(oid, 'SELECT')
""")


def referenced(
    session: Session,
    county_id: UUID,
    kind: type[InCounty],
    ids: Sequence[UUID],
    but: str = "",
) -> dict[UUID, str]:
    """Return those of the rows at which something points, with a word for what; the column `but` aside.

    What this login may not read is not asked.
    """
    found: dict[UUID, str] = {}
    wanted = bindparam("wanted", list(ids), ARRAY(Uuid()))
    readable = set(session.scalars(_READABLE))
    for table, column in _pointing_at(kind):
        if not ids or table.name not in readable or f"{table.name}.{column}" == but:
            continue
        there = (
            select(table.c[column])
            .where(table.c.county_id == county_id, table.c[column] == any_(wanted))
            .distinct()
        )
        for row_id in session.scalars(there.where(table.c[column] == any_(wanted))):
            found[row_id] = WORDS.get(table.name) or found.get(row_id, "后续的记录")
    return found


def _pointing_at(kind: type[InCounty]) -> Iterator[tuple[Sql, str]]:
    """Yield every column of a foreign key that carries the county and leads to this table."""
    for table in METADATA.sorted_tables:
        for key in table.foreign_key_constraints:
            if key.referred_table.name == kind.__tablename__:
                yield table, key.column_keys[-1]
