"""Verification: whatever value or row a superuser changes behind the triggers' back is found, and named."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.quarters import Quarter
from tests.usecases.tampering import damage, disarm, found, rows

COLUMNS = {
    "ledger_entry": "unit_id round_id line_id member_id seal_id edition ordinal kind source_id item clause"
    " happened_on points scope note recorded_at",
    "award": "unit_id line_id edition ordinal kind source_id item clause happened_on points scope note",
    "notice_line": "unit_id notice_id line_id round_id member_id edition points reason",
    "seal": "unit_id seq notice_id algorithm digest previous head sealed_at",
    "line": "unit_id round_id member_id notice_id edition by_rule points reason state stage",
    "notice": "unit_id kind period code published_at last_day closes_at closed_at provisional why state stage",
    "round": "unit_id state stage claims_close_at",
    "claim": "unit_id state stage item happened_on points member_id",
    "record": "item happened_on points member_id",
    "objection": "unit_id notice_id line_id handed_in_at due_at answered_at answered_by outcome state stage",
    "filing": "unit_id to_unit_id period edition digest head due_at submitted_at received_at filed_at receipt"
    " state stage",
    "deadline": "due_at",
    "history": "unit_id before after subject_id",
    "issued_book": "text digest",
    "tally": "number",
    "annual_line": "member_id year zeroed year_points annual_points reward_points grade rank",
}
CASES = [(table, column) for table, listed in COLUMNS.items() for column in listed.split(" ")]
# One value of each table in every run, each value with ./jifen test --all.
IN_EVERY_RUN = {(table, listed.split(" ")[-1]) for table, listed in COLUMNS.items()}
TAKEN_OUT = sorted(COLUMNS.keys() - {"ledger_entry", "issued_book"})
MARKED = [
    pytest.param(*case, marks=() if case in IN_EVERY_RUN else pytest.mark.long, id="-".join(case))
    for case in CASES
]
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


def test_an_untouched_county_is_clean(superuser: Session, quarters: list[Quarter]) -> None:
    assert found(superuser, quarters) is None


@pytest.mark.parametrize(("table", "column"), MARKED)
def test_every_value_that_is_changed_is_found(
    tamper: Session, quarters: list[Quarter], table: str, column: str
) -> None:
    row_id = rows(tamper, quarters[0].branch.county_id, table, column)[0]

    damage(tamper, table, column, row_id)

    wrong = found(tamper, quarters)
    assert wrong is not None
    assert wrong.table in {table, *ALSO.get((table, column), ())}
    if wrong.table == table and column not in {"notice_id", "line_id"}:
        assert wrong.id == row_id


@pytest.mark.long
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=st.sampled_from(CASES), pick=st.integers(0, 10_000))
def test_in_whatever_row_it_is(
    superuser: Session, quarters: list[Quarter], case: tuple[str, str], pick: int
) -> None:
    superuser.rollback()
    disarm(superuser)
    table, column = case
    able = rows(superuser, quarters[0].branch.county_id, table, column)

    damage(superuser, table, column, able[pick % len(able)])

    assert found(superuser, quarters) is not None
    superuser.rollback()


@pytest.mark.parametrize(
    "table",
    # Each row of a table is taken out in turn: the one that matters most in every run.
    ["ledger_entry", *(pytest.param(table, marks=pytest.mark.long) for table in TAKEN_OUT)],
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
    for index in tamper.scalars(
        text(
            "SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = CAST(:t AS regclass)"
            " AND indisunique AND NOT indisprimary"
        ),
        {"t": table},
    ).all():
        tamper.execute(text(f"DROP INDEX {index}"))

    tamper.execute(text(f"CREATE TEMP TABLE more AS SELECT * FROM {table} WHERE id = '{row_id}'"))
    tamper.execute(text(f"UPDATE more SET id = gen_random_uuid(), {fresh}"))
    tamper.execute(text(f"INSERT INTO {table} SELECT * FROM more"))

    assert found(tamper, quarters) is not None


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("ledger_entry", "member_id"),
        ("award", "line_id"),
        ("seal", "head"),
        ("notice_line", "points"),
        ("line", "member_id"),
        ("ledger_entry", "points"),
        ("seal", "digest"),
        ("annual_line", "member_id"),
    ],
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
    tamper.execute(text("ALTER TABLE line DROP CONSTRAINT uq_line_county_id_round_id_member_id"))

    tamper.execute(text(swap), {"one": one, "other": other})

    assert found(tamper, quarters) is not None
