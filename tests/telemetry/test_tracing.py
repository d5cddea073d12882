"""Tracing: off it is nothing; on, a request leads through the outbox to the task, and tells nobody's business."""

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from sqlalchemy import select

from services.api.app import create_app
from services.cli.database import Urls
from services.worker.app import app as worker
from shared.config import read_settings
from shared.db.messages import Message
from shared.db.session import acting, connect
from shared.db.tracing import called
from shared.telemetry import tracing
from shared.usecases.messages import Audience, deliver, tell
from tests.api.people import Person
from tests.builders import FOUNDED, a_county
from tests.telemetry.collectors import Collector, traced
from tests.telemetry.lines import parsed, written
from tests.usecases.people import PASSWORD, SECRET, a_code, a_number, with_telephone

EVERYBODY = Audience(roles=["member"])


def said(span: Span) -> dict[str, str]:
    """What a span says of itself."""
    return {one.key: one.value.string_value or str(one.value.int_value) for one in span.attributes}


def named(collector: Collector, name: str) -> Span:
    """The one span of this name."""
    (found,) = (span for span in collector.spans() if span.name == name)
    return found


def test_without_an_address_nothing_is_traced() -> None:
    assert read_settings({}).otlp is None
    tracing.begin(None, "tests")

    with tracing.span("anything") as nothing:
        assert nothing is None
    assert tracing.carried() == {}
    assert tracing.trace_id() == ""


def test_a_statement_is_called_by_its_verb_and_what_it_is_of() -> None:
    assert called("SELECT f.*, jifen.policy_of(%(county)s) FROM jifen.find_sign_in(%(county)s) f") == (
        "SELECT jifen.find_sign_in"
    )
    assert called("\nUPDATE message SET sent_at = now() WHERE id = %(id)s") == "UPDATE message"
    assert called("INSERT INTO person (name) VALUES ('鲁春香')") == "INSERT person"
    assert called("SELECT set_config('jifen.county', %(county)s, true)") == "SELECT"


@pytest.mark.long
def test_a_request_its_transaction_and_its_statements_are_one_trace_without_a_value(
    urls: Urls, redis_url: str
) -> None:
    number = a_number()
    with traced() as collector, written() as log:
        db = connect(urls.app)
        branch = a_county(db, members=2)[0]
        secretary = branch["secretary"]
        assert secretary.person_id is not None
        with_telephone(db, branch, secretary.person_id, number)
        code = a_code(db, branch, secretary.person_id)
        person = Person(create_app(db, redis_url, secret=SECRET.decode()))
        with person.client:
            person.opens(f"/sign-in?telephone={number}")
            person.hands_in("/sign-in", 422, sign_in=number, password=PASSWORD)
            person.opens("/sign-in/handed")
            person.hands_in("/sign-in/handed", sign_in=number, code=code)
        tracing.end()
        tokens = list(person.client.cookies.values())

        spans = {span.span_id: span for span in collector.spans()}
        door = next(span for span in spans.values() if span.name == "POST /sign-in/handed")
        within = [span for span in spans.values() if span.trace_id == door.trace_id]
        transactions = [span for span in within if span.parent_span_id == door.span_id]
        statements = [span for span in within if spans.get(span.parent_span_id) in transactions]
        assert said(door)["http.route"] == "/sign-in/handed"
        assert said(door)["jifen.tenant"] == str(branch.county_id)
        assert {span.name for span in transactions} == {"transaction"}
        assert "UPDATE one_time_code" in {span.name for span in statements}
        ours = next(line for line in parsed(log) if line.get("request") == said(door)["jifen.request"])
        assert ours["trace"] == door.trace_id.hex()
        for secret in (number, code, PASSWORD, branch.members[0].name, "/sign-in?", *tokens):
            assert secret.encode() not in collector.raw


def test_a_trace_goes_through_the_outbox_to_whoever_is_told(urls: Urls) -> None:
    with traced() as collector:
        db = connect(urls.app)
        branch = a_county(db, members=1)[0]
        with tracing.span("request"), acting(db, branch.county_id, branch.unit_id) as session:
            tell(session, branch["recorder"], branch.unit_id, "test", branch.unit_id, "有事", EVERYBODY, FOUNDED)
        with acting(connect(urls.worker), branch.county_id, branch.unit_id) as session:
            (message,) = session.scalars(select(Message).filter_by(topic="test")).all()
            deliver(session, message.id, branch.county_id, FOUNDED)
        tracing.end()

        request, told = named(collector, "request"), named(collector, "deliver")
        assert (told.trace_id, told.parent_span_id) == (request.trace_id, request.span_id)


def test_a_task_is_a_span_and_what_goes_wrong_in_it_is_told_by_its_kind_alone() -> None:
    @worker.task(name="tests.traced")
    def fails() -> None:
        with tracing.span("inside"):
            raise RuntimeError("13912345678")

    try:
        with traced() as collector:
            worker.tasks["tests.traced"].apply(task_id="7")
            tracing.end()
            task, inside = named(collector, "tests.traced"), named(collector, "inside")
            assert inside.parent_span_id == task.span_id
            assert said(task)["jifen.task"] == "7"
            assert said(inside)["error.type"] == "RuntimeError"
            assert b"13912345678" not in collector.raw
    finally:
        del worker.tasks["tests.traced"]
