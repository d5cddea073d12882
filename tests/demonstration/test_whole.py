"""The whole demonstration by its command: what it prints, what has happened, and how it ends when it fails."""

import json
import re
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from services.cli.engines.start import start_engines
from shared.config import read_settings
from tests.demonstration import appraisals, books, papers
from tests.demonstration.conftest import Command, Played, run_demo
from tests.demonstration.facts import FACTS

pytestmark = pytest.mark.long

Fact = Callable[[Played, Path], None]
CLASSES = {"村组干部": 218, "普通党员": 255, "流动党员": 190, "年老体弱": 139}
FIXED = {
    "branches": 32, "members": 802, "classes": CLASSES, "claims": 424, "confirmed": 390, "notices": 32,
    "lines_settled": 802, "filed": 32,
}  # fmt: skip
ROUNDS = {"xiaxiyuan": (12, 12), "yangba": (12, 4), "chaiqian": (4, 4), "xujiayan": (4, 4), "xinba": (12, 12)}


def test_it_prints_one_object_and_nothing_else_and_ends_well(commanded: Command) -> None:
    printed = json.loads(commanded.printed)

    assert commanded.status == 0, commanded.said
    assert commanded.printed.count("\n") == 1
    assert list(printed) == ["township", "systems", "ledger", "deadlines", "elapsed_s"]
    assert list(printed["township"]) == [*FIXED, "objections"]
    assert list(printed["township"]["objections"]) == ["raised", "answered", "escalated", "appealed", "upheld"]
    assert list(printed["systems"]) == list(ROUNDS)
    assert {tuple(one) for one in printed["systems"].values()} == {
        ("rounds", "filed", "graded", "members", "objections")
    }
    assert list(printed["ledger"]) == ["entries", "verified"]
    assert list(printed["deadlines"]) == ["armed", "fired", "early", "twice"]
    assert isinstance(printed["elapsed_s"], float)
    assert printed["ledger"]["verified"] is True
    assert {type(one) for one in _leaves(printed)} == {int, bool, float}


def _leaves(tree: Any) -> list[object]:
    return list(chain.from_iterable(map(_leaves, tree.values()))) if isinstance(tree, dict) else [tree]


def test_the_fixed_figures_are_reached_and_every_kind_of_objection_occurs(commanded: Command) -> None:
    printed = json.loads(commanded.printed)
    township = printed["township"]

    assert {key: township[key] for key in FIXED} == FIXED
    assert all(township["objections"].values())
    assert {book: (one["rounds"], one["filed"]) for book, one in printed["systems"].items()} == ROUNDS
    assert all(one["graded"] and one["objections"] for one in printed["systems"].values())
    assert (printed["deadlines"]["early"], printed["deadlines"]["twice"]) == (0, 0)
    assert printed["deadlines"]["armed"] >= printed["deadlines"]["fired"] > 0


@pytest.mark.parametrize(
    "fact",
    [*FACTS, *appraisals.FACTS, *papers.FACTS, *chain.from_iterable(books.FACTS.values())],
    ids=lambda fact: fact.__name__,
)
def test_in_the_demonstration_county(fact: Fact, whole_played: Played, tmp_path: Path) -> None:
    fact(whole_played, tmp_path)


def test_thirty_four_claims_were_refused_each_with_body_reason_and_minute(whole_played: Played) -> None:
    refusals = whole_played.rows(
        "SELECT c.state, c.refused_by, c.reason, c.minute, h.note FROM history h"
        " JOIN claim c ON c.id = h.subject_id JOIN round r ON r.id = c.round_id"
        " JOIN issued_book b ON b.id = r.book_id AND b.name = 'township-overlay'"
        " WHERE h.county_id = :county AND h.command = 'refuse' AND h.role <> 'clock'"
    )

    assert len(refusals) == 424 - 390
    # What an objection or an appeal has won since then is confirmed; its refusal stands in the history, whole.
    assert all(
        re.fullmatch(r"(支部委员会|党员大会)：.+（(支委会|党员大会)〔2026〕\d+号）", one.note) for one in refusals
    )
    assert all(one.refused_by and one.reason and one.minute for one in refusals if one.state == "refused")
    assert sum(one.state == "confirmed" for one in refusals) == 3


def test_a_second_time_it_ends_in_seconds_with_the_same_figures(commanded: Command, whole_played: Played) -> None:
    again = run_demo(commanded.data, "--json")
    first, second = json.loads(commanded.printed), json.loads(again.printed)

    assert again.status == 0, again.said
    assert second.pop("elapsed_s") < 20
    assert second == {key: value for key, value in first.items() if key != "elapsed_s"}


def test_a_figure_that_is_missed_makes_it_fail_by_name(commanded: Command, whole_played: Played) -> None:
    engines = start_engines(commanded.data, given=read_settings({"JIFEN_DATA": str(commanded.data)}))
    database = make_url(whole_played.urls.app).database
    damage = create_engine(make_url(engines.database_admin_url).set(database=database))
    with damage.begin() as superuser:
        superuser.execute(text("SET LOCAL session_replication_role = replica"))
        superuser.execute(
            text("UPDATE claim SET filed_at = NULL WHERE id = (SELECT c.id FROM claim c JOIN round r ON"
                 " r.id = c.round_id WHERE r.period = '2026-Q1' AND c.state = 'confirmed' ORDER BY c.id LIMIT 1)")
        )  # fmt: skip
    damage.dispose()

    again = run_demo(commanded.data, "--json")

    assert again.status == 1
    assert json.loads(again.printed)["township"]["claims"] == 423
    assert "柳溪乡 claims：应为 424，实为 423" in again.said
