"""Health and metrics: what is wrong is named, and what Prometheus reads is well formed, bounded and nobody's."""

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import create_engine, make_url, text

from services.api.app import create_app
from services.api.routes import ROUTES
from services.cli.database import Urls
from shared.db.session import Db
from tests.api.conftest import Browser
from tests.quarters import Quarter


def test_alive_and_ready(browser: Browser, settled: Quarter) -> None:
    assert browser.get("/health/live").json() == {"status": "live"}
    ready = browser.get("/health/ready")
    assert ready.status_code == 200, ready.text
    assert set(ready.json()["checks"]) == {
        "database",
        "login",
        "policy",
        "migrations",
        "walls",
        "calendar",
        "redis",
    }


@pytest.mark.long
def test_a_redis_that_is_away_is_named(db: Db) -> None:
    with Browser(create_app(db, "redis://127.0.0.1:1/0")) as client:
        ready = client.get("/health/ready")

    assert ready.status_code == 503
    assert "连不上 Redis" in ready.json()["checks"]["redis"]


def test_a_wall_that_is_down_and_a_missing_migration_are_named(
    browser: Browser, urls: Urls, admin_database_url: str, settled: Quarter
) -> None:
    engine = create_engine(make_url(admin_database_url).set(database=make_url(urls.app).database))
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE claim NO FORCE ROW LEVEL SECURITY"))
        head = connection.scalar(text("SELECT version_num FROM alembic_version"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    try:
        checks = browser.get("/health/ready").json()["checks"]
    finally:
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE claim FORCE ROW LEVEL SECURITY"))
            connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": head})
        engine.dispose()

    assert "claim" in checks["walls"]
    assert "0001" in checks["migrations"]


def test_metrics_are_well_formed_and_count_every_state(
    browser: Browser, settled: Quarter, disputed: Quarter
) -> None:
    families = {family.name: family for family in text_string_to_metric_families(browser.get("/metrics").text)}

    for name in (
        "jifen_deadlines_pending",
        "jifen_deadline_lateness_seconds",
        "jifen_outbox_pending",
        "jifen_outbox_oldest_seconds",
        "jifen_rounds",
        "jifen_round_stage_age_seconds",
        "jifen_objections",
        "jifen_objections_overdue",
        "jifen_filings",
        "jifen_notices",
        "jifen_http_request_duration_seconds",
        "jifen_build_info",
    ):
        assert name in families, name
    states = {sample.labels["state"]: sample.value for sample in families["jifen_objections"].samples}
    assert states["raised"] >= 1
    assert set(states) == {"raised", "investigating", "answered", "appealed", "closed"}
    assert sum(sample.value for sample in families["jifen_rounds"].samples) >= 2


def test_requests_are_counted_under_templates_never_addresses(browser: Browser, settled: Quarter) -> None:
    for member in settled.branch.members:
        browser.get(f"/members/{member.id}/statement")
    for n in range(30):
        browser.get(f"/nowhere-{n}")
        browser.get(f"/board/unit-{n}")

    written = browser.get("/metrics").text

    assert 'route="/members/{member_id}/statement"' in written
    assert "nowhere-" not in written
    assert str(settled.branch.members[0].id) not in written
    routes = {line.split('route="')[1].split('"')[0] for line in written.splitlines() if 'route="' in line}
    assert len(routes) <= len(ROUTES) + 1
