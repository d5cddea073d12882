"""The policy: the compiled table is Casbin's own, speaks of every action, and keeps apart what must be apart."""

import csv
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.authz.actions import Action
from shared.authz.policy import POLICIES, allows, enforcer, table
from shared.domain.roles import WORDS

ROWS = [
    [cell.strip() for cell in row]
    for row in csv.reader((POLICIES / "roles.csv").read_text("utf-8").splitlines())
    if row and not row[0].startswith("#")
]
ROLES = sorted({row[1] for row in ROWS if "-" not in row[1]})
DUTIES = {row[1] for row in ROWS} - set(ROLES)
NAMED = {
    f"{thing}:{verb}" for row in ROWS if row[0] == "p" for thing, verb in product(row[2].split(), row[3].split())
}


# Compiled before the properties are timed.
TABLE = table()


def test_the_table_is_what_casbin_says_over_every_role_and_action() -> None:
    said = {
        (role, str(action))
        for role, action in product([*ROLES, "nobody"], Action)
        if enforcer().enforce(role, *action.split(":"))
    }

    assert {pair for pair in TABLE if pair[1] in set(Action)} == said


def test_the_policy_and_the_code_speak_of_the_same_actions() -> None:
    assert {str(action) for action in Action} == NAMED


@pytest.mark.long
@given(some.text(), some.text())
def test_an_unknown_role_or_action_is_allowed_nothing(role: str, action: str) -> None:
    assert not allows(frozenset({role}), action) or (role in ROLES and action in NAMED)
    assert not allows(frozenset({role} - set(ROLES)), Action.BOARD_SEE)
    assert not allows(frozenset(ROLES), action) or action in NAMED


def test_no_role_at_all_is_allowed_nothing() -> None:
    assert not any(allows(frozenset(), action) for action in Action)


@pytest.mark.parametrize(
    ("role", "actions"),
    [
        # who supervises records nothing; who records decides nothing
        ("discipline", {Action.RECORD_ENTER, Action.RECORD_STRIKE, Action.LINE_PROPOSE, Action.CLAIM_DECIDE}),
        ("recorder", {Action.CLAIM_DECIDE, Action.NOTICE_REVIEW, Action.NOTICE_APPROVE, Action.APPEAL_DECIDE}),
        ("office", {Action.CLAIM_DECIDE, Action.NOTICE_REVIEW, Action.NOTICE_APPROVE, Action.APPEAL_DECIDE}),
        # who drafts does not approve, who approves does not draft
        ("secretary", {Action.NOTICE_DRAFT, Action.NOTICE_REVIEW, Action.RECORD_ENTER}),
        # who grants a right is not who creates the account
        ("security_administrator", {Action.MEMBER_ENROL, Action.UNIT_FOUND}),
        ("system_administrator", {Action.ROLE_GRANT, Action.STATEMENT_SEE, Action.LEDGER_SEE, Action.LINE_SEE}),
        # guests see, and no more
        ("observer", set(Action) - {Action.BOARD_SEE}),
        ("public", set(Action) - {Action.BOARD_SEE, Action.COMPLAINT_WRITE}),
        # no person settles, closes or fires
        ("secretary", {Action.LINE_SETTLE, Action.NOTICE_CLOSE, Action.DEADLINE_FIRE, Action.FILING_BUILD}),
    ],
)
def test_what_must_be_apart_is_apart(role: str, actions: set[Action]) -> None:
    assert {action for action in actions if allows(frozenset({role}), action)} == set()


def test_the_clock_decides_nothing_about_people() -> None:
    of_people = {Action.CLAIM_DECIDE, Action.OBJECTION_ANSWER, Action.APPEAL_DECIDE, Action.OUTCOME_DECIDE}

    assert not any(allows(frozenset({"clock"}), action) for action in of_people)


def test_the_policy_stays_small() -> None:
    assert len(ROWS) < 200


def test_a_duty_is_held_by_nobody_and_is_somebody_s() -> None:
    given = {row[2] for row in ROWS if row[0] == "g"}

    assert {role for role, _ in TABLE}.isdisjoint(DUTIES)
    assert DUTIES <= given <= DUTIES | set(ROLES)
    assert set(ROLES) <= {*WORDS, "public", "visitor"}
