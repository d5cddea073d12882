"""What must have happened in the unit of each book, beside what must have happened in all."""

from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from tests.demonstration.conftest import Played

_UNIT = (
    " unit_id = (SELECT DISTINCT r.unit_id FROM round r JOIN issued_book b ON b.id = r.book_id"
    " WHERE r.county_id = :county AND b.name = '{book}')"
)
_STANDING = (
    "SELECT m.member_no, a.rank, a.zeroed, a.annual_points, array_remove(array_agg(o.kind), NULL) AS proposed"
    " FROM annual_line a JOIN member m ON m.id = a.member_id LEFT JOIN outcome_case o ON o.member_id = m.id"
    " JOIN line l ON l.id = a.line_id AND l.edition = a.edition"
    " WHERE a.{unit} GROUP BY m.member_no, a.rank, a.zeroed, a.annual_points"
)


def _of(book: str) -> str:
    return _UNIT.format(book=book).strip()


def chaiqian_publishes_twice_a_quarter(played: Played, folder: Path) -> None:
    kinds = played.rows(
        "SELECT period, kind FROM notice WHERE published_at IS NOT NULL AND kind IN ('first', 'second') AND "
        + _of("chaiqian")
    )

    assert Counter(kind for _, kind in kinds) == {"first": 4, "second": 4}
    assert len({period for period, _ in kinds}) == 4


def chaiqian_has_a_zeroed_member_and_a_circular_of_criticism(played: Played, folder: Path) -> None:
    zeroed = played.rows("SELECT year_points, annual_points FROM annual_line WHERE zeroed AND " + _of("chaiqian"))
    criticised = played.only("SELECT count(*) FROM record WHERE item = 'C-13' AND " + _of("chaiqian"))

    assert [tuple(map(str, row)) for row in zeroed] == [("0.00", "0.00")]
    assert criticised == 1


def chaiqian_commends_the_first_five_and_talks_to_the_last_three_and_the_zeroed(
    played: Played, folder: Path
) -> None:
    members = played.rows(_STANDING.format(unit=_of("chaiqian")))
    ranked = sorted(members, key=lambda one: -one.annual_points)
    first, last = ranked[4].annual_points, ranked[-3].annual_points

    for one in members:
        expected = {"praise"} if one.annual_points >= first and not one.zeroed else set()
        expected |= {"reminder"} if one.annual_points <= last else set()
        expected |= {"zeroed-reminder"} if one.zeroed else set()
        assert set(one.proposed) == expected, one.member_no
    assert any(one.zeroed for one in members)


def xujiayan_has_rewards_and_a_first_rung_of_the_ladder(played: Played, folder: Path) -> None:
    rewarded = played.rows("SELECT annual_points FROM annual_line WHERE reward_points > 0 AND " + _of("xujiayan"))
    below = played.rows(
        "SELECT member_id, annual_points FROM annual_line WHERE grade = '不合格' AND " + _of("xujiayan")
    )
    proposed = played.rows("SELECT member_id FROM outcome_case WHERE kind = 'correct' AND " + _of("xujiayan"))

    assert rewarded
    assert {str(points) for (points,) in rewarded} == {"100.00"}
    assert below
    assert all(points < 60 for _, points in below)
    assert {who for who, _ in below} == {who for (who,) in proposed}


def xujiayan_was_scored_by_three_and_heard_a_villager(played: Played, folder: Path) -> None:
    scorers = played.rows("SELECT count(*) FROM score WHERE " + _of("xujiayan") + " GROUP BY claim_id")
    villagers = played.rows(
        "SELECT o.name, o.on_paper, o.attested_by, o.due_at - o.handed_in_at AS days,"
        " o.handed_in_at < o.entered_at AS earlier FROM objection o WHERE o.raised_as = 'villager' AND o."
        + _of("xujiayan")
    )

    assert scorers
    assert {number for (number,) in scorers} == {3}
    assert len(villagers) == 1
    assert villagers[0].name
    assert villagers[0].on_paper
    assert villagers[0].attested_by
    assert villagers[0].earlier
    assert 3 <= villagers[0].days.days < 8


def xinba_has_all_four_tiers_and_an_exempt_member_whom_the_meeting_graded(played: Played, folder: Path) -> None:
    lines = played.rows(
        "SELECT a.tier, a.grade, a.annual_points, a.rank, m.exempt_minute, p.result FROM annual_line a"
        " JOIN member m ON m.id = a.member_id LEFT JOIN appraisal p ON p.member_id = m.id WHERE a." + _of("xinba")
    )
    exempt = [one for one in lines if one.exempt_minute]

    assert {one.tier for one in lines if not one.exempt_minute} == {"1", "2", "3", "4"}
    assert len(exempt) == 1
    assert (exempt[0].tier, exempt[0].annual_points, exempt[0].rank) == (None, None, None)
    assert exempt[0].grade == exempt[0].result


def xiaxiyuan_evaluates_everybody_and_grades_by_the_factor(played: Played, folder: Path) -> None:
    percent = {"优秀": 100, "合格": 90, "基本合格": 85, "不合格": 80}
    lines = played.rows(
        "SELECT p.result, a.year_points, a.annual_points, a.grade FROM annual_line a"
        " LEFT JOIN appraisal p ON p.member_id = a.member_id WHERE a." + _of("xiaxiyuan")
    )

    assert len(lines) == 14
    for one in lines:
        product = one.year_points * percent[one.result] / 100
        assert one.annual_points == product.quantize(Decimal("0.01"), ROUND_HALF_UP)
        assert one.grade


def yangba_publishes_three_months_in_one_notice(played: Played, folder: Path) -> None:
    months = played.rows(
        "SELECT count(DISTINCT l.round_id) FROM notice n JOIN notice_line l ON l.notice_id = n.id"
        " WHERE n.kind = 'first' AND n." + _of("yangba") + " GROUP BY n.id"
    )

    assert [number for (number,) in months] == [3, 3, 3, 3]


FACTS = {
    "chaiqian": (
        chaiqian_publishes_twice_a_quarter,
        chaiqian_has_a_zeroed_member_and_a_circular_of_criticism,
        chaiqian_commends_the_first_five_and_talks_to_the_last_three_and_the_zeroed,
    ),
    "xujiayan": (
        xujiayan_has_rewards_and_a_first_rung_of_the_ladder,
        xujiayan_was_scored_by_three_and_heard_a_villager,
    ),
    "xinba": (xinba_has_all_four_tiers_and_an_exempt_member_whom_the_meeting_graded,),
    "xiaxiyuan": (xiaxiyuan_evaluates_everybody_and_grades_by_the_factor,),
    "yangba": (yangba_publishes_three_months_in_one_notice,),
}
