"""`jifen bench`: a tiny run, whose numbers add up; how quick it was is nobody's to assert."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import create_engine, text

from benchmarks.bench import Wanted, measure
from benchmarks.counties import Size
from benchmarks.figures import Figure, growth
from benchmarks.tables import with_figures
from services.cli.bench import RESULTS, SHOWN, result_of, show

# It measures, if little: with ./jifen test --all.
pytestmark = pytest.mark.long

AIMED_AT = {
    "settle_by_township": (50, "%"),
    "settle_by_branch": (25, "%"),
    "close_window": (20, "毫秒"),
    "vote": (20_000, "行/秒"),
    "onboarding": (300, "秒"),
    "gate": (20, "微秒"),
    "papers": (10, "秒"),
    "reminders": (5_000, "件/秒"),
    "score": (20_000, "人/秒"),
    "settle_county": (30, "秒"),
    "reminders_late_p99": (1, "秒"),
    "overview_growth": (3, "倍"),
    "onboarding_growth": (1.25, "倍"),
}


def test_a_tiny_run_adds_up_and_leaves_no_database_behind(
    admin_database_url: str, redis_url: str, tmp_path: Path
) -> None:
    steps: list[str] = []

    # Each measurement counts what it did, and fails where a row is missing: a ledger that does not add up, here.
    measured = measure(admin_database_url, redis_url, tmp_path, Wanted(0.002), steps.append)
    figures = {figure.key: figure for figure in measured}

    assert {key: (figures[key].aim, figures[key].unit) for key in AIMED_AT} == AIMED_AT
    assert all(figure.value > 0 for figure in figures.values())
    assert figures["settle"].detail == {"branches": 1, "members": 40, "rows": 320}
    # What a figure was made of has to go into a file: a defaultdict once ended eight minutes in a traceback.
    assert json.loads(json.dumps(result_of(measured, 0.002, 1.0)))["figures"][0]["key"] == measured[0].key
    assert steps[0] == "结算一个县的一个季度，与 COPY 并排"
    engine = create_engine(admin_database_url)
    with engine.connect() as connection:
        databases = set(connection.scalars(text("SELECT datname FROM pg_database")))
    engine.dispose()
    assert not [name for name in databases if name.startswith("jifen_bench")]


def test_a_part_of_a_county_keeps_its_proportions() -> None:
    assert Size().rows == 160_000
    assert Size().part(0.25) == Size(5, 162, 5_000, 8)
    assert Size().part(0.0001) == Size(1, 1, 2, 8)


def test_a_ratio_is_one_where_the_aim_is_just_reached() -> None:
    assert Figure("a", "快", 50, "%", 25).ratio == 2
    assert Figure("b", "短", 10, "毫秒", 20, at_most=True).ratio == 2
    assert Figure("c", "尺子", 10, "行/秒").ratio is None


def test_results_say_where_and_when_they_were_taken() -> None:
    result = result_of([Figure("a", "快", 51.23456, "%", 50.0)], 0.5, 12.34)

    assert set(result) >= {"measured_at", "scale", "seconds", "cpus", "load", "python", "machine", "figures"}
    assert json.loads(json.dumps(result))["figures"][0]["ratio"] == 1.025


def test_the_table_shows_each_figure_beside_its_aim() -> None:
    figures = [Figure("a", "快", 51.2, "%", 50.0), Figure("b", "慢", 40.0, "毫秒", 20, at_most=True)]
    console = Console(record=True, width=120, file=io.StringIO())

    show(console, figures, result_of(figures, 1, 60))

    shown = console.export_text()
    assert "51.2 %" in shown
    assert "≥ 50 %" in shown
    assert "0.50 倍" in shown


def test_what_was_measured_at_several_sizes_is_shown_with_its_slope() -> None:
    result = result_of([growth("a_growth", "每行用时", {400: 3.0, 100: 1.5, 200: 2.0}, "微秒", 1.25)], 1, 60)

    page = with_figures("<!-- figures -->\n<!-- /figures -->", json.loads(json.dumps(result)))

    assert "| 每行用时 | 2 倍 | ≤ 1.25 倍 | 0.62 |" in page
    assert "| 每行用时 | 100：1.5；200：2；400：3 | 微秒 | 2 |" in page


def test_the_readme_shows_the_kept_results() -> None:
    page = SHOWN.read_text("utf-8")

    assert with_figures(page, json.loads(RESULTS.read_text("utf-8"))) == page
