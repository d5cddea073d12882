"""Attackers: everybody of one branch signed in, and the ids of the rows that they reach for."""

from dataclasses import dataclass, field
from uuid import UUID, uuid4

from litestar.handlers import HTTPRouteHandler
from sqlalchemy import text

from services.api.web.permissions import KEY
from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.policy import allows
from shared.db.session import Db
from tests.api.conftest import Browser
from tests.api.people import Person, signed_in
from tests.builders import Branch


@dataclass
class Cast:
    """Everybody of one branch and above it, signed in when they are first wanted."""

    app: Browser
    db: Db
    branch: Branch
    _there: dict[UUID | None, Person] = field(default_factory=dict)

    def person(self, actor: Actor) -> Person:
        """Return somebody, with the token that every form carries."""
        if actor.person_id not in self._there:
            made = self._there[actor.person_id] = signed_in(self.app.app, self.db, actor)
            made.client.get("/complaints")
            made.client.headers["x-csrftoken"] = made.client.cookies["token"]
        return self._there[actor.person_id]

    def who_may(self, handler: HTTPRouteHandler) -> Person:
        """Return whoever of the branch may take the action that a handler declares; else any of them."""
        action = handler.opt[KEY]
        people = [*self.branch.officers.values(), *self.branch.leaders, *self.branch.scorers]
        everybody = [*people, *self.branch.actors.values(), *self.branch.above.values()]
        able = [one for one in everybody if isinstance(action, Action) and allows(one.roles, action)]
        return self.person((able or everybody)[0])


class Rows:
    """The ids of rows, by the name that a path gives them."""

    def __init__(self, verifier: Db) -> None:
        self._db = verifier
        with verifier.begin() as session:
            named = text(
                "SELECT table_name, column_name FROM information_schema.columns WHERE column_name = 'unit_id'"
            )
            self._tables = {row.table_name for row in session.execute(named)}

    def one(self, name: str, unit_id: UUID) -> UUID:
        """Return the id of one of a unit's rows of the kind that a path names, or one that nothing has."""
        table = name.removesuffix("_id")
        if table not in self._tables:
            return uuid4()
        with self._db.begin() as session:
            query = text(f"SELECT id FROM {table} WHERE unit_id = :unit ORDER BY id LIMIT 1")
            return session.scalar(query, {"unit": unit_id}) or uuid4()

    def tally(self) -> list[int]:
        """Return how many rows every table has."""
        counts = " UNION ALL ".join(f"SELECT '{one}', count(*) FROM {one}" for one in sorted(self._tables))
        with self._db.begin() as session:
            return [count for _, count in session.execute(text(counts)).tuples()]
