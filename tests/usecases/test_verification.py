"""Verification: whatever a superuser changes behind the triggers' back is found, and the row is named."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.orm import Session

from services.cli.database import Urls
from shared.db.session import Db
from shared.db.verification.checks import Wrong
from shared.domain.seals import FIRST, head
from shared.usecases.seals import content_of
from shared.usecases.verification import digest, first_wrong
from tests.quarters import Quarter, a_full_county

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
COLUMNS = {
    "ledger_entry": "unit_id round_id line_id member_id seal_id edition ordinal kind source_id item clause happened_on"
    " points scope note recorded_at",
    "award": "unit_id line_id edition ordinal kind source_id item clause happened_on points scope note",
    "notice_line": "unit_id notice_id line_id round_id member_id edition points reason",
    "seal": "unit_id seq notice_id algorithm digest previous head sealed_at",
    "line": "unit_id round_id member_id notice_id edition by_rule points reason state stage",
    "notice": "unit_id kind period code published_at last_day closes_at closed_at provisional why state stage",
    "round": "unit_id state stage claims_close_at",
    "claim": "unit_id state stage item happened_on points member_id",
    "record": "item happened_on points member_id",
    "objection": "unit_id notice_id line_id handed_in_at due_at answered_at answered_by outcome state stage",
    "filing": "unit_id to_unit_id period digest head due_at submitted_at received_at filed_at receipt state stage",
    "deadline": "due_at",
    "history": "unit_id before after subject_id",
    "issued_book": "text digest",
    "annual_line": "member_id year zeroed year_points annual_points reward_points grade rank",
}
CASES = [(table, column) for table, listed in COLUMNS.items() for column in listed.split(" ")]
# Which rows say something that others say too; the rest has no twin yet, or is not used by anything.
WHERE = {
    "claim": "state = 'confirmed'",
    "history": "after IS NOT NULL",
    "deadline": "command IN ('close_window', 'close_claims')",
    "award": "line_id IN (SELECT line_id FROM notice_line)",
    "line": "notice_id IS NOT NULL",
}
# Where two rows say different things and nothing third decides, either may be named.
ALSO = {
    ("notice_line", "reason"): {"line"},
    ("notice_line", "notice_id"): {"notice_line", "notice"},
    ("notice", "kind"): {"seal"},
    ("notice", "code"): {"seal"},
    ("notice", "unit_id"): {"seal"},
    ("seal", "algorithm"): {"notice", "notice_line"},
    ("seal", "notice_id"): {"notice"},
    ("history", "unit_id"): {"round", "line", "claim", "notice", "objection", "filing"},
    ("history", "before"): {"round", "line", "claim", "notice", "objection", "filing"},
    ("history", "after"): {"round", "line", "claim", "notice", "objection", "filing"},
    ("history", "subject_id"): {"round", "line", "claim", "notice", "objection", "filing"},
    ("round", "claims_close_at"): {"deadline"},
    ("objection", "due_at"): {"deadline"},
    ("filing", "due_at"): {"deadline"},
}


@pytest.fixture(scope="module")
def quarters(db: Db, clockwork: Db) -> list[Quarter]:
    """Two branches with claims, seals, entries, a reversal, packages and a year."""
    return a_full_county(db, clockwork)


@pytest.fixture(scope="module")
def superuser(admin_database_url: str, urls: Urls) -> Iterator[Session]:
    """Who may do anything to the tests' database."""
    engine = create_engine(make_url(admin_database_url).set(database=make_url(urls.app).database))
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.fixture
def tamper(superuser: Session, quarters: list[Quarter]) -> Iterator[Session]:
    """A superuser's transaction with triggers and foreign keys off and every check dropped; nothing stays."""
    superuser.rollback()
    disarm(superuser)
    yield superuser
    superuser.rollback()


def disarm(session: Session) -> None:
    session.execute(text("SET LOCAL session_replication_role = replica"))
    checks = "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'c' AND conrelid > 0"
    for table, name in session.execute(text(f"{checks} AND connamespace = 'public'::regnamespace")).all():
        session.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))


def rows(session: Session, county_id: UUID, table: str) -> list[UUID]:
    """The ids of a table's rows that say what others say too, in a stable order."""
    chosen = f"SELECT id FROM {table} WHERE county_id = :county AND {WHERE.get(table, 'true')} ORDER BY id"
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


