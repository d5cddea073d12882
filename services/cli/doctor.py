"""`jifen doctor`: looks at an installation, starts and changes nothing, and says what is wrong and what to do."""

import json
import platform
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.orm import Session

from services.cli import examination
from services.cli.database import addresses, urls_from
from services.cli.examination import Finding, Grade, well, wrong
from services.cli.outside import outside
from services.cli.site import chosen
from shared.config import Settings
from shared.domain.windows import local_day
from shared.usecases.figures import figures
from shared.usecases.places import read_only
from shared.usecases.readiness import calendar, readiness

OLDEST_POSTGRES, OLDEST_REDIS = 15, 7
# Beat knocks each second; a worker that restarts, or a county's whole quarter that settles, takes up to a minute.
LATE_S = 120.0
APART = timedelta(seconds=5)
NAMES = {
    "login": "登录账号",
    "policy": "权限",
    "migrations": "迁移",
    "walls": "行级安全",
    "calendar": "今年的放假安排",
}


@click.command("doctor")
@click.option("--host", help="页面在哪个地址上，默认 127.0.0.1。")
@click.option("--port", type=click.IntRange(1, 65535), help="页面的端口，默认 8000。")
@click.option("--admin-port", type=click.IntRange(1, 65535), help="管理后台的端口，默认 8001。")
@click.option("--data", type=click.Path(path_type=Path), help="数据文件夹，默认是仓库里的 data。")
@click.pass_context
def command(
    ctx: click.Context, host: str | None, port: int | None, admin_port: int | None, data: Path | None
) -> None:
    """检查安装：哪里不对，怎么办；不启动、不改动任何东西。0 健康，1 有问题。"""
    found = list(examined(chosen(host, port, admin_port, data and data.expanduser())))
    for one in found:
        click.echo(f"{one.grade}  {one.what}：{one.said}")
    faults = sum(one.grade is Grade.WRONG for one in found)
    click.echo(f"有 {faults} 处不对，请按上面说的办。" if faults else "安装健康。")
    ctx.exit(1 if faults else 0)


def examined(given: Settings) -> Iterator[Finding]:
    """Look at everything, the machine first; what cannot be reached hides only what lies behind it."""
    yield well("版本", f"Python {platform.python_version()}。")
    here = given.data.is_dir()
    if here or not given.database_url:
        yield from examination.folder(given.data)
    yield from examination.secret(given)
    if here or given.evidence:
        yield examination.evidence(given)
    yield examination.printing(given)
    if here:
        yield examination.backed_up(given.data, datetime.now(UTC))
    database_url, redis_url = addressed(given)
    running = bool(database_url and redis_url)
    yield from examination.pages(given, running)
    if not running:
        yield wrong(
            "服务", "内置的 PostgreSQL 和 Valkey 没有在运行，数据库里的情况没有看：请运行 ./jifen up 后再看。"
        )
    if database_url:
        yield from database(database_url)
    if redis_url:
        yield queue(redis_url)
    yield from outside(given)


def addressed(given: Settings) -> tuple[str | None, str | None]:
    """The addresses of the application's login and of Redis; None where `jifen up` has to run and does not."""
    started = given.data / "running.json"
    running: dict[str, str] = json.loads(started.read_text()) if started.exists() else {}
    managed = urls_from()
    database_url = managed.app if managed else given.database_url or running.get("database_admin_url")
    return database_url, given.redis_url or running.get("redis_url")


def app_login(url: str) -> str:
    """The application's login: the one that is given, or the one that `jifen up` derives from the installer's."""
    address = make_url(url).set(drivername="postgresql+psycopg")
    if address.username == "jifen_app":
        return address.render_as_string(hide_password=False)
    return addresses(address).app


