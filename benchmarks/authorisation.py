"""Authorisation: what one decision costs from few units to many, beside plain Casbin with tenants as policies."""

import json
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import cycle, islice
from uuid import UUID, uuid4

import casbin
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from benchmarks.figures import Figure, growth, median
from shared.authz.actions import Action
from shared.authz.policy import allows, table
from shared.db.session import Db
from shared.domain.policies import Effect, overlay_of
from shared.domain.policy_checks import OFFICES, free_steps

TENANTS = (10, 100, 1_000, 10_000)
HOLDERS = 100_000
CALLS = 100_000
# Each of plain Casbin's decisions reads all policies; in one domain its role manager is quadratic in the people
# (16 s for 4 000), so that its tenants have ten each.
PER_TENANT = 10
CASBIN = """
[request_definition]
r = sub, dom, obj, act
[policy_definition]
p = sub, dom, obj, act
[role_definition]
g = _, _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.dom == p.dom && r.obj == p.obj && r.act == p.act && g(r.sub, p.sub, r.dom)
"""
Question = tuple[frozenset[str], str, Action]
_UNITS = text("""
INSERT INTO unit (county_id, id, parent_id, kind, name, code, demonstration)
SELECT :county, CASE n WHEN 0 THEN :county ELSE gen_random_uuid() END, CASE n WHEN 0 THEN NULL ELSE :county END,
       CASE n WHEN 0 THEN 'county' ELSE 'branch' END, '第' || n || '支部', 'g' || n, false
FROM generate_series(0, :tenants) n
""")
_PEOPLE = text("""
WITH unit_of AS (SELECT id, row_number() OVER (ORDER BY id) - 1 AS at FROM unit
                 WHERE county_id = :county AND id <> :county),
person_of AS (INSERT INTO person (county_id, id, unit_id, name)
              SELECT :county, gen_random_uuid(), u.id, '干部' || n
              FROM generate_series(1, :holders) n JOIN unit_of u ON u.at = n % :tenants RETURNING id, unit_id)
INSERT INTO holding (county_id, id, unit_id, person_id, role, since)
SELECT :county, gen_random_uuid(), unit_id, id, 'recorder', '2020-01-01' FROM person_of
""")
_POLICIES = text("""
INSERT INTO policy (county_id, id, unit_id, to_unit_id, state, stage, rules, reason, proposed_by, proposed_name,
                    proposed_at, decided_by, decided_name, decided_at)
SELECT :county, gen_random_uuid(), id, :county, 'granted', 1, CAST(:rules AS jsonb), '', gen_random_uuid(), '',
       now(), gen_random_uuid(), '', now()
FROM unit WHERE county_id = :county AND id <> :county
""")
_SOME = text("SELECT person_id, unit_id FROM holding WHERE county_id = :county ORDER BY id LIMIT 300")
_SEAT = text("SELECT jifen.seats(:county, :person), jifen.policy_of(:county, :unit)")


def measure(engine: Engine, db: Db, scale: float) -> list[Figure]:
    """The gate's look-up, the database's part of a request, and plain Casbin, at each number of tenants."""
    tenants = [max(2, round(number * min(scale, 1))) for number in TENANTS]
    holders = max(*tenants, round(HOLDERS * min(scale, 1)))
    ours = gate([_questions(number, holders) for number in tenants])
    seats = [seat(engine, db, number, holders) for number in tenants]
    theirs = [plain_casbin(number) for number in tenants]
    of_ours, of_seats, of_theirs = (dict(zip(tenants, taken, strict=True)) for taken in (ours, seats, theirs))
    detail = {"tenants": tenants, "holders": holders}
    return [
        Figure("gate", "一次授权判断，单位最多时", ours[-1], "微秒", 20, at_most=True, detail=detail),
        growth("gate_growth", "一次授权判断，单位最多比最少", of_ours, "微秒", 2),
        Figure("gate_seat", "从库里取职务和分工，单位最多时", seats[-1], "微秒"),
        growth("gate_seat_growth", "从库里取职务和分工，单位最多比最少", of_seats, "微秒"),
        Figure("casbin", "同样的判断，单位写进 Casbin", theirs[-1], "微秒"),
        growth("casbin_growth", "单位写进 Casbin，单位最多比最少", of_theirs, "微秒"),
    ]


