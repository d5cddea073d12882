"""A year is counted before those whom the book wants there; without them its notice is not approved."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import select

from shared.authz.actor import Actor
from shared.db.attestations import Attestation
from shared.db.history import History
from shared.db.rounds import Round
from shared.db.session import Db, acting
from shared.domain.attestations import Attested
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.notices import NoticeKind
from shared.domain.windows import local_day
from shared.papers.layouts import Table
from shared.usecases.attestations import attest
from shared.usecases.galleys import see_galley
from shared.usecases.lines import propose
from shared.usecases.meetings import convene
from shared.usecases.notices import approve_notice, draft_notice, publish_notice, review_notice
from shared.usecases.papers import paper_of
from shared.usecases.scores import finish_scoring
from shared.usecases.wishes import Wish
from shared.usecases.years import close_year
from tests.usecases.stage import Stage
from tests.usecases.test_outcomes import settle

pytestmark = pytest.mark.long


def counted(db: Db, clockwork: Db) -> Stage:
    """A branch whose quarter has settled, and its year counted."""
    stage = Stage(db, clockwork, "xujiayan", members=1)
    stage.move(datetime(2026, 4, 8, 1, tzinfo=UTC))
    stage.do(finish_scoring, stage.branch.scorers[0], stage.round_id)
    stage.do(propose, "secretary", stage.round_id, {})
    settle(stage, stage.post())
    stage.move(datetime(2027, 1, 5, 1, tzinfo=UTC))
    stage.do(close_year, "secretary", 2026)
    return stage


def printed(stage: Stage, name: str, row_id: UUID) -> str:
    """A paper's text, as far as this test reads it."""
    recorder: Actor = stage.branch["recorder"]
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        paper = paper_of(session, recorder, name, row_id, Wish("https://jifen.example", stage.now))
    return str(paper.parts)


def test_the_years_notice_waits_for_its_witnesses_and_names_them(db: Db, clockwork: Db) -> None:
    stage = counted(db, clockwork)
    today = local_day(stage.now)
    notice_id = stage.do(draft_notice, "recorder", NoticeKind.YEAR, "2026", "2026 年度积分公示").id
    stage.do(review_notice, "publicity", notice_id)
    with pytest.raises(NotNow, match="积分领导小组成员、驻村干部参加"):
        stage.do(approve_notice, "secretary", notice_id)

    stage.do(attest, "recorder", notice_id, Attested("积分领导小组成员", "周甲", today))
    with pytest.raises(NotNow, match="在驻村干部参加"):
        stage.do(approve_notice, "secretary", notice_id)
    with pytest.raises(Invalid, match="已经登记"):
        stage.do(attest, "recorder", notice_id, Attested("积分领导小组成员", "周甲", today))
    with pytest.raises(Forbidden):
        stage.do(attest, stage.mei, notice_id, Attested("驻村干部", "王乙", today))
    stage.do(attest, "recorder", notice_id, Attested("驻村干部", "王乙", today))

    stage.do(approve_notice, "secretary", notice_id)
    with pytest.raises(NotNow, match="不能再改"):
        stage.do(attest, "recorder", notice_id, Attested("驻村干部", "王丙", today))
    notice = stage.do(publish_notice, "recorder", notice_id)
    posting = stage.do(see_galley, "recorder", notice_id).posting
    assert posting is not None
    assert [one.name for one in posting.attested] == ["周甲", "王乙"]
    said = stage.all(select(History.note).filter_by(subject_id=notice_id, command="attest"))
    assert sorted(note.split("（")[0] for note in said if note) == ["积分领导小组成员 周甲", "驻村干部 王乙"]
    (year,) = stage.all(select(Round.id).filter_by(period="2026"))
    assert "驻村干部 王乙" in printed(stage, "poster", notice_id)
    assert "驻村干部 王乙" in printed(stage, "register", year)
    assert "驻村干部 王乙" in printed(stage, "totals", year)
    meeting = stage.do(convene, "secretary", "committee", "年度积分统计", "支委会〔2027〕1号")
    assert "驻村干部 王乙" in printed(stage, "minutes", meeting.id)

    with pytest.raises(NotNow, match="登记入账以后"):
        printed(stage, "results", year)
    settle(stage, notice)
    with acting(db, stage.county_id, stage.unit_id) as session:
        paper = paper_of(session, stage.branch["recorder"], "results", year, Wish("https://x", stage.now))
    rows = next(part for part in paper.parts if isinstance(part, Table)).rows
    assert len(rows) == len(stage.branch.actors)
    assert {row[-1] for row in rows} == {notice.code}
    assert stage.all(select(Attestation.role).order_by(Attestation.role)) == ["积分领导小组成员", "驻村干部"]
