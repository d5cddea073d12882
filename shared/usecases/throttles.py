"""Throttles: how often somebody may try to sign in; it slows a stranger down and never locks the owner out.

Wrong attempts are counted for a name from one network, so that nobody elsewhere can use them up; a browser that
has signed in to the name before has a count of its own, and no share in the budgets that strangers use up.
"""

import hashlib
from collections.abc import Sequence
from ipaddress import ip_address, ip_network
from typing import NamedTuple
from uuid import UUID

from redis import Redis
from redis.exceptions import RedisError

from shared.domain.errors import NotNow

# Per name and network; per network whatever the names; and what all the world may cost us.
FREE = 5
NETWORK_BURST, NETWORK_PER_S, WORLD_BURST, WORLD_PER_S = 200, 3.0, 60, 15.0
FIRST_WAIT_MS, LONGEST_WAIT_MS = 30_000, 900_000
FORGET_MS = 24 * 3600 * 1000
# What a network without a sign-in may write: a village behind one address is not many.
LETTERS, LETTERS_S = 20, 3600
# What a program may ask within a minute; and how often a network may come with tokens that are nobody's.
CALLS, GUESSES, CALLS_S = 600, 60, 60
REMEMBER_S = 180 * 24 * 3600

# One atomic step, by Redis's own clock. A try is counted when it is let through, before it is known to be wrong:
# of many at once exactly as many pass as were free. Answers how long to wait, in milliseconds.
_TRY = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function wait_of_count(key)
    local until_ms = tonumber(redis.call('HGET', key, 'until') or '0')
    return math.max(0, until_ms - now)
end
local function level_of(key, burst, per_s)
    local level = tonumber(redis.call('HGET', key, 'level') or burst)
    local at = tonumber(redis.call('HGET', key, 'at') or now)
    return math.min(burst, level + (now - at) * per_s / 1000)
end
local known = redis.call('EXISTS', KEYS[5]) == 1
local count = known and KEYS[2] or KEYS[1]
local wait = wait_of_count(count)
local buckets = {}
if not known then
    buckets = {{KEYS[3], tonumber(ARGV[5]), tonumber(ARGV[6])}, {KEYS[4], tonumber(ARGV[7]), tonumber(ARGV[8])}}
end
for _, b in ipairs(buckets) do
    local level = level_of(b[1], b[2], b[3])
    if level < 1 then wait = math.max(wait, math.ceil((1 - level) * 1000 / b[3])) end
end
if wait > 0 then return wait end
local tries = redis.call('HINCRBY', count, 'tries', 1)
local over = tries - tonumber(ARGV[1])
if over >= 0 then
    local pause = math.min(tonumber(ARGV[2]) * 2 ^ math.min(over, 20), tonumber(ARGV[3]))
    redis.call('HSET', count, 'until', now + pause)
end
redis.call('PEXPIRE', count, ARGV[4])
for _, b in ipairs(buckets) do
    redis.call('HSET', b[1], 'level', level_of(b[1], b[2], b[3]) - 1, 'at', now)
    redis.call('PEXPIRE', b[1], math.ceil(b[2] / b[3]) * 1000)
end
return 0
"""


class Attempt(NamedTuple):
    """Who tries to sign in as whom: a name or what stands for one, from which address, on which browser."""

    name: str
    address: str
    device: str


def let_try(cache: Redis, attempt: Attempt) -> None:
    """Count an attempt, or refuse it with how long to wait; asked before any password is looked at."""
    given = (
        FREE,
        FIRST_WAIT_MS,
        LONGEST_WAIT_MS,
        FORGET_MS,
        NETWORK_BURST,
        NETWORK_PER_S,
        WORLD_BURST,
        WORLD_PER_S,
    )
    try:
        wait_ms = int(cache.eval(_TRY, 5, *_keys(attempt), *given))
    except RedisError as fault:
        # Without counting, anybody might try as often as they like.
        raise NotNow("现在暂时不能登录，请过一会儿再试。") from fault
    if wait_ms:
        raise NotNow(f"试的次数太多了，请 {_in_words(wait_ms)}再试。忘记密码，可以请支部当面给一个登录码。")


def let_write(cache: Redis, address: str) -> None:
    """Count a letter from somebody who has not signed in, or refuse it where a network sends too many an hour."""
    key = letters_from(address)
    try:
        cache.set(key, 0, ex=LETTERS_S, nx=True)
        written = int(cache.incr(key))
    except RedisError as fault:
        raise NotNow("现在暂时不能寄出，请过一会儿再试，或者打电话反映。") from fault
    if written > LETTERS:
        raise NotNow("从您这里来的信太多了，请一小时后再写，或者打电话反映。")


def calls_over(cache: Redis, token_id: UUID) -> int:
    """Count a program's call; return for how many seconds it has to wait, 0 where it has not called too often."""
    return _over(cache, _key("calls", str(token_id)), CALLS)


def guesses_over(cache: Redis, address: str) -> int:
    """Count a token that is nobody's; return for how many seconds its network is told nothing more."""
    return _over(cache, _key("guesses", network_of(address)), GUESSES)


def _over(cache: Redis, key: str, most: int) -> int:
    try:
        cache.set(key, 0, ex=CALLS_S, nx=True)
        if int(cache.incr(key)) <= most:
            return 0
        return max(1, int(cache.ttl(key)))
    except RedisError:
        # No token can be guessed, and a program that is known does no harm by asking.
        return 0


def letters_from(address: str) -> str:
    """Return the key under which the letters of an address's network are counted."""
    return _key("letters", network_of(address))


def was_right(cache: Redis, attempt: Attempt) -> None:
    """Forget the wrong attempts of whoever got in, and know their browser again for half a year."""
    count, own, _, _, known = _keys(attempt)
    cache.delete(count, own)
    if attempt.device:
        cache.set(known, 1, ex=REMEMBER_S)


def network_of(address: str) -> str:
    """Return the network that counts as one: /24, or /64 of IPv6; what is no address is a network of its own."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if found.version == 6 and found.ipv4_mapped:
        found = found.ipv4_mapped
    return str(ip_network((found, 24 if found.version == 4 else 64), strict=False))


def _keys(attempt: Attempt) -> Sequence[str]:
    network = network_of(attempt.address)
    return (
        _key("count", attempt.name, network),
        _key("count", attempt.name, "device", attempt.device),
        _key("network", network),
        _key("world"),
        _key("known", attempt.name, attempt.device or "none"),
    )


def _key(*parts: str) -> str:
    return "jifen:sign-in:" + hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _in_words(wait_ms: int) -> str:
    seconds = -(-wait_ms // 1000)
    return f"{seconds} 秒后" if seconds < 120 else f"{-(-seconds // 60)} 分钟后"
