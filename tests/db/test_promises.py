"""The database's promises: each is kept against everybody, and each trigger is what keeps it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from services.cli.database import Urls
from shared.db.session import Db, acting
from shared.db.tallies import COUNTED
from shared.db.units import Unit
from tests.builders import FOUNDED, a_county
from tests.db.test_catalog import APPEND_ONLY
from tests.quarters import Quarter, a_full_county, objected, posted


@pytest.fixture(scope="module")
def quarters(db: Db, clockwork: Db) -> list[Quarter]:
    return a_full_county(db, clockwork, branches=1)


@pytest.fixture(scope="module")
def disputed(db: Db, clockwork: Db) -> Quarter:
    """A quarter on the board, with an open objection to one line; a renamed unit, and one that was dissolved."""
    quarter = posted(db, clockwork, a_county(db))[0]
    objected(db, quarter)
    county_id = quarter.branch.county_id
    with acting(db, county_id, county_id) as session:
        session.get_one(Unit, (county_id, quarter.branch.parent_id)).name = "柳溪乡"
        gone = {"kind": "branch", "name": "撤销的支部", "code": "gone", "until": FOUNDED.date()}
        session.add(Unit(county_id=county_id, parent_id=quarter.branch.parent_id, **gone))
    return quarter


@pytest.fixture
def superuser(admin_database_url: str, urls: Urls) -> Iterator[Session]:
    engine = create_engine(make_url(admin_database_url).set(database=make_url(urls.app).database))
    with Session(engine) as session:
        yield session
        session.rollback()
    engine.dispose()


@pytest.mark.parametrize("table", sorted(APPEND_ONLY))
@pytest.mark.parametrize("verb", ["UPDATE {0} SET unit_id = unit_id", "DELETE FROM {0}", "TRUNCATE {0} CASCADE"])
def test_what_is_written_stays_even_for_a_superuser(superuser: Session, table: str, verb: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"):
        superuser.execute(text(verb.format(table)))


# The trigger, its table, and what it refuses; `{county}` is a county where it can be tried.
ENTRY = """INSERT INTO ledger_entry (county_id, id, unit_id, round_id, line_id, member_id, seal_id, edition,
    ordinal, kind, clause, points, scope, note, recorded_at)
    SELECT l.county_id, gen_random_uuid(), l.unit_id, l.round_id, l.id, l.member_id, s.id, l.edition, 99, 'event',
    '', 1, 'round', '', now() FROM line l JOIN seal s ON s.county_id = l.county_id AND s.notice_id = l.notice_id
    WHERE l.county_id = '{county}' LIMIT 1"""
POSTED = "UPDATE notice SET {0} WHERE county_id = '{{county}}'"
WROTE = """WITH d AS (
    INSERT INTO book_draft (county_id, id, unit_id, name, version, edition, started_by, started_at, state, stage)
    SELECT p.county_id, gen_random_uuid(), p.unit_id, 'x', 1, 1, p.id, now(), 'submitted', 1 FROM person p
    WHERE p.county_id = '{county}' LIMIT 1 RETURNING *
)
INSERT INTO book_edition (county_id, id, unit_id, draft_id, edition, text, said, person_id, person_name, saved_at)
SELECT county_id, gen_random_uuid(), unit_id, id, 1, '', '', started_by, '', now() FROM d;
UPDATE book_draft SET approved_by = started_by WHERE county_id = '{county}'"""
ADOPTED = """INSERT INTO adoption (county_id, id, unit_id, book_id, since)
    SELECT a.county_id, gen_random_uuid(), a.unit_id, {0}, a.since {1} FROM adoption a
    WHERE a.county_id = '{{county}}' LIMIT 1"""
PROPOSED = """INSERT INTO policy (county_id, id, unit_id, to_unit_id, rules, reason, proposed_by, proposed_name,
    proposed_at, state, stage)
    SELECT u.county_id, gen_random_uuid(), u.id, u.county_id, '[]', '', gen_random_uuid(), '', now(), 'proposed', 0
    FROM unit u WHERE u.county_id = '{county}' AND u.kind = 'branch' LIMIT 1;
