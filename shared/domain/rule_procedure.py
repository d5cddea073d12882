"""Reading a book's procedure: stages, meeting, notice, windows, appeals and filing."""

from typing import Any

from shared.domain.procedures import Body, MeetingMode, Objector, Procedure, Span, WindowKind
from shared.domain.rounds import RoundState
from shared.domain.rule_section import Section
from shared.domain.windows import DayUnit, Roll, WindowRule

COUNTS = ("scorers", "claims_close_days", "overdue_days", "recall_days", "paper_days")
NEEDED = (WindowKind.PUBLICATION, WindowKind.INVESTIGATION, WindowKind.APPEAL)


def read_procedure(book: Section, round_span: Span) -> Procedure:
    """Return the procedure; what the book leaves out takes the defaults of `Procedure`."""
    part = book.section("procedure", "程序")
    if part is None:
        book.missing("procedure", "{stages: [collecting, …], windows: …}")
        return Procedure((RoundState.COLLECTING,), round_span, round_span, {})
    stages = part.choices("stages", RoundState)
    if not stages:
        part.missing("stages", "[collecting, reviewing, …, filed]")
    procedure = Procedure(
        stages=stages or (RoundState.COLLECTING,),
        notice_every=part.choice("notice_every", Span) or round_span,
        filing_every=part.choice("filing_every", Span) or round_span,
        windows=_windows(part),
        meeting_every=part.choice("meeting_every", Span) or round_span,
        public_board=part.flag("public_board"),
        opinions=part.flag("opinions"),
        words=part.flag("words"),
        observers=part.texts("observers"),
        witnesses=part.texts("witnesses"),
        **_chosen(part),
    )
    part.close()
    return procedure


def _chosen(part: Section) -> dict[str, Any]:
    """Return only what the book sets, so that the rest keeps the procedure's own defaults."""
    words: dict[str, Any] = {
        "meeting": part.choice("meeting", MeetingMode),
        "first_answer": part.choice("first_answer", Body),
        "appeals": part.choices("appeals", Body),
        "objectors": part.choices("objectors", Objector),
    }
    words |= {key: part.whole(key) for key in COUNTS}
    return {key: value for key, value in words.items() if value is not None and value != ()}


def _windows(part: Section) -> dict[WindowKind, WindowRule]:
    section = part.section("windows", "期限")
    if section is None:
        part.missing("windows", "{publication: {days: 7, unit: natural, roll: nonworking}, …}")
        return {}
    windows = {}
    for kind in WindowKind:
        rule = _window(section, kind)
        if rule is not None:
            windows[kind] = rule
        elif kind in NEEDED and section.get(kind) is None:
            section.missing(kind, "{days: 7, unit: natural, roll: nonworking}")
    section.close()
    return windows


def _window(section: Section, kind: WindowKind) -> WindowRule | None:
    part = section.section(kind, f"期限 {kind} ")
    if part is None:
        return None
    days = part.whole("days", 1)
    if days is None and part.get("days") is None:
        part.missing("days", "7")
    unit, roll = part.choice("unit", DayUnit), part.choice("roll", Roll)
    part.close()
    return WindowRule(days or 1, unit or DayUnit.NATURAL, roll or Roll.NONWORKING)