def _questions(tenants: int, holders: int) -> list[Question]:
    """Questions of holders of so many tenants, each of which has rules of its own."""
    written = [_rules(number) for number in range(tenants)]
    people = [(frozenset({"recorder", f"r{n}"}), written[n % tenants]) for n in range(holders)]
    return [(*person, action) for person, action in islice(zip(cycle(people), cycle(Action), strict=False), CALLS)]


def gate(asked: Sequence[Sequence[Question]]) -> list[float]:
    """Return the microseconds of one decision for each lot of questions, taken in turn: the middle of five."""
    for questions in asked:
        if not _decided(questions):
            raise AssertionError("nobody was allowed anything")
    rounds = [[_timed(partial(_decided, questions), CALLS) for questions in asked] for _ in range(5)]
    return [median(times) for times in zip(*rounds, strict=True)]


def _decided(questions: Sequence[Question]) -> int:
    """Decide as a request does: the unit's rules as they came from the database, then the look-up."""
    return sum(allows(roles, action, overlay_of(rules)) for roles, rules, action in questions)


def _rules(number: int) -> str:
    """Rules of one tenant, no two alike: a few steps are given to other offices."""
    steps, offices = free_steps(table()), OFFICES
    role, step = offices[number % len(offices)], steps[number // len(offices) % len(steps)]
    return json.dumps(
        [{"effect": Effect.GIVE, "step": step, "role": role}, {"effect": Effect.TWO, "step": str(number)}]
    )


def seat(engine: Engine, db: Db, tenants: int, holders: int) -> float:
    """Return the microseconds in which the database says who somebody is, and the rules of their unit."""
    county = uuid4()
    given = {"county": county, "tenants": tenants, "holders": holders, "rules": _rules(7)}
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in (_UNITS, _PEOPLE, _POLICIES):
            connection.execute(statement, given)
        people = connection.execute(_SOME, {"county": county}).all()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE unit, person, holding, policy"))
    with db.begin() as session:
        questions = [{"county": county, "person": one.person_id, "unit": one.unit_id} for one in people]
        session.execute(_SEAT, questions[0])
        if not all(row[1] for row in (session.execute(_SEAT, question).one() for question in questions[:20])):
            raise AssertionError("a unit's rules were not found")
        return median([_timed(partial(_ask, session, questions), len(questions)) for _ in range(3)])


def _ask(session: Session, questions: Sequence[dict[str, UUID]]) -> None:
    for question in questions:
        session.execute(_SEAT, question).one()


def plain_casbin(tenants: int) -> float:
    """Return the microseconds of one `enforce` where each tenant's policies and people are Casbin's own."""
    enforcer = casbin.Enforcer(casbin.Enforcer.new_model(text=CASBIN))
    acts = [
        step.split(":") for step in sorted({step for role, step in table() if role == "recorder"})[:PER_TENANT]
    ]
    # As an adapter loads them; added one by one, each is looked for in the whole list first.
    enforcer.model["p"]["p"].policy = [["recorder", f"t{n}", *act] for n in range(tenants) for act in acts]
    enforcer.model["g"]["g"].policy = [
        [f"u{n}-{person}", "recorder", f"t{n}"] for n in range(tenants) for person in range(PER_TENANT)
    ]
    enforcer.build_role_links()
    questions = [(f"u{n}-0", f"t{n}", *acts[0]) for n in range(0, tenants, max(1, tenants // 5))][:5]
    if not enforcer.enforce(*questions[0]):
        raise AssertionError("Casbin refused what it allows")
    return median([_timed(partial(enforcer.enforce, *question), 1) for question in questions])


def _timed(act: Callable[[], object], number: int) -> float:
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1e6 / number