def database(url: str) -> Iterator[Finding]:
    """The database, and by what stands in it the worker and the clock that knocks."""
    try:
        engine = create_engine(app_login(url), connect_args={"connect_timeout": 5})
    except ArgumentError:
        yield wrong("数据库", "DATABASE_URL 不是数据库地址，应写成 postgresql://账号:密码@主机:端口/库名。")
        return
    try:
        with Session(engine) as session:
            yield from looked_at(session, datetime.now(UTC))
    except SQLAlchemyError as fault:
        said = str(getattr(fault, "orig", None) or fault).strip().splitlines()[0]
        yield wrong("数据库", f"不能用：{said}。请检查 PostgreSQL 是否在运行、DATABASE_URL 对不对、迁移做过没有。")
    finally:
        engine.dispose()


def looked_at(session: Session, now: datetime) -> Iterator[Finding]:
    """Everything that the application's login can tell; `now` is this machine's."""
    read_only(session)
    yield server(int(str(session.scalar(text("SHOW server_version_num")))))
    yield clocks(now, session.execute(text("SELECT clock_timestamp()")).scalar_one())
    for check in readiness(session, now):
        name = NAMES[check.name]
        yield wrong(name, check.fault) if check.fault else well(name, "没有问题。")
    yield coming_year(session, now)
    yield from waiting({(figure.name, figure.label): figure.value for figure in figures(session)})


def server(number: int) -> Finding:
    """The server's version; `number` as it gives it itself, 150004 for 15.4."""
    if number < OLDEST_POSTGRES * 10000:
        return wrong("数据库", f"PostgreSQL {number // 10000} 太旧：请换成 {OLDEST_POSTGRES} 或更新的版本。")
    return well("数据库", f"PostgreSQL {number // 10000}.{number % 10000}。")


def clocks(here: datetime, there: datetime) -> Finding:
    """The machine's clock beside the database's, by which windows close."""
    apart = abs(here - there)
    if apart > APART:
        seconds = apart.total_seconds()
        return wrong(
            "时钟", f"这台机器和数据库的时钟差 {seconds:.0f} 秒：请给两台机器都开时间同步（chrony 或 NTP）。"
        )
    return well("时钟", "与数据库一致。")


def coming_year(session: Session, now: datetime) -> Finding:
    """Next year's holidays: the notice comes in autumn, and by December windows reach into the new year."""
    year = local_day(now).year + 1
    missing = calendar(session, datetime(year, 6, 1, tzinfo=UTC)).fault
    if not missing:
        return well("明年的放假安排", f"{year} 年的已经导入。")
    return Finding("明年的放假安排", Grade.WRONG if local_day(now).month == 12 else Grade.NOTE, missing)


def waiting(found: dict[tuple[str, str], float]) -> Iterator[Finding]:
    """Whether the worker and beat do their work: by how long what is due has waited, in seconds."""
    late = max((value for (name, _), value in found.items() if name == "deadline_lateness_seconds"), default=0.0)
    held = found.get(("outbox_oldest_seconds", ""), 0.0)
    remedy = "请看后台的日志 logs/worker.log 和 logs/beat.log，确认两个进程都在运行。"
    if late > LATE_S:
        yield wrong("期限", f"到期 {late / 60:.0f} 分钟了还没有办：{remedy}")
    else:
        yield well("期限", "到期的都办了。")
    if held > LATE_S:
        yield wrong("消息", f"有消息 {held / 60:.0f} 分钟没有送出：{remedy}")
    else:
        yield well("消息", "都送出了。")
    if failed := found.get(("deliveries", "failed"), 0.0):
        yield Finding(
            "通知", Grade.NOTE, f"有 {failed:.0f} 条发不出去，原因在 logs/worker.log；这些人在“电话名单”上。"
        )


def queue(url: str) -> Finding:
    """The queue answers, and is not too old."""
    try:
        cache: Redis = Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5)
        said = cache.info("server")
    except (RedisError, ValueError) as fault:
        return wrong("Redis", f"不能用：{fault}。请检查它是否在运行、REDIS_URL 对不对；积分不会丢失，通知会晚到。")
    version = str(said["redis_version"])
    if int(version.partition(".")[0]) < OLDEST_REDIS:
        return wrong("Redis", f"版本 {version} 太旧：请换成 {OLDEST_REDIS} 或更新的版本。")
    return well("Redis", f"在运行（{version}）。")
