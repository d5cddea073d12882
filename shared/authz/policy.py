"""What each role may do, compiled from Casbin once into a table: a check is then a look-up."""

from functools import cache
from itertools import product
from pathlib import Path

import casbin

from shared.domain.policies import TEMPLATE, Overlay

POLICIES = Path(__file__).resolve().parents[2] / "policies"


@cache
def enforcer() -> casbin.Enforcer:
    """Return the Casbin enforcer of the shipped template; refuse to work with an empty policy."""
    found = casbin.Enforcer(str(POLICIES / "model.conf"), str(POLICIES / "roles.csv"))
    found.add_function("among", _among)
    if not found.get_policy():
        # An empty Casbin policy allows a request of empty strings (measured).
        raise RuntimeError("policies/roles.csv 是空的：没有策略不能启动。")
    return found


@cache
def table() -> frozenset[tuple[str, str]]:
    """Return every (role, `thing:verb`) that is allowed; one Casbin call took 3 ms, a look-up none."""
    rules = enforcer()
    roles = {rule[0] for rule in (*rules.get_policy(), *rules.get_grouping_policy())}
    return frozenset(
        (role, f"{thing}:{verb}")
        # A duty is of several roles and is held by nobody.
        for role in roles
        if "-" not in role
        for _, things, verbs in rules.get_implicit_permissions_for_user(role)
        for thing, verb in product(things.split(), verbs.split())
    )


def allows(roles: frozenset[str], action: str, overlay: Overlay = TEMPLATE) -> bool:
    """Return whether any of these roles may take the action, by the template or as a unit arranges it."""
    return any(overlay.allows(table(), role, action) for role in roles)


def _among(word: str, words: str) -> bool:
    return word in words.split()
