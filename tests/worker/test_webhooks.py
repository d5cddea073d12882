"""Webhooks: a step reaches the county's program signed and once, again where it failed, never an inner address."""

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from services.worker.messages import relay_all
from services.worker.webhooks import Guarded, Unheard, send, tell_all
from shared.authz.actor import Actor
from shared.db.session import Db, acting, enter
from shared.db.webhooks import Telling, Webhook
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.webhooks import PAUSES, address_faults, is_inside, signature
from shared.usecases.claims import Ruling
from shared.usecases.members import actor_of, add_person, appoint
from shared.usecases.messages import Unsent, deliver
from shared.usecases.tellings import Parcel, hand_on
from shared.usecases.webhooks import add_webhook, renew_secret
from tests.builders import FOUNDED, LONG_AGO, founder
from tests.receivers import Answered, Arrived, receiving
from tests.usecases.stage import Stage

SEALING = b"the secret for webhooks of an installation"
ACCEPTED = Ruling(True, "支委会〔2026〕1号")


class County:
    """A county whose program listens on loopback, and answers with a status that a test may change."""

    def __init__(self, db: Db, clockwork: Db, url: str) -> None:
        self.db, self.clockwork, self.stage = db, clockwork, Stage(db, clockwork)
        self.admin = self._administrator()
        with acting(db, self.stage.county_id, self.stage.county_id) as session:
            events = ["claim.decided", "filing.filed"]
            self.secret = add_webhook(session, self.admin, SEALING, f"{url}/told", events, True, self.stage.now)

    def _administrator(self) -> Actor:
        county = self.stage.county_id
        with acting(self.db, county, county) as session:
            person = add_person(session, founder(county), county, "管理员程")
            appoint(session, founder(county), county, person.id, "system_administrator", LONG_AGO)
            return actor_of(session, county, county, person.id, FOUNDED.date())

    def relay(self) -> None:
        """Let the outbox be handed on, as the worker does."""
        sent: list[Unsent] = []
        relay_all(self.clockwork, sent.append)
        for one in sent:
            with acting(self.clockwork, one.county_id, one.unit_id) as session:
                deliver(session, one.id, one.county_id, self.stage.now)
                hand_on(session, one.county_id, one.id)

    def tellings(self) -> list[Telling]:
        with self.db.begin() as session:
            enter(session, self.stage.county_id, [self.stage.county_id])
            return list(session.scalars(select(Telling).order_by(Telling.event, Telling.id)))

    def webhook(self) -> Webhook:
        with self.db.begin() as session:
            enter(session, self.stage.county_id, [self.stage.county_id])
            return session.scalars(select(Webhook)).one()

    def make_due(self) -> None:
        with self.db.begin() as session:
            enter(session, self.stage.county_id, [self.stage.county_id])
            session.execute(update(Telling).values(due_at=func.clock_timestamp() - timedelta(seconds=1)))


class Listener:
    """What the county's program has heard, and what it answers."""

    def __init__(self) -> None:
        self.status, self.headers, self.heard = 204, dict[str, str](), list[Arrived]()

    def __call__(self, arrived: Arrived) -> Answered:
        self.heard.append(arrived)
        return Answered(self.status, b"", self.headers)


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def county(db: Db, clockwork: Db, listener: Listener) -> Iterator[County]:
    with receiving(listener) as receiver:
        yield County(db, clockwork, receiver.url)


def decided(county: County) -> UUID:
    """A claim is handed in and accepted."""
    stage = county.stage
    claim = stage.claim(stage.mei)
    stage.decide([claim], ACCEPTED)
    return claim.id


def test_a_decision_is_told_by_its_ids_and_state_signed_and_once(county: County, listener: Listener) -> None:
    claim_id = decided(county)
    county.relay()
    county.relay()

    assert tell_all(county.clockwork, SEALING, private=True) == 1
    assert tell_all(county.clockwork, SEALING, private=True) == 0

    (told,) = listener.heard
    said = json.loads(told.body)
    (telling,) = county.tellings()
    assert said["event"] == "claim.decided"
    assert said["subject"] == {"id": str(claim_id), "unit_id": str(county.stage.unit_id), "state": "accepted"}
    assert set(said) == {"id", "event", "at", "subject"}
    assert said["id"] == told.headers["x-jifen-id"] == str(telling.id)
    at, given = (part.split("=")[1] for part in told.headers["x-jifen-signature"].split(","))
    assert given == signature(county.secret, int(at), told.body)
    assert county.stage.mei.name not in told.body.decode()
    assert telling.state == "heard"


def test_what_signs_is_kept_so_that_the_installation_s_secret_alone_opens_it(
    county: County, listener: Listener
) -> None:
    decided(county)
    county.relay()
    kept = county.webhook().secret

    assert tell_all(county.clockwork, b"another installation's secret", private=True) == 0
    (telling,) = county.tellings()
    county.make_due()
    heard = tell_all(county.clockwork, SEALING, private=True)

    assert county.secret not in kept
    assert "whsec_" not in base64.b64decode(kept).decode("latin-1")
    assert "JIFEN_WEBHOOKS_SECRET" in str(telling.error)
    assert (heard, len(listener.heard)) == (1, 1)


