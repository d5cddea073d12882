"""One run: a site, a trial in it, the nemesis beside it, and what the checker finds when all is quiet."""

import socket
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from threading import Event

from services.cli.site import Site, site
from shared.config import settings
from shared.db.session import connect
from shared.usecases.verification import first_wrong
from tests.faults import checker, nemesis
from tests.faults.trial import Trial, a_trial

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Measure:
    """How large a run is: its county, for how long clients claim and object, how often something is struck."""

    seconds: float = 45.0
    every_s: float = 8.0
    branches: int = 3
    members: int = 4


@dataclass
class Report:
    """What a run came to: acts by kind and answer, what was struck how often, and what the checker found."""

    acts: Counter[str] = field(default_factory=Counter)
    struck: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)


def run(folder: Path, seed: int, measure: Measure, say: Say) -> Report:
    """Try a county under faults that follow from `seed`; everything is started and ended here."""
    port, admin_port = _free(2)
    # Servers of its own, whatever the environment names: those of others are not killed.
    given = replace(settings(), database_url=None, redis_url=None, broker_url=None)
    chance = Random(seed)
    with site(replace(given, data=folder, host="127.0.0.1", port=port, admin_port=admin_port)) as at:
        trial = a_trial(at, measure.branches, measure.members, Random(chance.random()))
        ended = Event()
        with ThreadPoolExecutor(1) as beside:
            struck = beside.submit(nemesis.torment, at, Random(chance.random()), ended, measure.every_s)
            try:
                _quarter(trial, measure, say)
            finally:
                ended.set()
        return Report(_acts(trial), struck.result(), _found(at, trial, say))


def _quarter(trial: Trial, measure: Measure, say: Say) -> None:
    say("党员申报")
    trial.claims(measure.seconds)
    say("支部审核、开会、公示")
    trial.officers()
    say("党员提出异议")
    trial.objections(measure.seconds)


def _found(at: Site, trial: Trial, say: Say) -> list[str]:
    say("等一切安静下来，然后核对")
    if not nemesis.settled_down(at):
        return ["有程序没有回来"]
    found = [] if trial.quiet() else ["到期的事没有办完，或者该通知的没有通知完"]
    found += checker.findings(trial.engine, trial.county_id, trial.log)
    found += checker.refused_early(trial.engine, trial.county_id, trial.log)
    with connect(at.urls.verifier).begin() as session:
        wrong = first_wrong(session, trial.county_id)
    return found + ([f"verify：{wrong.holds}（{wrong.wrong}）"] if wrong else [])


def _acts(trial: Trial) -> Counter[str]:
    return Counter(f"{act.kind} {act.told}" for act in trial.log.acts)


def _free(number: int) -> list[int]:
    """Return ports that nobody listens on."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
