"""`jifen county`: one county exported, imported, suspended, put away and erased; each with its name to confirm."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from services.cli.county_archives import Reader, digest_of, opened
from services.cli.county_moves import county_of, erase_county, export_county, import_county
from services.cli.database import Urls
from services.cli.installation import installation
from services.cli.verify import checked
from shared.config import settings
from shared.db.clock import read_clock
from shared.db.session import connect
from shared.stores.evidence import Store, store_of
from shared.usecases.suspensions import ARCHIVED, operator, resume, suspend

NAMED = click.argument("named", metavar="县")
FILE = click.argument("file", type=click.Path(path_type=Path), metavar="文件")
BY = click.option("--by", required=True, help="谁决定的，记入历史。")
DATA = click.option("--data", type=click.Path(path_type=Path), help="数据文件夹，默认是仓库里的 data。")


@click.group("county")
def command() -> None:
    """一个县的全部数据：导出、装入、停用、恢复、封存、删除。县写编码，如 qinghe。"""


@command.command("export")
@NAMED
@FILE
@DATA
def export(named: str, file: Path, data: Path | None) -> None:
    """把一个县导出成一个可以核验的文件，使用中也可以。"""
    with installation(data) as urls:
        click.echo(_exported(urls, _store(data), named, file))


@command.command("import")
@FILE
@DATA
@click.pass_context
def bring_in(ctx: click.Context, file: Path, data: Path | None) -> None:
    """把导出的县装入没有它的安装，并核验；0 全部相符，1 核验不符。"""
    store = _store(data)
    with opened(file) as tar, installation(data) as urls:
        reader = Reader(tar)
        import_county(reader, urls, store)
        verified, wrong = checked(connect(urls.verifier, pool_size=1), store)
    if wrong:
        click.echo(f"已装入，但核验不符，请先不要使用。{wrong}", err=True)
        ctx.exit(1)
    rows = sum(part.rows for part in reader.manifest.tables.values())
    click.echo(
        f"已装入{reader.manifest.name}：{rows} 行、{reader.manifest.files} 个附件；"
        f"核验全部相符：{verified.seals} 枚封印、{verified.entries} 笔台账记录。"
        "登录密码、手机验证码不随县走，请各支部重新给登录码。"
    )


@command.command("suspend")
@NAMED
@click.option("--sentence", required=True, help="为什么停用、到什么时候；出现在每一页上。")
@BY
@DATA
def stop(named: str, sentence: str, by: str, data: Path | None) -> None:
    """让一个县只能看、不能办；时钟停下，恢复后再走。"""
    with installation(data) as urls:
        click.echo(f"{_put_away(urls, named, 'suspended', sentence, by)}已停用：只能看，不能办理。")


@command.command("resume")
@NAMED
@BY
@DATA
def go_on(named: str, by: str, data: Path | None) -> None:
    """让停用或封存的县恢复办理。"""
    with installation(data) as urls:
        county_id, name, _ = county_of(urls.backup, named)
        with connect(urls.worker, pool_size=1).begin() as session:
            resume(session, operator(county_id, by), read_clock(session, county_id))
    click.echo(f"{name}已恢复。停用期间到期的事，时钟现在就办：请先看有没有公示、异议要延长。")


@command.command("archive")
@NAMED
@FILE
@BY
@DATA
def put_away(named: str, file: Path, by: str, data: Path | None) -> None:
    """封存：先停用，再导出最后一份；以后只能看，或者删除。"""
    with installation(data) as urls:
        _put_away(urls, named, ARCHIVED, "本县的积分工作已经结束，资料封存，只供查阅。", by)
        click.echo(_exported(urls, _store(data), named, file))
        click.echo("已封存。确认档案另外保管好以后，才能删除。")


@command.command("erase")
@NAMED
@FILE
@click.option("--why", required=True, help="依据什么删除。")
@BY
@DATA
def erase(named: str, file: Path, why: str, by: str, data: Path | None) -> None:
    """删除已封存的县，只留下一条记录；要给出最后的档案，并把县名再写一遍。"""
    with opened(file) as tar:
        manifest = Reader(tar).manifest
    with installation(data) as urls:
        county_id, name, _ = county_of(urls.backup, named)
        if str(county_id) != manifest.county_id:
            raise click.ClickException(f"{file} 是{manifest.name}的档案，不是{name}的。")
        if click.prompt(f"{name}的全部数据将被删除，不能恢复。请把县名再写一遍", default="") != name:
            raise click.ClickException("县名不对，没有删除。")
        gone = erase_county(urls, named, why, by, digest_of(file), datetime.now(UTC))
    click.echo(f"已删除{name}的 {gone} 行；留下一条记录。没有别处用到的附件，一天以内由系统清走。")


def _exported(urls: Urls, store: Store, named: str, file: Path) -> str:
    if file.exists():
        raise click.ClickException(f"{file} 已经有了，导出不覆盖：请换一个名字。")
    manifest = export_county(urls.backup, store, named, file, datetime.now(UTC))
    rows = sum(part.rows for part in manifest.tables.values())
    said = f"已导出{manifest.name}到 {file}：{rows} 行、{manifest.files} 个附件，校验码 {digest_of(file)}。"
    lost = f"有 {len(manifest.missing)} 个附件在存储里缺失或已损坏，没有导出。" if manifest.missing else ""
    return said + lost


def _put_away(urls: Urls, named: str, kind: str, sentence: str, by: str) -> str:
    county_id, name, _ = county_of(urls.backup, named)
    with connect(urls.worker, pool_size=1).begin() as session:
        suspend(session, operator(county_id, by), kind, sentence, read_clock(session, county_id))
    return name


def _store(data: Path | None) -> Store:
    return store_of(replace(settings(), data=data or settings().data))
