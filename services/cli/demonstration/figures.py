"""What happened in the demonstration county, counted in the database by the verifier's login."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

TOWNSHIP, SYSTEMS = "township-overlay", ("xiaxiyuan", "yangba", "chaiqian", "xujiayan", "xinba")
EXPECTED = {
    "branches": 32,
    "members": 802,
    "claims": 424,
    "confirmed": 390,
    "notices": 32,
    "lines_settled": 802,
    "filed": 32,
}
CLASSES = {"村组干部": 218, "普通党员": 255, "流动党员": 190, "年老体弱": 139}
ROUNDS = {"xiaxiyuan": (12, 12), "yangba": (12, 4), "chaiqian": (4, 4), "xujiayan": (4, 4), "xinba": (12, 12)}

_UNITS = """WITH own AS (
    SELECT DISTINCT a.unit_id FROM adoption a JOIN issued_book b ON b.county_id = a.county_id AND b.id = a.book_id
    WHERE a.county_id = :county AND b.name = :book) """
_COUNTS = {
    "branches": "SELECT count(*) FROM own",
    "members": "SELECT count(*) FROM member JOIN own USING (unit_id)",
    "claims": "SELECT count(*) FROM claim JOIN own USING (unit_id) WHERE filed_at IS NOT NULL",
    # What the meetings passed: claims that an appeal won later are counted with the objections.
    "confirmed": "SELECT count(*) FROM history JOIN own USING (unit_id) "
    "WHERE subject_kind = 'claim' AND command = 'confirm' AND role <> 'clock'",
    "notices": "SELECT count(*) FROM notice JOIN own USING (unit_id) "
    "WHERE kind = 'first' AND published_at IS NOT NULL",
    "lines_settled": "SELECT count(*) FROM line JOIN own USING (unit_id) WHERE state = 'settled'",
    "filed": "SELECT count(*) FROM filing JOIN own USING (unit_id) WHERE number = 1 AND state = 'filed'",
}
_OBJECTIONS = {
    "raised": "SELECT count(*) FROM objection JOIN own USING (unit_id)",
    "answered": "SELECT count(*) FROM objection JOIN own USING (unit_id) WHERE answered_at IS NOT NULL",
    "escalated": "SELECT count(DISTINCT subject_id) FROM history JOIN own USING (unit_id) "
    "WHERE subject_kind = 'objection' AND command = 'escalate'",
    "appealed": "SELECT count(DISTINCT objection_id) FROM appeal JOIN own USING (unit_id)",
    "upheld": "SELECT count(*) FROM objection JOIN own USING (unit_id) WHERE outcome = 'upheld'",
}
_SYSTEM = {
    "rounds": "SELECT count(*) FROM round JOIN own USING (unit_id) WHERE length(period) > 4 AND state = 'filed'",
    "filed": "SELECT count(*) FROM filing JOIN own USING (unit_id) WHERE number = 1 AND state = 'filed'",
    "graded": "SELECT count(*) FROM annual_line a JOIN own USING (unit_id) "
    "JOIN line l ON l.county_id = a.county_id AND l.id = a.line_id AND l.edition = a.edition "
    "WHERE l.state = 'settled' AND (a.grade IS NOT NULL OR a.rank IS NOT NULL)",
    "members": "SELECT count(*) FROM member JOIN own USING (unit_id)",
    "objections": "SELECT count(*) FROM objection JOIN own USING (unit_id)",
}
_DEADLINES = text("""
SELECT count(*) AS armed, count(fired_at) AS fired, count(*) FILTER (WHERE fired_at < due_at) AS early,
    (SELECT count(*) FROM (
        SELECT FROM history WHERE county_id = :county AND role = 'clock' AND before IS NOT NULL
        GROUP BY subject_id, command, at, before HAVING count(*) > 1) again) AS twice
FROM deadline WHERE county_id = :county
""")


def count_all(session: Session, county_id: UUID, verified: bool) -> dict[str, Any]:
    """Return every figure that the demonstration promises, without the time it took."""

    def counted(queries: dict[str, str], book: str) -> dict[str, int]:
        return _counted(session, county_id, queries, book)

    township: dict[str, Any] = counted(_COUNTS, TOWNSHIP)
    of_classes = text(_UNITS + "SELECT class, count(*) FROM member JOIN own USING (unit_id) GROUP BY class")  # noqa: S608 (ours)
    found = {name: number for name, number in session.execute(of_classes, {"county": county_id, "book": TOWNSHIP})}
    entries = text("SELECT count(*) FROM ledger_entry WHERE county_id = :county")
    deadlines = session.execute(_DEADLINES, {"county": county_id}).one()
    return {
        "township": {
            "branches": township.pop("branches"),
            "members": township.pop("members"),
            "classes": {name: found.get(name, 0) for name in CLASSES},
            **township,
            "objections": counted(_OBJECTIONS, TOWNSHIP),
        },
        "systems": {book: counted(_SYSTEM, book) for book in SYSTEMS},
        "ledger": {"entries": session.scalar(entries, {"county": county_id}) or 0, "verified": verified},
        "deadlines": dict(deadlines._mapping),
    }


def count_of_book(session: Session, county_id: UUID, book: str) -> dict[str, int]:
    """Return what happened in the branches of one book, with their objections."""
    return _counted(session, county_id, {**_COUNTS, "objections": _OBJECTIONS["raised"]}, book)


def _counted(session: Session, county_id: UUID, queries: dict[str, str], book: str) -> dict[str, int]:
    where = {"county": county_id, "book": book}
    return {name: session.scalar(text(_UNITS + query), where) or 0 for name, query in queries.items()}


def missed(figures: dict[str, Any]) -> list[str]:
    """Return every figure that was not reached, as a sentence."""
    town = figures["township"]
    wrong = [f"柳溪乡 {key}：应为 {want}，实为 {town[key]}" for key, want in EXPECTED.items() if town[key] != want]
    wrong += [
        f"柳溪乡 {name}：应为 {want}，实为 {town['classes'][name]}"
        for name, want in CLASSES.items()
        if town["classes"][name] != want
    ]
    wrong += [f"柳溪乡异议 {kind}：一件也没有" for kind, number in town["objections"].items() if not number]
    for book, (rounds, filed) in ROUNDS.items():
        system = figures["systems"][book]
        if (system["rounds"], system["filed"]) != (rounds, filed):
            wrong.append(f"{book}：应为 {rounds} 期、备案 {filed} 份，实为 {system['rounds']}、{system['filed']}")
        wrong += [f"{book} {key}：为 0" for key in ("graded", "members", "objections") if not system[key]]
    clock = figures["deadlines"]
    wrong += [f"期限 {key}：{clock[key]}" for key in ("early", "twice") if clock[key]]
    if not figures["ledger"]["verified"]:
        wrong.append("台账核验未通过")
    return wrong
