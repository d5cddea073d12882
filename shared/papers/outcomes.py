"""限期整改通知书: what a member is told to put right within which term, by whose decision, and where to appeal."""

from dataclasses import dataclass
from datetime import date

from shared.papers.layouts import Ending, Manner, Paper, Words, dated

FORM = "限期整改通知书"


@dataclass(frozen=True, slots=True)
class Correction:
    """A decision about a member: its basis, what was decided under which minute, the term, who helps."""

    unit: str
    above: str
    name: str
    basis: str
    decision: str
    minute: str
    decided_on: date | None
    until: date | None
    helper: str

    def paper(self) -> Paper:
        """Return the notice."""
        term = f"整改期限至{dated(self.until)}" if self.until else "整改期限三个月，自收到本通知之日起算"
        helper = f"由{self.helper}同志联系帮助" if self.helper else "由支部指定专人联系帮助"
        words = (
            f"{self.basis}。",
            f"经{self.minute or '支部会议'}研究，决定：{self.decision or '责令限期整改'}。"
            f"{term}，{helper}，期满由支部检查。",
            f"您可以向支部说明情况；对本决定不服的，可以向{self.above}申诉。申诉期间，支部继续听取您的意见。",
        )
        parts = (Words((f"{self.name}同志：",), flush=True), Words(words), Ending(self.unit, self.decided_on))
        return Paper(FORM, FORM, self.unit, parts, manner=Manner.DOCUMENT)
