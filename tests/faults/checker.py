"""The checker: holds the clients' log against the database's rows, and believes nothing else.

Each rule returns sentences; none is what we want. That the rules can fail is shown by the controls.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from tests.faults.log import Act, Log, Told

TOO_LATE = ("截止", "不在公示的异议期内")
_CLAIMS = """
SELECT c.text AS token, c.unit_id, c.state, r.claims_close_at AS closes_at,
       (SELECT min(h.at) FROM history h
        WHERE h.county_id = c.county_id AND h.subject_id = c.id AND h.command = 'submit') AS entered_at
FROM claim c JOIN round r ON r.county_id = c.county_id AND r.id = c.round_id
WHERE c.county_id = :county
"""
_OBJECTIONS = """
SELECT split_part(o.text, E'\\n', 1) AS token, o.unit_id, o.state, n.closes_at, o.handed_in_at AS entered_at
FROM objection o JOIN notice n ON n.county_id = o.county_id AND n.id = o.notice_id
WHERE o.county_id = :county
"""
# What must never be found, whatever was killed.
NEVER = {
    "时限提前触发": "SELECT id FROM deadline WHERE county_id = :county AND fired_at < due_at",
    "公示提前截止": "SELECT id FROM notice WHERE county_id = :county AND closed_at < closes_at",
    "到期的公示没有截止": """
        SELECT id FROM notice WHERE county_id = :county AND state = 'published'
        AND closes_at < jifen.instant(county_id)""",
    "有异议未结的一行已经入账": """
        SELECT l.id FROM line l JOIN objection o ON o.county_id = l.county_id AND o.line_id = l.id
        WHERE l.county_id = :county AND l.state = 'settled' AND o.state <> 'closed'""",
    "期满无异议的一行没有入账": """
        SELECT l.id FROM line l JOIN notice n ON n.county_id = l.county_id AND n.id = l.notice_id
        WHERE l.county_id = :county AND n.state = 'closed' AND l.state = 'published'""",
    "入账的一行与台账之和不等": """
        SELECT l.id FROM line l LEFT JOIN ledger_entry e ON e.county_id = l.county_id AND e.line_id = l.id
        WHERE l.county_id = :county AND l.state = 'settled'
        GROUP BY l.id, l.points HAVING coalesce(sum(e.points), 0) <> l.points""",
    "同一件事入账两次": """
        SELECT source_id FROM ledger_entry WHERE county_id = :county AND kind <> 'reversal'
        GROUP BY source_id, line_id, ordinal, edition HAVING count(*) > 1""",
    "一步办了两次": """
        SELECT subject_id FROM history
        WHERE county_id = :county AND command IN ('submit', 'raise', 'settle', 'close', 'publish')
        GROUP BY subject_id, command HAVING count(*) > 1""",
    "要通知的没有通知出去": "SELECT id FROM message WHERE county_id = :county AND done_at IS NULL",
}


def findings(engine: Engine, county_id: UUID, log: Log) -> list[str]:
    """Return everything that is wrong, once all is quiet; read as the superuser, past every wall."""
    with engine.connect() as connection:
        return [
            *_held_against(connection, county_id, log, "claim", _CLAIMS),
            *_held_against(connection, county_id, log, "objection", _OBJECTIONS),
            *never(connection, county_id),
        ]


def never(connection: Connection, county_id: UUID) -> Iterator[str]:
    """Yield what stands in the database and never may."""
    for what, query in NEVER.items():
        rows = connection.execute(text(query), {"county": county_id}).all()
        if rows:
            yield f"{what}：{len(rows)} 处，例如 {rows[0][0]}"


def _held_against(connection: Connection, county_id: UUID, log: Log, kind: str, query: str) -> Iterator[str]:
    """Yield where the clients and the rows say different things."""
    rows = [row for row in connection.execute(text(query), {"county": county_id}) if row.state != "draft"]
    for act in log.of(kind):
        found = [row for row in rows if row.token == act.token]
        for rule in RULES:
            yield from (f"{kind} {act.token}：{fault}" for fault in rule(act, found, log))
    for token, number in Counter(row.token for row in rows).items():
        if number > 1:
            yield f"{kind} {token}：一次提交有了 {number} 件"


def _lost(act: Act, found: Sequence[Any], _: Log) -> Iterator[str]:
    if act.told == Told.DONE and not found:
        yield "答应收下了，却找不到"


def _kept_all_the_same(act: Act, found: Sequence[Any], _: Log) -> Iterator[str]:
    if act.told == Told.REFUSED and found:
        yield f"说了不收，却收下了（{act.said[-60:]}）"


def _late(act: Act, found: Sequence[Any], log: Log) -> Iterator[str]:
    """Neither by the instant that was written down, nor by that at which the client first asked."""
    for row in found:
        if row.entered_at is not None and row.entered_at >= row.closes_at:
            yield f"截止 {row.closes_at} 以后 {row.entered_at} 还收下"
        if act.told == Told.DONE and log.county_time(act.begun) >= row.closes_at:
            yield "截止以后才来的，却收下了"


def _strayed(act: Act, found: Sequence[Any], _: Log) -> Iterator[str]:
    for row in found:
        if row.unit_id != act.unit_id:
            yield "进了别的支部"


Rule = Callable[[Act, Sequence[Any], Log], Iterator[str]]
RULES: tuple[Rule, ...] = (_lost, _kept_all_the_same, _late, _strayed)


def refused_early(engine: Engine, county_id: UUID, log: Log) -> list[str]:
    """Return the tries that were refused as too late before the round or the notice of their branch had closed."""
    ends = {
        "claim": "SELECT unit_id, min(claims_close_at) FROM round WHERE county_id = :county GROUP BY unit_id",
        "objection": "SELECT unit_id, min(closes_at) FROM notice WHERE county_id = :county GROUP BY unit_id",
    }
    with engine.connect() as connection:
        closes = {
            kind: {unit: at for unit, at in connection.execute(text(query), {"county": county_id})}
            for kind, query in ends.items()
        }
    return [
        f"{act.kind} {act.token}：还没有截止就不收（{act.said[-60:]}）"
        for kind in ends
        for act in log.of(kind)
        if act.told == Told.REFUSED
        and any(word in act.said for word in TOO_LATE)
        and log.county_time(act.ended) < closes[kind][act.unit_id]
    ]
