"""Boards as somebody without a sign-in sees them: what is on them, what never is, and what a short code proves."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, create_engine, make_url, select, text

from services.cli.database import Urls
from shared.authz.actor import Actor
from shared.db.members import Member, Person
from shared.db.notices import Notice
from shared.db.session import Db, acting
from shared.domain.rule_books import Checked
from shared.domain.units import UnitKind
from shared.usecases.books import adopt_book, issue_book
from shared.usecases.members import Particulars, actor_of, enrol
from shared.usecases.places import unit_place
from shared.usecases.rules import check_book
from shared.usecases.units import add_unit, found_county
from tests.api.conftest import Browser
from tests.api.people import signed_in
from tests.builders import FOUNDED, LONG_AGO, founder
from tests.quarters import Quarter


def text_of(page: str) -> str:
    """What a page says, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_a_board_shows_names_groups_points_and_their_grounds(browser: Browser, disputed: Quarter) -> None:
    said = text_of(browser.get(f"/board/{disputed.branch.unit_id}").text)

    assert "公示中" in said
    assert "还剩 7 天（至 4月21日 24:00）" in said
    assert re.search(r"王秀兰 第1党小组 0\.00 为本支部讲一次党课 \+2\.00 2\.00", said)
    assert "王秀兰 第2党小组" in said
    assert "阿卜杜热合曼·买买提依明" in said
    assert "收到 1 件，办结 0 件" in said
    assert "有异议，暂缓登记（异2026-Q1-001）" in said


def test_a_board_says_how_to_object_and_by_when(browser: Browser, disputed: Quarter) -> None:
    said = text_of(browser.get(f"/board/{disputed.branch.unit_id}").text)

    for expected in (
        "有不同意见，怎样提",
        "24:00 以前",
        "书面：",
        "0000-200",
        "柳溪镇 0000-100",
        "3 日内书面答复",
    ):
        assert expected in said


def test_a_board_tells_nothing_else_about_anybody(browser: Browser, db: Db, disputed: Quarter) -> None:
    branch = disputed.branch
    with acting(db, branch.county_id, branch.unit_id) as session:
        for person in session.scalars(select(Person).filter_by(unit_id=branch.unit_id)):
            person.telephone = "13800000000"
        for member in session.scalars(select(Member).filter_by(unit_id=branch.unit_id)):
            member.exempt_minute = "长期卧床"

    page = browser.get(f"/board/{branch.unit_id}").text

    for secret in ("13800000000", "长期卧床", "1970-05-01", "1970年", "普通党员", "我的申报附了证明", "未附证明"):
        assert secret not in page


def test_a_name_is_text_whatever_is_in_it(browser: Browser, disputed: Quarter) -> None:
    page = browser.get(f"/board/{disputed.branch.unit_id}").text

    assert "&lt;b&gt;周&lt;/b&gt;" in page
    assert "<b>周</b>" not in page


def test_a_correction_stands_beside_what_it_corrects(browser: Browser, settled: Quarter) -> None:
    said = text_of(browser.get(f"/board/{settled.branch.unit_id}").text)

    assert "更正" in said
    assert "支委会〔2026〕7号" in said
    assert "已更正，见" in said
    assert "公示期满" in said


def test_an_empty_board_says_so(browser: Browser, db: Db, disputed: Quarter) -> None:
    county = disputed.branch.county_id

    said = text_of(browser.get(f"/board/{_unit(db, county, 'b2')}").text)

    assert "现在没有张贴的公示" in said


def test_a_demonstration_says_that_everybody_is_made_up(browser: Browser, disputed: Quarter) -> None:
    for address in (f"/board/{disputed.branch.unit_id}", "/"):
        assert "演示数据，人物均为虚构" in browser.get(address).text


def test_a_short_code_proves_that_nothing_was_changed(browser: Browser, db: Db, settled: Quarter) -> None:
    answer = browser.get(f"/n/{_code(db, settled)}")

    assert "没有被改动" in answer.text
    assert "不一致" not in answer.text


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE award SET points = points + :cent WHERE county_id = :county",
        "UPDATE notice_line SET points = points + :cent WHERE notice_id = :notice",
        "UPDATE seal SET previous = CASE WHEN :cent > 0 THEN repeat('1', 64) ELSE repeat('0', 64) END"
        " WHERE notice_id = :notice",
    ],
)
def test_a_cent_changed_behind_everybodys_back_is_seen(
    browser: Browser, db: Db, urls: Urls, admin_database_url: str, settled: Quarter, change: str
) -> None:
    code = _code(db, settled)
    where = {"county": settled.branch.county_id, "notice": settled.notice_id}

    with _superuser(urls, admin_database_url) as connection:
        connection.execute(text(change), {**where, "cent": 0.01})
    changed = browser.get(f"/n/{code}").text
    with _superuser(urls, admin_database_url) as connection:
        connection.execute(text(change), {**where, "cent": -0.01})

    assert "有人改动过" in changed
    assert "有人改动过" not in browser.get(f"/n/{code}").text


