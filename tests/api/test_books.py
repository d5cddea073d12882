"""The pages of rule books: a draft by forms, its faults and differences beside it, its trial, and its approval."""

import re
from typing import Any
from uuid import UUID

import pytest

from shared.authz.actor import Actor
from shared.db.book_drafts import BookDraft
from shared.db.session import Db
from shared.usecases.book_drafts import start_from_example
from tests.api.conftest import Browser
from tests.api.people import Person, signed_in
from tests.usecases.test_book_drafts import County
from tests.usecases.test_trials import Settled

pytestmark = pytest.mark.long


class Desk:
    """Somebody before a draft of their unit."""

    def __init__(self, browser: Browser, county: County | Settled, actor: Actor, draft: BookDraft) -> None:
        self.person: Person = signed_in(browser.app, county.db, actor)
        self.at = f"/books/drafts/{draft.id}"

    def opens(self, path: str = "", status: int = 200) -> str:
        return self.person.opens(self.at + path, status)

    def hands_in(self, path: str, status: int = 200, /, **fields: Any) -> str:
        return self.person.hands_in(self.at + path, status, **fields)


@pytest.fixture
def county(db: Db) -> County:
    return County(db)


@pytest.fixture
def lin(browser: Browser, county: County) -> Desk:
    """A county officer before the next version of the plan."""
    return Desk(browser, county, county.lin, county.drafted(county.lin))


@pytest.fixture
def qiu(browser: Browser, county: County, lin: Desk) -> Desk:
    """Another, before the same draft."""
    desk = Desk.__new__(Desk)
    desk.person, desk.at = signed_in(browser.app, county.db, county.qiu), lin.at
    return desk


@pytest.fixture
def tao(browser: Browser, county: County) -> Desk:
    """A township's officer before its overlay."""
    return Desk(browser, county, county.tao, county.drafted(county.tao))


def test_a_county_s_officer_begins_the_next_version_from_its_page(browser: Browser, county: County) -> None:
    person = signed_in(browser.app, county.db, county.lin)
    assert "最新是第 1 版" in person.opens("/books")

    page = person.hands_in("/books/drafts", example=None)

    assert "第 2 版草稿，第 1 稿" in page
    assert "施行日 2020年1月1日 → 2026年4月1日" in page


def test_a_clause_is_changed_by_a_form_and_the_draft_says_so_in_words(lin: Desk) -> None:
    lin.opens("/items/D-B5")

    lin.hands_in("/items/D-B5", points="3", cap_quarter="9")

    assert "第12项 D-B5 参加志愿服务活动：每次 2 分 → 3 分；每季度上限 4 分 → 9 分" in lin.opens()


def test_what_the_form_shows_and_saves_untouched_changes_nothing(lin: Desk) -> None:
    for name in ("D-A1", "D-B5", "D-A6"):
        lin.opens(f"/items/{name}")
        lin.hands_in(f"/items/{name}")
    for chapter in ("basics", "points", "classes", "grades", "windows", "consequences", "lists"):
        lin.opens(f"/chapters/{chapter}")
        lin.hands_in(f"/chapters/{chapter}")

    page = lin.opens()
    assert "第 1 稿" in page
    assert "没有错误" in page


def test_a_new_clause_is_asked_in_one_form(lin: Desk) -> None:
    lin.opens("/items/new")
    new = {
        "number": "N-1",
        "title": "值守防汛",
        "points": "2",
        "cap_year": "6",
        "decision": "y",
        "aspect": "服务群众",
    }

    page = lin.hands_in("/items/new", **new)

    assert "值守防汛" in page
    assert "新增第51项 N-1 值守防汛：加分，每次 2 分，每年至多 6 分，须有集体决定" in lin.opens()


def test_a_number_that_is_taken_is_refused_at_its_field(lin: Desk) -> None:
    lin.opens("/items/new")

    page = lin.hands_in("/items/new", 422, number="D-B5", title="重号", points="2")

    assert "条款号“D-B5”已经用过，请换一个。" in page
    assert 'value="重号"' in lin.person.page.text if lin.person.page else False


def test_a_fault_stands_beside_the_form_and_leads_to_its_field(lin: Desk) -> None:
    lin.opens("/items/D-B5")
    lin.hands_in("/items/D-B5", points="")

    page = lin.opens()
    assert "1 处要改，改好才能送审" in page
    assert f'href="{lin.at}/items/D-B5#points"' in (lin.person.page.text if lin.person.page else "")
    assert "条款“D-B5”的分值不明" in lin.hands_in("/submit", 422)