UPDATE policy SET reason = 'x' WHERE county_id = '{county}'"""
MEASURED = """INSERT INTO yardstick (county_id, id, unit_id, measures, reason, proposed_by, proposed_name,
    proposed_at, state, stage)
    SELECT p.county_id, gen_random_uuid(), p.county_id, '[]', '', p.id, '', now(), 'proposed', 0
    FROM person p WHERE p.county_id = '{county}' LIMIT 1;
UPDATE yardstick SET reason = 'x' WHERE county_id = '{county}'"""
TAKEN_AWAY = """INSERT INTO person (county_id, id, unit_id, name)
    SELECT county_id, gen_random_uuid(), unit_id, 'x' FROM person WHERE county_id = '{county}' LIMIT 1;
DELETE FROM person WHERE county_id = '{county}' AND name = 'x'"""
STRUCK_OFF = """INSERT INTO member (county_id, id, unit_id, person_id, member_no, name, name_sort, class, office,
    birth_date, probationary, probation_extended)
    SELECT p.county_id, gen_random_uuid(), p.unit_id, p.id, 'x', 'x', 'x', '普通党员', '', '1970-01-01', false,
    false FROM person p WHERE p.county_id = '{county}' AND NOT EXISTS (
        SELECT FROM member m WHERE m.county_id = p.county_id AND m.person_id = p.id) LIMIT 1;
DELETE FROM member WHERE county_id = '{county}' AND member_no = 'x'"""
# Without what is written of its past, which would hold it as well.
CLOSED_DOWN = """SELECT 1;
ALTER TABLE unit DISABLE TRIGGER unit_keeps_its_past;
INSERT INTO unit (county_id, id, kind, name, code, demonstration, parent_id)
    SELECT county_id, gen_random_uuid(), 'branch', 'x', 'x', false, id FROM unit
    WHERE county_id = '{county}' AND kind = 'township';
DELETE FROM unit WHERE county_id = '{county}' AND code = 'x'"""
FORGOTTEN = """DELETE FROM unit_period p USING unit u WHERE u.county_id = p.county_id AND u.id = p.unit_id
    AND p.county_id = '{county}' AND u.code = 'gone'"""
SUSPENDED = """INSERT INTO suspension (county_id, id, unit_id, kind, sentence, ordered_by, since)
    VALUES ('{county}', gen_random_uuid(), '{county}', 'suspended', '', '', now());
