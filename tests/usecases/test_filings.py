"""Filings: built by the clock, sent up by the secretary, taken in, given back or filed by the level above."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from shared.authz.actor import Actor
from shared.db.filings import Filing
from shared.db.rounds import Round
from shared.db.session import Db, acting
from shared.domain.errors import Forbidden, Invalid, NotFound, NotNow
from shared.domain.filings import changes
from shared.usecases.answers import Remedy, answer_objection
from shared.usecases.corrections import correct_late
from shared.usecases.filings import editions_of, file_filing, receive_filing, return_filing, submit_filing
from tests.usecases.stage import DAY, POSTED, Stage, deed

SETTLED = POSTED + 9 * DAY
TOWN = "township_officer"


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A village branch whose quarter hangs on the board."""
    made = Stage(db, clockwork)
    made.accept(made.claim(made.mei))
    made.publish()
    return made


def packages(stage: Stage) -> list[Filing]:
    """What the clock has built, in order."""
    return stage.all(select(Filing).order_by(Filing.number))


def test_nothing_is_built_before_the_window_has_closed(stage: Stage) -> None:
    stage.move(POSTED + 7 * DAY)
    assert packages(stage) == []

    stage.move(SETTLED)

    (filing,) = packages(stage)
    assert (filing.state, filing.package["open"], len(filing.package["lines"])) == ("built", 0, 14)


def test_a_package_is_sent_given_back_sent_again_and_filed(stage: Stage) -> None:
    stage.move(SETTLED)
    (filing,) = packages(stage)

    with pytest.raises(NotFound):
        stage.do(receive_filing, Actor(stage.county_id, stage.county_id, None, "县", frozenset()), filing.id)
    with pytest.raises(NotNow, match="待上报"):
        stage.do(receive_filing, TOWN, filing.id)
    stage.do(submit_filing, "secretary", filing.id)
    with pytest.raises(NotNow, match=r"已上报.*不能“备案”"):
        stage.do(file_filing, TOWN, filing.id)
    stage.do(receive_filing, TOWN, filing.id)
    with pytest.raises(Invalid, match="哪一处"):
        stage.do(return_filing, TOWN, filing.id, "", "")
    stage.do(return_filing, TOWN, filing.id, "第 3 行", "姓名有误")
    stage.do(submit_filing, "secretary", filing.id)
    stage.do(receive_filing, TOWN, filing.id)
    filed = stage.do(file_filing, TOWN, filing.id)
    stage.move(stage.now)

    assert stage.history(filing.id) == ["submit", "receive", "return", "submit", "receive", "file"]
    assert filed.receipt == f"备2026-Q1-1-{filing.digest[:8]}"
    assert stage.row(Round, stage.round_id).state == "filed"
    assert [m.body["text"][:9] for m in stage.messages("filed")] == ["2026年第一季度"]


def test_each_end_has_its_own_people(stage: Stage) -> None:
    stage.move(SETTLED)
    (filing,) = packages(stage)

    for wrong in ("recorder", "organiser", TOWN):
        with pytest.raises(Forbidden):
            stage.do(submit_filing, wrong, filing.id)
    stage.do(submit_filing, "secretary", filing.id)
    for step in (receive_filing, file_filing):
        with pytest.raises(Forbidden):
            stage.do(step, "secretary", filing.id)
    elsewhere = Actor(stage.county_id, stage.unit_id, None, "外镇干部", frozenset({TOWN}))
    with pytest.raises(Forbidden, match="不是报给您"):
        stage.do(receive_filing, elsewhere, filing.id)


def test_a_package_that_was_changed_on_the_way_is_not_taken_in(stage: Stage) -> None:
    stage.move(SETTLED)
    (filing,) = packages(stage)
    stage.do(submit_filing, "secretary", filing.id)
    changed = {**filing.package, "lines": [{**line, "points": "9.00"} for line in filing.package["lines"]]}

    def tamper(session: object, actor: Actor, now: object) -> None:
        session.get_one(Filing, (stage.county_id, filing.id)).package = changed  # type: ignore[attr-defined]

    stage.do(tamper, "secretary")

    with pytest.raises(Invalid, match="校验码"):
        stage.do(receive_filing, TOWN, filing.id)


@pytest.mark.long
def test_who_must_act_next_is_reminded_wherever_the_package_lies(stage: Stage) -> None:
    stage.move(SETTLED)
    (filing,) = packages(stage)
    town, county = stage.branch.parent_id, stage.county_id
    stage.do(submit_filing, "secretary", filing.id)

    stage.move(SETTLED + 8 * DAY)
    assert [m.subject_id for m in stage.messages("reminder", town)] == [filing.id]
    stage.move(SETTLED + 12 * DAY)
    assert [m.subject_id for m in stage.messages("escalation", county)] == [filing.id]
    stage.do(return_filing, TOWN, filing.id, "第 3 行", "姓名有误")
    stage.move(stage.now + 8 * DAY)

    assert stage.messages("reminder")[-1].subject_id == filing.id


