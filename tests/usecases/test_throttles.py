"""Throttles: of many attempts at once exactly as many pass as are free, and nobody can use up another's."""

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as some
from redis import Redis

from shared.domain.errors import NotNow
from shared.usecases.throttles import (
    FREE,
    LETTERS,
    NETWORK_BURST,
    Attempt,
    let_try,
    let_write,
    network_of,
    was_right,
)


@pytest.fixture
def cache(redis_url: str) -> Iterator[Redis]:
    """A numbered database of the run's Valkey for throttles."""
    redis: Redis = Redis.from_url(f"{redis_url.rsplit('/', 1)[0]}/13")
    redis.flushdb()
    yield redis
    redis.close()


def passes(cache: Redis, attempt: Attempt) -> bool:
    """Whether an attempt is let through."""
    try:
        let_try(cache, attempt)
    except NotNow:
        return False
    return True


def _many(url: str, attempt: Attempt, times: int) -> int:
    cache: Redis = Redis.from_url(url)
    with ThreadPoolExecutor(20) as threads:
        return sum(threads.map(lambda _: passes(cache, attempt), range(times)))


def test_of_two_hundred_attempts_at_once_from_two_processes_exactly_five_pass(
    cache: Redis, redis_url: str
) -> None:
    attempt = Attempt(f"name {uuid4()}", "203.0.113.9", "")
    url = f"{redis_url.rsplit('/', 1)[0]}/13"

    with multiprocessing.get_context("spawn").Pool(2) as processes:
        passed = processes.starmap(_many, [(url, attempt, 100)] * 2)

    assert sum(passed) == FREE


def test_the_owner_signs_in_while_a_stranger_attacks(cache: Redis) -> None:
    name = str(uuid4())
    for n in range(NETWORK_BURST):
        passes(cache, Attempt(name, f"198.51.100.{n % 250}", ""))

    assert not passes(cache, Attempt(name, "198.51.100.1", ""))
    assert passes(cache, Attempt(name, "203.0.113.9", ""))


def test_a_browser_that_has_signed_in_before_is_not_slowed_by_its_own_network(cache: Redis) -> None:
    name = str(uuid4())
    owner, stranger = (Attempt(name, "203.0.113.9", device) for device in ("the owner's", "another"))
    was_right(cache, owner)
    while passes(cache, stranger):
        pass

    assert sum(passes(cache, owner) for _ in range(20)) == FREE


def test_another_name_s_device_counts_for_nothing(cache: Redis) -> None:
    owner, stolen = Attempt("one", "203.0.113.9", "d"), Attempt("two", "203.0.113.9", "d")
    was_right(cache, owner)
    while passes(cache, stolen._replace(device="")):
        pass

    assert not passes(cache, stolen)


def test_who_got_in_begins_anew(cache: Redis) -> None:
    attempt = Attempt(str(uuid4()), "203.0.113.9", "")
    for _ in range(FREE - 1):
        assert passes(cache, attempt)
    was_right(cache, attempt)

    assert sum(passes(cache, attempt) for _ in range(20)) == FREE


def test_how_long_to_wait_is_said_in_words_and_grows(cache: Redis) -> None:
    attempt = Attempt(str(uuid4()), "203.0.113.9", "")
    said = []
    for _ in range(3):
        while passes(cache, attempt):
            pass
        with pytest.raises(NotNow) as refusal:
            let_try(cache, attempt)
        said.append(str(refusal.value))
        for key in cache.scan_iter("jifen:sign-in:*"):
            if cache.hexists(key, "until"):
                cache.hset(key, "until", 0)

    assert "30 秒后" in said[0] or "29 秒后" in said[0]
    assert "60 秒后" in said[1] or "59 秒后" in said[1]
    assert "分钟后" in said[2] or "119 秒后" in said[2]


def test_one_network_that_tries_many_names_is_stopped(cache: Redis) -> None:
    passed = sum(passes(cache, Attempt(f"name {n}", "198.51.100.7", "")) for n in range(400))

    assert passed < 400


def test_without_the_cache_nobody_tries() -> None:
    with pytest.raises(NotNow, match="请过一会儿再试"):
        let_try(Redis.from_url("redis://127.0.0.1:1/0"), Attempt("name", "203.0.113.9", ""))


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.0/24"),
        ("::ffff:203.0.113.9", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
    ],
)
def test_a_network_is_what_one_household_or_office_has(address: str, network: str) -> None:
    assert network_of(address) == network


@given(some.ip_addresses())
def test_every_address_has_a_network(address: object) -> None:
    assert "/" in network_of(str(address))


def test_a_network_that_writes_too_many_letters_has_to_wait(cache: Redis) -> None:
    for _ in range(LETTERS):
        let_write(cache, "203.0.113.80")

    with pytest.raises(NotNow, match="一小时后再写"):
        let_write(cache, "203.0.113.81")
    let_write(cache, "198.51.100.80")
