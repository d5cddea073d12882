"""Notices: four steps by different people, a window that is really seven days, and nothing unconfirmed on them."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from shared.db.ledger import LedgerEntry
from shared.db.messages import Message, Notification
from shared.db.notices import Notice
from shared.db.rounds import Round
from shared.db.session import Db, acting
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.notices import NoticeKind
from shared.usecases.lines import propose
from shared.usecases.messages import deliver
from shared.usecases.notices import (
    approve_notice,
    draft_notice,
    publish_notice,
    review_notice,
    send_back_notice,
)
from tests.usecases.stage import START, Stage


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A village branch whose points the meeting has passed."""
    made = Stage(db, clockwork)
    made.accept(made.claim(made.mei))
    made.propose()
    made.pass_all()
    return made


def test_drafter_reviewer_and_approver_are_three_people(stage: Stage) -> None:
    for person, role in (("publicity", "recorder"), ("secretary", "recorder"), ("secretary", "publicity")):
        stage.also(person, role)
    by_reviewer = stage.do(draft_notice, "publicity", NoticeKind.FIRST, "2026-Q1", "公示")
    by_secretary = stage.do(draft_notice, "secretary", NoticeKind.FIRST, "2026-Q1", "公示")

    with pytest.raises(Forbidden, match="拟稿人"):
        stage.do(review_notice, "publicity", by_reviewer.id)
    with pytest.raises(Forbidden, match="拟稿人"):
        stage.do(review_notice, "secretary", by_secretary.id)
    stage.do(review_notice, "publicity", by_secretary.id)
    with pytest.raises(Forbidden, match="拟稿人"):
        stage.do(approve_notice, "secretary", by_secretary.id)
    stage.do(review_notice, "secretary", by_reviewer.id)
    with pytest.raises(Forbidden, match="审核人不能自己审批"):
        stage.do(approve_notice, "secretary", by_reviewer.id)


def test_no_step_is_left_out_and_each_has_its_role(stage: Stage) -> None:
    notice = stage.do(draft_notice, "recorder", NoticeKind.FIRST, "2026-Q1", "公示")

    for step, by in ((approve_notice, "secretary"), (publish_notice, "recorder")):
        with pytest.raises(NotNow, match="已拟稿"):
            stage.do(step, by, notice.id)
    for step, by in ((review_notice, "recorder"), (approve_notice, "publicity"), (publish_notice, "secretary")):
        with pytest.raises(Forbidden):
            stage.do(step, by, notice.id)
    stage.hang(notice.id)

    assert stage.history(notice.id) == ["draft", "review", "approve", "publish"]


def test_a_notice_that_is_sent_back_is_reviewed_anew(stage: Stage) -> None:
    notice = stage.do(draft_notice, "recorder", NoticeKind.FIRST, "2026-Q1", "公示")
    stage.do(review_notice, "publicity", notice.id)

    with pytest.raises(Invalid, match="理由"):
        stage.do(send_back_notice, "secretary", notice.id, "")
    stage.do(send_back_notice, "secretary", notice.id, "电话号码未隐去")
    with pytest.raises(NotNow):
        stage.do(approve_notice, "secretary", notice.id)
    stage.hang(notice.id)

    assert stage.row(Notice, notice.id).state == "published"


@pytest.mark.parametrize(
    ("posted", "closes"),
    [
        # 23:59 and 00:00 of the 14th and 15th of April in Shanghai: one minute, one whole day
        (datetime(2026, 4, 14, 15, 59, tzinfo=UTC), datetime(2026, 4, 21, 16, tzinfo=UTC)),
        (datetime(2026, 4, 14, 16, 0, tzinfo=UTC), datetime(2026, 4, 22, 16, tzinfo=UTC)),
    ],
)
def test_the_day_of_posting_is_shanghais_and_is_not_counted(
    stage: Stage, posted: datetime, closes: datetime
) -> None:
    notice = stage.post(at=posted)

    assert notice.closes_at == closes
    assert "不计当日" in (notice.why or "")


def test_a_round_is_published_once(stage: Stage) -> None:
    stage.post()

    with pytest.raises(NotNow, match=r"公示中.*不能“公示”"):
        stage.post()


@pytest.mark.long
def test_the_window_closes_on_its_instant_even_if_the_clock_is_late(stage: Stage) -> None:
    notice = stage.post(at=datetime(2026, 4, 14, 1, tzinfo=UTC))

    stage.move(datetime(2026, 5, 2, 3, 4, tzinfo=UTC))

    closed = stage.row(Notice, notice.id)
    assert closed.closed_at == closed.closes_at == notice.closes_at
    assert stage.row(Round, stage.round_id).state == "settled"
    assert stage.all(select(func.count()).select_from(LedgerEntry)) == [1]


@pytest.mark.long
def test_a_quarters_notice_waits_for_its_last_month(db: Db, clockwork: Db) -> None:
    stage = Stage(db, clockwork, "yangba", "2026-01", start=START)

    for month, closed in ((2, datetime(2026, 2, 6, 1, tzinfo=UTC)), (3, datetime(2026, 3, 6, 1, tzinfo=UTC))):
        stage.move(closed)
        stage.do(propose, "secretary", stage.round_id, {})
        stage.pass_all()
        with pytest.raises(NotNow, match="还没有全部计分"):
            stage.post()
        stage.round_id = stage.open(f"2026-0{month}")
    with pytest.raises(NotNow, match="还没有全部计分"):
        stage.post()
    stage.move(datetime(2026, 4, 7, 1, tzinfo=UTC))
    stage.do(propose, "secretary", stage.round_id, {})
    stage.pass_all()

    assert stage.post().state == "published"


@pytest.mark.long
def test_everybody_on_the_list_is_told_that_it_hangs_and_until_when(stage: Stage) -> None:
    notice = stage.post()
    branch = stage.branch
    with acting(stage.db, branch.county_id, branch.unit_id) as session:
        message = session.scalars(select(Message).filter_by(subject_id=notice.id, topic="notice")).one()
        deliver(session, message.id, branch.county_id, stage.now)
        told = set(session.scalars(select(Notification.person_id).filter_by(subject_id=notice.id)))

    assert told == {actor.person_id for actor in branch.actors.values()}
    assert "24:00 前核对" in message.body["text"]
