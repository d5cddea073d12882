"""半年小结: the branch's half-year in figures, and what each member wrote."""

from dataclasses import dataclass
from datetime import date

from shared.papers.layouts import Cell, Column, Ending, Facts, Paper, Table, Words


@dataclass(frozen=True, slots=True)
class HalfYear:
    """A branch's half-year: its counts, each with its name, and the members' words in the board's order."""

    unit: str
    year: int
    figures: tuple[tuple[str, Cell], ...]
    words: tuple[tuple[str, str], ...]
    printed_on: date

    FORM = "半年小结"

    def paper(self) -> Paper:
        """Return the summary."""
        rows = tuple((place, name, said) for place, (name, said) in enumerate(self.words, 1))
        parts = (
            Facts(self.figures, across=3),
            Table((Column("序号", 12, "center"), Column("姓名", 26, "center"), Column("半年小结")), rows),
            Words(("数字由本系统的登记统计，不另填写；没有交的空着。",), small=True),
            Ending(self.unit, self.printed_on),
        )
        return Paper(self.FORM, f"{self.year}年上半年党员积分管理小结", self.unit, parts)
