"""A lifecycle is a table of edges; whatever is not in the table is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Generic, TypeVar

from shared.domain.errors import NotNow

S = TypeVar("S", bound=StrEnum)
C = TypeVar("C", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Machine(Generic[S, C]):
    """The whole life of one kind of thing: where it begins, and which step leads where.

    `words` holds the Chinese name of each state and step, for refusals, pages and diagrams.
    """

    noun: str
    initial: S
    edges: Mapping[tuple[S, C], S]
    words: Mapping[StrEnum, str]

    def after(self, state: S, command: C) -> S:
        """Return the state that `command` leads to; refuse with a sentence where there is no such edge."""
        try:
            return self.edges[state, command]
        except KeyError:
            doing, now = self.words[command], self.words[state]
            raise NotNow(f"{self.noun}现在是“{now}”，不能“{doing}”。") from None

    def commands(self, state: S) -> list[C]:
        """Return the steps that may be taken from `state`, in the order of the table."""
        return [command for (start, command) in self.edges if start == state]

    def along(self, path: Sequence[S]) -> "Machine[S, C]":
        """Return the same machine restricted to one path, as a rule book chooses its stages.

        Edges that stay on a state of the path or lead back along it are kept.
        """
        place = {state: index for index, state in enumerate(path)}
        kept = {
            (start, command): end
            for (start, command), end in self.edges.items()
            if start in place and end in place and place[end] <= place[start] + 1
        }
        return Machine(self.noun, path[0], kept, self.words)

    def breaks(self, path: Sequence[S]) -> list[tuple[S, S]]:
        """Return the consecutive pairs of `path` that no step of this machine joins."""
        joined = {(start, end) for (start, _), end in self.edges.items()}
        return [pair for pair in pairwise(path) if pair not in joined]
