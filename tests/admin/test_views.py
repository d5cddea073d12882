"""The panel's views: every one opens, in Chinese, to be read and no more."""

import re

import pytest

from services.admin.app import VIEWS
from services.admin.listings import WORDS
from shared.authz.actions import Action
from shared.db.schema import METADATA
from tests.admin.people import Browser
from tests.builders import Branch

COMMON = [view.identity for view in VIEWS if view.declared is Action.PANEL_SEE]


def test_the_front_page_counts(system: Browser) -> None:
    said = system.opens("/")

    assert "工作情况" in said
    assert "各期积分" in said
    assert system.page
    assert '<html lang="zh-CN">' in system.page.text


def test_the_work_of_a_branch_is_counted_once_however_many_units_lie_above_it(
    system: Browser, branches: list[Branch]
) -> None:
    counted = re.search(r"各期积分((?: \S+ \d+)+)", system.opens("/"))

    assert counted
    assert sum(int(number) for number in re.findall(r"\d+", counted[1])) == len(branches)


def test_the_tree_hangs_together(system: Browser) -> None:
    assert re.search(r"青禾县.*柳溪镇.*第1村党支部", system.opens("/tree"))


@pytest.mark.long
@pytest.mark.parametrize("identity", COMMON)
def test_every_view_lists_searches_sorts_and_shows_one(system: Browser, identity: str) -> None:
    view = next(view for view in VIEWS if view.identity == identity)
    said = system.opens(f"/{identity}/list")
    assert view.name_plural in said
    assert not re.search(r"\b(Search|Show|prev|next|None|True|False)\b", said)
    for column in view.column_sortable_list:
        system.opens(f"/{identity}/list?sortBy={column}&sort=desc")
    for one in getattr(view, "column_filters", ()):
        for value, _ in one.values:
            system.opens(f"/{identity}/list?{one.parameter_name}={value}")
    system.opens(f"/{identity}/list?search=1")
    system.opens(f"/{identity}/list")
    assert system.page
    found = re.search(rf'href="[^"]*(/{identity}/details/[^"]+)"', system.page.text)
    if found:
        system.opens(found[1])


@pytest.mark.long
def test_only_the_audit_administrator_reads_the_history(
    audit: Browser, system: Browser, security: Browser
) -> None:
    assert "张贴" in audit.opens("/history/list") or "公示" in audit.opens("/history/list")
    for other in (system, security):
        other.opens("/history/list", 403)
        assert "办理记录" not in other.opens("/")


@pytest.mark.long
def test_whatever_has_a_life_is_called_by_a_word_in_the_history() -> None:
    lives = {table.name for table in METADATA.tables.values() if {"state", "stage"} <= set(table.columns.keys())}

    assert lives - set(WORDS) == set()


@pytest.mark.long
@pytest.mark.parametrize(
    ("address", "typed", "found"),
    [
        ("history", "张贴", "张贴"),
        ("round", "2026年第一季度", "2026年第一季度"),
        ("message", "公示", "公示"),
    ],
)
def test_what_is_read_in_a_list_is_found_by_typing_it(
    audit: Browser, address: str, typed: str, found: str
) -> None:
    said = audit.opens(f"/{address}/list?search={typed}")

    assert "没有符合的记录" not in said
    assert found in said
    assert "没有符合的记录" in audit.opens(f"/{address}/list?search=%25")


@pytest.mark.long
@pytest.mark.parametrize(
    "path",
    ["create", "edit/1", "export/csv", "ajax/lookup?name=a&term=b", "1/name/download/", "1/name/preview/"],
)
def test_sqladmin_s_own_ways_to_change_and_to_take_away_are_gone(system: Browser, path: str) -> None:
    system.opens(f"/unit/{path}", 404)


@pytest.mark.long
@pytest.mark.parametrize("pk", ["1", "x;y", "00000000-0000-0000-0000-000000000000", "%00"])
def test_a_row_that_is_not_there_is_not_found(system: Browser, pk: str) -> None:
    assert system.client.get(f"/unit/details/{pk}").status_code in {400, 404}


@pytest.mark.long
@pytest.mark.parametrize("asked", ["search=%00", "page=99999999999999999999", "page=x", "pageSize=-1", "kind=%27"])
def test_nonsense_in_an_address_breaks_nothing(system: Browser, asked: str) -> None:
    assert system.client.get(f"/unit/list?{asked}").status_code in {200, 400}
    assert system.client.get("/calendar/details/99999999999999999999").status_code in {400, 404}


@pytest.mark.long
def test_a_hidden_column_is_no_way_to_sort(system: Browser) -> None:
    system.opens("/person/list?sortBy=telephone", 400)
