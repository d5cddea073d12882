"""A claim by HTTP, from the request to the commit, beside the same statements by pgbench and other stacks."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from uuid import UUID, uuid4

from sqlalchemy import Engine, text

from benchmarks.claimants import Claimant, a_claiming_county, claims, pages
from benchmarks.clients import Answers, ask, first_answers, request
from benchmarks.counties import Size
from benchmarks.figures import Figure, median
from benchmarks.peer_stacks import CLAIMS, Peers
from benchmarks.serving import by_uvicorn, serving
from benchmarks.yardstick import claims_by_pgbench, pgbench

TIMES = 3
SECONDS = 4
CLIENTS = 16
AT_ONCE = 20
AIMS = {"fastapi": 1.7, "django": 3.0, "drf": 4.0}
_WAITING = text("""
SELECT id FROM claim WHERE county_id = :county AND unit_id = :unit AND member_id <> :member AND state = 'submitted'
ORDER BY id
""")
# Every claim has been looked at by its group's leader: an officer decides none before.
_OPINIONS = text("""
INSERT INTO opinion (county_id, id, unit_id, claim_id, person_id, done, quality, given_at)
SELECT county_id, gen_random_uuid(), unit_id, id, :leader, true, '好', now() FROM claim
WHERE county_id = :county AND unit_id = :unit AND state = 'submitted'
""")
_COUNT = text("SELECT count(*) FROM claim WHERE county_id = :county AND state = 'submitted'")


@dataclass(frozen=True, slots=True)
class Counter:
    """Where claims are handed in: the database, its login's address and Redis, and a folder for what is said."""

    engine: Engine
    app_url: str
    redis_url: str
    folder: Path


def measure(at: Counter, scale: float, peers: Peers | None) -> list[Figure]:
    """Hand claims in by each way in turn, three times; then members' pages and officers' rulings."""
    # As many branches at any scale: claims of one branch are numbered one after the other.
    size = Size(4, 100, max(200, round(2_000 * min(scale, 1))), 0)
    # Not under two: with the machine at full load pgbench had connected to nothing within one.
    seconds = max(2, round(SECONDS * min(scale, 1)))
    county, claimants = a_claiming_county(at.engine, size)
    served = {"DATABASE_URL": at.app_url, "REDIS_URL": at.redis_url, "JIFEN_SECRET": token_hex(32)}
    with serving(by_uvicorn("services.api.app:app"), served, at.folder / "api.log") as port:
        first_answers(port, claims(claimants), 100)
        ways = _ways(at, port, county, claimants, seconds)
        ways |= peers.ways(seconds, CLIENTS) if peers else {}
        with_us: list[Answers] = []
        rates = in_turn(ways, with_us)
        _adds_up(at.engine, county, with_us)
        read = ask(port, pages(claimants), seconds, CLIENTS)
        ruled = _ruled(at.engine, port, county, claimants[0])
    detail: dict[str, object] = {"members": size.members, "clients": CLIENTS, "per_s": rates}
    return [*_claimed(rates, with_us, detail), *_read(read), *ruled]


def in_turn(ways: Mapping[str, Callable[[], float | Answers]], kept: list[Answers]) -> dict[str, list[float]]:
    """Run each way in turn, so that whatever else the machine does falls on all alike; return the rates."""
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(TIMES):
        for name, way in ways.items():
            came = way()
            if isinstance(came, Answers):
                kept.append(came)
            rates[name].append(came.rate if isinstance(came, Answers) else came)
    return rates


def _ways(
    at: Counter, port: int, county: UUID, claimants: Sequence[Claimant], seconds: int
) -> dict[str, Callable[[], float | Answers]]:
    endless = claims(claimants)
    ways: dict[str, Callable[[], float | Answers]] = {"jifen": lambda: ask(port, endless, seconds, CLIENTS)}
    if program := pgbench():
        ways["pgbench"] = lambda: claims_by_pgbench(program, at.engine, at.app_url, county, claimants, seconds)
    return ways


def _claimed(
    rates: Mapping[str, Sequence[float]], ours: Sequence[Answers], detail: dict[str, object]
) -> list[Figure]:
    """The rate, how long one takes, and the rate as a share of each yardstick's, each within its own turn."""
    rate = median(rates["jifen"])
    figures = [Figure("http_claims", "经 HTTP 提交申报", rate, "件/秒", detail=detail)]
    for share in (50, 95, 99):
        taken = median([one.within(share / 100) for one in ours])
        figures.append(Figure(f"http_claims_p{share}", f"一件申报的答复，{share}% 在", taken, "毫秒内"))
    if "pgbench" in rates:
        shares = [100 * mine / other for mine, other in zip(rates["jifen"], rates["pgbench"], strict=True)]
        figures.append(Figure("http_claims_by_pgbench", "申报占 pgbench 做同样语句", median(shares), "%", 30))
    for name in CLAIMS:
        if name in rates:
            times = median([mine / other for mine, other in zip(rates["jifen"], rates[name], strict=True)])
            figures.append(
                Figure(f"http_claims_by_{name}", f"申报比 {CLAIMS[name].title}", times, "倍", AIMS[name])
            )
    return figures


def _read(answers: Answers) -> list[Figure]:
    return [
        Figure("http_pages", "党员看自己的申报", answers.rate, "页/秒", detail={"answers": len(answers.taken)}),
        Figure("http_pages_p99", "一页的答复，99% 在", answers.within(0.99), "毫秒内"),
    ]


def _ruled(engine: Engine, port: int, county: UUID, secretary: Claimant) -> list[Figure]:
    """An officer decides what waits in the branch, so many claims at once."""
    there = {"county": county, "unit": secretary.unit_id}
    with engine.begin() as connection:
        connection.execute(_OPINIONS, {**there, "leader": secretary.person_id})
        waiting = connection.scalars(_WAITING, {**there, "member": secretary.member_id}).all()
    batches = [list(waiting[start : start + AT_ONCE]) for start in range(0, len(waiting), AT_ONCE)]
    answers = ask(port, _rulings(secretary, batches), 60, 1)
    detail = {"claims": len(waiting), "at_once": AT_ONCE}
    rate = len(waiting) / answers.seconds
    return [Figure("http_rulings", f"支部成批审核申报，每批 {AT_ONCE} 件", rate, "件/秒", detail=detail)]


def _rulings(secretary: Claimant, batches: Sequence[Sequence[UUID]]) -> Iterator[bytes]:
    for batch in batches:
        said = {"claims": [str(one) for one in batch], "accept": True, "minute": "支委〔2026〕3号"}
        yield request(
            "POST",
            "/api/v1/rulings",
            json.dumps(said).encode(),
            Authorization=f"Bearer {secretary.token}",
            Idempotency_Key=uuid4().hex,
            Content_Type="application/json",
        )


def _adds_up(engine: Engine, county: UUID, answers: Sequence[Answers]) -> None:
    """Every claim that was acknowledged is there."""
    with engine.connect() as connection:
        found = connection.scalar(_COUNT, {"county": county}) or 0
    if found < sum(len(one.taken) for one in answers):
        raise AssertionError(f"{found} claims are there, more were acknowledged")