@pytest.mark.long
def test_a_held_line_goes_up_as_open_and_a_numbered_supplement_follows(stage: Stage) -> None:
    objection = stage.object(stage.mei, stage.mei)
    stage.move(SETTLED)
    (first,) = packages(stage)
    assert first.package["open"] == 1
    assert [line["state"] for line in first.package["lines"] if line["member_no"] == "001"] == ["held"]
    stage.do(submit_filing, "secretary", first.id)
    stage.do(receive_filing, TOWN, first.id)
    stage.do(file_filing, TOWN, first.id)

    stage.investigate(objection.id)
    stage.do(answer_objection, "organiser", objection.id, False, "与细则一致", Remedy())
    stage.move(SETTLED + 12 * DAY)

    assert [(one.number, one.package["open"]) for one in packages(stage)] == [(1, 1), (2, 0)]
    assert stage.line(stage.mei).points == Decimal(2)


def corrected(stage: Stage) -> None:
    """What was left out of Mei's line is entered, posted again and settles."""
    late = (stage.line(stage.mei).id, deed("D-A1", date(2026, 2, 2)), "支委会〔2026〕9号")
    stage.do(correct_late, "organiser", *late)
    stage.move(stage.now)
    stage.hang(stage.drafted().id)
    stage.move(stage.now + 9 * DAY)


def test_what_is_corrected_before_it_goes_up_is_in_the_first_package_and_in_no_second(stage: Stage) -> None:
    objection = stage.object(stage.mei, stage.mei)
    stage.move(SETTLED)
    (before,) = packages(stage)
    assert before.package["open"] == 1

    stage.investigate(objection.id)
    stage.do(answer_objection, "organiser", objection.id, False, "与细则一致", Remedy())
    stage.move(SETTLED + 12 * DAY)

    (after,) = packages(stage)
    assert (after.id, after.state, after.number, after.edition) == (before.id, "built", 1, 1)
    assert (after.package["open"], before.digest == after.digest) == (0, False)
    assert "rebuild" in stage.history(after.id)
    assert "已按更正重新生成，变动 1 行" in stage.messages("filing")[-1].body["text"]


@pytest.mark.long
def test_what_is_corrected_while_a_supplement_waits_is_in_the_supplement(stage: Stage) -> None:
    stage.move(SETTLED)
    (first,) = packages(stage)
    stage.do(submit_filing, "secretary", first.id)
    corrected(stage)
    corrected(stage)

    assert [(one.number, one.state) for one in packages(stage)] == [(1, "submitted"), (2, "built")]
    points = {line["points"] for line in packages(stage)[1].package["lines"] if line["member_no"] == "001"}
    assert points == {str(stage.line(stage.mei).points)}


def returned(stage: Stage) -> Filing:
    """The quarter's package, sent up and given back."""
    stage.move(SETTLED)
    (filing,) = packages(stage)
    stage.do(submit_filing, "secretary", filing.id)
    return stage.do(return_filing, TOWN, filing.id, "第 1 行", "漏记一次主题党日")


@pytest.mark.long
def test_what_has_changed_since_goes_up_in_a_new_edition_and_the_old_one_is_kept(stage: Stage) -> None:
    before = returned(stage)
    corrected(stage)
    stage.do(submit_filing, "secretary", before.id)
    stage.do(receive_filing, TOWN, before.id)
    stage.do(file_filing, TOWN, before.id)

    (after,) = packages(stage)  # no supplement beside it
    with acting(stage.db, stage.county_id, stage.branch.parent_id) as session:
        (kept,) = editions_of(session, stage.who(TOWN), after.id)
    assert (after.edition, kept.edition, kept.digest) == (2, 1, before.digest)
    assert kept.return_reason == "第 1 行：漏记一次主题党日"
    (change,) = changes(kept.package, after.package)
    assert change[2:] == (
        stage.mei.name,
        "2.00（已登记入账）",
        "3.00（已登记入账）",
    )
    assert after.head != before.head
    rebuilt = next(one for one in stage.told(after.id) if one.command == "rebuild")
    assert rebuilt.note == "第 2 版，与退回的一版相比变动 1 行"


@pytest.mark.long
def test_what_has_not_changed_goes_up_again_as_it_was(stage: Stage) -> None:
    before = returned(stage)
    stage.do(submit_filing, "secretary", before.id)

    (after,) = packages(stage)
    assert (after.edition, after.digest) == (1, before.digest)
    assert "rebuild" not in stage.history(after.id)


@pytest.mark.long
def test_a_correction_after_it_has_gone_up_again_follows_in_a_supplement(stage: Stage) -> None:
    filing = returned(stage)
    stage.do(submit_filing, "secretary", filing.id)
    corrected(stage)

    assert [(one.number, one.edition) for one in packages(stage)] == [(1, 1), (2, 1)]
