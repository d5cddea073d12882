"""What must have happened in a demonstration county, asked of its rows by ways of the tests' own."""

import json
from datetime import datetime
from pathlib import Path

from click.testing import CliRunner

from services.cli.window import command as window
from tests.demonstration.conftest import Played
from tests.demonstration.years import LINES, YEARS, as_printed, scored

RECOUNT = (Path(__file__).parent / "recount.sql").read_text("utf-8")


def every_figure_is_recounted_from_the_rows(played: Played, folder: Path) -> None:
    printed = {key: value for key, value in played.figures.items() if key != "elapsed_s"}
    systems = {name: one for name, one in printed["systems"].items() if name in played.part.books}

    assert played.only(RECOUNT) == {**printed, "systems": systems}


def each_refusal_has_its_body_its_reason_and_its_minute(played: Played, folder: Path) -> None:
    refused = played.rows(
        "SELECT c.refused_by, c.reason, c.minute, h.note FROM claim c JOIN history h ON h.subject_id = c.id"
        " AND h.command = 'refuse' WHERE c.county_id = :county AND c.state = 'refused'"
    )

    assert refused
    for body, reason, minute, note in refused:
        assert body in {"committee", "members_meeting", "parent", "scoring_group"}
        assert reason
        assert "号" in minute or body == "scoring_group"
        assert note


def the_meeting_refused_what_it_doubted(played: Played, folder: Path) -> None:
    bodies = "SELECT DISTINCT refused_by FROM claim WHERE county_id = :county AND state = 'refused'"

    assert {"committee", "members_meeting"} <= {row[0] for row in played.rows(bodies)}


def every_vote_that_passed_had_quorum_and_majority(played: Played, folder: Path) -> None:
    votes = played.rows(
        "SELECT v.in_favour, v.against, v.abstained, m.valid,"
        " (SELECT count(*) FROM attendance a WHERE a.meeting_id = m.id AND a.standing = 'voter') AS due,"
        " (SELECT count(*) FROM attendance a WHERE a.meeting_id = m.id AND a.standing = 'voter'"
        "    AND a.took_part IN ('present', 'remote', 'written')) AS there"
        " FROM vote v JOIN meeting m ON m.id = v.meeting_id WHERE v.county_id = :county AND v.passed"
    )

    assert votes
    for vote in votes:
        assert vote.valid
        assert 2 * vote.there >= vote.due
        assert 2 * vote.in_favour > vote.due
        assert vote.in_favour + vote.against + vote.abstained <= vote.there


def every_branch_of_the_township_met(played: Played, folder: Path) -> None:
    met = played.only(
        "SELECT count(DISTINCT v.unit_id) FROM vote v JOIN round r ON r.id = v.round_id"
        " JOIN issued_book b ON b.id = r.book_id"
        " WHERE v.county_id = :county AND v.passed AND b.name = 'township-overlay'"
    )

    assert met == len(played.part.branches)


def observers_were_invited_and_only_full_members_were_due(played: Played, folder: Path) -> None:
    observers = played.rows(
        "SELECT a.invited_at, (SELECT count(*) FROM member m WHERE m.person_id = a.person_id) AS membership"
        " FROM attendance a WHERE a.county_id = :county AND a.standing = 'observer'"
    )
    wrong = played.only(
        "SELECT count(*) FROM attendance a LEFT JOIN member m ON m.person_id = a.person_id"
        " WHERE a.county_id = :county AND a.standing = 'voter' AND (m.id IS NULL OR m.probationary)"
    )

    assert len(observers) == len([n for n in played.part.branches if n < 14])
    assert all(one.invited_at is not None and one.membership == 0 for one in observers)
    assert wrong == 0


def every_window_is_the_one_that_the_command_reckons(played: Played, folder: Path) -> None:
    published = played.rows(
        "SELECT DISTINCT b.name, n.published_at, n.closes_at, n.last_day, n.why FROM notice n"
        " JOIN notice_line l ON l.notice_id = n.id JOIN round r ON r.id = l.round_id"
        " JOIN issued_book b ON b.id = r.book_id WHERE n.county_id = :county AND n.published_at IS NOT NULL"
    )

    assert published
    for name, published_at, closes_at, last_day, why in published:
        asked = [str(name), "--published", published_at.isoformat(), "--format", "json"]
        answer = json.loads(CliRunner().invoke(window, asked).stdout)
        assert (answer["last_day"], answer["why"]) == (last_day.isoformat(), why)
        assert datetime.fromisoformat(answer["closes_at"]) == closes_at


