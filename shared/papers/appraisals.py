"""民主评议测评表: the ballot that is handed out, without a name; and 不参加积分制管理审批表."""

from dataclasses import dataclass
from datetime import date

from shared.papers.layouts import Box, Boxes, Column, Facts, Paper, Table, Words, dated


@dataclass(frozen=True, slots=True)
class Sheet:
    """A blank ballot over everybody who is appraised; whoever fills it in stays unknown."""

    unit: str
    year: int
    grades: tuple[str, ...]
    members: tuple[str, ...]

    FORM = "民主评议党员测评表"

    def paper(self) -> Paper:
        """Return the ballot."""
        columns = (
            Column("序号", 12, "center"),
            Column("姓名", 34, "center"),
            *(Column(one, 0, "center") for one in self.grades),
        )
        rows = tuple((place, name, *([None] * len(self.grades))) for place, name in enumerate(self.members, 1))
        told = (
            "请在每人对应的一格里画“○”，每人只选一格；不选、多选的，这一人的测评无效。本表无记名，请勿署名。",
            f"“{self.grades[0]}”一般不超过党员总数的三分之一。填好后投入票箱，由监票人当众清点。",
        )
        end = Table(
            (Column("发出"), Column("收回"), Column("有效"), Column("计票人"), Column("监票人")), ((None,) * 5,)
        )
        return Paper(self.FORM, f"{self.year}年度{self.FORM}", self.unit,
                     (Words(told, small=True), Table(columns, rows), end))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Exemption:
    """Leave from being scored: from which day, by which minute; health and private reasons are never printed."""

    unit: str
    name: str
    number: str
    group: str
    member_class: str
    joined: str
    since: date | None
    until: date | None
    minute: str

    FORM = "不参加积分制管理党员审批表"

    def paper(self) -> Paper:
        """Return the form with the fields for those who approve."""
        facts = (
            ("姓　名", self.name),
            ("编　号", self.number),
            ("党小组", self.group),
            ("类　别", self.member_class),
            ("到本支部", self.joined or "—"),
            ("不计分起止", self._term()),
        )
        meeting = f"经{self.minute}研究，同意不参加积分制管理，由党员大会直接评定等次。" if self.minute else ""
        boxes = (
            Box("本人申请", "", 42, "本人签名"),
            Box("党小组意见", "", 30, "党小组长"),
            Box("党支部意见", meeting, 36, "支部书记"),
            Box("上级党组织审批意见", "", 36, "盖章"),
        )
        return Paper(self.FORM, self.FORM, self.unit, (Facts(facts), Boxes(boxes)))

    def _term(self) -> str:
        if self.since is None:
            return ""
        return f"{dated(self.since)}起" + (f"至{dated(self.until)}" if self.until else "")
