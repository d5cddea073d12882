"""`jifen migrate`: the database brought up to this version and nothing else, ahead of the services."""

import click

from services.cli.database import furnish, migrate, prepare, urls_from
from shared.config import settings


@click.command("migrate")
def command() -> None:
    """部署时先跑：迁移数据库，导入已公布的放假安排；给了六个账号就用它们，不然按 DATABASE_URL 建账号和库。"""
    managed, given = urls_from(), settings()
    if managed is not None:
        migrate(managed.migrator)
        furnish(managed.app)
    elif given.database_url is not None:
        prepare(given.database_url)
    else:
        raise click.ClickException("没有数据库的地址：请设好 DATABASE_URL，或六个账号的 JIFEN_…_DATABASE_URL。")
    click.echo("数据库已是这一版的结构。")
