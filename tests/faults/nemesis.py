"""The nemesis: kills one program after the other at random, and wipes Redis; the supervisor brings them back."""

import contextlib
import time
from collections import Counter
from random import Random
from threading import Event

from redis import Redis, RedisError

from services.cli.site import Site

OURS = ("api", "worker", "beat")
ENGINES = ("valkey", "postgres")
WIPE = "wipe"
VICTIMS = (*OURS, *ENGINES, WIPE)


def torment(site: Site, chance: Random, ended: Event, every_s: float) -> Counter[str]:
    """Strike about every so many seconds until the time is over; return what was struck how often.

    What was struck last is given time to come back: a product that never runs shows nothing.
    """
    struck: Counter[str] = Counter()
    while not ended.wait(every_s * (0.5 + chance.random())):
        settled_down(site)
        victim = chance.choice(VICTIMS)
        if strike(site, victim):
            struck[victim] += 1
    return struck


def strike(site: Site, victim: str) -> bool:
    """Kill a program as the kernel would, or take from Redis all that it holds; whether it was there."""
    if victim == WIPE:
        with contextlib.suppress(RedisError), Redis.from_url(site.engines.redis_url) as redis:
            return bool(redis.flushall())
        return False
    home = site.engines.processes if victim in ENGINES else site.processes
    if home is None or victim not in home.running or not home.alive(victim):
        return False
    home.running[victim].process.kill()
    return True


def settled_down(site: Site, within_s: float = 60.0) -> bool:
    """Whether every program is back in time."""
    ends = time.monotonic() + within_s
    while time.monotonic() < ends:
        homes = [site.processes, *([site.engines.processes] if site.engines.processes else [])]
        if all(home.alive(name) for home in homes for name in list(home.running)):
            return True
        time.sleep(0.2)
    return False