def test_a_new_secret_signs_from_now_on_and_the_old_one_nothing(county: County, listener: Listener) -> None:
    decided(county)
    county.relay()
    with acting(county.db, county.stage.county_id, county.stage.county_id) as session:
        new = renew_secret(session, county.admin, SEALING, county.webhook().id, county.stage.now)

    tell_all(county.clockwork, SEALING, private=True)

    (told,) = listener.heard
    at, given = (part.split("=")[1] for part in told.headers["x-jifen-signature"].split(","))
    assert given == signature(new, int(at), told.body) != signature(county.secret, int(at), told.body)


def test_without_a_secret_of_the_installation_nothing_is_registered(county: County) -> None:
    here, url = county.stage.county_id, "https://county.example/jifen"
    with acting(county.db, here, here) as session, pytest.raises(NotNow, match="JIFEN_WEBHOOKS_SECRET"):
        add_webhook(session, county.admin, b"", url, ["filing.filed"], False, county.stage.now)


def test_the_same_message_twice_is_one_telling(county: County) -> None:
    decided(county)
    county.relay()
    before = len(county.tellings())
    (telling,) = county.tellings()

    with acting(county.clockwork, county.stage.county_id, county.stage.unit_id) as session:
        assert hand_on(session, county.stage.county_id, telling.message_id) == 0
    assert len(county.tellings()) == before == 1


def test_what_is_not_heard_is_told_again_later_and_in_the_end_is_dead_and_says_why(
    county: County, listener: Listener
) -> None:
    decided(county)
    county.relay()
    listener.status = 503

    tries = 0
    while county.tellings()[0].state == "waiting":
        county.make_due()
        assert tell_all(county.clockwork, SEALING, private=True) == 0
        tries += 1
        assert tell_all(county.clockwork, SEALING, private=True) == 0  # not due yet

    (telling,) = county.tellings()
    assert tries == len(PAUSES) + 1 == telling.attempts == len(listener.heard)
    assert (telling.state, telling.error) == ("dead", "对方回答 503")
    assert len({arrived.headers["x-jifen-id"] for arrived in listener.heard}) == 1


def test_a_redirection_is_not_followed(county: County, listener: Listener) -> None:
    decided(county)
    county.relay()
    listener.status, listener.headers = 307, {"Location": "http://169.254.169.254/latest"}

    tell_all(county.clockwork, SEALING, private=True)

    assert county.tellings()[0].error == "对方回答 307"
    assert len(listener.heard) == 1


def test_a_worker_that_dies_after_sending_sends_it_again_under_the_same_id(
    county: County, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    decided(county)
    county.relay()

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("services.worker.webhooks.note_heard", dies)
        with pytest.raises(KeyboardInterrupt):
            tell_all(county.clockwork, SEALING, private=True)
    assert tell_all(county.clockwork, SEALING, private=True) == 1

    first, second = listener.heard
    assert first.headers["x-jifen-id"] == second.headers["x-jifen-id"]


def test_an_inner_address_is_not_connected_to_whatever_its_name_says(listener: Listener) -> None:
    with receiving(listener) as receiver:
        port = int(receiver.url.rsplit(":", 1)[1])
        for host in ("127.0.0.1", "localhost"):
            with pytest.raises(Unheard, match="内部网络"):
                Guarded(private=False).connect_tcp(host, port, 1.0)
    with pytest.raises(Unheard, match="https"):
        send(Parcel(UUID(int=1), receiver.url, "s", {"event": "x"}), private=False)
    assert listener.heard == []


@pytest.mark.parametrize(
    "number",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1"),
        *("224.0.0.1", "255.255.255.255", "::1", "fe80::1", "fc00::1", "::ffff:10.0.0.1", "::", "ff02::1"),
        *("::ffff:127.0.0.1", "2002:7f00:1::", "localhost", "db.internal"),
    ],
)
def test_what_is_inside_is_known_as_such(number: str) -> None:
    assert is_inside(number)


def test_public_addresses_are_not_inside() -> None:
    assert not any(is_inside(one) for one in ("8.8.8.8", "2400:3200::1", "county.example"))


@pytest.mark.parametrize(
    "address",
    [
        "ftp://a.example",
        "https://",
        "https://a.example/#x",
        "https://a b",
        "https://[::1",
        "https://甲.example",
        "x" * 400,
    ],
)
def test_an_address_that_is_none_is_named(address: str) -> None:
    assert address_faults(address, private=True)


def test_only_the_county_s_system_administrator_registers_addresses(county: County) -> None:
    stage, url = county.stage, "https://county.example/jifen"
    with acting(county.db, stage.county_id, stage.unit_id) as session, pytest.raises(Forbidden):
        add_webhook(session, stage.who("secretary"), SEALING, url, ["filing.filed"], False, stage.now)
    with acting(county.db, stage.county_id, stage.county_id) as session, pytest.raises(Invalid) as wrong:
        add_webhook(session, county.admin, SEALING, "http://10.0.0.1/", ["points.changed"], False, stage.now)
    assert len(wrong.value.faults) == 3
