"""The demonstration is made from a number: the same one gives the same county, another one other people."""

from pathlib import Path
from typing import Any

import pytest

from services.cli.demonstration.programme import Part
from tests.databases import of_its_own
from tests.demonstration.conftest import Played, play

pytestmark = pytest.mark.long

PART = Part(frozenset({"chaiqian", "xujiayan"}), frozenset({5, 7, 9, 14}))
# Everything that people read, without ids and without when it was written down.
TOLD = {
    "members": "SELECT m.member_no, m.name, m.class, m.birth_date, m.office FROM member m",
    "claims": "SELECT m.member_no, c.number, c.item, c.happened_on, c.points, c.text, c.state, c.refused_by,"
    " c.reason, c.minute, c.decision FROM claim c JOIN member m ON m.id = c.member_id",
    "records": "SELECT m.member_no, e.item, e.happened_on, e.points, e.text FROM record e"
    " JOIN member m ON m.id = e.member_id",
    "lines": "SELECT m.member_no, r.period, l.edition, l.points, l.state FROM line l"
    " JOIN round r ON r.id = l.round_id JOIN member m ON m.id = l.member_id",
    "ledger": "SELECT m.member_no, e.item, e.points, e.kind, e.clause, e.happened_on, e.recorded_at"
    " FROM ledger_entry e JOIN member m ON m.id = e.member_id",
    "notices": "SELECT kind, period, CASE WHEN kind <> 'correction' THEN code END, title, published_at,"
    " closes_at, why FROM notice m",
    "verdicts": "SELECT m.member_no, v.points, v.band, v.by_ballot, v.proposed, v.reason, v.settled_at"
    " FROM verdict v JOIN member m ON m.id = v.member_id",
    "votes": "SELECT v.in_favour, v.against, v.counted_at FROM vote v",
    "objections": "SELECT number, name, raised_as, handed_in_at, answered_at, outcome FROM objection m",
    "years": "SELECT m.member_no, a.tier, a.annual_points, a.reward_points, a.grade, a.rank FROM annual_line a"
    " JOIN member m ON m.id = a.member_id",
}


def told(played: Played) -> dict[str, list[Any]]:
    """The county's story, in an order that does not hang on ids."""
    return {name: sorted((tuple(row) for row in played.rows(query)), key=repr) for name, query in TOLD.items()}


@pytest.fixture
def perform(admin_database_url: str, queue_url: str, tmp_path: Path) -> Any:
    """Play the part from a number, in a database of its own."""

    def performed(number: int, database: str) -> Played:
        return play(of_its_own(admin_database_url, database), queue_url, tmp_path / database, PART, number)

    return performed


def test_the_number_alone_decides_who_they_are_and_what_they_do(perform: Any) -> None:
    once, again, another = perform(7, "jifen_once"), perform(7, "jifen_again"), perform(8, "jifen_another")

    assert told(once) == told(again)
    assert once.figures == again.figures
    for name, story in told(another).items():
        assert story != told(once)[name], name
    fixed = ("branches", "members", "claims", "notices", "lines_settled", "filed")
    assert {key: another.figures["township"][key] for key in fixed} == {
        key: once.figures["township"][key] for key in fixed
    }
