"""A section of a rule book, asked key by key: all that is wrong with it is noted, and reading goes on."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from shared.domain.rule_text import Fault, Node
from shared.domain.rules import Place

E = TypeVar("E", bound=StrEnum)
CENT = Decimal("0.01")


class Section:
    """A mapping of the book. Each question names a key; `close` refuses the keys that nobody asked for."""

    def __init__(self, node: Node, faults: list[Fault], noun: str) -> None:
        """Read `node` (anything but a mapping is a fault) on behalf of `noun`, its Chinese name."""
        self.node, self.faults, self.noun = node, faults, noun
        self.entries: dict[str, Node] = {}
        self.asked: set[str] = set()
        if isinstance(node.value, dict):
            self.entries = node.value
        else:
            self.fault(node.place, f"{noun}不是一组键值", "写成 `键: 值`")

    def fault(self, place: Place, what: str, remedy: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(place, what, remedy))

    def place(self, key: str) -> Place:
        """Return where a key stands, or the section itself where it is left out."""
        found = self.entries.get(key)
        return found.place if found else self.node.place

    def get(self, key: str) -> Node | None:
        """Return the node under `key`; None where it is left out or empty."""
        self.asked.add(key)
        found = self.entries.get(key)
        return None if found is None or found.value is None else found

    def missing(self, key: str, example: str) -> None:
        """Note that a key is missing which the book cannot do without."""
        self.fault(self.place(key), f"{self.noun}缺少“{key}”", f"写上 `{key}: {example}`")

    def text(self, key: str) -> str | None:
        """Return a text."""
        node = self.get(key)
        if node is None:
            return None
        if isinstance(node.value, list | dict) or not node.raw.strip():
            self.fault(node.place, f"{self.noun}的“{key}”不是文字", "写成一段文字")
            return None
        return node.raw.strip()

    def number(self, key: str, least: Decimal | None = Decimal(0)) -> Decimal | None:
        """Return a number of at most two places, not below `least`."""
        node = self.get(key)
        if node is None:
            return None
        value = node.value
        if not isinstance(value, Decimal) or value != value.quantize(CENT):
            self.fault(node.place, f"{self.noun}的“{key}”（{node.raw}）不是分值", "写成最多两位小数的数")
            return None
        if least is not None and value < least:
            self.fault(node.place, f"{self.noun}的“{key}”（{node.raw}）太小", f"不小于 {least}")
            return None
        return value

    def whole(self, key: str, least: int = 0) -> int | None:
        """Return a whole number, not below `least`."""
        node = self.get(key)
        if node is None:
            return None
        if not isinstance(node.value, Decimal) or node.value % 1 or node.value < least:
            self.fault(node.place, f"{self.noun}的“{key}”（{node.raw}）不对", f"写成不小于 {least} 的整数")
            return None
        return int(node.value)

    def flag(self, key: str) -> bool:
        """Return yes or no; left out is no."""
        node = self.get(key)
        if node is not None and not isinstance(node.value, bool):
            self.fault(node.place, f"{self.noun}的“{key}”（{node.raw}）不是是否", "写 yes 或 no")
        return node is not None and node.value is True

    def day(self, key: str) -> date | None:
        """Return a day."""
        node = self.get(key)
        if node is None:
            return None
        if isinstance(node.value, date):
            return node.value
        try:
            return date.fromisoformat(node.raw)
        except ValueError:
            self.fault(node.place, f"{self.noun}的“{key}”（{node.raw}）不是日期", "写成 2020-01-01 的样子")
            return None

    def choice(self, key: str, kinds: type[E]) -> E | None:
        """Return one of a fixed set of words."""
        node = self.get(key)
        return None if node is None else self._one(key, node, kinds)

    def choices(self, key: str, kinds: type[E]) -> tuple[E, ...]:
        """Return a list of words, each of a fixed set."""
        found = [self._one(key, node, kinds) for node in self.nodes(key)]
        return tuple(word for word in found if word is not None)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts."""
        found = []
        for node in self.nodes(key):
            if isinstance(node.value, list | dict) or not node.raw.strip():
                self.fault(node.place, f"{self.noun}的“{key}”里有一项不是文字", "每项写成一段文字")
            else:
                found.append(node.raw.strip())
        return tuple(found)

    def nodes(self, key: str) -> Sequence[Node]:
        """Return the entries of a list; left out is empty."""
        node = self.get(key)
        if node is None:
            return ()
        if not isinstance(node.value, list):
            self.fault(node.place, f"{self.noun}的“{key}”不是列表", "每项一行，以 `- ` 开头，或写成 [甲, 乙]")
            return ()
        return node.value

    def section(self, key: str, noun: str) -> "Section | None":
        """Return the mapping under `key`."""
        node = self.get(key)
        return None if node is None else Section(node, self.faults, noun)

    def sections(self, key: str, noun: str) -> list["Section"]:
        """Return the mappings of a list."""
        return [Section(node, self.faults, noun) for node in self.nodes(key)]

    def close(self) -> None:
        """Refuse the keys that nobody asked for."""
        for key, node in self.entries.items():
            if key not in self.asked:
                known = "、".join(sorted(self.asked))
                self.fault(node.place, f"{self.noun}里不认识“{key}”", f"改成其中之一或删去：{known}")

    def _one(self, key: str, node: Node, kinds: type[E]) -> E | None:
        try:
            return kinds(node.raw)
        except ValueError:
            words = "、".join(kinds)
            self.fault(node.place, f"{self.noun}的“{key}”不认识“{node.raw}”", f"写其中之一：{words}")
            return None
