"""积分明细表: one member's points of some rounds, each with its ground, to be taken home and signed."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shared.papers.layouts import Cell, Column, Facts, Paper, Signatures, Table, Words, dated

FORM = "党员积分明细表"
COLUMNS = (
    Column("周期", 32, "center"),
    Column("日期", 31, "center"),
    Column("依据（条款）", 44),
    Column("事由"),
    Column("分值", 18, "right"),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure with its clause and what was done; `day` None for what is granted to everybody."""

    day: date | None
    clause: str
    text: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class Round:
    """A round: its figures sum to `points`; `for_year` count once, for the year; `uncounted` says what did not."""

    period: str
    state: str
    figures: tuple[Figure, ...]
    points: Decimal | None
    for_year: tuple[Figure, ...] = ()
    uncounted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """A member's rounds; `balance` is what has been entered; `years` say in words what the years came to."""

    unit: str
    group: str
    name: str
    number: str
    member_class: str
    rounds: tuple[Round, ...]
    balance: Decimal
    years: tuple[str, ...]
    told: tuple[str, ...]
    printed_on: date

    def paper(self) -> Paper:
        """Return the statement; each round ends with what it comes to."""
        facts = (
            ("姓　名", self.name),
            ("编　号", self.number),
            ("党小组", self.group),
            ("类　别", self.member_class),
            ("已登记入账", self.balance),
            ("打印日期", dated(self.printed_on)),
        )
        rows = tuple(row for one in self.rounds for row in _rows(one))
        notes = tuple(f"{one.period}未计分：{said}" for one in self.rounds for said in one.uncounted)
        words = (Words((*self.years, *notes, *self.told), small=True),)
        signed = Signatures(("党员本人签字", "党支部书记签字"))
        return Paper(FORM, FORM, self.unit, (Facts(facts), Table(COLUMNS, rows), *words, signed))


def _rows(one: Round) -> tuple[tuple[Cell, ...], ...]:
    figures = [_row(one, figure, figure.text) for figure in one.figures]
    figures += [_row(one, figure, f"{figure.text}（计入年度）") for figure in one.for_year]
    points: Cell = one.points if one.points is not None else "待定"
    return (*figures, (one.period, "小计", "", one.state, points))


def _row(one: Round, figure: Figure, said: str) -> tuple[Cell, ...]:
    return (one.period, dated(figure.day) if figure.day else "", figure.clause, said, figure.points)