INSERT INTO history (county_id, id, unit_id, subject_kind, subject_id, command, actor_name, role, at, recorded_at)
    SELECT county_id, gen_random_uuid(), unit_id, 'line', subject_id, 'see', '', '', now(), now()
    FROM history WHERE county_id = '{county}' LIMIT 1"""
PROMISES = [
    ("book_draft_has_two_minds", "book_draft", WROTE, "approved by one who wrote it"),
    (
        "adoption_goes_forward",
        "adoption",
        ADOPTED.format("a.book_id", "- 1"),
        "before the one that it follows",
    ),
    ("entries_are_final", "ledger_entry", ENTRY, "before its notice has closed"),
    (
        "settled_is_undisputed",
        "line",
        "UPDATE line SET state = 'settled' WHERE county_id = '{county}' AND state = 'held'",
        "under an open objection",
    ),
    (
        "steps_are_taken_in_units",
        "history",
        """INSERT INTO history (county_id, id, unit_id, subject_kind, subject_id, command, actor_name, role, at,
        recorded_at) VALUES ('{county}', gen_random_uuid(), gen_random_uuid(), 'line', gen_random_uuid(), 'settle',
        '', '', now(), now())""",
        "in no unit",
    ),
    (
        "entries_are_final",
        "ledger_entry",
        ENTRY.replace("s.id, l.edition", "gen_random_uuid(), l.edition"),
        "of no line",
    ),
    *(
        (
            "notice_keeps_its_word",
            "notice",
            f"UPDATE notice SET {change} WHERE county_id = '{{county}}'",
            "its word",
        )
        for change in (
            "closes_at = closes_at - interval '1 second'",
            "published_at = published_at + interval '1 second'",
            "title = title || '（改）'",
            "code = code || 'x'",
            "kind = 'second'",
            "period = '2026-Q2'",
        )
    ),
    (
        "clock_goes_forward",
        "moved_clock",
        "UPDATE moved_clock SET stands_at = stands_at - interval '1 second' WHERE county_id = '{county}'",
        "forward only",
    ),
    (
        "stone_stays",
        "evidence",
        """INSERT INTO evidence (county_id, id, unit_id, subject_kind, subject_id, name, media_type, size, digest,
        original, added_at) SELECT county_id, gen_random_uuid(), unit_id, 'claim', id, '', 'image/png', 1,
        repeat('a', 64), repeat('b', 64), now() FROM claim WHERE county_id = '{county}' LIMIT 1;
        UPDATE evidence SET digest = original WHERE county_id = '{county}'""",
        "stays what it was",
    ),
    (
        "county_stays_real",
        "unit",
        "UPDATE unit SET demonstration = NOT demonstration WHERE county_id = '{county}' AND id = county_id",
        "stays what it is",
    ),
    (
        "unit_stands_in_a_tree",
        "unit",
        """UPDATE unit u SET parent_id = (SELECT c.id FROM unit c
            WHERE c.parent_id = u.id AND c.until IS NULL ORDER BY c.id LIMIT 1)
        WHERE county_id = '{county}' AND kind = 'township'""",
        "below itself",
    ),
    (
        "unit_stands_in_a_tree",
        "unit",
        "UPDATE unit SET until = '2027-01-01' WHERE county_id = '{county}' AND kind = 'township'",
        "dissolved above others",
    ),
    (
        "past_stays",
        "unit_period",
        "UPDATE unit_period SET name = '另一个' WHERE county_id = '{county}' AND until IS NOT NULL",
        "stays as it was",
    ),
    (
        "members_join_what_stands",
        "member",
        """INSERT INTO member (county_id, id, unit_id, person_id, member_no, name, name_sort, class, office,
        birth_date, probationary, probation_extended, present_from)
        SELECT p.county_id, gen_random_uuid(), u.id, p.id, 'x', 'x', 'x', '普通党员', '', '1970-01-01', false,
        false, '2026-02-01' FROM person p JOIN unit u ON u.county_id = p.county_id AND u.code = 'gone'
        WHERE p.county_id = '{county}' AND NOT EXISTS (
            SELECT FROM member m WHERE m.county_id = p.county_id AND m.person_id = p.id) LIMIT 1""",
        "was dissolved",
    ),
    (
        "transfer_splits_the_year",
        "transfer",
        """INSERT INTO transfer (county_id, id, unit_id, to_unit_id, member_id, to_member_id, name, proposed_at,
        moved_on, state, stage)
        SELECT m.county_id, gen_random_uuid(), m.unit_id, m.county_id, m.id, m.id, m.name, now(), '2026-02-01',
        'accepted', 1 FROM member m WHERE m.county_id = '{county}' LIMIT 1""",
        "leaves a gap",
    ),
    ("policy_stays", "policy", PROPOSED, "stays as it was proposed"),
    ("yardstick_stays", "yardstick", MEASURED, "stays as it was proposed"),
    (
        "past_stays",
        "unit",
        "UPDATE unit SET until = until + 1 WHERE county_id = '{county}' AND code = 'gone'",
        "stays as it was",
    ),
    ("only_what_an_import_made", "person", TAKEN_AWAY, "only what an import has made"),
    ("only_what_an_import_made", "member", STRUCK_OFF, "only what an import has made"),
    ("only_what_an_import_made", "unit", CLOSED_DOWN, "only what an import has made"),
    ("only_what_an_import_made", "unit_period", FORGOTTEN, "only what an import has made"),
    ("nothing_is_taken_in", "history", SUSPENDED, "takes nothing in"),
]
# These refuse nothing: they write down how a unit was (see test_units.py), end what hangs on a term (see
# test_delegations.py), or count what stands where (see test_tallies.py).
WRITING = {("unit_changes_from_a_day", "unit"), ("unit_keeps_its_past", "unit"), ("stand_ins_end", "holding")}
WRITING |= {(trigger, table) for table in COUNTED for trigger in ("rows_are_counted", "steps_are_counted")}


@pytest.mark.parametrize(("trigger", "table", "damage", "said"), PROMISES)
def test_a_promise_is_kept_by_its_trigger_and_by_nothing_else(
    superuser: Session, disputed: Quarter, trigger: str, table: str, damage: str, said: str
) -> None:
    done = text(damage.format(county=disputed.branch.county_id))
    with pytest.raises(DatabaseError, match=said), superuser.begin_nested():
        superuser.execute(done)

    superuser.execute(text(f"DROP TRIGGER {trigger} ON {table}"))

    assert superuser.execute(done).rowcount > 0  # type: ignore[attr-defined]


def test_a_closed_window_is_not_opened_again(superuser: Session, quarters: list[Quarter]) -> None:
    later = "UPDATE notice SET closes_at = closes_at + interval '1 day' WHERE county_id = :c AND state = 'closed'"

    with pytest.raises(DatabaseError, match="its word"):
        superuser.execute(text(later), {"c": quarters[0].branch.county_id})


def test_without_its_trigger_an_entry_could_be_changed(superuser: Session, quarters: list[Quarter]) -> None:
    superuser.execute(text("DROP TRIGGER append_only ON ledger_entry"))

    changed = superuser.execute(text("UPDATE ledger_entry SET points = points + 0.01"))

    assert changed.rowcount > 0  # type: ignore[attr-defined]


def test_every_trigger_of_the_database_is_tried_here(superuser: Session) -> None:
    named = "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'"
    there = superuser.execute(text(named)).tuples().all()

    append_only = {("append_only", table) for table in APPEND_ONLY}
    assert set(there) == {*append_only, *WRITING, *((trigger, table) for trigger, table, *_ in PROMISES)}


def test_a_real_county_s_clock_cannot_be_moved(superuser: Session, quarters: list[Quarter]) -> None:
    founded = """INSERT INTO unit (county_id, id, kind, name, code, demonstration)
        SELECT u, u, 'county', '真实县', 'real-1', false FROM (SELECT gen_random_uuid() AS u) n RETURNING id"""
    county = superuser.scalar(text(founded))

    with pytest.raises(DatabaseError, match="real county"):
        superuser.execute(
            text("INSERT INTO moved_clock (county_id, stands_at, set_at, runs) VALUES (:c, now(), now(), true)"),
            {"c": county},
        )


TWICE = """INSERT INTO seal (county_id, id, unit_id, seq, notice_id, algorithm, digest, previous, head, sealed_at)
    SELECT county_id, gen_random_uuid(), unit_id, seq, gen_random_uuid(), algorithm, digest, previous, head,
    sealed_at FROM seal"""


ONE_PERSON = "UPDATE member SET person_id = (SELECT min(id::text)::uuid FROM person)"
PERIOD_TWICE = """INSERT INTO unit_period (county_id, id, unit_id, parent_id, kind, name)
    SELECT county_id, gen_random_uuid(), unit_id, parent_id, kind, name FROM unit_period"""


@pytest.mark.parametrize(
    ("constraint", "damage"),
    [
        ("never_early", "UPDATE deadline SET fired_at = due_at - interval '1 s', outcome = 'done'"),
        ("never_closed_early", "UPDATE notice SET closed_at = closes_at - interval '1 s'"),
        ("fk_line_round_id", "UPDATE line SET round_id = gen_random_uuid()"),
        ("uq_seal_county_id_unit_id_seq", TWICE),
        ("ex_member_one_branch_at_a_time", ONE_PERSON),
        ("ck_member_left_on_a_day", "UPDATE member SET left_as = 'died', present_to = NULL"),
        ("ex_unit_period_one_at_a_time", PERIOD_TWICE),
        ("pk_ledger_entry", "INSERT INTO ledger_entry SELECT * FROM ledger_entry"),
    ],
)  # fmt: skip
def test_constraints_hold_for_everybody(
    superuser: Session, quarters: list[Quarter], constraint: str, damage: str
) -> None:
    with pytest.raises(DatabaseError, match=constraint):
        superuser.execute(text(damage))
