"""A unit's year as the county's rows have it, and as `jifen score` makes it of the same members and deeds."""

import csv
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from services.cli.score import command
from tests.demonstration.conftest import ROOT, Played

LINES = """
SELECT m.member_no, r.period, l.points
FROM line l JOIN round r ON r.id = l.round_id JOIN member m ON m.id = l.member_id
WHERE l.county_id = :county AND l.unit_id = :unit AND length(r.period) > 4 AND l.state = 'settled'
  AND l.reason IS NULL
"""
YEARS = """
SELECT m.member_no, a.tier, a.zeroed, a.year_points, a.annual_points, a.reward_points, a.grade, a.rank
FROM annual_line a JOIN line l ON l.id = a.line_id AND l.edition = a.edition JOIN member m ON m.id = a.member_id
WHERE a.county_id = :county AND a.unit_id = :unit AND l.state = 'settled'
"""
_MEMBERS = """
SELECT member_no, name, class, office, birth_date, present_from, present_to,
       concat_ws(';', CASE WHEN probationary THEN 'probationary' END,
                 CASE WHEN exempt_from IS NOT NULL THEN 'exempt' END)
FROM member WHERE county_id = :county AND unit_id = :unit
"""
_EVENTS = """
SELECT id, happened_on, member_no, item, points, replaces, decision, '' FROM (
    SELECT c.id, c.happened_on, m.member_no, c.item, c.points, c.replaces_id AS replaces, c.decision,
           c.filed_at AS came
    FROM claim c JOIN member m ON m.id = c.member_id WHERE c.unit_id = :unit AND c.state = 'confirmed'
    UNION ALL
    SELECT e.id, e.happened_on, m.member_no, e.item, e.points, NULL, e.decision, e.entered_at
    FROM record e JOIN member m ON m.id = e.member_id WHERE e.unit_id = :unit AND e.struck_at IS NULL
) deed WHERE CAST(:county AS uuid) IS NOT NULL
  AND extract(year FROM happened_on) = :year ORDER BY happened_on, came, id
"""
_APPRAISALS = """
SELECT m.member_no, a.result FROM appraisal a JOIN member m ON m.id = a.member_id
WHERE a.county_id = :county AND a.unit_id = :unit
"""


def scored(played: Played, folder: Path, book: str, year: int, unit_id: object) -> dict[str, dict[str, Any]]:
    """What the command says of a unit's year, member by member; every row counts."""
    files = {
        "members": (_MEMBERS, "member_no,name,class,office,birth_date,present_from,present_to,flags"),
        "events": (_EVENTS, "event_no,date,member_no,item,points,replaces,decision,note"),
        "appraisals": (_APPRAISALS, "member_no,result"),
    }
    argv = [str(ROOT / "policies" / "rules" / f"{book}.yaml"), "--year", str(year), "--format", "json"]
    for name, (query, header) in files.items():
        path = folder / f"{unit_id}-{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(
                [header.split(","), *map(tuple, played.rows(query, unit=unit_id, year=year))]
            )
        argv += [f"--{name}", str(path)]
    answer = CliRunner().invoke(command, argv)
    assert answer.exit_code == 0, answer.output
    members = {one["member_no"]: one for one in json.loads(answer.stdout)["members"]}
    return {
        number: {**one, "rounds": {round_["round"]: round_["points"] for round_ in one["rounds"]}}
        for number, one in members.items()
    }


def as_printed(row: Any) -> dict[str, object]:
    """An annual line as the command prints one."""
    return {key: str(value) if isinstance(value, Decimal) else value for key, value in row._mapping.items()}
