"""The scene of leftovers: a branch after its quarter, a login that writes anywhere, and words for every text."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.db.base import Owned
from tests.builders import Branch
from tests.quarters import Quarter

AT = datetime(2027, 1, 20, 1, tzinfo=UTC)
DAY, LATER = AT.date(), AT + timedelta(days=30)
Row = TypeVar("Row", bound=Owned)


@dataclass(frozen=True)
class Scene:
    """Whose leftovers they are; `said` stands in every text."""

    session: Session
    quarter: Quarter
    said: str = "说的话"

    @property
    def branch(self) -> Branch:
        """The branch."""
        return self.quarter.branch

    @property
    def member(self) -> UUID:
        """A plain member."""
        return self.branch.members[0].id

    @property
    def mei(self) -> UUID:
        """The same member as a person."""
        return self.branch.members[0].person_id

    def who(self, role: str) -> UUID:
        """Return the person who holds an office in the branch or above it."""
        found = (self.branch.officers | self.branch.above)[role].person_id
        assert found is not None
        return found

    def one(self, kind: type[Row], nth: int = 0, /, **of: Any) -> Row:
        """Return a row of the branch that is there already."""
        mine = select(kind).filter_by(county_id=self.branch.county_id, unit_id=self.branch.unit_id, **of)
        return self.session.scalars(mine.order_by(kind.id).offset(nth).limit(1)).one()

    def add(self, kind: type[Row], unit_id: UUID | None = None, /, **given: Any) -> UUID:
        """Put a row in, in the branch or in another unit, and return its id."""
        owner = {"county_id": self.branch.county_id, "unit_id": unit_id or self.branch.unit_id}
        row = kind(**owner, id=uuid4(), **given)
        self.session.add(row)
        self.session.flush()
        return row.id


def a_digest() -> str:
    """Return a digest that nothing has."""
    return sha256(uuid4().bytes).hexdigest()