def test_the_second_of_two_is_told_what_changed_and_then_decides(lin: Desk, qiu: Desk) -> None:
    qiu.opens("/items/D-B5")
    lin.opens("/items/D-B5")
    lin.hands_in("/items/D-B5", points="3")

    page = qiu.hands_in("/items/D-B5", 422, points="1")
    assert "您打开以后，林颂改过这里：第12项 D-B5 参加志愿服务活动：每次 2 分 → 3 分" in page

    qiu.hands_in("/items/D-B5", points="1")
    assert "每次 2 分 → 1 分" in qiu.opens()


def test_the_grades_are_asked_by_where_they_begin(lin: Desk) -> None:
    lin.opens("/chapters/grades")

    lin.hands_in("/chapters/grades", low_0="88", included_0="no")

    page = lin.opens()
    assert "等次“优秀”：90 分及以上 → 高于 88 分" in page
    assert "等次“合格”：60 分及以上、90 分以下 → 60 分及以上、88 分及以下" in page
    assert "没有错误" in page


def test_grades_out_of_order_are_refused(lin: Desk) -> None:
    lin.opens("/chapters/grades")

    assert "从高到低填" in lin.hands_in("/chapters/grades", 422, low_1="95")


def test_points_and_windows_are_chapters_of_their_own(lin: Desk) -> None:
    lin.opens("/chapters/points")
    lin.hands_in("/chapters/points", year_base="50", year_ceiling="100", factors="优秀 100\n合格 90")
    lin.opens("/chapters/windows")
    lin.hands_in("/chapters/windows", publication_days="5", publication_unit="working")

    page = lin.opens()
    assert "全年基础分 60 分 → 50 分" in page
    assert "民主评议折算 不折算 → 优秀 100%、合格 90%" in page
    assert "公示期：7 个自然日，遇休息日顺延 → 5 个工作日，遇休息日顺延" in page


def test_the_text_is_there_for_whoever_wants_it(lin: Desk) -> None:
    lin.opens("/text")
    written = lin.person.form(f"{lin.at}/text").fields["text"][0]

    lin.hands_in("/text", text=written.replace("参加志愿服务活动", "志愿服务"))
    assert "名称 “参加志愿服务活动” → “志愿服务”" in lin.opens()

    lin.opens("/text")
    assert "不是合法的 YAML" in lin.hands_in("/text", 422, text="items: [")


def test_another_person_approves_and_the_version_hangs_with_its_differences(lin: Desk, qiu: Desk) -> None:
    lin.opens("/items/D-B5")
    lin.hands_in("/items/D-B5", points="3")
    lin.opens()
    assert "要由没有参加起草的另一个人审批" in lin.hands_in("/submit")

    assert "由 2 个单位采用" in qiu.opens()
    page = qiu.hands_in("/approve")

    assert "第 2 版 2026年4月1日" in page
    assert "第12项 D-B5 参加志愿服务活动：每次 2 分 → 3 分" in page
    assert "第 2 版" in qiu.person.opens("/books/uses")


def test_it_is_returned_with_a_reason(lin: Desk, qiu: Desk) -> None:
    lin.opens()
    lin.hands_in("/submit")
    qiu.opens("/return")
    assert "请写明要改哪里" in qiu.hands_in("/return", 422)

    assert "志愿服务分值偏低" in qiu.hands_in("/return", reason="志愿服务分值偏低")
    assert "起草中" in lin.opens()


def test_a_version_that_would_come_into_force_backwards_is_refused(lin: Desk) -> None:
    lin.opens("/chapters/basics")
    lin.hands_in("/chapters/basics", effective_from=["2026", "1", "1"])

    assert "已经到了或过去了" in lin.opens()


def test_a_withdrawn_draft_can_be_read(lin: Desk) -> None:
    lin.opens()

    assert "已撤下" in lin.hands_in("/withdraw")
    assert "这份草稿现在不能改" in lin.opens("/items/D-B5")