def test_an_unknown_code_and_unit_are_not_found(browser: Browser) -> None:
    for address in ("/n/zzzzzzzz", "/board/nowhere", f"/board/{uuid4()}"):
        assert browser.get(address).status_code == 404


def test_a_real_countys_board_is_public_only_where_its_book_says_so(browser: Browser, db: Db) -> None:
    closed_one = _real_branch(db, check_book("county-plan"))
    public_one = _real_branch(db, check_book("xujiayan"))

    assert browser.get(f"/board/{closed_one}").status_code == 404
    answer = browser.get(f"/board/{public_one}")
    assert answer.status_code == 200
    assert "演示数据" not in answer.text


def test_a_board_for_members_only_opens_to_them_and_to_nobody_else(browser: Browser, db: Db) -> None:
    closed, elsewhere = (_real_branch(db, check_book("county-plan")) for _ in range(2))
    member = signed_in(browser.app, db, _member_of(db, closed))

    assert "现在没有张贴的公示" in member.opens(f"/board/{closed}")
    member.opens(f"/board/{elsewhere}", 404)


def test_a_real_countys_overview_is_not_for_strangers(browser: Browser, db: Db) -> None:
    assert browser.get(f"/overview/{_real_branch(db, check_book('xujiayan'))}").status_code == 404


def _real_branch(db: Db, book: Checked) -> UUID:
    county_id = uuid4()
    by = founder(county_id)
    with db.begin() as session:
        found_county(session, by, "真县", f"real-{county_id}", demonstration=False, now=FOUNDED)
        branch = add_unit(session, by, county_id, UnitKind.BRANCH, "一支部", f"r-{county_id}", "0000-1")
        issued = issue_book(session, by, county_id, book, FOUNDED)
    with acting(db, county_id, branch.id) as session:
        adopt_book(session, by, branch.id, issued.id, LONG_AGO)
    return branch.id


def _member_of(db: Db, unit_id: UUID) -> Actor:
    with db.begin() as session:
        county_id = unit_place(session, str(unit_id)).county_id
    with acting(db, county_id, unit_id) as session:
        given = Particulars("001", "梅素芬", "mei", "普通党员", date(1950, 1, 1))
        member = enrol(session, founder(county_id), unit_id, given)
        return actor_of(session, county_id, unit_id, member.person_id, FOUNDED.date())


def _unit(db: Db, county_id: UUID, code: str) -> UUID:
    with acting(db, county_id) as session:
        found: UUID = session.execute(text("SELECT id FROM unit WHERE code = :code"), {"code": code}).scalar_one()
    return found


def _code(db: Db, quarter: Quarter) -> str:
    branch = quarter.branch
    with acting(db, branch.county_id, branch.unit_id) as session:
        return session.get_one(Notice, (branch.county_id, quarter.notice_id)).code


@contextmanager
def _superuser(urls: Urls, admin_database_url: str) -> Iterator[Connection]:
    """The server's superuser in our database, with every trigger switched off."""
    address = make_url(admin_database_url).set(database=make_url(urls.app).database)
    engine = create_engine(address)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        yield connection
    engine.dispose()


def test_a_member_finds_their_own_line_and_may_open_the_others(
    browser: Browser, db: Db, disputed: Quarter
) -> None:
    branch = disputed.branch
    person = signed_in(browser.app, db, branch.actors[branch.members[0].id])

    said = person.opens(f"/board/{branch.unit_id}")

    assert "看我的一行" in said
    assert "王秀兰 （我）" in said
    assert person.page is not None
    assert 'href="/lines/' in person.page.text
    assert person.client.get("/board", follow_redirects=False).headers["location"] == f"/board/{branch.unit_id}"


def test_a_printed_square_leads_to_the_notice(browser: Browser, db: Db, disputed: Quarter) -> None:
    with acting(db, disputed.branch.county_id, disputed.branch.unit_id) as session:
        code = session.get_one(Notice, (disputed.branch.county_id, disputed.notice_id)).code

    answer = browser.get(f"/n/{code}/qr.svg")

    assert answer.headers["content-type"] == "image/svg+xml"
    assert "<svg" in answer.text
    assert browser.get("/n/nowhere/qr.svg").status_code == 404
