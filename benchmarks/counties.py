"""Counties to measure on, made set-wise in SQL by a superuser: past the use cases, with no trigger fired.

A county has townships, branches and members under the shipped county plan, and one quarter that hangs on every
branch's board with its seal, its window just over. The seals' digests are placeholders: settling never reads them.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.domain.rule_books import Checked
from shared.usecases.books import issue_book
from shared.usecases.rules import check_book

PUBLISHED = datetime(2026, 4, 14, 1, tzinfo=UTC)
CLOSES = datetime(2026, 4, 21, 16, tzinfo=UTC)
PERIOD = "2026-Q1"

_UNITS = (
    """INSERT INTO unit (county_id, id, parent_id, kind, name, code, telephone, demonstration) VALUES
       (:county, :county, NULL, 'county', '测试县', 'bench', '', true)""",
    """INSERT INTO moved_clock (county_id, stands_at, set_at, runs) VALUES (:county, :now, :now, false)""",
    """INSERT INTO unit (county_id, id, parent_id, kind, name, code, telephone, demonstration)
       SELECT :county, gen_random_uuid(), :county, 'township', '第' || n || '镇', 't' || n, '', true
       FROM generate_series(1, :townships) n""",
    """INSERT INTO unit (county_id, id, parent_id, kind, name, code, telephone, demonstration)
       SELECT :county, gen_random_uuid(), t.id, 'branch', '第' || n || '村党支部', 'b' || n, '', true
       FROM generate_series(1, :branches) n
       JOIN unit t ON t.county_id = :county AND t.code = 't' || (n % :townships + 1)""",
)
_PEOPLE = (
    """CREATE TEMP TABLE person_of ON COMMIT DROP AS
       SELECT n, gen_random_uuid() AS id, gen_random_uuid() AS person, b.id AS branch
       FROM generate_series(1, :members) n
       JOIN (SELECT id, row_number() OVER (ORDER BY code) AS at FROM unit
             WHERE county_id = :county AND kind = 'branch') b ON b.at = n % :branches + 1""",
    """INSERT INTO person (county_id, id, unit_id, name)
       SELECT :county, person, branch, '党员' || n FROM person_of""",
    """INSERT INTO member (county_id, id, unit_id, person_id, member_no, name, name_sort, class, office,
                           birth_date, probationary, probation_extended)
       SELECT :county, id, branch, person, 'M' || n, '党员' || n, n, '普通党员', '', '1970-05-01', false, false
       FROM person_of""",
)
_QUARTER = (
    """INSERT INTO round (county_id, id, unit_id, book_id, period, first_day, last_day, claims_close_at,
                          filing_period, notice_period, state, stage)
       SELECT :county, gen_random_uuid(), id, :book, :period, '2026-01-01', '2026-03-31', '2026-04-05 16:00Z',
              :period, :period, :round_state, 4
       FROM unit WHERE county_id = :county AND kind = 'branch'""",
    """INSERT INTO line (county_id, id, unit_id, round_id, member_id, edition, by_rule, points, state, stage)
       SELECT :county, gen_random_uuid(), m.unit_id, r.id, m.id, 1, 1.5 * :entries, 1.5 * :entries, :line_state, 3
       FROM member m JOIN round r ON r.county_id = m.county_id AND r.unit_id = m.unit_id
       WHERE m.county_id = :county""",
    """INSERT INTO award (county_id, id, unit_id, line_id, edition, ordinal, kind, source_id, item, clause,
                          happened_on, asked, points, scope, note)
       SELECT l.county_id, gen_random_uuid(), l.unit_id, l.id, 1, n, 'event', gen_random_uuid(), 'D-B' || n,
              '参加志愿服务活动', date '2026-01-01' + n, 1.5, 1.5, 'round', ''
       FROM line l, generate_series(1, :entries) n WHERE l.county_id = :county""",
)
_POSTED = (
    """INSERT INTO notice (county_id, id, unit_id, kind, period, code, title, state, stage, published_at, last_day,
                           closes_at, provisional, why)
       SELECT :county, gen_random_uuid(), id, 'first', :period, replace(id::text, '-', ''), '一季度积分公示',
              'published', 3, :published, '2026-04-21', :closes, false, '公示七日'
       FROM unit WHERE county_id = :county AND kind = 'branch'""",
    """UPDATE line l SET notice_id = n.id FROM notice n
       WHERE l.county_id = :county AND n.county_id = :county AND n.unit_id = l.unit_id""",
    """INSERT INTO notice_line (county_id, id, unit_id, notice_id, line_id, round_id, member_id, edition, points)
       SELECT county_id, gen_random_uuid(), unit_id, notice_id, id, round_id, member_id, edition, points
       FROM line WHERE county_id = :county""",
    """INSERT INTO seal (county_id, id, unit_id, seq, notice_id, algorithm, digest, previous, head, sealed_at)
       SELECT county_id, gen_random_uuid(), unit_id, 1, id, 'sha256', encode(sha256(id::text::bytea), 'hex'),
              repeat('0', 64), encode(sha256(code::bytea), 'hex'), published_at
       FROM notice WHERE county_id = :county""",
    """INSERT INTO deadline (county_id, id, unit_id, subject_kind, subject_id, stage, command, rung, due_at,
                             try_at, attempts)
       SELECT county_id, gen_random_uuid(), unit_id, 'notice', id, stage, 'close_window', 0, closes_at,
              closes_at, 0
       FROM notice WHERE county_id = :county""",
)
# As the clock leaves a board once the window is over, before anything is settled.
_CLOSED = (
    """UPDATE notice SET state = 'closed', stage = 4, closed_at = closes_at WHERE county_id = :county""",
    """UPDATE deadline SET fired_at = due_at, outcome = 'done' WHERE county_id = :county""",
)


# What was filled here, and what is filled and read by what is measured, by samples of three thousand rows: the
# whole database by thirty thousand each time was half of the bench.
_TIDIED = (
    "SET default_statistics_target = 10",
    "VACUUM ANALYZE unit, person, member, round, line, award, notice, notice_line, seal, deadline",
    "ANALYZE ledger_entry, history",
    "CHECKPOINT",
)


@dataclass(frozen=True, slots=True)
class Size:
    """How large a county is: entries are for each member."""

    townships: int = 20
    branches: int = 650
    members: int = 20_000
    entries: int = 8

    @property
    def rows(self) -> int:
        """Ledger entries of the quarter."""
        return self.members * self.entries

    def part(self, share: float) -> "Size":
        """A part of such a county, never empty."""
        towns, branches, members = (
            max(1, round(n * share)) for n in (self.townships, self.branches, self.members)
        )
        return Size(towns, branches, members, self.entries)


def a_posted_county(engine: Engine, size: Size) -> UUID:
    """Make a county whose quarter hangs on every board, the windows just over; return its id."""
    return _a_county(engine, size, "published", "published", _POSTED)


def a_closed_county(engine: Engine, size: Size) -> UUID:
    """Make a county whose windows have closed, with nothing settled yet; return its id."""
    return _a_county(engine, size, "published", "published", (*_POSTED, *_CLOSED))


def a_proposed_branch(engine: Engine, members: int) -> UUID:
    """Make a county of one branch, whose committee has proposed its lines; return its id."""
    return _a_county(engine, Size(1, 1, members), "proposed", "proposed", ())


def a_county_at_work(engine: Engine, size: Size) -> UUID:
    """Make a county whose rounds collect claims, with no deadline of their own; return its id."""
    return _a_county(engine, size, "collecting", "open", ())


def _a_county(engine: Engine, size: Size, round_state: str, line_state: str, more: tuple[str, ...]) -> UUID:
    county = uuid4()
    given = {
        "county": county,
        "townships": size.townships,
        "branches": size.branches,
        "members": size.members,
        "entries": size.entries,
        "round_state": round_state,
        "line_state": line_state,
        "period": PERIOD,
        "published": PUBLISHED,
        "closes": CLOSES,
        "now": CLOSES,
    }
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        _run(connection, _UNITS, given)
        given["book"] = _issued(connection, county)
        _run(connection, (*_PEOPLE, *_QUARTER, *more), given)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in _TIDIED:
            connection.execute(text(statement))
    return county


def _run(connection: Connection, statements: tuple[str, ...], given: dict[str, object]) -> None:
    for statement in statements:
        connection.execute(text(statement), given)


def _issued(connection: Connection, county: UUID) -> UUID:
    by = Actor(county, county, None, "测量", frozenset({"county_officer"}))
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        issued = issue_book(session, by, county, shipped(), PUBLISHED)
        session.commit()
        return issued.id


def shipped() -> Checked:
    """The county plan as it is delivered."""
    return check_book("county-plan")
