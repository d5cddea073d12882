"""Metrics: a text that Prometheus reads, series that neither come and go nor grow with what people send."""

from prometheus_client.parser import text_string_to_metric_families

from shared.telemetry.metrics import FAMILIES, Metrics


def read(written: bytes) -> dict[str, dict[tuple[str, ...], float]]:
    """Each family's samples by the values of their labels."""
    return {
        family.name: {tuple(sample.labels.values()): sample.value for sample in family.samples}
        for family in text_string_to_metric_families(written.decode())
    }


def test_every_state_is_there_before_anything_is_in_it() -> None:
    found = read(Metrics("1").exposition([("objections", "raised", 2.0)]))

    assert found["jifen_objections"][("raised",)] == 2
    assert found["jifen_objections"][("closed",)] == 0
    assert found["jifen_outbox_pending"][()] == 0
    assert found["jifen_database_up"][()] == 1
    assert {f"jifen_{name}" for name in FAMILIES} <= set(found)


def test_without_the_database_there_are_no_figures_rather_than_noughts() -> None:
    found = read(Metrics("1").exposition(None))

    assert found["jifen_database_up"][()] == 0
    assert "jifen_objections" not in found


def test_what_people_send_makes_no_series() -> None:
    metrics = Metrics("1")
    for n in range(100):
        metrics.observe(f"METHOD-{n}", "", 405, 0.01)

    written = metrics.exposition(None).decode()

    assert "METHOD-" not in written
    assert 'jifen_http_request_duration_seconds_count{method="other",route="none",status="405"} 100.0' in written


def test_names_have_base_units_and_no_family_is_called_twice() -> None:
    for name in FAMILIES:
        assert not name.endswith(("_total", "_count", "_ms", "_minutes"))
        assert not any(word in name for word in ("lateness", "age", "oldest")) or name.endswith("_seconds")
