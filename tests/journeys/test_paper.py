"""A round on paper: members who never touch a screen claim, hear their points read, object, and take them home."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from shared.db.claims import Claim
from shared.db.ledger import LedgerEntry
from shared.db.members import Member
from shared.db.session import Db, acting
from shared.domain.deeds import Deed
from shared.domain.errors import Forbidden, Invalid
from shared.papers.layouts import Code, Paper
from shared.papers.prints import pdf_of
from shared.usecases.batches import papers_of_branch
from shared.usecases.claims import Ruling, draft_claim, submit_claim
from shared.usecases.objections import OnPaper, Statement, enter_paper_objection
from shared.usecases.opinions import give_opinion
from shared.usecases.papers import paper_of
from shared.usecases.slips import Slip, enter_slip
from shared.usecases.wishes import Wish
from tests.builders import a_deed
from tests.papers.conftest import fonts  # noqa: F401 - a fixture
from tests.papers.reading import words
from tests.usecases.stage import CLOSED, DAY, POSTED, Stage

pytestmark = [pytest.mark.usefixtures("fonts"), pytest.mark.long]

ADDRESS = "https://jifen.example"
DONE = Deed("D-A4", date(2026, 1, 2), "讲党课一次")


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    return Stage(db, clockwork, members=3)


def printed(stage: Stage, name: str) -> list[Paper]:
    """A paper of one kind for everybody in the branch."""
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        wish = Wish(ADDRESS, stage.now, 2026)
        return papers_of_branch(session, stage.branch["recorder"], name, stage.round_id, wish)


def made(stage: Stage, name: str, row_id: UUID) -> str:
    """The text of one paper."""
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        return words(
            pdf_of([paper_of(session, stage.branch["recorder"], name, row_id, Wish(ADDRESS, stage.now, 2026))])
        )


def came_in(stage: Stage, member: Member, **more: Any) -> Claim:
    """The recorder types a claim form in, with who brought it and on which day."""
    slip = Slip(DONE, member.name, date(2026, 1, 4), **more)
    return stage.do(enter_slip, "recorder", stage.round_id, member.id, slip)


def test_a_round_is_run_with_members_who_never_touch_a_screen(stage: Stage) -> None:
    forms = {words(pdf_of([paper])): paper for paper in printed(stage, "application")}
    for member in stage.branch.members:
        text, form = next((text, paper) for text, paper in forms.items() if member.name in text)
        code = next(part for part in form.parts if isinstance(part, Code))
        assert code.address == f"{ADDRESS}/rounds/{stage.round_id}/paper/{member.id}"
        assert member.member_no in text
        assert "2026年第一季度" in text

    stage.now += DAY
    claims = [came_in(stage, member) for member in stage.branch.members]
    for claim, member in zip(claims, stage.branch.members, strict=True):
        stage.do(give_opinion, stage.branch.leader_of(member), claim.id, True, "好")
    assert "讲党课一次" in made(stage, "application", stage.mei.id)
    stage.decide(claims, Ruling(True, "支委会〔2026〕1号"))
    stage.move(CLOSED)
    stage.propose()

    aloud = made(stage, "reading", stage.round_id)
    assert all(f"．{member.name}（" in aloud for member in stage.branch.members)
    assert "合计2.00分" in aloud
    stage.pass_all()
    notice = stage.post(at=POSTED)
    poster = made(stage, "poster", notice.id)
    assert f"/n/{notice.code}" in poster

    stage.now += DAY
    villager = OnPaper(stage.now - timedelta(hours=2), ("党员900", "党员901"))
    said = Statement("我还扫过一次雪", stage.mei.name)
    stage.do(enter_paper_objection, "recorder", stage.line(stage.mei).id, said, villager)
    assert notice.closes_at is not None
    stage.move(notice.closes_at)

    home = [words(pdf_of([paper])) for paper in printed(stage, "statement")]
    for member in stage.branch.members[1:]:
        text = next(one for one in home if member.name in one)
        points = sum(one.points for one in stage.all(select(LedgerEntry).filter_by(member_id=member.id)))
        assert points
        assert f"已登记入账{points:.2f}" in text
        assert "党员本人签字" in text
    # The one to which somebody objects waits, and no other.
    assert stage.line(stage.mei).state == "held"


def test_what_is_entered_twice_counts_once(stage: Stage) -> None:
    stage.now += DAY
    first = came_in(stage, stage.mei)

    with pytest.raises(Invalid, match=f"已有一条同样的申报：编号 {first.number}"):
        came_in(stage, stage.mei)
    online = stage.do(draft_claim, stage.mei, stage.round_id, stage.mei.id, a_deed("D-A4", date(2026, 1, 2)))
    with pytest.raises(Invalid, match=f"已经按您交的纸质申报录入了，编号 {first.number}"):
        stage.do(submit_claim, stage.mei, online.id)
    came_in(stage, stage.mei, another=True)

    submitted = stage.all(select(Claim).filter_by(member_id=stage.mei.id, state="submitted"))
    assert len(submitted) == 2
    assert online.id not in {one.id for one in submitted}


def test_who_did_not_hand_it_in_or_on_which_day_is_asked(stage: Stage) -> None:
    future = Slip(DONE, " ", date(2027, 1, 1))

    with pytest.raises(Invalid) as refused:
        stage.do(enter_slip, "recorder", stage.round_id, stage.mei.id, future)
    with pytest.raises(Forbidden):
        stage.do(
            enter_slip, stage.branch.members[1], stage.round_id, stage.mei.id, Slip(DONE, "甲", date(2026, 1, 4))
        )

    assert len(refused.value.faults) == 2
