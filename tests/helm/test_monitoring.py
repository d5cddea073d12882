"""Monitoring: alerts and dashboards speak of metrics that are there, each alert of what to do."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.config import ROOT
from shared.telemetry.metrics import FAMILIES, Metrics
from tests.helm.conftest import CHART, Rendering, Values

RULES = CHART / "monitoring" / "rules.yaml"
DASHBOARDS = sorted((CHART / "monitoring" / "dashboards").glob("*.json"))
ALERTS: list[dict[str, Any]] = [
    rule for group in yaml.safe_load(RULES.read_text("utf-8"))["groups"] for rule in group["rules"]
]
NAMED = re.compile(r"\b(?:jifen|process)_[a-z_]+")


def exposed() -> set[str]:
    """The names that a scrape gives, with those of a histogram's series."""
    told = set(re.findall(r"^# TYPE (\S+)", Metrics("0").exposition(()).decode(), re.MULTILINE))
    return told | {f"{name}_{part}" for name in told for part in ("bucket", "count", "sum")}


def expressions(path: Path) -> list[str]:
    """What a dashboard asks, variables replaced."""
    panels = json.loads(path.read_text("utf-8"))["panels"]
    asked = [target["expr"] for panel in panels for target in panel.get("targets", [])]
    return [question.replace("$__rate_interval", "5m") for question in asked]


@pytest.fixture(scope="module")
def promtool() -> str:
    """The promtool that JIFEN_PROMTOOL names, or the one on the PATH."""
    found = os.environ.get("JIFEN_PROMTOOL") or shutil.which("promtool")
    if not found:
        pytest.skip("没有 promtool：apt-get install prometheus，或用 JIFEN_PROMTOOL 指明。")
    return found


def run(*argv: str) -> None:
    """Run a program that has to end well."""
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: str(alert["alert"]))
def test_an_alert_says_what_is_wrong_and_where_to_read_on(alert: dict[str, Any]) -> None:
    said = alert["annotations"]
    page, _, anchor = said["runbook"].partition("#")

    assert anchor == alert["alert"].lower()
    assert f"## {alert['alert']}\n" in (ROOT / page).read_text("utf-8")
    assert said["summary"]
    assert said["description"].endswith("。")
    assert alert["labels"]["severity"] in {"critical", "warning", "info"}


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.name)
def test_a_dashboard_asks_for_what_there_is(path: Path) -> None:
    asked = {name for question in expressions(path) for name in NAMED.findall(question)}

    assert asked <= exposed()


def test_the_operators_dashboard_shows_every_figure() -> None:
    shown = {name for path in DASHBOARDS for question in expressions(path) for name in NAMED.findall(question)}

    assert {f"jifen_{name}" for name in FAMILIES} <= shown


def test_alerts_ask_for_what_there_is() -> None:
    assert {name for alert in ALERTS for name in NAMED.findall(alert["expr"])} <= exposed()


def test_promtool_takes_the_rules_and_what_the_dashboards_ask(promtool: str, tmp_path: Path) -> None:
    asked = [question for path in DASHBOARDS for question in expressions(path)]
    recorded = [{"record": f"asked_{number}", "expr": question} for number, question in enumerate(asked)]
    (tmp_path / "asked.yaml").write_text(yaml.safe_dump({"groups": [{"name": "asked", "rules": recorded}]}))

    run(promtool, "check", "rules", str(RULES), str(tmp_path / "asked.yaml"))


def test_alerts_come_when_they_should_and_not_before(promtool: str, tmp_path: Path) -> None:
    for file in (RULES, Path(__file__).with_name("rules.test.yaml")):
        shutil.copy(file, tmp_path)

    run(promtool, "test", "rules", str(tmp_path / "rules.test.yaml"))


@pytest.mark.long
def test_rules_and_dashboards_come_with_the_chart_as_they_are(rendered: Rendering, everything: Values) -> None:
    by_kind = {one["kind"]: one for one in rendered(everything)}

    assert by_kind["PrometheusRule"]["spec"] == yaml.safe_load(RULES.read_text("utf-8"))
    for path in DASHBOARDS:
        assert json.loads(by_kind["ConfigMap"]["data"][path.name]) == json.loads(path.read_text("utf-8"))
