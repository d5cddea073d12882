"""`jifen calendar`: shows the installed years, and imports a new year's notice, moving only what may move."""

from datetime import UTC, date, datetime
from pathlib import Path

import click

from services.cli.installation import installation
from shared.db.session import Db, acting, connect
from shared.domain.calendar_files import LARGEST_FILE, parse_year
from shared.domain.calendars import CalendarChange
from shared.domain.errors import Invalid
from shared.usecases.calendars import import_year, installed_years
from shared.usecases.extensions import extend, running

DATA = click.option("--data", type=click.Path(path_type=Path), help="数据文件夹，默认是仓库里的 data。")


class Unusable(click.ClickException):
    """A file that cannot be used: a line for each fault on standard error, exit status 2, nothing changed."""

    exit_code = 2


@click.group("calendar")
def command() -> None:
    """导入、查看放假安排。"""


@command.command("import")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@DATA
def import_(file: Path, data: Path | None) -> None:
    """导入一年的节假日和调休（YAML）。正在进行的期限只延长，不缩短，也不重新开放。"""
    written = read(file)
    with installation(data) as urls:
        for line in imported(connect(urls.worker, pool_size=2), file, written, datetime.now(UTC)):
            click.echo(line)


@command.command("show")
@DATA
def show(data: Path | None) -> None:
    """列出已装入的年份和各自的通知。"""
    with installation(data) as urls, connect(urls.app, pool_size=1)() as session:
        for row in installed_years(session):
            year = parse_year(row.text)
            click.echo(f"{year.year} 年　{year.title}，{year.source}")
            for holiday in year.holidays:
                worked = "、".join(map(_day, holiday.workdays))
                swap = f"，{worked}上班" if worked else ""
                click.echo(f"  {holiday.name}：{_day(holiday.first)}至{_day(holiday.last)}放假{swap}")


def read(file: Path) -> str:
    """The file's text, once it is known to be a year's notice."""
    try:
        if file.stat().st_size > 4 * LARGEST_FILE:
            raise Unusable(f"{file}：文件太大，一年的放假安排不会超过 100 KB，请检查是不是选错了文件")
        written = file.read_text(encoding="utf-8-sig")
        parse_year(written)
    except OSError as fault:
        raise Unusable(f"{file}：读不到这个文件，请核对路径") from fault
    except UnicodeDecodeError as fault:
        raise Unusable(f"{file}：不是 UTF-8 编码的文本，请另存为 UTF-8") from fault
    except Invalid as faults:
        raise Unusable("\n".join(f"{file}：{fault}" for fault in faults.faults)) from faults
    return written


def imported(db: Db, file: Path, written: str, now: datetime) -> list[str]:
    """Install the year, then move what runs, each in its own unit and commit; a second run takes up the rest."""
    try:
        with db.begin() as session:
            change = import_year(session, written, now)
    except Invalid as faults:
        raise Unusable("\n".join(f"{file}：{fault}" for fault in faults.faults)) from faults
    with db.begin() as session:
        waiting = running(session)
    moved = 0
    for one in waiting:
        with acting(db, one.county_id, one.unit_id) as session:
            moved += extend(session, one)
    return [*_said(change), f"正在进行的期限 {len(waiting)} 个，其中 {moved} 个按新安排延长或由暂定转为确定。"]


def _said(change: CalendarChange) -> list[str]:
    lines = [f"已装入 {change.year} 年放假安排" + (f"，替换 {change.replaces}。" if change.replaces else "。")]
    if change.moves_nothing:
        return [*lines, "各日与原来相同。"]
    for days, what in ((change.newly_off, "改为休息"), (change.newly_working, "改为上班")):
        if days:
            lines.append(f"{len(days)} 天{what}：{'、'.join(map(_day, days))}。")
    return lines


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"
