"""A draft tried on what has settled: whose grade would change, in numbers above the branch, by name in it."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from services.worker.jobs import WORKS, run_all
from shared.authz.actor import Actor
from shared.db.book_drafts import BookDraft
from shared.db.history import History
from shared.db.ledger import LedgerEntry
from shared.db.rules import IssuedBook
from shared.db.session import Db, acting
from shared.db.trials import TrialLine
from shared.domain.errors import Invalid, NotFound, NotNow
from shared.usecases.book_drafts import reading_of, start_next, start_overlay
from shared.usecases.book_edits import change_item
from shared.usecases.trials import ask_for_trial, rounds_over, see_trial, see_trials
from tests.builders import a_county, run_clock, set_clock
from tests.quarters import CLOSES, Quarter, posted
from tests.usecases.test_book_drafts import officer

# What takes minutes together: with ./jifen test --all.
pytestmark = pytest.mark.long

NOW = datetime(2026, 4, 25, 1, tzinfo=UTC)


class Settled:
    """A county whose branches have settled their first quarter, and who writes and tries its book."""

    def __init__(self, db: Db, clockwork: Db) -> None:
        self.db, self.clockwork = db, clockwork
        self.quarters: list[Quarter] = posted(db, clockwork, a_county(db, branches=2))
        self.branch, self.other = (quarter.branch for quarter in self.quarters)
        self.id = self.branch.county_id
        set_clock(db, self.id, CLOSES)
        run_clock(clockwork, self.id)
        set_clock(db, self.id, NOW)
        self.lin = officer(db, self.id, self.id, "county_officer", "林颂")
        self.tao = officer(db, self.id, self.branch.parent_id, "township_officer", "陶真")

    def drafted(self, by: Actor, item: str = "D-A4", **more: Any) -> BookDraft:
        with acting(self.db, self.id, by.unit_id) as session:
            plan = session.scalars(select(IssuedBook.id).filter_by(county_id=self.id, version=1)).one()
            draft = (start_next if by.unit_id == self.id else start_overlay)(session, by, plan, NOW)
            values = reading_of(session, by, draft).item(item)
            return change_item(session, by, draft.id, 1, {**(values or {"id": item}), **more}, NOW)

    def tried(self, by: Actor, draft: BookDraft, *rounds: str) -> UUID:
        with acting(self.db, self.id, by.unit_id) as session:
            trial, job = ask_for_trial(session, by, draft.id, rounds or ("2026-Q1",), NOW)
        if job is not None:
            run_all(self.clockwork, WORKS)
        return trial.id


@pytest.fixture(scope="module")
def settled(db: Db, clockwork: Db) -> Settled:
    return Settled(db, clockwork)


@pytest.fixture(scope="module")
def tried(settled: Settled) -> tuple[BookDraft, UUID]:
    """The county's plan with one lecture worth a point more, tried on the first quarter."""
    draft = settled.drafted(settled.lin, points=3, caps=[{"per": "round", "points": 3}])
    return draft, settled.tried(settled.lin, draft)


def test_the_rounds_that_can_be_tried_are_those_that_have_settled(
    settled: Settled, tried: tuple[BookDraft, UUID]
) -> None:
    with acting(settled.db, settled.id, settled.id) as session:
        assert rounds_over(session, settled.lin, tried[0].id) == ["2026-Q1"]


def test_the_county_sees_how_many_would_change_in_each_branch(
    settled: Settled, tried: tuple[BookDraft, UUID]
) -> None:
    with acting(settled.db, settled.id, settled.id) as session:
        page = see_trial(session, settled.lin, tried[1])

    assert page.trial.done_at is not None
    assert [(unit.id, part.raised, part.lowered, part.regraded) for part, unit in page.parts] == [
        (settled.branch.unit_id, 2, 0, 0),
        (settled.other.unit_id, 2, 0, 0),
    ]
    assert page.total("members") == sum(part.members for part, _ in page.parts) > 30


def test_no_name_reaches_the_county(settled: Settled, tried: tuple[BookDraft, UUID]) -> None:
    with acting(settled.db, settled.id, settled.id) as session:
        assert see_trial(session, settled.lin, tried[1]).lines == []
        assert session.scalar(select(func.count()).select_from(TrialLine)) == 0


def test_the_branch_s_own_lines_lie_in_the_branch(settled: Settled, tried: tuple[BookDraft, UUID]) -> None:
    with acting(settled.db, settled.id, settled.branch.unit_id) as session:
        lines = session.scalars(select(TrialLine).filter_by(trial_id=tried[1])).all()

    assert {line.unit_id for line in lines} == {settled.branch.unit_id}
    assert {tuple(line.reasons) for line in lines} == {("D-A4 为本支部讲一次党课：2 → 3 分",)}


def test_a_branch_tries_its_own_at_once_and_by_name(settled: Settled) -> None:
    organiser = settled.branch["organiser"]
    draft = settled.drafted(organiser, points=1, caps=[{"per": "round", "points": 1}])

    with acting(settled.db, settled.id, settled.branch.unit_id) as session:
        trial, job = ask_for_trial(session, organiser, draft.id, ["2026-Q1"], NOW)
        page = see_trial(session, organiser, trial.id)
        names = [(line.name, str(line.points_before), str(line.points_after)) for line in page.lines]
        listed = [(row.repointed, row.regraded) for row in see_trials(session, organiser, draft.id)]

    assert job is None
    assert names == [("党员001", "62.00", "61.00"), ("党员002", "62.00", "61.00")]
    assert listed == [(2, 0)]


def test_a_township_s_trial_is_its_branches(settled: Settled) -> None:
    draft = settled.drafted(settled.tao, points=1, caps=[{"per": "round", "points": 1}])
    trial_id = settled.tried(settled.tao, draft)

    with acting(settled.db, settled.id, settled.branch.parent_id) as session:
        page = see_trial(session, settled.tao, trial_id)
    assert page.total("lowered") == 4


def test_nothing_is_settled_by_a_trial(settled: Settled, tried: tuple[BookDraft, UUID]) -> None:
    def written() -> tuple[int | None, int | None]:
        with acting(settled.db, settled.id, settled.branch.unit_id) as session:
            entries = session.scalar(select(func.count()).select_from(LedgerEntry))
            steps = session.scalar(
                select(func.count()).select_from(History).filter_by(unit_id=settled.branch.unit_id)
            )
        return entries, steps

    before = written()
    settled.tried(settled.lin, tried[0])

    assert written() == before


@pytest.mark.parametrize(("rounds", "sentence"), [((), "请至少选一期"), (("2026-Q2",), "请至少选一期")])
def test_a_trial_wants_a_round_that_has_settled(
    settled: Settled, tried: tuple[BookDraft, UUID], rounds: tuple[str, ...], sentence: str
) -> None:
    with acting(settled.db, settled.id, settled.id) as session, pytest.raises(Invalid, match=sentence):
        ask_for_trial(session, settled.lin, tried[0].id, rounds, NOW)


def test_a_draft_with_faults_is_not_tried(settled: Settled) -> None:
    organiser = settled.other["organiser"]
    draft = settled.drafted(organiser, points=99)

    with acting(settled.db, settled.id, settled.other.unit_id) as session, pytest.raises(NotNow, match="还有错误"):
        ask_for_trial(session, organiser, draft.id, ["2026-Q1"], NOW)


def test_another_unit_s_trial_is_not_there(settled: Settled, tried: tuple[BookDraft, UUID]) -> None:
    with acting(settled.db, settled.id, settled.branch.unit_id) as session, pytest.raises(NotFound):
        see_trial(session, settled.branch["secretary"], tried[1])
