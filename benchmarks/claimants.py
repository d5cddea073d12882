"""Claimants: a county whose members' programs and browsers may ask, made set-wise; the tokens are made up here."""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle
from uuid import UUID, uuid4

from sqlalchemy import Engine, text

from benchmarks.clients import request
from benchmarks.counties import Size, a_county_at_work

NOW = datetime(2026, 3, 20, 1, tzinfo=UTC)
# An item of the county plan that asks for no department's word and no evidence.
ITEM = "D-B4"
_CLOCK = text("UPDATE moved_clock SET stands_at = :now WHERE county_id = :county")
_PLACES = text("""
SELECT m.unit_id, m.id, m.person_id, r.id FROM member m
JOIN round r ON r.county_id = m.county_id AND r.unit_id = m.unit_id
WHERE m.county_id = :county ORDER BY m.name_sort
""")
_ACCOUNT = text("""
INSERT INTO account (county_id, id, unit_id, person_id, must_change, opened_at)
VALUES (:county, gen_random_uuid(), :unit, :person, false, now())
""")
_TOKEN = text("""
INSERT INTO token (county_id, id, unit_id, acts_in_id, person_id, name, digest, level, scopes, made_by, made_at,
                   ends_at)
VALUES (:county, gen_random_uuid(), :unit, :unit, :person, '测量', :digest, 'full', :scopes, :person, now(),
        now() + interval '1 day')
""")
_SIGN_IN = text("""
INSERT INTO sign_in (county_id, id, unit_id, person_id, digest, means, level, roles, device, made_at, proved_at,
                     seen_at, ends_at)
VALUES (:county, gen_random_uuid(), :unit, :person, :digest, 'password', 'full', :roles, '测量', now(), now(),
        now(), now() + interval '1 day')
""")
_OFFICE = text("""
INSERT INTO holding (county_id, id, unit_id, person_id, role, since)
VALUES (:county, gen_random_uuid(), :unit, :person, 'secretary', '2020-01-01')
""")


@dataclass(frozen=True, slots=True)
class Claimant:
    """A member with the means by which their program and their browser come in."""

    unit_id: UUID
    member_id: UUID
    person_id: UUID
    round_id: UUID
    token: str
    cookie: str

    @property
    def digest(self) -> str:
        """What the database keeps of the token."""
        return hashlib.sha256(self.token.encode()).hexdigest()


def a_claiming_county(engine: Engine, size: Size) -> tuple[UUID, Sequence[Claimant]]:
    """Make a county whose rounds take claims, every member with a token and a sign-in; the first is secretary."""
    county = a_county_at_work(engine, size)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(_CLOCK, {"county": county, "now": NOW})
        found = connection.execute(_PLACES, {"county": county}).all()
        claimants = [
            Claimant(unit, member, person, round_, f"jf_{_made(county)}", _made(county))
            for unit, member, person, round_ in found
        ]
        connection.execute(_OFFICE, _whose(county, claimants[0]))
        connection.execute(_ACCOUNT, [_whose(county, one) for one in claimants])
        scopes = "claim:submit,claim:see,claim:decide"
        connection.execute(
            _TOKEN, [{**_whose(county, one), "digest": one.digest, "scopes": scopes} for one in claimants]
        )
        connection.execute(_SIGN_IN, [{**_whose(county, one), **_in_browser(one)} for one in claimants])
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE token, account, sign_in, member, person, round, unit"))
    return county, claimants


def claims(claimants: Sequence[Claimant]) -> Iterator[bytes]:
    """Claims handed in by one member after the other, without end, each under a key of its own."""
    body = json.dumps({"item": ITEM, "happened_on": "2026-03-02", "text": "代办群众事项"}).encode()
    for one in cycle(claimants):
        yield request(
            "POST",
            "/api/v1/claims",
            body,
            Authorization=f"Bearer {one.token}",
            Idempotency_Key=uuid4().hex,
            Content_Type="application/json",
        )


def pages(claimants: Sequence[Claimant]) -> Iterator[bytes]:
    """A member's list of their claims, as their browser asks for it; the secretary's sits in another seat."""
    for one in cycle(claimants[1:]):
        yield request("GET", "/claims", Cookie=f"sign_in={one.cookie}")


def _made(county: UUID) -> str:
    return urlsafe_b64encode(county.bytes + uuid4().bytes + uuid4().bytes).decode()


def _whose(county: UUID, one: Claimant) -> dict[str, UUID]:
    return {"county": county, "unit": one.unit_id, "person": one.person_id}


def _in_browser(one: Claimant) -> dict[str, str]:
    return {"digest": hashlib.sha256(one.cookie.encode()).hexdigest(), "roles": "member"}
