"""The outbox: handed over at least once, told once, kept while the broker is down."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from kombu.exceptions import OperationalError
from sqlalchemy import text

from services.worker import messages
from services.worker.messages import deliver_message, relay_all
from shared.db.session import Db, acting
from shared.usecases.messages import Audience, Unsent, tell
from tests.builders import Branch, a_county, set_clock
from tests.worker.rounds import START, count

TOLD = "SELECT count(*) FROM notification"
DONE = "SELECT count(*) FROM message WHERE done_at IS NOT NULL"


@pytest.fixture
def branch(db: Db, clockwork: Db) -> Branch:
    """A branch with two messages to its secretary; what other tests have left is sent away first."""
    while relay_all(clockwork, lambda _: None):
        pass
    branch = a_county(db, members=1)[0]
    set_clock(db, branch.county_id, START)
    with acting(db, branch.county_id, branch.unit_id) as session:
        for n in range(2):
            by, audience = branch["secretary"], Audience(roles=["secretary"])
            tell(session, by, branch.unit_id, "trial", UUID(int=n), f"第{n}件事", audience, START)
    return branch


@pytest.fixture
def arrived(clockwork: Db, monkeypatch: pytest.MonkeyPatch) -> None:
    """The task's own database is this test's."""
    monkeypatch.setattr(messages, "database", lambda: clockwork)


def test_a_message_is_sent_once_and_told_once_however_often_it_arrives(
    clockwork: Db, branch: Branch, arrived: None
) -> None:
    sent: list[Unsent] = []
    assert relay_all(clockwork, sent.append) == 2
    assert relay_all(clockwork, sent.append) == 0

    for one in sent * 3:
        deliver_message(str(one.county_id), str(one.unit_id), str(one.id))

    assert count(clockwork, [branch], TOLD) == 2
    assert count(clockwork, [branch], DONE) == 2


def test_a_broker_that_is_down_leaves_messages_where_they_are(clockwork: Db, branch: Branch) -> None:
    sent: list[Unsent] = []

    def breaks(one: Unsent) -> None:
        if sent:
            raise OperationalError("down")
        sent.append(one)

    assert relay_all(clockwork, breaks) == 0
    assert relay_all(clockwork, sent.append) == 1
    assert len({one.id for one in sent}) == 2


def test_what_was_sent_and_never_arrived_is_sent_again_after_a_minute(clockwork: Db, branch: Branch) -> None:
    lost: list[Unsent] = []
    relay_all(clockwork, lost.append)
    _minutes_pass(clockwork, branch, 0.8)
    assert relay_all(clockwork, lost.append) == 0
    _minutes_pass(clockwork, branch, 0.3)
    assert relay_all(clockwork, lost.append) == 2
    # The pause doubles: a message that cannot be delivered does not crowd out the others.
    _minutes_pass(clockwork, branch, 1.8)
    assert relay_all(clockwork, lost.append) == 0


def test_many_relays_send_each_message_once(clockwork: Db, branch: Branch) -> None:
    sent: list[Unsent] = []
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: relay_all(clockwork, sent.append), range(8)))

    assert Counter(one.id for one in sent).most_common(1)[0][1] == 1
    assert len(sent) == 2


def test_a_crash_between_sending_and_noting_it_sends_again(clockwork: Db, branch: Branch) -> None:
    sent: list[Unsent] = []

    def dies(one: Unsent) -> None:
        sent.append(one)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        relay_all(clockwork, dies)
    assert relay_all(clockwork, sent.append) == 2
    assert len({one.id for one in sent}) == 2


def _minutes_pass(clockwork: Db, branch: Branch, minutes: float) -> None:
    with acting(clockwork, branch.county_id, branch.unit_id) as session:
        session.execute(text("UPDATE message SET next_at = next_at - :gone"), {"gone": timedelta(minutes=minutes)})
