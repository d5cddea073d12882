"""A rule book: what is worth how much, up to which cap, how a year is made of it, and which grade follows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from shared.domain.procedures import Body, Procedure, Span
from shared.domain.records import MemberClass, Office


class Kind(StrEnum):
    """What an item does to the points."""

    BASE = "base"
    TASK = "task"
    BONUS = "bonus"
    DEDUCTION = "deduction"
    ZEROING = "zeroing"


# What counts against a member: entered by officers, never claimed, and the member is told.
AGAINST = frozenset({Kind.BASE, Kind.DEDUCTION, Kind.ZEROING})


class Scope(StrEnum):
    """Whether an item counts in its round, or once for the year."""

    ROUND = "round"
    YEAR = "year"


class YearFigure(StrEnum):
    """How the year's points are made of the rounds."""

    SUM = "sum"
    MEAN = "mean"


class Edge(StrEnum):
    """An edge of the standing."""

    FIRST = "first"
    LAST = "last"


class Mark(StrEnum):
    """Where a rule comes from: the organisation's own report, a decision where it is silent, or our draft."""

    SEED = "seed"
    PINNED = "pinned"
    DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a rule book's file; lines are counted from 1."""

    file: str
    line: int


NOWHERE = Place("", 0)


@dataclass(frozen=True, slots=True)
class Range:
    """The points that one row may give: from `low` (itself included or not) to `high`, None for no end."""

    low: Decimal
    low_included: bool
    high: Decimal | None


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many points of one item within one month, quarter or year."""

    per: Span
    points: Decimal


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between which figures a level below may change this one, both included."""

    least: Decimal
    most: Decimal


@dataclass(frozen=True, slots=True)
class Item:
    """One clause. Either `points` (fixed) or `range` is set; a zeroing item has neither.

    For a base item `points` is granted in full each round, and its rows are shortfalls. `starts` and `ends`
    are the first and last day in force, inside the book's own. `word_of` is the department whose word is asked,
    `evidence` why a proof is needed, `taken_from` another appraisal from which its figures are imported.
    """

    id: str
    title: str
    kind: Kind
    points: Decimal | None = None
    range: Range | None = None
    caps: tuple[Cap, ...] = ()
    scope: Scope = Scope.ROUND
    aspect: str | None = None
    classes: tuple[MemberClass, ...] = ()
    starts: date | None = None
    ends: date | None = None
    decision: bool = False
    replaces: str | None = None
    word_of: str | None = None
    evidence: str | None = None
    taken_from: str | None = None
    locked: bool = False
    bounds: Bounds | None = None
    cap_bounds: Bounds | None = None
    mark: Mark | None = None
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def claimable(self) -> bool:
        """Whether members claim it: it counts for them, and no other appraisal gives it already."""
        return self.kind not in AGAINST and self.taken_from is None


@dataclass(frozen=True, slots=True)
class Tier:
    """A class of members with a base of its own, by office held (or none) and age on 31 December."""

    id: str
    title: str
    base: Decimal
    offices: tuple[Office, ...] = ()
    no_office: bool = False
    age_from: int | None = None
    age_below: int | None = None
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Band:
    """The points that earn a grade, from `low` to `high`; None is an open end."""

    name: str
    low: Decimal | None = None
    low_included: bool = True
    high: Decimal | None = None
    high_included: bool = False
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Standing:
    """How many members at either end of the year's order something follows for; ties at the edge are in."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What may follow for a member: the system proposes it, `body` decides.

    It applies to one of `grades`, an edge of the standing, or a zeroed year; `times` is the rung of a ladder
    (the n-th such year), `months` the time given, `choices` what the body chooses among, `bars` what the
    member may not be put forward for.
    """

    id: str
    title: str
    body: Body
    grades: tuple[str, ...] = ()
    standing: Edge | None = None
    zeroed: bool = False
    weak_quarter_below: Decimal | None = None
    probationary: bool = False
    times: int = 1
    months: int | None = None
    choices: tuple[str, ...] = ()
    bars: tuple[str, ...] = ()
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Note:
    """A remark for the reader: what stands in the source, what was pinned, what is a draft."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class Additions:
    """What a level below may add: items of these kinds, their points within the bounds."""

    kinds: tuple[Kind, ...]
    bounds: Bounds


@dataclass(frozen=True, slots=True)
class RuleBook:
    """One version of a rule book, inherited parts merged in.

    `round_base` is granted each round, `year_base` (or the tier's base) each year; a round's points are held
    between `round_floor` and `round_ceiling`. What passes `year_ceiling` becomes reward points. `factors` are
    the appraisal's results and what part of the year's points each leaves, in per cent; empty where the book
    takes no appraisal. Under `exemption` members who consented are left out and graded by the meeting.
    """

    id: str
    title: str
    version: int
    effective_from: date
    round_span: Span
    year_figure: YearFigure
    items: Mapping[str, Item]
    bands: tuple[Band, ...]
    procedure: Procedure
    effective_until: date | None = None
    round_base: Decimal = Decimal(0)
    round_floor: Decimal | None = None
    round_ceiling: Decimal | None = None
    year_base: Decimal = Decimal(0)
    year_ceiling: Decimal | None = None
    tiers: tuple[Tier, ...] = ()
    factors: Mapping[str, Decimal] = field(default_factory=dict)
    exemption: bool = False
    aspects: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    duties: Mapping[MemberClass, str] = field(default_factory=dict)
    standing: Standing | None = None
    outcomes: tuple[Outcome, ...] = ()
    additions: Additions | None = None
    inherits: str | None = None
    notes: tuple[Note, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict, compare=False)

    @property
    def appraisal_results(self) -> tuple[str, ...]:
        """What an appraisal may say under this book; empty where it takes none."""
        if self.factors:
            return tuple(self.factors)
        return tuple(band.name for band in self.bands) if self.exemption else ()

    def place_of(self, section: str) -> Place:
        """Return where a section stands, or the head of the file where the book leaves it out."""
        return self.places.get(section, self.places.get("book", NOWHERE))
