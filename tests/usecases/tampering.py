"""What somebody does who may do anything to the database: values, rows and whole chains."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.db.verification.checks import Wrong
from shared.domain.seals import FIRST, digest, head
from shared.usecases.seals import content_of
from shared.usecases.verification import first_wrong
from tests.quarters import Quarter

# Another value of each type; what was empty gets one.
OTHER = {
    "numeric": "coalesce({0}, 0) + 0.01",
    "integer": "coalesce({0}, 0) + 1000",
    "text": "coalesce({0}, '') || 'x'",
    "date": "coalesce({0}, '2026-01-05') + 1",
    "uuid": "gen_random_uuid()",
    "boolean": "NOT coalesce({0}, false)",
    "timestamp with time zone": "coalesce({0}, '2026-01-05') + interval '1 second'",
}
# Which rows say something that others say too; the rest has no twin yet, or is not used by anything.
WHERE = {
    "claim": "state = 'confirmed'",
    "history": "after IS NOT NULL",
    "deadline": "command IN ('close_window', 'close_claims')",
    "award": "line_id IN (SELECT line_id FROM notice_line)",
    "line": "notice_id IS NOT NULL",
    # A reason is people's own text and is not sealed: its twin is the line itself, as long as that stands so.
    "notice_line.reason": "edition = (SELECT l.edition FROM line l WHERE l.id = line_id)",
    "round": "length(period) > 4",
    # Steps that went on have taken away what they had added: such a row says nothing.
    "tally": "number <> 0",
    "notice": "length(period) > 4",
}


def disarm(session: Session) -> None:
    session.execute(text("SET LOCAL session_replication_role = replica"))
    checks = "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'c' AND conrelid > 0"
    for table, name in session.execute(text(f"{checks} AND connamespace = 'public'::regnamespace")).all():
        session.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))


def rows(session: Session, county_id: UUID, table: str, column: str = "") -> list[UUID]:
    """The ids of a table's rows that say what others say too, in a stable order."""
    twinned = WHERE.get(f"{table}.{column}", WHERE.get(table, "true"))
    chosen = f"SELECT id FROM {table} WHERE county_id = :county AND {twinned} ORDER BY id"
    return list(session.scalars(text(chosen), {"county": county_id}))


def damage(session: Session, table: str, column: str, row_id: UUID) -> None:
    """Give one value of one row another value."""
    kind = session.scalar(
        text("SELECT data_type FROM information_schema.columns WHERE table_name = :t AND column_name = :c"),
        {"t": table, "c": column},
    )
    other = OTHER[str(kind)].format(column)
    session.execute(text(f"UPDATE {table} SET {column} = {other} WHERE id = :id"), {"id": row_id})


def found(session: Session, quarters: list[Quarter]) -> Wrong | None:
    finding = first_wrong(session, quarters[0].branch.county_id)
    return finding.wrong if finding else None


def rewrite_chain(session: Session, whose: dict[str, UUID]) -> None:
    """Make every digest and head of a branch right again, as somebody would who knows how."""
    chain = "SELECT id, notice_id, seq FROM seal WHERE county_id = :county AND unit_id = :unit ORDER BY seq"
    previous = FIRST
    for seal in session.execute(text(chain), whose).all():
        own = digest("sha256", content_of(session, whose["county"], seal.notice_id))
        new = {"id": seal.id, "digest": own, "previous": previous, "head": head("sha256", seal.seq, previous, own)}
        session.execute(
            text("UPDATE seal SET digest = :digest, previous = :previous, head = :head WHERE id = :id"), new
        )
        previous = new["head"]
