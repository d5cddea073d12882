"""Edits of a rule book's plain values: an item put in, dropped or taken up again, a section set.

A book of one's own holds its items in `items`. An overlay says what differs from the book that it inherits:
`adds`, `drops` and `changes`; `above` is that book, None for a book of one's own.
"""

from collections.abc import Mapping
from typing import Any

from shared.domain.inheritance import CHANGEABLE
from shared.domain.rule_writing import Plain

OVERLAID = ("drops", "changes", "adds")


def item_of(book: Plain, above: Plain | None, name: str) -> dict[str, Any] | None:
    """Return an item as the book would have it, None where it has none or drops it."""
    if above is None:
        return _named(book.get("items"), name)
    if name in (book.get("drops") or ()):
        return None
    inherited = _named(above.get("items"), name)
    if inherited is None:
        return _named(book.get("adds"), name)
    change = _named(book.get("changes"), name) or {}
    for key, other in (("points", "range"), ("range", "points")):
        if key in change and other not in change:
            inherited.pop(other, None)
    return inherited | change


def with_item(book: Plain, above: Plain | None, item: Plain) -> dict[str, Any]:
    """Return the book with this item put in, in the place of the one of the same id."""
    name = str(item["id"])
    if above is None:
        return _put(book, "items", item)
    inherited = _named(above.get("items"), name)
    if inherited is None:
        return _put(book, "adds", item)
    kept = with_item_again(book, name)
    change = {key: item[key] for key in CHANGEABLE if key in item and item[key] != inherited.get(key)}
    if not change:
        return _without(kept, "changes", name)
    return _put(kept, "changes", {"id": name, **change})


def without_item(book: Plain, above: Plain | None, name: str) -> dict[str, Any]:
    """Return the book without an item; of an overlay, one that is inherited is dropped."""
    if above is None:
        return _without(book, "items", name)
    if _named(above.get("items"), name) is None:
        return _without(book, "adds", name)
    kept = _without(book, "changes", name)
    return with_section(kept, "drops", [*dict.fromkeys([*(kept.get("drops") or ()), name])])


def with_item_again(book: Plain, name: str) -> dict[str, Any]:
    """Return the overlay without its drop of an inherited item."""
    return with_section(book, "drops", [one for one in book.get("drops") or () if str(one) != name])


def with_section(book: Plain, key: str, value: Any) -> dict[str, Any]:
    """Return the book with a section set; an empty one is left out."""
    if value in (None, [], {}, ""):
        return {name: one for name, one in book.items() if name != key}
    return {**book, key: value}


def _named(items: Any, name: str) -> dict[str, Any] | None:
    if not isinstance(items, list):
        return None
    found = next((one for one in items if isinstance(one, Mapping) and str(one.get("id")) == name), None)
    return None if found is None else dict(found)


def _put(book: Plain, key: str, item: Plain) -> dict[str, Any]:
    items = list(book.get(key) or ())
    places = [place for place, one in enumerate(items) if str(one.get("id")) == str(item["id"])]
    if places:
        items[places[0]] = dict(item)
    else:
        items.append(dict(item))
    return with_section(book, key, items)


def _without(book: Plain, key: str, name: str) -> dict[str, Any]:
    return with_section(book, key, [one for one in book.get(key) or () if str(one.get("id")) != name])
