"""Sampling audits: drawn, opened to who checks, each look written down, findings tied to who signed, closed."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

import pytest
from sqlalchemy import func, select

from shared.authz.actor import Actor
from shared.db.audits import Audit, AuditedLine
from shared.db.history import History
from shared.db.members import Member
from shared.db.messages import Message
from shared.db.rounds import Line
from shared.db.session import Db, acting
from shared.domain.audits import Verdict, digest_of, draw_lines
from shared.domain.errors import Forbidden, Invalid, NotFound, NotNow
from shared.usecases.audit_cases import Found, find, look_at_case, see_audit
from shared.usecases.audits import Plan, close_audit, draw_audit, population_of
from tests.builders import Branch, a_county
from tests.quarters import CLOSES, closed, posted

T = TypeVar("T")
PLAN = Plan("2026-Q1", "县委组织部〔2026〕5号通知", 100, 30, "4月30日 07 12 25", crosswise=True)
SOUND = Found(Verdict.SOUND)
AT = CLOSES


@pytest.fixture(scope="module")
def branches(db: Db, clockwork: Db) -> list[Branch]:
    """Two branches whose quarter has settled."""
    made = a_county(db, branches=2)
    posted(db, clockwork, made)
    closed(db, clockwork, made[0])
    return made


def do(db: Db, step: Callable[..., T], actor: Actor, *args: Any) -> T:
    with acting(db, actor.county_id, actor.unit_id) as session:
        return step(session, actor, *args, AT)


def town(branches: list[Branch]) -> Actor:
    return branches[0].above["township_officer"]


def drawn_lines(db: Db, actor: Actor, audit: Audit) -> list[AuditedLine]:
    with acting(db, actor.county_id, actor.unit_id) as session:
        of_audit = select(AuditedLine).filter_by(audit_id=audit.id)
        return list(session.scalars(of_audit.order_by(AuditedLine.ordinal)))


@pytest.fixture
def audit(db: Db, branches: list[Branch]) -> Audit:
    """Three tenths of both branches' lines, each branch checking the other's."""
    return do(db, draw_audit, town(branches), PLAN)


def checker_of(branches: list[Branch], line: AuditedLine) -> Actor:
    return next(branch for branch in branches if branch.unit_id == line.to_unit_id)["discipline"]


def test_a_draw_can_be_repeated_from_what_is_written_down(db: Db, branches: list[Branch], audit: Audit) -> None:
    officer = town(branches)
    with acting(db, officer.county_id, officer.unit_id) as session:
        population = population_of(session, "2026-Q1")
    again = draw_lines(population, audit.branch_percent, audit.line_percent, audit.seed, officer.unit_id, True)

    lines = drawn_lines(db, officer, audit)

    assert (audit.population, audit.population_digest) == (34, digest_of(population))
    there = [(one.branch_id, one.line_id, one.to_unit_id) for one in lines]
    assert there == [(one.branch_id, one.line_id, one.checker_id) for one in again]
    assert len(lines) == 12


def test_who_checks_sees_the_drawn_lines_and_no_others(db: Db, branches: list[Branch], audit: Audit) -> None:
    one, other = branches
    mine = [line for line in drawn_lines(db, town(branches), audit) if line.to_unit_id == one.unit_id]

    with acting(db, one.county_id, one.unit_id) as session:
        foreign = session.scalars(select(Line.id).where(Line.unit_id == other.unit_id)).all()
        members = session.scalar(select(func.count()).select_from(Member).where(Member.unit_id == other.unit_id))
    with acting(db, one.county_id, one.parent_id) as session:
        assert session.scalars(select(Line.id)).all() == []

    assert set(foreign) >= {line.line_id for line in mine}
    assert members == len(foreign) < 17


def test_each_look_is_written_down_in_the_branch_where_the_member_reads_it(
    db: Db, branches: list[Branch], audit: Audit
) -> None:
    line = drawn_lines(db, town(branches), audit)[0]
    checker = checker_of(branches, line)

    case = do(db, look_at_case, checker, line.id)

    with acting(db, checker.county_id, line.branch_id) as session:
        seen = select(History).filter_by(subject_id=case.member.id, command="look", actor_id=checker.person_id)
        assert [look.note for look in session.scalars(seen)] == ["抽查2026年第一季度"]


def test_findings_name_who_signed_and_the_report_names_whose_line_it_is(
    db: Db, branches: list[Branch], audit: Audit
) -> None:
    officer = town(branches)
    lines = drawn_lines(db, officer, audit)
    with pytest.raises(NotNow, match="还有 12 行没有核查完"):
        do(db, close_audit, officer, audit.id, "基本属实")
    wrong = Found(Verdict.WRONG, "活动当天本人在外地，有车票为证", Decimal("2.00"))
    with pytest.raises(Invalid, match="写明哪里不属实"):
        do(db, find, checker_of(branches, lines[0]), lines[0].id, Found(Verdict.WRONG))
    do(db, find, checker_of(branches, lines[0]), lines[0].id, wrong)
    for line in lines[1:]:
        do(db, find, checker_of(branches, line), line.id, SOUND)
    with pytest.raises(NotNow, match="已经由"):
        do(db, find, checker_of(branches, lines[0]), lines[0].id, SOUND)

    done = do(db, close_audit, officer, audit.id, "除一行外都属实，责成支部更正。")

    assert done.report is not None
    (finding,) = done.report["findings"]
    assert (done.report["checked"], done.report["wrong"], finding["should_be"]) == (12, 1, "2.00")
    assert {"党员900"} <= {signer["name"] for signer in finding["signers"]}  # the secretary proposed it
    assert finding["name"].startswith("党员")
    with acting(db, officer.county_id, lines[0].branch_id) as session:
        told = session.scalars(select(Message).filter_by(topic="audit", unit_id=lines[0].branch_id)).all()
    assert any("有 1 行不属实" in message.body["text"] for message in told)


def test_a_closed_audit_shuts_what_it_opened(db: Db, branches: list[Branch], audit: Audit) -> None:
    officer = town(branches)
    lines = drawn_lines(db, officer, audit)
    for line in lines:
        do(db, find, checker_of(branches, line), line.id, SOUND)
    do(db, close_audit, officer, audit.id, "属实")

    with pytest.raises(NotNow, match="已经办结"):
        do(db, look_at_case, checker_of(branches, lines[0]), lines[0].id)


def test_nobody_checks_what_is_their_own_or_passed_through_their_hands(
    db: Db, branches: list[Branch], audit: Audit
) -> None:
    officer = town(branches)
    line = drawn_lines(db, officer, audit)[0]
    branch = next(one for one in branches if one.unit_id == line.branch_id)

    with pytest.raises(Forbidden, match="由别的单位核查"):
        do(db, find, officer, line.id, SOUND)
    with pytest.raises(NotFound):
        do(db, find, branch["discipline"], line.id, SOUND)
    with pytest.raises(Forbidden):
        do(db, see_audit_now, branches[0].actors[branches[0].members[0].id], audit.id)


def see_audit_now(session: Any, actor: Actor, audit_id: UUID, _: Any) -> object:
    return see_audit(session, actor, audit_id)


def test_only_those_above_draw_and_every_fault_of_a_plan_is_named(db: Db, branches: list[Branch]) -> None:
    with pytest.raises(Forbidden):
        do(db, draw_audit, branches[0]["secretary"], PLAN)
    with pytest.raises(Invalid) as refusal:
        do(db, draw_audit, town(branches), Plan("2026", " ", 0, 101, "", crosswise=False))
    assert len(refusal.value.faults) == 5
    with pytest.raises(NotNow, match="没有可以抽的"):
        do(db, draw_audit, town(branches), PLAN._replace(period="2025-Q4"))


def test_without_crossing_the_township_checks_itself(db: Db, branches: list[Branch]) -> None:
    officer = town(branches)
    alone = do(db, draw_audit, officer, PLAN._replace(crosswise=False, line_percent=1))

    lines = drawn_lines(db, officer, alone)
    done = do(db, find, officer, lines[0].id, SOUND)

    assert {line.to_unit_id for line in lines} == {officer.unit_id}
    assert done.checked_by_name == officer.name