def test_a_township_adds_drops_and_meets_the_county_s_locks(tao: Desk) -> None:
    listed = tao.opens("/items")
    assert "标“锁定”的由上级定" in listed
    assert "由上级锁定" in tao.opens("/items/D-A1")
    assert "分值可以改到 1 至 3 分" in tao.opens("/items/D-B5")

    tao.hands_in("/items/D-B5", points="9")
    assert "超出上级给出的范围" in tao.opens()
    tao.opens("/items")
    tao.hands_in("/items/D-B5/drop")
    assert "不采用的上级条款" in tao.opens("/items")
    tao.hands_in("/items/D-B5/restore")

    assert "没有错误" in tao.opens()


def test_what_is_locked_is_refused_in_a_sentence_even_to_a_forged_form(tao: Desk) -> None:
    tao.opens("/items")
    form = tao.person.form(f"{tao.at}/items/D-B5/drop")
    sent = {**form.fields, "_key": ["11111111-1111-4111-8111-111111111111"]}

    answer = tao.person.client.post(f"{tao.at}/items/D-A1/drop", data=sent)

    assert answer.status_code == 422
    assert "由上级锁定，本级不能取消" in answer.text


@pytest.mark.parametrize("path", ["", "/items", "/items/D-B5", "/chapters/basics", "/text", "/trials"])
def test_another_unit_s_draft_is_not_there(browser: Browser, county: County, lin: Desk, path: str) -> None:
    stranger = signed_in(browser.app, county.db, county.tao)

    stranger.opens(lin.at + path, 404)


def test_who_only_sees_books_begins_none(browser: Browser, county: County) -> None:
    recorder = signed_in(browser.app, county.db, county.branch["recorder"])

    assert "第 1 版" in recorder.opens("/books")
    assert recorder.client.get(f"/books/versions/{county.plan(county.lin)}").status_code == 200
    assert recorder.client.post("/books/drafts", data={}).status_code == 403


@pytest.fixture(scope="module")
def settled(db: Db, clockwork: Db) -> Settled:
    return Settled(db, clockwork)


def test_a_branch_tries_its_draft_and_sees_who_would_change_and_why(browser: Browser, settled: Settled) -> None:
    organiser = settled.branch["organiser"]
    draft = settled.drafted(organiser, points=1, caps=[{"per": "round", "points": 1}])
    desk = Desk(browser, settled, organiser, draft)
    assert "2026年第一季度" in desk.opens("/trials")

    page = desk.hands_in("/trials")

    assert re.search(r"党员001 62\.00 61\.00 合格 D-A4 为本支部讲一次党课：2 → 1 分", page)
    assert "没有改动任何已经登记的积分" in page


def test_the_county_s_trial_shows_numbers_and_no_names(browser: Browser, settled: Settled) -> None:
    draft = settled.drafted(settled.lin, points=3, caps=[{"per": "round", "points": 3}])
    trial_id: UUID = settled.tried(settled.lin, draft)
    person = signed_in(browser.app, settled.db, settled.lin)

    page = person.opens(f"/books/trials/{trial_id}")

    assert "第1村党支部" in page
    assert "党员001" not in page
    assert "只有本支部看得到" in page


def test_the_ladder_of_results_and_a_class_of_members_are_asked_in_fields(lin: Desk) -> None:
    lin.opens("/chapters/consequences")
    lin.hands_in("/chapters/consequences", months_1="6", title_3="开除", body_3="parent", times_3="3")
    page = lin.opens("/chapters/consequences")
    assert "没有写明对谁" in page
    lin.hands_in("/chapters/consequences", grades_3=["不合格"])
    lin.opens("/chapters/classes")
    lin.hands_in("/chapters/classes", title_0="老党员", base_0="20", age_from_0="70", duty_FRAIL="力所能及")

    page = lin.opens()

    assert "6 个月" in page
    assert "开除" in page
    assert "老党员，基础分 20 分，70 岁及以上" in page
    assert "力所能及" in page


@pytest.mark.parametrize("example", ["xinba", "xujiayan"])
def test_what_other_books_say_of_classes_and_results_is_kept_as_written(
    browser: Browser, county: County, example: str
) -> None:
    draft = county.do(start_from_example, county.lin, example)
    desk = Desk(browser, county, county.lin, draft)

    for chapter in ("classes", "consequences"):
        desk.opens(f"/chapters/{chapter}")
        desk.hands_in(f"/chapters/{chapter}")

    assert "第 1 稿" in desk.opens()
    assert "第 2 稿" not in desk.opens()
