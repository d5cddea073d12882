"""`jifen setup`: says what the bootstrap has prepared and which servers will be used."""

import platform

import click


@click.command()
def command() -> None:
    """只准备环境，不启动任何服务。"""
    click.echo(f"环境已经准备好（Python {platform.python_version()}）。下一步：./jifen demo 或 ./jifen test")
