"""The linter: each sort of fault is found, with its line, its remedy, and all of them at once."""

import pytest

from shared.domain.rule_books import book_of, check, text_of
from shared.domain.rule_text import Unreadable
from shared.usecases.rules import check_book, load_book, shipped_books
from tests.domain.books import SEVENTH, broken, faults_in, seventh


@pytest.mark.parametrize("name", shipped_books())
def test_every_shipped_book_is_sound(name: str) -> None:
    assert check_book(name).faults == ()


@pytest.mark.parametrize("name", shipped_books())
def test_every_shipped_book_says_what_was_pinned_and_what_is_a_draft(name: str) -> None:
    marks = {note.mark for note in load_book(name).notes}

    assert {"seed", "draft"} <= marks


@pytest.mark.parametrize("name", shipped_books())
def test_a_book_written_out_whole_reads_the_same(name: str) -> None:
    checked = check_book(name)

    assert book_of(text_of(checked.tree)) == checked.book


def test_the_seventh_book_is_sound() -> None:
    assert faults_in(SEVENTH) == []


BROKEN = [
    ("to: 40}", "to: 39.5}", "39.51 分到 40.00 分没有等次"),
    ("to: 40}", "to: 45}", "40.01 分到 45.00 分同时属于"),
    ("above: 40}", "above: 40, below: 40}", "没有任何分值"),
    ("above: 40}", "above: 60}", "达不到：最高只有 60 分"),
    ("{id: G, kind: bonus, ", "{id: G, ", "缺少“kind”"),
    ("{id: G, kind: bonus, ", "{id: G, kind: gift, ", "不认识“gift”"),
    ("replaces: G", "replaces: Q", "取代的“Q”不存在"),
    ("aspect: 甲, kind: base", "aspect: 乙, kind: base", "类别“乙”不在 aspects 里"),
    ("word_of: 林业站", "word_of: 水利站", "部门“水利站”不在 departments 里"),
    ("  words: yes", "  words: yes\n  witnesses: [驻村干部, 驻村干部]", "写了 2 次"),
    ("points: 8, title: 扣分", "points: 8, title: 扣分, taken_from: 考勤", "取自已有的考核，而分值固定"),
    ("word_of: 林业站", "word_of: 林业站, taken_from: 考核", "又要反馈、集体决定"),
    ("grades: [上]", "grades: [优]", "没有的等次“优”"),
    ("words: yes", "wordz: yes", "不认识“wordz”"),
    ("points: 8, title: 扣分", "points: 8, tittle: 扣分", "不认识“tittle”"),
    ("points: 8, title: 扣分", "points: 8.125, title: 扣分", "不是分值"),
    ("points: 8, title: 扣分", "points: 1e3, title: 扣分", "不是分值"),
    ("points: 8, title: 扣分", "points: -8, title: 扣分", "太小"),
    ("points: 8, title: 扣分", "title: 扣分", "分值不明"),
    ("kind: zeroing, ", "kind: zeroing, points: 3, ", "是清零"),
    ("{id: D, ", "{id: G, ", "条款号“G”重复"),
    ("above: 0, most: 6", "above: 6, most: 6", "分值范围是空的"),
    ("above: 0, most: 6}, caps: [{per: round, points: 6}]", "above: 0}", "没有尽头"),
    ("reviewing, published", "published", "之后不能是"),
    ("settled, filed]", "settled]", "没有从申报走到备案"),
    ("  words: yes", "  words: yes\n  scorers: 3", "评议小组"),
    ("  words: yes", "  words: yes\n  notice_every: month", "比计分周期"),
    ("    appeal: {days: 7, unit: natural, roll: nonworking}", "", "缺少“appeal”"),
    ("publication: {days: 7", "publication: {days: 0", "“days”（0）不对"),
    ("no_office: yes}", "no_office: yes, age_from: 60}", "无职务、16 岁的党员不属于任何一类"),
    ("好: 100", "好: 120", "系数 120 不对"),
    ("floor: 0, ceiling: 50", "floor: 50, ceiling: 50", "不低于最高限额"),
    ("until: 2025-06-30", "until: 2025-01-30", "from 晚于 until"),
    ("2025-06-30", "2025-06-31", "不是日期"),
    ("version: 3", "version: 3\nversion: 4", "写了两次"),
    ("span: quarter", "span: year", "计分周期不能是一年"),
    ("book: seventh", "book:", "缺少“book”"),
]


@pytest.mark.parametrize(("old", "new", "what"), BROKEN)
def test_a_fault_is_named_with_its_remedy(old: str, new: str, what: str) -> None:
    faults = broken(old, new)

    assert [fault for fault in faults if what in fault.what and fault.remedy and not fault.warning]


def test_a_fault_names_its_line() -> None:
    line = SEVENTH.splitlines().index("  - {id: D, kind: deduction, points: 8, title: 扣分}") + 1

    (fault,) = broken("kind: deduction", "kind: minus")

    assert (fault.place.file, fault.place.line) == ("seventh.yaml", line)


def test_all_faults_are_named_at_once() -> None:
    text = (
        SEVENTH.replace("to: 40}", "to: 39}").replace("replaces: G", "replaces: Q").replace("days: 7", "dayz: 7")
    )

    assert len(faults_in(text)) == 6  # a gap, a lost reference, and each window both lacks days and has dayz


def test_a_window_that_does_not_roll_is_a_warning_not_a_fault() -> None:
    (fault,) = broken(
        "publication: {days: 7, unit: natural, roll: nonworking}", "publication: {days: 7, roll: none}"
    )

    assert fault.warning
    assert "第二百零三条" in fault.what


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- 1",
        "a: [",
        "a: \x00",
        "a: &x 1\nb: *x",
        "a: &a [*a]",
        "[" * 3000,
        "a: !!python/object:os.system {}\nb: ]",
    ],
)
def test_what_is_no_book_at_all_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(Unreadable):
        check(text, "x.yaml", lambda _: None)


def test_a_mapping_of_anything_gets_faults_not_a_crash() -> None:
    text = "book: [1]\nround: 3\nyear: x\nitems: {a: b}\ngrades: [1, {}]\ntiers: 1\nprocedure: {stages: [a]}"

    assert faults_in(text)


def test_the_seventh_book_knows_what_it_says() -> None:
    book = seventh()

    assert (book.version, str(book.round_base), str(book.year_ceiling)) == (3, "20", "60")
