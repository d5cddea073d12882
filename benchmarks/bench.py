"""The whole bench: a database of its own on the given server, each measurement in it, and nothing left behind."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, create_engine, make_url, text

from benchmarks import (
    authorisation,
    claiming,
    deadlines,
    meetings,
    onboarding,
    overviews,
    papers,
    scoring,
    settling,
    transitions,
)
from benchmarks.counties import Size
from benchmarks.figures import Figure
from benchmarks.peer_stacks import Peers, peers
from services.cli.database import prepare
from shared.db.session import Db, connect

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Ground:
    """Where it is measured: the superuser's engine, the worker's and the API's sessions, the latter's address."""

    engine: Engine
    clockwork: Db
    db: Db
    app_url: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is measured how large: `scale` 1 is a county of 650 branches and 20 000 members.

    `whole` adds what takes long: other stacks side by side, and the largest size of the overview.
    """

    scale: float = 1.0
    whole: bool = False


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
        urls.app,
    )
    try:
        yield made
    finally:
        for engine in (made.engine, made.clockwork.kw["bind"], made.db.kw["bind"]):
            engine.dispose()
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        server.dispose()


def measure(admin_url: str, redis_url: str, folder: Path, wanted: Wanted, say: Say) -> list[Figure]:
    """Measure everything; what servers say goes to `folder`."""
    scale = wanted.scale
    with ground(admin_url) as at:
        figures = _set_wise(at, wanted, say)
    say("打印一个乡镇的管理记录表")
    figures += papers.measure(max(4, round(papers.MEMBERS * min(scale, 1))))
    say("计分")
    figures += scoring.measure(max(10, round(100_000 * scale)))
    with ground(admin_url) as at, ExitStack() as stack:
        others = _peers(stack, admin_url, folder, say) if wanted.whole else None
        say("经 HTTP 提交申报，与 pgbench 并排")
        desk = claiming.Counter(at.engine, at.app_url, redis_url, folder)
        figures += claiming.measure(desk, scale, others)
        say("逐件办理和成批办理")
        return figures + transitions.measure(at.engine, at.db, scale, others)


def _set_wise(at: Ground, wanted: Wanted, say: Say) -> list[Figure]:
    scale = wanted.scale
    say("结算一个县的一个季度，与 COPY 并排")
    figures = settling.measure(at.engine, at.clockwork, Size().part(scale), say)
    say("党员大会通过 802 行积分")
    figures += meetings.measure(at.engine, at.db, max(1, round(802 * min(scale, 1))))
    say("用表格导入一个县，与 COPY 并排")
    figures += onboarding.measure(at.engine, at.db, at.clockwork, Size().part(scale))
    say("触发到期的催办")
    figures += deadlines.measure(at.engine, at.clockwork, max(10, round(100_000 * scale)))
    say("授权判断，十个到一万个单位，与单位写进 Casbin 并排")
    figures += authorisation.measure(at.engine, at.db, scale)
    say("县总览的件数")
    return figures + overviews.measure(at.engine, at.db, scale, wanted.whole)


def _peers(stack: ExitStack, admin_url: str, folder: Path, say: Say) -> Peers | None:
    say("安装别的框架，只为并排测量")
    try:
        return stack.enter_context(peers(admin_url, folder))
    except RuntimeError as fault:
        say(f"别的框架装不上，这一项略去：{fault}")
        return None
