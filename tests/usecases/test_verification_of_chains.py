"""Verification: chains cut short or written anew, packages, deadlines and objections that cannot have been."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.quarters import Quarter
from tests.usecases.tampering import damage, found, rewrite_chain, rows


def test_a_chain_that_has_lost_its_end_is_found(tamper: Session, quarters: list[Quarter]) -> None:
    whose = {"county": quarters[0].branch.county_id, "unit": quarters[0].branch.unit_id}
    last = "SELECT notice_id FROM seal WHERE county_id = :county AND unit_id = :unit ORDER BY seq DESC LIMIT 1"
    notice = {**whose, "notice": tamper.scalar(text(last), whose)}
    for table in ("seal", "notice_line"):
        tamper.execute(text(f"DELETE FROM {table} WHERE county_id = :county AND notice_id = :notice"), notice)
    tamper.execute(text("DELETE FROM notice WHERE county_id = :county AND id = :notice"), notice)

    assert found(tamper, quarters) is not None


@pytest.mark.long
def test_a_whole_chain_written_anew_is_held_against_what_was_filed(
    tamper: Session, quarters: list[Quarter]
) -> None:
    """Award, entry, line and notice say the same new figure, every digest and head is right: the file is not."""
    branch = quarters[0].branch
    whose = {"county": branch.county_id, "unit": branch.unit_id}
    entry = tamper.execute(
        text("""SELECT e.id, e.line_id, e.edition FROM ledger_entry e
             WHERE county_id = :county AND unit_id = :unit AND reverses_id IS NULL
             AND edition = (SELECT max(edition) FROM line l WHERE l.id = e.line_id) LIMIT 1"""),
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


@pytest.mark.long
def test_a_changed_package_is_found(tamper: Session, quarters: list[Quarter]) -> None:
    row_id = rows(tamper, quarters[0].branch.county_id, "filing")[0]
    changed = "UPDATE filing SET package = jsonb_set(package, '{lines,0,points}', '\"99.00\"') WHERE id = :id"

    tamper.execute(text(changed), {"id": row_id})

    wrong = found(tamper, quarters)
    assert wrong is not None
    assert (wrong.table, wrong.id) == ("filing", row_id)


@pytest.mark.long
def test_a_deadline_that_fired_early_is_found(tamper: Session, quarters: list[Quarter]) -> None:
    row_id = rows(tamper, quarters[0].branch.county_id, "deadline")[0]

    tamper.execute(
        text("UPDATE deadline SET fired_at = due_at - interval '1 second' WHERE id = :id"), {"id": row_id}
    )

    wrong = found(tamper, quarters)
    assert wrong is not None
    assert (wrong.table, wrong.id) == ("deadline", row_id)


@pytest.mark.long
def test_an_objection_taken_outside_its_window_is_found(tamper: Session, quarters: list[Quarter]) -> None:
    row_id = rows(tamper, quarters[0].branch.county_id, "objection")[0]
    late = {"id": row_id, "at": "2026-04-21T16:00:00Z"}

    tamper.execute(text("UPDATE objection SET handed_in_at = :at, entered_at = :at WHERE id = :id"), late)
    tamper.execute(text("UPDATE history SET at = :at WHERE subject_id = :id AND command = 'raise'"), late)

    wrong = found(tamper, quarters)
    assert wrong is not None
    assert (wrong.table, wrong.id) == ("objection", row_id)


@pytest.mark.long
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