def every_figure_is_what_jifen_score_makes_of_the_same_deeds(played: Played, folder: Path) -> None:
    units = played.rows(
        "SELECT DISTINCT b.name, r.unit_id FROM round r JOIN issued_book b ON b.id = r.book_id"
        " WHERE r.county_id = :county"
    )

    assert len(units) == len(played.part.books) + len(played.part.branches)
    for book, unit_id in units:
        lines, years = played.rows(LINES, unit=unit_id), played.rows(YEARS, unit=unit_id)
        assert lines
        found = {
            year: scored(played, folder, book, int(year), unit_id) for year in {one.period[:4] for one in lines}
        }
        for number, period, points in lines:
            assert found[period[:4]][number]["rounds"][period] == str(points), (book, number, period)
        assert len(years) == (0 if book == "township-overlay" else len(found["2025"]))
        for year in map(as_printed, years):
            assert year == {key: found["2025"][str(year["member_no"])][key] for key in year}


def nothing_that_is_due_waits(played: Played, folder: Path) -> None:
    waiting = "SELECT count(*) FROM deadline WHERE county_id = :county AND fired_at IS NULL"

    assert played.only(f"{waiting} AND due_at <= jifen.instant(county_id)") == 0
    assert played.only(f"{waiting} AND due_at > jifen.instant(county_id)") > 0


def all_packages_went_up_and_were_filed_in_order(played: Played, folder: Path) -> None:
    packages = played.rows(
        "SELECT state, receipt, submitted_at, received_at, filed_at FROM filing WHERE county_id = :county"
    )

    assert packages
    for one in packages:
        assert (one.state, bool(one.receipt)) == ("filed", True)
        assert one.submitted_at <= one.received_at <= one.filed_at


def objections_were_investigated_by_somebody_not_involved_and_answered_in_writing(
    played: Played, folder: Path
) -> None:
    objections = played.rows(
        "SELECT o.*, o.due_at > jifen.instant(o.county_id) AS in_time, EXISTS ("
        "   SELECT FROM claim c JOIN line l ON l.round_id = c.round_id"
        "   AND l.member_id = c.member_id WHERE l.id = o.line_id"
        "   AND c.entered_by = o.investigator_id) AS involved,"
        " l.state AS line_state FROM objection o JOIN line l ON l.id = o.line_id WHERE o.county_id = :county"
    )

    assert objections
    # The present holds one or two that somebody has still time to answer.
    for one in (one for one in objections if one.state != "closed"):
        assert one.in_time
    for one in (one for one in objections if one.state == "closed"):
        assert one.answer
        assert one.investigator_id not in {None, one.raised_by, one.answered_by}
        assert not one.involved
        assert one.line_state == "settled"


def an_objection_holds_one_line_and_the_others_settle_on_time(played: Played, folder: Path) -> None:
    late = played.only(
        "SELECT count(*) FROM ledger_entry e JOIN line l ON l.id = e.line_id"
        " JOIN notice_line nl ON nl.line_id = l.id AND nl.edition = e.edition JOIN notice n ON n.id = nl.notice_id"
        " WHERE e.county_id = :county AND e.reverses_id IS NULL"
        " AND NOT EXISTS (SELECT FROM objection o WHERE o.line_id = l.id) AND e.recorded_at > ("
        "   SELECT max(x.closes_at) FROM notice x JOIN notice_line y ON y.notice_id = x.id WHERE y.line_id = l.id)"
    )

    assert late == 0


FACTS = (
    every_figure_is_recounted_from_the_rows,
    each_refusal_has_its_body_its_reason_and_its_minute,
    the_meeting_refused_what_it_doubted,
    every_vote_that_passed_had_quorum_and_majority,
    every_branch_of_the_township_met,
    observers_were_invited_and_only_full_members_were_due,
    every_window_is_the_one_that_the_command_reckons,
    every_figure_is_what_jifen_score_makes_of_the_same_deeds,
    nothing_that_is_due_waits,
    all_packages_went_up_and_were_filed_in_order,
    objections_were_investigated_by_somebody_not_involved_and_answered_in_writing,
    an_objection_holds_one_line_and_the_others_settle_on_time,
)
