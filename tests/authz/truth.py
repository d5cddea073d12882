"""Who may do what with whose row, and where each address leads: the two reviewed files beside this one.

Run: .venv/bin/python -m tests.authz.truth   adds the rows that are missing, drops those of nothing; review them.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

from litestar import Router
from litestar.handlers import HTTPRouteHandler

from services.api.routes import ROUTES
from services.api.web.permissions import KEY
from shared.authz.actions import Action
from shared.authz.gate import ACROSS, ON_THE_BOARD, OWN_ROWS
from shared.authz.policy import table

TRUTH, ADDRESSES = (Path(__file__).parent / name for name in ("truth.csv", "routes.csv"))
ROLES = sorted({role for role, _ in table()})


@dataclass(frozen=True, slots=True)
class Truth:
    """Who may take one action: with any row of their unit, with those entrusted to them, with their own alone.

    `opened`: whether the first may with a row of elsewhere too that was opened to their unit.
    """

    action: str
    unit: frozenset[str]
    entrusted: frozenset[str]
    own: frozenset[str]
    opened: bool

    @property
    def able(self) -> frozenset[str]:
        """Every role that may take the action with some row."""
        return self.unit | self.entrusted | self.own

    def answer(self, role: str, relation: str) -> int:
        """Return how the gate answers: 200, 403, or 404 where nothing is to be learnt."""
        if relation not in {"own", "group", "branch", "opened"}:
            return 404
        reached = {
            "own": self.unit | self.own | (self.entrusted - {"contact"}),
            "group": self.unit | self.entrusted,
            "branch": self.unit,
            "opened": self.unit if self.opened else self.unit & {"clock"},
        }
        return 200 if role in reached[relation] else 403


def truths() -> dict[str, Truth]:
    """Return the reviewed table, by action."""
    with TRUTH.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(line for line in lines if not line.startswith("#"))
        return {row["action"]: _truth(row) for row in rows}


def _truth(row: dict[str, str]) -> Truth:
    unit, entrusted, own = (frozenset(row[column].split()) for column in ("unit", "entrusted", "own"))
    return Truth(row["action"], unit, entrusted, own, row["opened"] == "yes")


def addresses() -> set[tuple[str, str, str]]:
    """Return every address with its method and what its handler declares."""
    return {
        (path, method, str(handler.opt.get(KEY)))
        for handler in handlers()
        for path in handler.paths
        for method in handler.http_methods - {"OPTIONS", "HEAD"}
    }


def handlers() -> list[HTTPRouteHandler]:
    """Return the handlers of the application, those within routers too."""
    found = []
    for one in ROUTES:
        if isinstance(one, HTTPRouteHandler):
            found.append(one)
        elif isinstance(one, Router):
            found += [handler for route in one.routes for handler in getattr(route, "route_handlers", [])]
    return found


def reviewed() -> set[tuple[str, str, str]]:
    """Return the addresses that somebody has looked at."""
    with ADDRESSES.open(encoding="utf-8", newline="") as lines:
        return {(row["address"], row["method"], row["permission"]) for row in csv.DictReader(lines)}


def proposed(action: str) -> Truth:
    """Return what the code would say of an action: a beginning for the review."""
    able = {role for role, step in table() if step == action}
    narrow = able & set(OWN_ROWS) if action not in ON_THE_BOARD else set()
    own = narrow & {"member"}
    opened = action in ACROSS or action.endswith(":see")
    return Truth(action, frozenset(able - narrow), frozenset(narrow - own), frozenset(own), opened)


HEAD = """\
# Reviewed by eye: which roles may take each action, and with whose rows. In words that the gate is held to
# (tests/authz/test_truth.py, on real rows behind row-level security):
#   unit       with any row of the unit in which they hold the role
#   entrusted  with the rows entrusted to them: a leader's and a village head's group, a contact's members away
#   own        with their own row alone
#   opened     yes: those of `unit` also with a row of another unit that a case has opened or sent to theirs
#              (the clock is at home wherever it is let in)
# Everybody else who knows the row gets 403. A row of the level above, of one below, of the branch next door, of
# another county, and one that there is not: 404 for everybody, in the same words.
"""


def write() -> None:
    """Add what is missing to both files, drop what is no more; what was reviewed stays as it is."""
    known = truths() if TRUTH.exists() else {}
    with TRUTH.open("w", encoding="utf-8", newline="") as out:
        out.write(HEAD)
        lines = csv.writer(out, lineterminator="\n")
        lines.writerow(["action", "unit", "entrusted", "own", "opened"])
        for action in sorted(Action):
            of = known.get(str(action)) or proposed(str(action))
            roles = (" ".join(sorted(some)) for some in (of.unit, of.entrusted, of.own))
            lines.writerow([of.action, *roles, "yes" if of.opened else ""])
    with ADDRESSES.open("w", encoding="utf-8", newline="") as out:
        lines = csv.writer(out, lineterminator="\n")
        lines.writerow(["address", "method", "permission"])
        lines.writerows(sorted(addresses()))


if __name__ == "__main__":
    write()
