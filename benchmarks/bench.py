"""The whole bench: a database of its own on the given server, each measurement in it, and nothing left behind."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine, create_engine, make_url, text

from benchmarks import authorisation, deadlines, meetings, onboarding, papers, scoring, settling
from benchmarks.counties import Size
from benchmarks.figures import Figure
from services.cli.database import prepare
from shared.db.session import Db, connect

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Ground:
    """Where it is measured: the superuser's engine, and sessions of the worker's and the API's logins."""

    engine: Engine
    clockwork: Db
    db: Db


@contextmanager
def ground(admin_url: str) -> Iterator[Ground]:
    """A database made for this and dropped afterwards."""
    name = f"jifen_bench_{os.getpid()}"
    server = create_engine(make_url(admin_url), isolation_level="AUTOCOMMIT")
    urls = prepare(admin_url, name)
    made = Ground(
        create_engine(make_url(admin_url).set(database=name)),
        connect(urls.worker, pool_size=2),
        connect(urls.app, pool_size=1),
    )
    try:
        yield made
    finally:
        for engine in (made.engine, made.clockwork.kw["bind"], made.db.kw["bind"]):
            engine.dispose()
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        server.dispose()


def measure(admin_url: str, scale: float, say: Say) -> list[Figure]:
    """Measure everything; `scale` 1 is a county of 650 branches and 20 000 members."""
    figures: list[Figure] = []
    with ground(admin_url) as at:
        say("结算一个县的一个季度，与 COPY 并排")
        figures += settling.measure(at.engine, at.clockwork, Size().part(scale), say)
        say("党员大会通过 802 行积分")
        figures += meetings.measure(at.engine, at.db, max(1, round(802 * min(scale, 1))))
        say("用表格导入一个县，与 COPY 并排")
        figures += onboarding.measure(at.engine, at.db, at.clockwork, Size().part(scale))
        say("触发到期的催办")
        figures += deadlines.measure(at.engine, at.clockwork, max(10, round(100_000 * scale)))
        say("授权判断，十个到一万个单位，与单位写进 Casbin 并排")
        figures += authorisation.measure(at.engine, at.db, scale)
    say("打印一个乡镇的管理记录表")
    figures += papers.measure(max(4, round(papers.MEMBERS * min(scale, 1))))
    say("计分")
    return figures + scoring.measure(max(10, round(100_000 * scale)))
