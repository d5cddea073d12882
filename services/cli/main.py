"""The `jifen` command: a table of commands, each loaded only when it is asked for."""

import importlib
import sys
from importlib.util import find_spec

import click

from shared.domain.errors import Refusal

# name -> (where it lives, what it does in one line). A module that is not there yet is not listed.
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("services.cli.demo:command", "在示范县把主要工作从头做到尾，然后开放页面"),
    "up": ("services.cli.up:command", "启动服务，Ctrl-C 结束全部进程"),
    "setup": ("services.cli.setup:command", "只准备环境"),
    "test": ("services.cli.test:command", "全部检查和测试"),
    "bench": ("services.cli.bench:command", "性能测量"),
    "faults": ("services.cli.faults:command", "随机杀掉各个程序，看有没有一件事丢失或重复"),
    "screenshots": ("services.cli.screenshots:command", "给示范县的每一个页面拍照"),
    "verify": ("services.cli.verify:command", "从台账重算一切，指出第一处不符"),
    "clock": ("services.cli.clock:command", "查看或拨动示范县、培训县的时钟"),
    "rules": ("services.cli.rules:command", "检查、查看积分办法"),
    "score": ("services.cli.score:command", "用一年的记录试算积分办法"),
    "window": ("services.cli.window:command", "公示何时截止，为什么"),
    "calendar": ("services.cli.calendar:command", "导入一年的节假日和调休"),
    "papers": ("services.cli.papers:command", "把示范县的全部纸面材料写进一个文件夹"),
    "migrate": ("services.cli.migrate:command", "只把数据库迁移到这一版"),
    "backup": ("services.cli.backup:command", "备份"),
    "restore": ("services.cli.restore:command", "恢复"),
    "county": ("services.cli.county:command", "一个县的数据：导出、装入、停用、封存、删除"),
    "sbom": ("services.cli.sbom:command", "用到的每一个包、校验码和许可的清单"),
    "doctor": ("services.cli.doctor:command", "检查安装是否健康"),
}


class LazyGroup(click.Group):
    """Imports a command's module when that command runs; the list and its help cost nothing."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return [name for name, (target, _) in COMMANDS.items() if find_spec(target.partition(":")[0])]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("命令"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def group() -> None:
    """积分：一个县的党员积分，从申报到备案。"""


def in_words(fault: click.ClickException) -> str:
    """What was wrong with the command line, as a Chinese sentence; click's own are English."""
    match fault:
        case click.NoSuchOption():
            hint = f"，是不是 {fault.possibilities[0]}？" if fault.possibilities else "。"
            return f"没有 {fault.option_name} 这个选项{hint}"
        case click.MissingParameter():
            named = fault.param.get_error_hint(fault.ctx) if fault.param and fault.ctx else fault.param_hint
            return f"缺少 {named}。"
        case click.BadParameter():
            named = fault.param.get_error_hint(fault.ctx) if fault.param and fault.ctx else fault.param_hint
            return f"{named} 不对：{fault.message}"
        case click.UsageError() if fault.message.startswith("No such command"):
            named = fault.message.split("'")[1]
            return f"没有 {named} 这个命令。"
        case click.UsageError() if "unexpected extra argument" in fault.message:
            named = fault.message.rpartition("(")[2].rstrip(").")
            return f"多了参数 {named}。"
        case _:
            return fault.format_message()


def report(fault: click.ClickException) -> int:
    """Writes the fault to standard error, with where to look further, and returns the exit status."""
    click.echo(in_words(fault), err=True)
    if isinstance(fault, click.UsageError) and fault.ctx is not None:
        click.echo(f"用法见 {fault.ctx.command_path} --help", err=True)
    return fault.exit_code


def main(arguments: list[str] | None = None) -> None:
    """Runs one command and leaves with its exit status; faults are sentences, never tracebacks."""
    try:
        status = group.main(arguments, prog_name="jifen", standalone_mode=False)
    except click.ClickException as fault:
        sys.exit(report(fault))
    except Refusal as refusal:
        click.echo(str(refusal), err=True)
        sys.exit(1)
    except (click.Abort, KeyboardInterrupt):
        click.echo("已中止。", err=True)
        sys.exit(130)
    sys.exit(status if isinstance(status, int) else 0)


if __name__ == "__main__":
    main()
