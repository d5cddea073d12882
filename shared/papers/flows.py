"""流程图: a unit's own way through a round, drawn from its rule book's stages, as a sheet for the wall."""

from dataclasses import dataclass

from shared.papers.layouts import Flow, Manner, Paper, Size, Step, Words

FORM = "党员积分制管理流程图"


@dataclass(frozen=True, slots=True)
class Chart:
    """The steps of a round as the unit's book has them."""

    unit: str
    book: str
    steps: tuple[Step, ...]
    telephone: str

    def paper(self) -> Paper:
        """Return the chart."""
        told = [f"依据：{self.book}。"]
        if self.telephone:
            told.append(f"咨询、监督电话：{self.telephone}")
        parts = (Flow(self.steps), Words(tuple(told), small=False))
        return Paper(FORM, FORM, self.unit, parts, Size.A3, Manner.POSTER)
