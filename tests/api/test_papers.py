"""Papers by way of the pages: shown and handed out as files, from where their row is; one's own to a member."""

import io

import pypdf
import pytest

from shared.db.session import Db
from tests.api.conftest import Browser
from tests.api.people import signed_in
from tests.papers.conftest import fonts  # noqa: F401 - a fixture
from tests.quarters import Quarter

pytestmark = pytest.mark.usefixtures("fonts")


def test_the_round_leads_to_its_papers_and_they_to_files(browser: Browser, db: Db, settled: Quarter) -> None:
    recorder = signed_in(browser.app, db, settled.branch["recorder"])

    assert "台账、一览表" in recorder.opens(f"/rounds/{settled.round_id}")
    assert "党员积分台账" in recorder.opens(f"/rounds/{settled.round_id}/papers")
    for name in ("ledger", "overview", "reading", "flow"):
        shown = recorder.opens(f"/papers/{name}/{settled.round_id}")
        assert "下载 PDF 打印" in shown
    assert settled.branch.members[0].name in recorder.opens(f"/papers/overview/{settled.round_id}")


@pytest.mark.parametrize(("kind", "magic"), [("pdf", b"%PDF"), ("xlsx", b"PK")])
def test_a_file_is_handed_out_under_its_name(
    browser: Browser, db: Db, settled: Quarter, kind: str, magic: bytes
) -> None:
    recorder = signed_in(browser.app, db, settled.branch["recorder"])

    answer = recorder.client.get(f"/papers/overview/{settled.round_id}/{kind}")

    assert answer.status_code == 200
    assert answer.content.startswith(magic)
    assert f".{kind}" in answer.headers["content-disposition"]


def test_word_is_for_documents_alone(browser: Browser, db: Db, settled: Quarter) -> None:
    recorder = signed_in(browser.app, db, settled.branch["recorder"])

    assert recorder.client.get(f"/papers/report/{settled.notice_id}/docx").content.startswith(b"PK")
    assert "没有这种格式" in recorder.opens(f"/papers/overview/{settled.round_id}/docx", 404)
    assert "没有这种格式" in recorder.opens(f"/papers/overview/{settled.round_id}/exe", 404)


def test_the_poster_comes_in_two_sizes(browser: Browser, db: Db, settled: Quarter) -> None:
    recorder = signed_in(browser.app, db, settled.branch["recorder"])
    widths = []
    for size in ("a3", "a4"):
        answer = recorder.client.get(f"/papers/poster/{settled.notice_id}/pdf?size={size}")
        page = pypdf.PdfReader(io.BytesIO(answer.content)).pages[0]
        widths.append(round(float(page.mediabox.width) / 72 * 25.4))

    assert widths == [297, 210]


def test_a_member_takes_their_own_papers_home(browser: Browser, db: Db, settled: Quarter) -> None:
    member = settled.branch.members[0]
    person = signed_in(browser.app, db, settled.branch.actors[member.id])

    assert "积分制管理手册" in person.opens("/points")
    for name in ("application", "statement", "records", "card", "booklet"):
        assert member.name in person.opens(f"/papers/mine/{name}?year=2026")
    assert person.client.get("/papers/mine/statement/pdf?year=2026").content.startswith(b"%PDF")
    person.opens("/papers/mine/ledger", 404)


def test_a_member_comes_to_no_paper_of_the_branch(browser: Browser, db: Db, settled: Quarter) -> None:
    one, other = settled.branch.members[:2]
    person = signed_in(browser.app, db, settled.branch.actors[one.id])

    for path in (
        f"/papers/ledger/{settled.round_id}",
        f"/papers/statement/{other.id}",
        f"/papers/poster/{settled.notice_id}/pdf",
        f"/rounds/{settled.round_id}/papers",
    ):
        person.opens(path, 403)


def test_an_officer_prints_for_everybody_while_the_page_is_closed(
    browser: Browser, db: Db, settled: Quarter
) -> None:
    recorder = signed_in(browser.app, db, settled.branch["recorder"])
    recorder.opens(f"/rounds/{settled.round_id}/papers")

    page = recorder.hands_in(f"/rounds/{settled.round_id}/papers", paper="card")

    assert "党员积分登记卡" in page
    assert recorder.page is not None
    assert "/jobs/" in str(recorder.page.url)


def test_every_place_leads_to_its_paper(browser: Browser, db: Db, settled: Quarter) -> None:
    member = settled.branch.members[0]
    recorder = signed_in(browser.app, db, settled.branch["recorder"])

    recorder.opens(f"/members/{member.id}")
    assert recorder.page is not None
    for name in ("application", "statement", "records", "card", "booklet", "exemption"):
        assert f"/papers/{name}/{member.id}" in recorder.page.text
    recorder.opens(f"/notices/{settled.notice_id}")
    assert f"/papers/poster/{settled.notice_id}" in recorder.page.text
    assert f"/papers/report/{settled.notice_id}" in recorder.page.text


def test_the_level_above_prints_what_has_come_to_it(browser: Browser, db: Db, settled: Quarter) -> None:
    officer = signed_in(browser.app, db, settled.branch.above["township_officer"])

    assert "2026年第一季度" in officer.opens("/filings/papers")
    assert "份备案材料" in officer.hands_in("/filings/papers", period="2026-Q1")
    officer.opens(f"/papers/ledger/{settled.round_id}", 403)
