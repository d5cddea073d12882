"""Hints over real counties: one in which a sign fires, and one in which it must not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from shared.authz.actor import Actor
from shared.db.history import History
from shared.db.session import Db
from shared.domain.errors import Forbidden, NotNow
from shared.domain.yardsticks import usual
from shared.usecases.hints import see_hints
from shared.usecases.records import enter_record
from shared.usecases.yardsticks import bounds, grant_yardstick, propose_yardstick
from tests.usecases.stage import DAY, POSTED, Stage, deed

# What takes minutes together: with ./jifen test --all.
pytestmark = pytest.mark.long

TOWN = "township_officer"
JAN_2 = date(2026, 1, 2)


def kinds(stage: Stage, by: str | Actor = TOWN) -> list[str]:
    """The hints of the one branch, as the township sees them now."""
    found = stage.do(lambda session, actor, _: see_hints(session, actor), by)
    return [hint.kind for one in found for hint in one.hints]


def settled(stage: Stage) -> Stage:
    """The quarter posted and settled."""
    stage.publish()
    stage.move(POSTED + 9 * DAY)
    return stage


def everybody_alike(stage: Stage) -> None:
    """Nobody claims anything: all have what the rule gives all."""


def one_differs(stage: Stage) -> None:
    """One member did something that the others did not."""
    stage.accept(stage.claim(stage.mei))


@pytest.mark.parametrize(("happens", "fires"), [(everybody_alike, True), (one_differs, False)])
def test_everybody_scores_the_same(db: Db, clockwork: Db, happens: Callable[[Stage], None], fires: bool) -> None:
    stage = Stage(db, clockwork)
    happens(stage)
    settled(stage)

    assert ("uniform" in kinds(stage)) is fires


@pytest.mark.parametrize("refused", [0, 1])
def test_the_self_score_is_always_final(db: Db, clockwork: Db, refused: int) -> None:
    stage = Stage(db, clockwork, members=20)
    claims = [stage.claim(member) for member in stage.branch.members]
    stage.accept(*claims[refused:])
    if refused:
        stage.refuse(*claims[:refused])
    settled(stage)

    assert ("uncorrected" in kinds(stage)) is not refused


@pytest.mark.parametrize(("free", "fires"), [(20, True), (2, False)])
def test_much_is_given_that_no_rule_fixes(db: Db, clockwork: Db, free: int, fires: bool) -> None:
    stage = Stage(db, clockwork, members=24)
    stage.accept(*(stage.claim(member) for member in stage.branch.members))
    for member in stage.branch.members[:free]:
        given = deed("D-E8", JAN_2, points="5", decision="支委会〔2026〕1号")
        stage.do(enter_record, "recorder", stage.round_id, member.id, given)
    settled(stage)

    assert ("discretionary" in kinds(stage)) is fires


def test_a_notice_still_hangs_from_last_year(db: Db, clockwork: Db) -> None:
    stage = settled(Stage(db, clockwork))
    assert "stale" not in kinds(stage)

    stage.move(datetime(2027, 4, 29, 1, tzinfo=UTC))
    assert "stale" not in kinds(stage)
    stage.move(datetime(2027, 5, 6, 1, tzinfo=UTC))

    assert "stale" in kinds(stage)


def test_a_county_that_sets_a_lower_threshold_is_told_earlier(db: Db, clockwork: Db) -> None:
    stage = Stage(db, clockwork, members=6)
    stage.accept(*(stage.claim(member) for member in stage.branch.members))
    settled(stage)
    assert "uncorrected" not in kinds(stage)

    first, second = (
        replace(stage.who(role), unit_id=stage.county_id, roles=frozenset({"county_officer"}))
        for role in (TOWN, "secretary")
    )
    wanted = replace(usual(bounds()), fewest_claims=6)
    made = stage.do(propose_yardstick, first, wanted, "支部都小")
    with pytest.raises(NotNow, match="等着批准"):
        stage.do(propose_yardstick, first, wanted, "支部都小")
    with pytest.raises(Forbidden, match="提出的人不能自己批准"):
        stage.do(grant_yardstick, first, made.id)
    assert "uncorrected" not in kinds(stage)
    stage.do(grant_yardstick, second, made.id)

    assert "uncorrected" in kinds(stage)
    told = select(History.command).filter_by(subject_id=made.id).order_by(History.recorded_at)
    assert stage.all(told, stage.county_id) == ["propose", "grant"]


def test_hints_are_for_those_above_and_of_branches_below_them(db: Db, clockwork: Db) -> None:
    stage, other = settled(Stage(db, clockwork)), Stage(db, clockwork)

    with pytest.raises(Forbidden):
        kinds(stage, "secretary")
    county = replace(stage.who(TOWN), unit_id=stage.county_id, roles=frozenset({"county_officer"}))
    assert "uniform" in kinds(stage, county)
    assert kinds(other) == []


@pytest.mark.parametrize("deducted", [False, True])
def test_nobody_was_ever_deducted(db: Db, clockwork: Db, deducted: bool) -> None:
    stage = Stage(db, clockwork, members=24)
    if deducted:
        stage.do(enter_record, "recorder", stage.round_id, stage.mei.id, deed("D-K10", JAN_2))
    settled(stage)

    assert ("undeducted" in kinds(stage)) is not deducted
