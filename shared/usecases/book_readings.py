"""Reading a drafted book: what stands in it, what it inherits from which version above, what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.db.rules import IssuedBook
from shared.db.units import level_above
from shared.domain.rule_books import Checked, check, plain
from shared.domain.rule_edits import item_of
from shared.domain.rule_labels import Finding, finding_of
from shared.domain.rule_text import parse
from shared.domain.rules import Item, RuleBook
from shared.usecases.books import book_of

FILE = "草稿"


@dataclass(frozen=True, slots=True)
class Above:
    """The version that a draft inherits, as values and as a book."""

    issued: IssuedBook
    values: Mapping[str, Any]
    book: RuleBook


@dataclass(frozen=True, slots=True)
class Reading:
    """A draft's text as it was read. `values` are its own; `checked` has what it inherits merged in."""

    text: str
    values: Mapping[str, Any]
    checked: Checked
    findings: Sequence[Finding]
    above: Above | None

    @property
    def book(self) -> RuleBook:
        """The book that would come of it."""
        return self.checked.book

    @property
    def errors(self) -> list[Finding]:
        """What has to be mended before it can be handed in."""
        return [one for one in self.findings if not one.warning]

    def item(self, name: str) -> dict[str, Any] | None:
        """Return an item's values as the draft has it, None where it has none or drops it."""
        return item_of(self.values, self.above.values if self.above else None, name)

    @property
    def dropped(self) -> list[Item]:
        """The items above that the draft drops."""
        if self.above is None:
            return []
        return [item for name, item in self.above.book.items.items() if name not in self.book.items]

    def inherited(self, name: str) -> Item | None:
        """Return the item as the book above has it, None where it is the draft's own."""
        return self.above.book.items.get(name) if self.above else None


def read_text(session: Session, county_id: UUID, unit_id: UUID, text: str) -> Reading:
    """Read a draft of a unit; raises `rule_text.Unreadable` where the text is no YAML mapping at all."""
    tree = parse(text, FILE, [])
    values = plain(tree)
    assert isinstance(values, dict)
    above = _above(session, county_id, unit_id, values)
    source = (above.issued.name, (_titled(above), above.issued.text)) if above else None
    checked = check(text, FILE, lambda name: source[1] if source and name == source[0] else None)
    findings = [finding_of(fault, tree) for fault in checked.faults]
    return Reading(text, values, checked, findings, above)


def _titled(above: Above) -> str:
    return f"{above.book.title}第 {above.issued.version} 版"


def _above(session: Session, county_id: UUID, unit_id: UUID, values: Mapping[str, Any]) -> Above | None:
    """Find what the text inherits: of the versions issued above, the one in force on the draft's own day."""
    name = values.get("inherits")
    if not isinstance(name, str):
        return None
    issued = version_above(session, county_id, unit_id, name, _day(values.get("effective_from")))
    if issued is None:
        return None
    book = book_of(session, county_id, issued.id)
    merged = plain(parse(issued.text, issued.name, []))
    assert isinstance(merged, dict)
    return Above(issued, merged, book)


def version_above(session: Session, county_id: UUID, unit_id: UUID, name: str, day: date) -> IssuedBook | None:
    """Return the version of a book from above that is in force on a day; before the first one, the first."""
    named = select(IssuedBook).where(
        IssuedBook.county_id == county_id,
        IssuedBook.unit_id.in_(units_above(session, county_id, unit_id)),
        IssuedBook.name == name,
    )
    versions = session.scalars(named.order_by(IssuedBook.effective_from, IssuedBook.version)).all()
    begun = [one for one in versions if one.effective_from <= day]
    return begun[-1] if begun else next(iter(versions), None)


def units_above(session: Session, county_id: UUID, unit_id: UUID) -> list[UUID]:
    """Return the units above one, the nearest first."""
    found: list[UUID] = []
    at = level_above(session, county_id, unit_id)
    while at is not None:
        found.append(at.id)
        at = level_above(session, county_id, at.id)
    return found


def _day(value: object) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return date.max
