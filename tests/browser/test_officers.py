"""Officers' pages before a browser: nothing for axe to find, nothing wider than a phone, readable on a wall."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from sqlalchemy import select

from shared.db.filings import Filing
from shared.db.members import Member
from shared.db.session import Db, acting
from shared.domain.notices import NoticeKind
from shared.usecases.answers import Remedy, answer_objection
from shared.usecases.appeals import appeal
from shared.usecases.filings import submit_filing
from shared.usecases.lines import Difference, propose
from shared.usecases.notices import draft_notice
from tests.browser.conftest import Opens
from tests.browser.looking import findings, wider_than_the_screen
from tests.usecases.stage import CLOSED, DAY, POSTED, Stage

# Minutes, or many pictures of one page: with ./jifen test --all.
pytestmark = pytest.mark.long

NAMES = ["王秀兰", "李建国", "阿卜杜热合曼·买买提依明", "赵春梅", "陈国强", "周玉珍"]


@dataclass
class Scene:
    """Three branches at different points of their quarter, and where each page about them is."""

    meeting: Stage
    hanging: Stage
    settled: Stage
    pages: list[tuple[Stage, str, str]]


def named(stage: Stage) -> None:
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        for member, name in zip(session.scalars(select(Member).order_by(Member.member_no)), NAMES, strict=False):
            member.name = name


@pytest.fixture(scope="session")
def scene(db: Db, clockwork: Db) -> Scene:
    meeting, hanging, settled = (Stage(db, clockwork) for _ in range(3))
    for stage in (meeting, hanging, settled):
        named(stage)
        for member in stage.branch.members[:2]:
            stage.accept(stage.claim(member), stage.claim(member, "D-E6"))
        stage.refuse(stage.claim(stage.branch.members[2], "D-E6"))
        stage.move(CLOSED)
    differing = {meeting.branch.members[1].id: Difference(Decimal("3.00"), "带头清理河道，电话13812345678")}
    meeting.do(propose, "secretary", meeting.round_id, differing)
    held = meeting.meet(absent=2)
    for stage in (hanging, settled):
        stage.publish()
    draft = hanging.do(
        draft_notice, "recorder", NoticeKind.CORRECTION, "2026-Q1", "更正公示，家住柳溪路25号，电话13812345678"
    )
    first = hanging.object(hanging.branch.members[2], hanging.branch.members[2], "我的表彰有文件，附在后面。")
    second = hanging.object(hanging.mei, hanging.mei, "少记了一次志愿服务。")
    hanging.investigate(first.id)
    third = settled.object(settled.branch.members[2], settled.branch.members[2])
    settled.investigate(third.id)
    settled.do(answer_objection, "organiser", third.id, False, "与细则一致，不予认定。", Remedy())
    settled.do(appeal, settled.branch.members[2], third.id, "镇里的文件可以证明。")
    settled.move(POSTED + 9 * DAY)
    hanging.move(POSTED + 5 * DAY)
    filing = settled.all(select(Filing))[0]
    settled.do(submit_filing, "secretary", filing.id)
    pages = [
        (meeting, "secretary", "/meetings"),
        (meeting, "secretary", "/meetings/new"),
        (meeting, "secretary", f"/meetings/{held}"),
        (meeting, "secretary", f"/meetings/{held}/roll"),
        (meeting, "secretary", f"/meetings/{held}/votes"),
        (meeting, "secretary", f"/meetings/{held}/lines/{meeting.line(meeting.mei).id}"),
        (meeting, "secretary", f"/meetings/{held}/screen"),
        (hanging, "recorder", "/notices"),
        (hanging, "recorder", f"/notices/{draft.id}"),
        (hanging, "recorder", f"/notices/{hanging.line(hanging.mei).notice_id}"),
        (hanging, "recorder", f"/notices/{draft.id}/title"),
        (hanging, "secretary", "/inquiries"),
        (hanging, "secretary", f"/inquiries/{first.id}"),
        (hanging, "secretary", f"/inquiries/{first.id}/answer"),
        (hanging, "secretary", f"/inquiries/{second.id}/investigator"),
        (hanging, "discipline", f"/inquiries/{first.id}/findings"),
        (hanging, "recorder", "/inquiries/paper"),
        (settled, "township_officer", f"/inquiries/{third.id}/decision"),
        (settled, "township_officer", "/filings"),
        (settled, "secretary", "/filings"),
        (settled, "township_officer", f"/filings/{filing.id}"),
        (settled, "township_officer", "/overview"),
        (hanging, "township_officer", f"/overview/{hanging.unit_id}"),
        (settled, "discipline", "/ledger"),
        (settled, "discipline", "/ledger/history"),
        (settled, "discipline", "/conflicts"),
        (settled, "secretary", "/outcomes"),
    ]
    return Scene(meeting, hanging, settled, pages)


@pytest.mark.long
@pytest.mark.parametrize("number", range(27))
def test_nothing_is_wrong_with_an_officers_page(opens: Opens, axe: str, scene: Scene, number: int) -> None:
    stage, who, path = scene.pages[number]
    found: list[str] = []
    for width, size in ((1280, ""), (320, "xl")):
        page = opens(stage.who(who), path, width=width, size=size)
        found += [f"{path} {width} {one}" for one in (*findings(page, axe), *wider_than_the_screen(page))]

    assert found == []


def test_the_wall_fills_the_screen_and_needs_no_scrolling(opens: Opens, scene: Scene) -> None:
    path = next(path for _, _, path in scene.pages if path.endswith("/screen"))

    wall = opens(scene.meeting.who("secretary"), path, width=1920, height=1080)

    name = wall.locator("h1").evaluate("one => parseFloat(getComputedStyle(one).fontSize)")
    assert name > 80
    assert wall.evaluate("document.documentElement.scrollHeight <= window.innerHeight")
    wall.get_by_role("link", name="下一位").click()
    assert "第 2 位" in wall.inner_text(".which")
