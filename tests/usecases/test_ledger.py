"""The ledger as the discipline committee member reads it: every entry with who decided it, when and why."""

from decimal import Decimal

import pytest

from shared.db.session import Db, acting
from shared.domain.errors import Forbidden
from shared.usecases.ledger import Leaf, see_ledger
from tests.usecases.stage import DAY, POSTED, Stage


@pytest.fixture(scope="module")
def stage(db: Db, clockwork: Db) -> Stage:
    """A village branch whose quarter has settled."""
    made = Stage(db, clockwork)
    made.accept(made.claim(made.mei), made.claim(made.branch.members[1]))
    made.publish()
    made.move(POSTED + 9 * DAY)
    return made


def read(stage: Stage, by: str = "discipline", **which: object) -> Leaf:
    """Open the ledger."""
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        return see_ledger(session, stage.who(by), **which)  # type: ignore[arg-type]


def test_each_entry_says_who_decided_it_when_and_why(stage: Stage) -> None:
    leaf = read(stage, member_id=stage.mei.id)

    (entry,) = leaf.entries
    assert (entry.name, entry.period, entry.item, entry.points) == (stage.mei.name, "2026-Q1", "D-A4", Decimal(2))
    assert (entry.decided_by, entry.decision) == (stage.branch["organiser"].name, "支委会〔2026〕1号")
    assert entry.decided_at < entry.recorded_at
    assert (entry.seq, len(entry.head)) == (1, 64)


def test_the_whole_ledger_and_one_period_of_it_sum_to_the_same(stage: Stage) -> None:
    whole, quarter, none = read(stage), read(stage, period="2026-Q1"), read(stage, period="2026-Q2")

    assert (whole.number, whole.points) == (quarter.number, quarter.points) == (2, Decimal(4))
    assert (none.entries, none.number, none.points, none.pages) == ((), 0, Decimal(0), 1)


def test_beyond_the_last_page_there_is_nothing(stage: Stage) -> None:
    assert read(stage, page=2).entries == ()
    assert len(read(stage, page=0).entries) == 2


def test_only_who_supervises_reads_it(stage: Stage) -> None:
    for other in ("secretary", "recorder", "organiser"):
        with pytest.raises(Forbidden):
            read(stage, other)
