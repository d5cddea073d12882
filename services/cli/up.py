"""`jifen up`: serve until Ctrl-C; what was there before is there again."""

import contextlib
from pathlib import Path

import click
from rich.console import Console

from services.cli.demo import furnish
from services.cli.demonstration.accounts import show_accounts
from services.cli.site import chosen, site
from shared.papers.fonts import fault


@click.command()
@click.option("--demo", is_flag=True, help="先把示范县做出来（已经有了就不再做）。")
@click.option("--host", help="在哪个地址上开放页面，默认 127.0.0.1。")
@click.option("--port", type=click.IntRange(1, 65535), help="页面的端口，默认 8000。")
@click.option(
    "--admin-port", type=click.IntRange(1, 65535), help="管理后台的端口，默认 8001；写了 --port 时是它的下一个。"
)
@click.option("--data", type=click.Path(path_type=Path), help="数据文件夹，默认是仓库里的 data。")
def command(demo: bool, host: str | None, port: int | None, admin_port: int | None, data: Path | None) -> None:
    """启动服务，Ctrl-C 结束全部进程；数据留在数据文件夹里，下次还在。"""
    given = chosen(host, port, admin_port, data)
    click.echo(f"数据文件夹：{given.data}")
    if missing := fault(given.fonts):
        click.echo(missing)
    with contextlib.suppress(KeyboardInterrupt), site(given) as running:
        if demo:
            show_accounts(Console(), furnish(running).accounts)
        click.echo(f"已经就绪：{running.address}　管理后台：{running.panel}（Ctrl-C 结束）")
        running.processes.wait()
    click.echo("已全部停止。")
