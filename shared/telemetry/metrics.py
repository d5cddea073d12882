"""Metrics: what Prometheus reads. Base units, bounded labels, nothing that names a tenant or a person."""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from prometheus_client import CollectorRegistry, Gauge, Histogram, Info, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from shared.domain.claims import ClaimState
from shared.domain.erasures import ErasureState
from shared.domain.filings import FilingState
from shared.domain.imports import ImportState
from shared.domain.jobs import JobState
from shared.domain.notices import NoticeState
from shared.domain.notifications import DeliveryState
from shared.domain.objections import ObjectionState
from shared.domain.rounds import RoundState
from shared.telemetry.tallies import TALLIES, counted

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# From a page out of the cache of the database to one that somebody complains about.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Family:
    """A gauge over all tenants; `states` are shown at nought as well, so that no series comes and goes."""

    help: str
    label: str = ""
    states: tuple[str, ...] = ()


def _states(of: type[StrEnum]) -> tuple[str, ...]:
    return tuple(str(state) for state in of)


FAMILIES: Mapping[str, Family] = {
    "deadlines_pending": Family("Deadlines that have not fired, due or not.", "command"),
    "deadline_lateness_seconds": Family("How long the oldest due deadline has waited.", "command"),
    "outbox_pending": Family("Messages in the outbox that have not been handed on."),
    "outbox_oldest_seconds": Family("Age of the oldest message that has not been handed on."),
    "rounds": Family("Rounds by state.", "state", _states(RoundState)),
    "round_stage_age_seconds": Family("How long the longest waiting round has stood in a state.", "state"),
    "objections": Family("Objections by state.", "state", _states(ObjectionState)),
    "objections_overdue": Family("Objections without an answer after their day."),
    "filings": Family("Filings by state.", "state", _states(FilingState)),
    "notices": Family("Notices by state.", "state", _states(NoticeState)),
    "deliveries": Family(
        "Notifications on their way outside the product, by state.", "state", _states(DeliveryState)
    ),
    "deliveries_unsent": Family("Of these, the ones that wait or have failed, by channel.", "channel"),
    "deliveries_sent": Family("Of these, the ones that have gone out, by channel.", "channel"),
    "deliveries_failed": Family("Of these, the ones that were given up, by channel.", "channel"),
    "claims": Family("Claims by state.", "state", _states(ClaimState)),
    "jobs": Family("Long work by state: imports, prints, trials.", "state", _states(JobState)),
    "job_oldest_seconds": Family("Age of the oldest work that is not done."),
    "imports": Family("Spreadsheets on their way into rows, by state.", "state", _states(ImportState)),
    "objection_clocks": Family(
        "Objections by the clock that runs.", "clock", ("answer", "answer_overdue", "appeal_open", "appeal")
    ),
    "erasures": Family("Requests that files go before their term, by state.", "state", _states(ErasureState)),
    "files": Family("Files that people have handed in, by what became of them.", "fate", ("kept", "destroyed")),
}


class Metrics:
    """The metrics of one process, in a registry of their own."""

    def __init__(self, version: str) -> None:
        """Build info is there from the start; requests and figures come."""
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        Info("jifen_build", "Version of the running code.", registry=self.registry).info({"version": version})
        self._up = Gauge("jifen_database_up", "Whether the figures could be read.", registry=self.registry)
        self._pool = Gauge(
            "jifen_database_connections", "Connections of this process.", ("state",), registry=self.registry
        )
        self.registry.register(Tallies())
        self._requests = Histogram(
            "jifen_http_request_duration_seconds",
            "Time from a request to the end of its answer.",
            ("method", "route", "status"),
            buckets=BUCKETS,
            registry=self.registry,
        )

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request; `route` is the template of the path, never the path itself."""
        known = method if method in METHODS else "other"
        self._requests.labels(known, route or "none", str(status)).observe(seconds)

    def pool(self, in_use: int, open_: int, most: int) -> None:
        """Say how many connections to the database are in use, are open, and may be."""
        for state, value in (("in_use", in_use), ("open", open_), ("most", most)):
            self._pool.labels(state).set(value)

    def exposition(self, figures: Iterable[tuple[str, str, float]] | None) -> bytes:
        """Return the text that Prometheus reads; without figures the database is said to be down."""
        self._up.set(figures is not None)
        own = CollectorRegistry()
        own.register(Figures(figures or ()))
        return generate_latest(self.registry) + (generate_latest(own) if figures is not None else b"")


class Tallies:
    """A collector over what this process has counted."""

    def collect(self) -> Iterator[CounterMetricFamily]:
        """Yield each tally with everything that it may count."""
        now = counted()
        for name, (said, label, _) in TALLIES.items():
            family = CounterMetricFamily(f"jifen_{name}", said, labels=[label])
            for (tally, what), number in sorted(now.items()):
                if tally == name:
                    family.add_metric([what], number)
            yield family


class Figures:
    """A collector over figures that were read for this one scrape."""

    def __init__(self, figures: Iterable[tuple[str, str, float]]) -> None:
        """Sort the figures into their families."""
        self._values: dict[str, dict[str, float]] = {name: {} for name in FAMILIES}
        for name, label, value in figures:
            self._values[name][label] = value

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield each family with every state that it knows."""
        for name, family in FAMILIES.items():
            labels = [family.label] if family.label else []
            gauge = GaugeMetricFamily(f"jifen_{name}", family.help, labels=labels)
            values = {**dict.fromkeys(family.states or ([] if labels else [""]), 0.0), **self._values[name]}
            for label, value in values.items():
                gauge.add_metric([label] if labels else [], value)
            yield gauge


class Stopwatch:
    """Seconds since it was made, by a clock that nobody sets."""

    def __init__(self) -> None:
        """Start."""
        self._begun = time.perf_counter()

    @property
    def seconds(self) -> float:
        """How long ago it was made."""
        return time.perf_counter() - self._begun
