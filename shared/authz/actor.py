"""An actor: who does something, in which unit, holding which roles there."""

from dataclasses import dataclass, field
from uuid import UUID

from shared.domain.policies import TEMPLATE, Overlay


@dataclass(frozen=True, slots=True)
class Actor:
    """A person acting in one unit. `acting_for` is the member on whose behalf they act (代办).

    Through a program of theirs they take no other steps than those in `only`; None is everything that they may.
    `overlay` is what their unit arranges otherwise than the template.
    """

    county_id: UUID
    unit_id: UUID
    person_id: UUID | None
    name: str
    roles: frozenset[str]
    member_id: UUID | None = None
    group_id: UUID | None = None
    department: str | None = None
    acting_for: UUID | None = None
    roles_in_words: str = field(default="", compare=False)
    only: frozenset[str] | None = None
    overlay: Overlay = field(default=TEMPLATE, compare=False)

    @property
    def contact_id(self) -> UUID | None:
        """As whom a member away may have them named for their contact."""
        return self.person_id


def the_clock(county_id: UUID, unit_id: UUID) -> Actor:
    """Return the actor for the steps that no person takes."""
    return Actor(county_id, unit_id, None, "时钟", frozenset({"clock"}))


def the_public(county_id: UUID, unit_id: UUID) -> Actor:
    """Return the actor for whoever stands before a public board."""
    return Actor(county_id, unit_id, None, "公众", frozenset({"public"}))


def the_visitor(county_id: UUID, unit_id: UUID) -> Actor:
    """Return the actor for whoever looks at a demonstration county, in which everybody is made up."""
    return Actor(county_id, unit_id, None, "演示访客", frozenset({"visitor"}))
