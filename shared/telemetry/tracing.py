"""Tracing: spans of requests, tasks, transactions and statements, sent by OTLP over HTTP; off without an address.

A span says what was done, how long it took and in which county, in words of ours: no value, no address, no name.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span

NOTHING: AbstractContextManager[None] = nullcontext()
# The collector's own address ends here (OTLP/HTTP).
PATH = "/v1/traces"
LINK = "traceparent"


class _State:
    """What this process traces with; without it nothing is imported and nothing is spent."""

    provider: "TracerProvider | None" = None


def begin(address: str | None, service: str) -> None:
    """Send this process's spans to the collector at this address, in bundles; none sends nothing.

    After a fork, not before it: the thread that sends does not come along.
    """
    end()
    if address is None:
        return
    # Half a second and thirty megabytes that only who switches it on has to spend.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    provider = TracerProvider(resource=Resource.create({"service.name": f"jifen-{service}"}))
    exporter = OTLPSpanExporter(endpoint=address.rstrip("/") + PATH)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    _State.provider = provider


def end() -> None:
    """Send what is left, and trace no more."""
    provider, _State.provider = _State.provider, None
    if provider is not None:
        provider.shutdown()


def is_on() -> bool:
    """Return whether this process traces."""
    return _State.provider is not None


def span(name: str, **said: str) -> "AbstractContextManager[Span | None]":
    """Let what is done within be a span of this name, below the one it is in; None where nothing is traced."""
    return NOTHING if _State.provider is None else _spanned(_State.provider, name, said)


def opened(name: str, below: "Span | None" = None, **said: str) -> "Span | None":
    """Begin a span that its holder ends, below another or where one is; None where nothing is traced."""
    if _State.provider is None:
        return None
    from opentelemetry.trace import SpanKind, set_span_in_context  # noqa: PLC0415

    context = None if below is None else set_span_in_context(below)
    tracer = _State.provider.get_tracer("jifen")
    return tracer.start_span(name, context, SpanKind.CLIENT, attributes=_attributes(said))


def fail(spanned: "Span", fault: BaseException | None) -> None:
    """Say that it failed, and by which kind of fault: what a fault says holds values."""
    from opentelemetry.trace import StatusCode  # noqa: PLC0415

    spanned.set_status(StatusCode.ERROR)
    if fault is not None:
        spanned.set_attribute("error.type", type(fault).__qualname__)


def carried() -> dict[str, str]:
    """Return what a message takes along of the trace in which it was written."""
    if _State.provider is None:
        return {}
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

    taken: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(taken)
    return {LINK: taken[LINK]} if LINK in taken else {}


def continued(taken: Mapping[str, object], name: str) -> "AbstractContextManager[Span | None]":
    """Let what is done within be a span of the trace that a message has brought, or of one's own."""
    if _State.provider is None or LINK not in taken:
        return span(name)
    return _continued(str(taken[LINK]), name)


def trace_id() -> str:
    """Return the trace in which this is done, empty where none is."""
    if _State.provider is None:
        return ""
    from opentelemetry.trace import format_trace_id, get_current_span  # noqa: PLC0415

    context = get_current_span().get_span_context()
    return format_trace_id(context.trace_id) if context.is_valid else ""


@contextmanager
def _spanned(provider: "TracerProvider", name: str, said: Mapping[str, str]) -> "Iterator[Span]":
    tracer = provider.get_tracer("jifen")
    with tracer.start_as_current_span(
        name, attributes=_attributes(said), record_exception=False, set_status_on_exception=False
    ) as spanned:
        try:
            yield spanned
        except BaseException as fault:
            fail(spanned, fault)
            raise


@contextmanager
def _continued(taken: str, name: str) -> "Iterator[Span | None]":
    from opentelemetry.context import attach, detach  # noqa: PLC0415
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

    before = attach(TraceContextTextMapPropagator().extract({LINK: taken}))
    try:
        with span(name) as spanned:
            yield spanned
    finally:
        detach(before)


def _attributes(said: Mapping[str, str]) -> dict[str, str]:
    """Return names as OpenTelemetry has them: db__system is db.system."""
    return {name.replace("__", "."): value for name, value in said.items() if value}
