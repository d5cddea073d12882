"""An installation that is there: the logins of the services in a data folder, running or started for now."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import click

from services.cli.database import Urls, prepare, urls_from
from services.cli.engines.start import start_engines
from shared.config import settings


@contextlib.contextmanager
def installation(data: Path | None) -> Iterator[Urls]:
    """The logins of the installation in `data` (default: the settings' folder).

    Joins the services that a running `jifen up` holds; otherwise starts them, and ends them afterwards. A
    folder that is not there is a fault: nothing is created just to be looked at.
    """
    managed = urls_from()
    if managed is not None:
        yield managed
        return
    given = settings()
    folder = (data or given.data).expanduser().resolve()
    if not folder.is_dir() and not given.database_url:
        raise click.ClickException(f"没有数据文件夹 {folder}：请用 --data 指明，或先运行 jifen demo、jifen up。")
    engines = start_engines(folder, given=given)
    try:
        yield prepare(engines.database_admin_url)
    finally:
        engines.stop()
