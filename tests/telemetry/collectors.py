"""A collector on loopback that takes spans as OTLP brings them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from shared.telemetry import tracing
from tests.receivers import Answered, Receiver, receiving

TYPE = "application/x-protobuf"


@dataclass
class Collector:
    """What arrives at a receiver, read as spans."""

    receiver: Receiver

    @property
    def raw(self) -> bytes:
        """Every byte that arrived."""
        return b"".join(one.body for one in self.receiver.arrived)

    def spans(self) -> list[Span]:
        """Every span that arrived."""
        found = []
        for one in self.receiver.arrived:
            assert (one.path, one.headers["content-type"]) == (tracing.PATH, TYPE)
            for resource in ExportTraceServiceRequest.FromString(one.body).resource_spans:
                found += [span for scope in resource.scope_spans for span in scope.spans]
        return found


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector until the end of the block."""
    with receiving(lambda _: Answered(200, b"", {"Content-Type": TYPE})) as receiver:
        yield Collector(receiver)


@contextmanager
def traced(service: str = "tests") -> Iterator[Collector]:
    """Have this process trace within; what arrived is all there once `tracing.end` was called."""
    with collecting() as collector:
        tracing.begin(collector.receiver.url, service)
        try:
            yield collector
        finally:
            tracing.end()