def test_an_untouched_county_is_clean(superuser: Session, quarters: list[Quarter]) -> None:
    assert found(superuser, quarters) is None


@pytest.mark.parametrize(("table", "column"), CASES)
def test_every_value_that_is_changed_is_found(
    tamper: Session, quarters: list[Quarter], table: str, column: str
) -> None:
    row_id = rows(tamper, quarters[0].branch.county_id, table)[0]

    damage(tamper, table, column, row_id)

    wrong = found(tamper, quarters)
    assert wrong is not None
    assert wrong.table in {table, *ALSO.get((table, column), ())}
    if wrong.table == table and column not in {"notice_id", "line_id"}:
        assert wrong.id == row_id


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=st.sampled_from(CASES), pick=st.integers(0, 10_000))
def test_in_whatever_row_it_is(
    superuser: Session, quarters: list[Quarter], case: tuple[str, str], pick: int
) -> None:
    superuser.rollback()
    disarm(superuser)
    table, column = case
    able = rows(superuser, quarters[0].branch.county_id, table)

    damage(superuser, table, column, able[pick % len(able)])

    assert found(superuser, quarters) is not None
    superuser.rollback()


@pytest.mark.parametrize(
    "table",
    ["ledger_entry", "award", "notice_line", "seal", "line", "notice", "annual_line", "history", "deadline"]
    + ["objection", "filing", "claim", "record", "round"],
)
def test_every_row_that_is_taken_out_is_found(tamper: Session, quarters: list[Quarter], table: str) -> None:
    for row_id in rows(tamper, quarters[0].branch.county_id, table):
        with tamper.begin_nested() as savepoint:
            tamper.execute(text(f"DELETE FROM {table} WHERE id = :id"), {"id": row_id})

            assert found(tamper, quarters) is not None, row_id
            savepoint.rollback()


@pytest.mark.parametrize("table", ["ledger_entry", "award", "seal", "history", "deadline", "notice_line"])
def test_every_row_that_is_put_in_is_found(tamper: Session, quarters: list[Quarter], table: str) -> None:
    row_id = rows(tamper, quarters[0].branch.county_id, table)[0]
    fresh = {"seal": "seq = seq + 1000", "award": "ordinal = ordinal + 1000"}.get(table, "unit_id = unit_id")
    for constraint in tamper.scalars(
        text("SELECT conname FROM pg_constraint WHERE conrelid = CAST(:t AS regclass) AND contype = 'u'"),
        {"t": table},
    ).all():
        tamper.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}"))

    tamper.execute(text(f"CREATE TEMP TABLE more AS SELECT * FROM {table} WHERE id = '{row_id}'"))
    tamper.execute(text(f"UPDATE more SET id = gen_random_uuid(), {fresh}"))
    tamper.execute(text(f"INSERT INTO {table} SELECT * FROM more"))

    assert found(tamper, quarters) is not None


