"""`jifen clock`: shows or moves the clock of a demonstration or training county; a real county's never moves."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import click
from sqlalchemy.orm import Session

from services.cli.installation import installation
from shared.db.session import Db, connect
from shared.domain.windows import SHANGHAI
from shared.usecases.clock import Clock, advance_clock, clock_of, movable_counties, set_clock

LENGTHS = {"d": "days", "h": "hours", "m": "minutes"}
INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)


class Unusable(click.ClickException):
    """An instant or length that cannot be read: one sentence on standard error, exit status 2."""

    exit_code = 2


@click.command("clock")
@click.option("--set", "to", metavar="时刻", help="拨到这个时刻，如 2026-04-01T09:00（北京时间）")
@click.option("--advance", "by", metavar="时长", help="向前拨这么久：7d 七天，3h 三小时，30m 三十分钟")
@click.option("--data", type=click.Path(path_type=Path), help="数据文件夹，默认是仓库里的 data。")
def command(to: str | None, by: str | None, data: Path | None) -> None:
    """查看或拨动示范县、培训县的时钟；有人办过事以后只能向前拨，真实的县不能拨。"""
    if to is not None and by is not None:
        raise Unusable("--set 和 --advance 只能用一个")
    instant = None if to is None else read_instant(to)
    length = None if by is None else read_length(by)
    with installation(data) as urls:
        for clock in moved(connect(urls.app, pool_size=1), instant, length):
            click.echo(in_words(clock))


def moved(db: Db, instant: datetime | None, length: timedelta | None) -> list[Clock]:
    """The demonstration counties' clocks, after all were set or advanced where either is given; all or none."""
    with db.begin() as session:
        return [_moved(session, county_id, instant, length) for county_id in movable_counties(session)]


def _moved(session: Session, county_id: UUID, instant: datetime | None, length: timedelta | None) -> Clock:
    if instant is not None:
        return set_clock(session, county_id, instant)
    if length is not None:
        return advance_clock(session, county_id, length)
    return clock_of(session, county_id)


def read_instant(written: str) -> datetime:
    """An aware instant; Asia/Shanghai where no offset is written, 0:00 where no time of day is."""
    if not INSTANT.fullmatch(written.strip()):
        raise Unusable(f"--set“{written[:40]}”不是时刻，应写成 2026-04-01T09:00")
    try:
        instant = datetime.fromisoformat(written.strip())
        aware = instant if instant.tzinfo else instant.replace(tzinfo=SHANGHAI)
        return aware.astimezone(UTC)
    except (ValueError, OverflowError) as impossible:
        raise Unusable(f"--set“{written[:40]}”这个时刻不存在，请核对日期和钟点") from impossible


def read_length(written: str) -> timedelta:
    """A length from one minute up: whole days, hours or minutes, or several of them, such as 1d12h."""
    parts = re.findall(r"([0-9]{1,6})([dhm])", written)
    if not parts or "".join(number + unit for number, unit in parts) != written.strip():
        raise Unusable(f"--advance“{written[:40]}”不是时长，应写成 7d（天）、3h（小时）或 30m（分钟）")
    length = sum((timedelta(**{LENGTHS[unit]: int(number)}) for number, unit in parts), timedelta())
    if not length:
        raise Unusable(f"--advance“{written[:40]}”没有向前拨，应大于零")
    return length


def in_words(clock: Clock) -> str:
    """The clock as a person reads it."""
    going = "走动" if clock.runs else "停在这一刻，拨动才走"
    return f"{clock.name}：{clock.stands_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}（北京时间，{going}）"
