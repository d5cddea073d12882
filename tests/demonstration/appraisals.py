"""What must have happened at each unit's year end: from everybody's summary to the result that the year takes."""

from pathlib import Path

from tests.demonstration.conftest import Played

_EACH = """
SELECT e.id, b.name AS book, e.state, e.due, e.cast_votes, n.kind, n.state AS hung, n.closes_at,
       (SELECT count(*) FROM verdict v WHERE v.evaluation_id = e.id) AS appraised,
       (SELECT count(*) FROM notice_verdict v WHERE v.notice_id = n.id) AS shown,
       (SELECT count(*) FROM self_report r WHERE r.unit_id = e.unit_id AND r.year = e.year) AS reported,
       (SELECT count(*) FROM verdict v WHERE v.evaluation_id = e.id AND v.mutual IS NULL) AS unassessed,
       (SELECT min(r.opened) FROM (SELECT min(h.at) AS opened FROM history h JOIN round y ON y.id = h.subject_id
        WHERE y.unit_id = e.unit_id AND y.period = e.year::text) r) AS year_made
FROM evaluation e JOIN issued_book b ON b.id = e.book_id LEFT JOIN notice n ON n.id = e.notice_id
WHERE e.county_id = :county
"""


def every_book_s_unit_has_appraised_its_year(played: Played, folder: Path) -> None:
    found = played.rows(_EACH)

    assert {one.book for one in found} == played.part.books
    for one in found:
        assert (one.state, one.kind, one.hung) == ("settled", "appraisal", "closed"), one.book
        assert one.due <= 2 * one.cast_votes <= 2 * one.due
        assert one.appraised == one.shown > 0
        assert 2 * one.reported > one.appraised
        assert one.unassessed == 0
        assert one.closes_at < one.year_made


def no_urn_is_left_and_slips_on_paper_were_counted_by_two(played: Played, folder: Path) -> None:
    kept = played.only("SELECT count(*) FROM ballot WHERE county_id = :county AND urn IS NOT NULL")
    tellers = played.rows(
        "SELECT count(DISTINCT c.person_id) FROM ballot b"
        " JOIN ballot_mark m ON m.ballot_id = b.id AND m.way = 'paper'"
        " LEFT JOIN paper_count c ON c.ballot_id = b.id WHERE b.county_id = :county GROUP BY b.id"
    )

    assert kept == 0
    assert {number for (number,) in tellers} <= {2}


def an_objection_to_a_result_held_that_one_alone(played: Played, folder: Path) -> None:
    objected = played.rows(
        "SELECT v.answered_at, v.due_at, v.settled_at, v.proposed = s.result AS stood, n.closes_at FROM verdict v"
        " JOIN notice_verdict s ON s.verdict_id = v.id JOIN notice n ON n.id = s.notice_id"
        " WHERE v.county_id = :county AND v.objected_at IS NOT NULL"
    )
    others = played.only(
        "SELECT count(*) FROM verdict v JOIN evaluation e ON e.id = v.evaluation_id"
        " JOIN notice n ON n.id = e.notice_id"
        " WHERE v.county_id = :county AND v.objected_at IS NULL AND v.settled_at IS DISTINCT FROM n.closes_at"
    )

    assert objected
    assert all(one.answered_at < one.due_at and one.settled_at >= one.closes_at for one in objected)
    assert others == 0


def what_the_year_takes_is_the_settled_result(played: Played, folder: Path) -> None:
    differing = played.only(
        "SELECT count(*) FROM appraisal a JOIN evaluation e ON e.unit_id = a.unit_id AND e.year = a.year"
        " JOIN verdict v ON v.evaluation_id = e.id AND v.member_id = a.member_id"
        " WHERE a.county_id = :county AND a.result <> v.proposed"
    )

    assert differing == 0


def every_year_had_its_goals_its_check_and_its_summary(played: Played, folder: Path) -> None:
    found = played.rows(
        "SELECT u.id, g.year, count(*) AS written, count(g.checked_at) AS checked,"
        " (SELECT count(*) FROM half_year_word w JOIN half_year y ON y.id = w.half_year_id AND y.state = 'closed'"
        "  WHERE w.unit_id = u.id AND y.year = g.year) AS summed_up"
        " FROM unit u JOIN goal g ON g.unit_id = u.id WHERE u.county_id = :county GROUP BY u.id, g.year"
    )
    climbed = played.only(
        "SELECT count(*) FROM history WHERE county_id = :county AND subject_kind = 'plan_step'"
        " AND command = 'escalate'"
    )

    past = [one for one in found if one.year == 2025]
    assert len(past) == len(played.part.books)
    assert all(one.written == one.checked and one.summed_up == one.written - 1 for one in past)
    assert len({one.id for one in found}) == len(played.part.books) + len(played.part.branches)
    assert climbed == 0


def what_is_shown_was_agreed_to(played: Played, folder: Path) -> None:
    states = played.rows(
        "SELECT state, agreed_at IS NOT NULL AS agreed FROM example WHERE county_id = :county ORDER BY state"
    )

    assert {tuple(one) for one in states} == {("proposed", False), ("shown", True)}


FACTS = (
    every_year_had_its_goals_its_check_and_its_summary,
    what_is_shown_was_agreed_to,
    every_book_s_unit_has_appraised_its_year,
    no_urn_is_left_and_slips_on_paper_were_counted_by_two,
    an_objection_to_a_result_held_that_one_alone,
    what_the_year_takes_is_the_settled_result,
)
