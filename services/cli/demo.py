"""`jifen demo`: the main job on the demonstration county, in one command; then it is served."""

import contextlib
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import click
from celery import Celery
from rich.console import Console
from sqlalchemy import text

from services.cli.demonstration.accounts import Entry, provide_accounts, show_accounts
from services.cli.demonstration.figures import count_all, missed
from services.cli.demonstration.fresh import begin_afresh
from services.cli.demonstration.neighbour import STARTS as NEIGHBOUR_STARTS
from services.cli.demonstration.neighbour import count_neighbour, missed_there, perform_neighbour
from services.cli.demonstration.programme import STARTS, perform
from services.cli.demonstration.report import show
from services.cli.demonstration.stage import SHANGHAI, Stage
from services.cli.site import Site, chosen, site
from shared.db.session import Db, acting, connect
from shared.domain.errors import Refusal
from shared.usecases.demonstrations import finish, is_finished, is_founded
from shared.usecases.verification import verify

NUMBER = 1


@dataclass(frozen=True, slots=True)
class Program:
    """What is played in a county, from which instant, and what its people are drawn from."""

    play: Callable[[Stage], None]
    starts: datetime
    chance: Random


@dataclass(frozen=True, slots=True)
class Performance:
    """What a demonstration came to: its figures, where its county is, and the figures of the county beside it."""

    county_id: UUID
    figures: dict[str, Any]
    there: dict[str, int]
    accounts: list[Entry]

    @property
    def wrong(self) -> list[str]:
        """Every figure that was missed, of both counties."""
        return [*missed(self.figures), *missed_there(self.there)]


def county_of(number: int) -> UUID:
    """Return the id of the demonstration county that a number makes."""
    return uuid5(NAMESPACE_URL, f"jifen:demonstration:{number}")


def neighbour_of(number: int) -> UUID:
    """Return the id of the second county that a number makes."""
    return uuid5(NAMESPACE_URL, f"jifen:demonstration:{number}:neighbour")


def furnish(running: Site, number: int = NUMBER, console: Console | None = None) -> Performance:
    """Make both demonstration counties where they are not there yet, and count what happened in them."""
    started = time.monotonic()
    console = console or Console(stderr=True)
    db, county_id, beside = connect(running.urls.app), county_of(number), neighbour_of(number)
    first = Program(perform, STARTS, Random(number))  # noqa: S311
    second = Program(perform_neighbour, NEIGHBOUR_STARTS, Random(f"{number}:neighbour"))  # noqa: S311
    _provide(running, db, county_id, first, console)
    _provide(running, db, beside, second, console)
    verifier = connect(running.urls.verifier)
    with verifier.begin() as session:
        figures = count_all(session, county_id, _verified(verifier, county_id))
        there = count_neighbour(session, beside, _verified(verifier, beside))
    figures["elapsed_s"] = round(time.monotonic() - started, 1)
    accounts = provide_accounts(db, (county_id, beside), running.data, running.secret)
    return Performance(county_id, figures, there, accounts)


def _provide(running: Site, db: Db, county_id: UUID, program: Program, console: Console) -> None:
    """Play a county where it has not been played; refused where that was broken off."""
    with acting(db, county_id, county_id) as session:
        if is_finished(session, county_id):
            return
        if is_founded(session, county_id):
            raise Refusal("这里有一个没有做完的示范县：加 --fresh 删掉它重新做，或换一个数据文件夹（--data）。")
    _make(running, db, county_id, program, console)


def _make(running: Site, db: Db, county_id: UUID, program: Program, console: Console) -> None:
    with console.status("示范县") as status:

        def say(words: str) -> None:
            console.print(f"  {words}")

        def tick(instant: datetime) -> None:
            status.update(f"示范县的时钟：{instant.astimezone(SHANGHAI):%Y年%m月%d日 %H:%M}")

        broker, clockwork = Celery(broker=running.broker_url), connect(running.urls.worker)
        stage = Stage(county_id, db, clockwork, broker, program.chance, say, program.starts)
        stage.tick = tick
        program.play(stage)
        with acting(db, county_id, county_id) as session:
            finish(session, county_id, stage.now)
        _await_messages(stage)


def _await_messages(stage: Stage) -> None:
    """Wait until everybody has been told: the outbox is empty, and what it sent has been handled."""
    until = time.monotonic() + 30
    open_ones = text("SELECT count(*) FROM jifen.unsent(1)")
    while time.monotonic() < until:
        with stage.clockwork.begin() as session:
            if not session.scalar(open_ones):
                return
        time.sleep(0.1)


def _verified(verifier: Db, county_id: UUID) -> bool:
    with verifier.begin() as session:
        return verify(session, county_id).finding is None


@click.command()
@click.option("--json", "as_json", is_flag=True, help="最后只输出一个 JSON 对象，不开放页面。")
@click.option("--exit", "leave", is_flag=True, help="做完就结束，不开放页面。")
@click.option("--fresh", is_flag=True, help="先删掉已有的示范县，从头做；这里有别的县时不删。")
@click.option(
    "--number", type=click.IntRange(1), default=NUMBER, help="由哪个数生成示范县；换一个数，人和事都不同。"
)
@click.option("--host", help="在哪个地址上开放页面，默认 127.0.0.1。")
@click.option("--port", type=click.IntRange(1, 65535), help="页面的端口，默认 8000；管理后台在下一个端口。")
@click.option("--data", type=click.Path(path_type=Path), help="数据文件夹，默认是仓库里的 data。")
def command(
    as_json: bool, leave: bool, fresh: bool, number: int, host: str | None, port: int | None, data: Path | None
) -> None:
    """在示范县把主要工作从头做到尾，然后开放页面；有一个数字没有达到就以非零状态结束。"""
    given = chosen(host, port, None, data)
    console = Console(stderr=as_json)
    console.print(f"数据文件夹：{given.data}")
    if fresh:
        begin_afresh(given, {county_of(number), neighbour_of(number)})
    with site(given) as running:
        done = furnish(running, number, console)
        wrong = done.wrong
        _tell(console, done, wrong, as_json)
        show_accounts(console, done.accounts)
        if not (as_json or leave):
            console.print(f"已经就绪：[bold]{running.address}[/bold]　管理后台：{running.panel}（Ctrl-C 结束）")
            # Only here is Ctrl-C the way it is meant to end; before, it is a demonstration that was broken off.
            with contextlib.suppress(KeyboardInterrupt):
                running.processes.wait()
    sys.exit(1 if wrong else 0)


def _tell(console: Console, done: Performance, wrong: list[str], as_json: bool) -> None:
    if not as_json:
        show(console, done.figures, done.there, wrong)
        return
    click.echo(json.dumps(done.figures, ensure_ascii=False))
    for sentence in wrong:
        click.echo(sentence, err=True)