@pytest.mark.parametrize(
    ("table", "column"),
    [("ledger_entry", "member_id"), ("award", "line_id"), ("seal", "head"), ("notice_line", "points")]
    + [("line", "member_id"), ("ledger_entry", "points"), ("seal", "digest"), ("annual_line", "member_id")],
)
def test_two_rows_that_change_places_are_found(
    tamper: Session, quarters: list[Quarter], table: str, column: str
) -> None:
    pair = f"""SELECT a.id AS one, b.id AS other FROM {table} a JOIN {table} b ON a.{column} <> b.{column}
        WHERE a.county_id = :county AND b.county_id = :county AND a.unit_id = b.unit_id LIMIT 1"""
    one, other = tamper.execute(text(pair), {"county": quarters[0].branch.county_id}).one()
    swap = f"""UPDATE {table} t SET {column} = o.{column} FROM {table} o
        WHERE t.id IN (:one, :other) AND o.id IN (:one, :other) AND o.id <> t.id"""
    tamper.execute(
        text(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS uq_{table}_county_id_line_id_edition_ordinal")
    )
    tamper.execute(text("DROP INDEX IF EXISTS uq_line_county_id_round_id_member_id")) if False else None
    tamper.execute(text("ALTER TABLE line DROP CONSTRAINT uq_line_county_id_round_id_member_id"))

    tamper.execute(text(swap), {"one": one, "other": other})

    assert found(tamper, quarters) is not None


def test_a_chain_that_has_lost_its_end_is_found(tamper: Session, quarters: list[Quarter]) -> None:
    whose = {"county": quarters[0].branch.county_id, "unit": quarters[0].branch.unit_id}
    last = "SELECT notice_id FROM seal WHERE county_id = :county AND unit_id = :unit ORDER BY seq DESC LIMIT 1"
    notice = {**whose, "notice": tamper.scalar(text(last), whose)}
    for table in ("seal", "notice_line"):
        tamper.execute(text(f"DELETE FROM {table} WHERE county_id = :county AND notice_id = :notice"), notice)
    tamper.execute(text("DELETE FROM notice WHERE county_id = :county AND id = :notice"), notice)

    assert found(tamper, quarters) is not None


def test_a_whole_chain_written_anew_is_held_against_what_was_filed(
    tamper: Session, quarters: list[Quarter]
) -> None:
    """Award, entry, line and notice say the same new figure, every digest and head is right: the file is not."""
    branch = quarters[0].branch
    whose = {"county": branch.county_id, "unit": branch.unit_id}
    entry = tamper.execute(
        text("""SELECT e.id, e.line_id, e.edition FROM ledger_entry e WHERE county_id = :county AND unit_id = :unit
             AND edition = (SELECT max(edition) FROM line l WHERE l.id = e.line_id) AND reverses_id IS NULL LIMIT 1"""),
        whose,
    ).one()
    same = {"id": entry.id, "line": entry.line_id, "edition": entry.edition}
    for change in (
        "UPDATE award SET points = points + 1 WHERE id = :id",
        "UPDATE ledger_entry SET points = points + 1 WHERE id = :id",
        "UPDATE line SET points = points + 1, by_rule = by_rule + 1 WHERE id = :line",
        "UPDATE notice_line SET points = points + 1 WHERE line_id = :line AND edition = :edition",
    ):
        tamper.execute(text(change), same)
    rewrite_chain(tamper, whose)

    wrong = found(tamper, quarters)

    assert wrong is not None
    assert wrong.table in {"seal", "annual_line"}
    assert wrong.found is not None
    assert wrong.should is not None


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


def test_a_changed_package_is_found(tamper: Session, quarters: list[Quarter]) -> None:
    row_id = rows(tamper, quarters[0].branch.county_id, "filing")[0]
    changed = "UPDATE filing SET package = jsonb_set(package, '{lines,0,points}', '\"99.00\"') WHERE id = :id"

    tamper.execute(text(changed), {"id": row_id})

    wrong = found(tamper, quarters)
    assert wrong is not None
    assert (wrong.table, wrong.id) == ("filing", row_id)


def test_a_deadline_that_fired_early_is_found(tamper: Session, quarters: list[Quarter]) -> None:
    row_id = rows(tamper, quarters[0].branch.county_id, "deadline")[0]

    tamper.execute(
        text("UPDATE deadline SET fired_at = due_at - interval '1 second' WHERE id = :id"), {"id": row_id}
    )

    wrong = found(tamper, quarters)
    assert wrong is not None
    assert (wrong.table, wrong.id) == ("deadline", row_id)


def test_an_objection_taken_outside_its_window_is_found(tamper: Session, quarters: list[Quarter]) -> None:
    row_id = rows(tamper, quarters[0].branch.county_id, "objection")[0]
    late = {"id": row_id, "at": "2026-04-21T16:00:00Z"}

    tamper.execute(text("UPDATE objection SET handed_in_at = :at, entered_at = :at WHERE id = :id"), late)
    tamper.execute(text("UPDATE history SET at = :at WHERE subject_id = :id AND command = 'raise'"), late)

    wrong = found(tamper, quarters)
    assert wrong is not None
    assert (wrong.table, wrong.id) == ("objection", row_id)


def test_one_entry_a_cent_off_is_named_with_what_it_is_and_should_be(
    tamper: Session, quarters: list[Quarter]
) -> None:
    row_id = rows(tamper, quarters[0].branch.county_id, "ledger_entry")[0]
    was = str(tamper.scalar(text("SELECT points FROM ledger_entry WHERE id = :id"), {"id": row_id}))

    damage(tamper, "ledger_entry", "points", row_id)

    wrong = found(tamper, quarters)
    assert wrong is not None
    assert wrong.member_id is not None
    assert wrong.period == "2026-Q1"
    assert wrong.should is not None
    assert wrong.should["points"] == was
