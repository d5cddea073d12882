"""Fills what the documents take from the code. Run: .venv/bin/python -m docs.draw"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import click

from services.api.v1.description import operations, written
from services.api.v1.endpoints import SHAPE
from services.api.web.permissions import KEY
from services.cli.main import group
from shared.authz.actions import Action
from shared.db.base import Owned, Table
from shared.db.schema import ROOMS
from shared.domain.appraisals import EVALUATION
from shared.domain.audits import AUDIT
from shared.domain.ballots import BALLOT
from shared.domain.book_drafts import BOOK_DRAFT
from shared.domain.claims import CLAIM
from shared.domain.complaints import COMPLAINT
from shared.domain.filings import FILING
from shared.domain.imports import IMPORT
from shared.domain.jobs import JOB
from shared.domain.lines import LINE
from shared.domain.machine import Machine
from shared.domain.notices import NOTICE
from shared.domain.objections import OBJECTION
from shared.domain.outcomes import OUTCOME
from shared.domain.policies import POLICY
from shared.domain.reorganisations import REORGANISATION
from shared.domain.reports import REPORT
from shared.domain.rounds import ROUND, YEAR_PATH
from shared.domain.tokens import SCOPES
from shared.domain.transfers import TRANSFER
from shared.domain.webhooks import EVENTS
from shared.telemetry.metrics import FAMILIES
from shared.usecases.rules import check_book

DOCS = Path(__file__).parent
BOOKS = ("xiaxiyuan", "yangba", "chaiqian", "county-plan", "township-overlay", "xujiayan", "xinba")
BLOCK = re.compile(r"(<!-- draw: (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)


def diagram(machine: Machine[Any, Any]) -> str:
    """Return a machine as a Mermaid state diagram, in the words that people read."""
    states = list(dict.fromkeys([machine.initial, *(state for pair in _ends(machine) for state in pair)]))
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f'    state "{machine.words[state]}" as {state}' for state in states]
    lines.append(f"    [*] --> {machine.initial}")
    for (start, command), end in machine.edges.items():
        lines.append(f"    {start} --> {end}: {machine.words[command]}")
    lines += [f"    {state} --> [*]" for state in states if not machine.commands(state)]
    return "\n".join([*lines, "```"])


def _ends(machine: Machine[Any, Any]) -> Iterator[tuple[Any, Any]]:
    for (start, _), end in machine.edges.items():
        yield start, end


def round_of(name: str) -> str:
    """Return the round as a shipped book runs it."""
    book = check_book(name).book
    return diagram(ROUND.along(book.procedure.stages))


def tables() -> str:
    """Return every table with what it holds and whose its rows are."""
    lines = ["| 表 | 属于 | 它是什么 (in the code's own words) |", "|---|---|---|"]
    for kind in sorted(_kinds(), key=lambda kind: str(kind.__tablename__)):
        whose = "单位" if issubclass(kind, Owned) else "县" if "county_id" in kind.__table__.c else "整个安装"
        said = (kind.__doc__ or "").strip().partition("\n")[0].replace("|", "\\|")
        lines.append(f"| `{kind.__tablename__}` | {whose} | {said} |")
    return "\n".join(lines)


def _kinds() -> list[type[Table]]:
    found = {value for room in ROOMS for value in vars(room).values() if isinstance(value, type)}
    return [kind for kind in found if issubclass(kind, Table) and "__tablename__" in vars(kind)]


def metrics() -> str:
    """Return the gauges over all tenants."""
    lines = ["| 指标 | 标签 | 它说什么 |", "|---|---|---|"]
    for name, family in FAMILIES.items():
        values = "：" + "、".join(f"`{state}`" for state in family.states) if family.states else ""
        label = f"`{family.label}`{values}" if family.label else ""
        lines.append(f"| `jifen_{name}` | {label} | {family.help} |")
    return "\n".join(lines)


def commands() -> str:
    """Return every command that is there, with its own help and options."""
    context = click.Context(group)
    parts: list[str] = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is not None:
            parts += _described(f"jifen {name}", command)
    return "\n\n".join(parts)


def _described(said: str, command: click.Command) -> Iterator[str]:
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from _described(f"{said} {name}", below)
        return
    context = click.Context(command)
    arguments = [one.make_metavar(context) for one in command.params if isinstance(one, click.Argument)]
    yield f"### `{' '.join([said, *arguments])}`\n\n{command.help}"
    options = [one for one in command.params if isinstance(one, click.Option)]
    if options:
        yield "\n".join(_option(one, context) for one in options)


def _option(option: click.Option, context: click.Context) -> str:
    value = "" if option.is_flag else f" {option.make_metavar(context)}"
    return f"- `{', '.join(option.opts)}{value}`　{option.help or ''}".rstrip("　")


def api() -> str:
    """Return every endpoint of the JSON API, with the scope that a token needs."""
    lines = ["| 办法 | 地址 | 做什么 | 令牌的权限 |", "|---|---|---|---|"]
    for path, method, handler in operations():
        action = handler.opt[KEY]
        scope = f"`{action}`" if isinstance(action, Action) else "任何令牌"
        lines.append(f"| {method} | `{written(path)}` | {handler.opt[SHAPE].summary} | {scope} |")
    return "\n".join(lines)


def named(words: Mapping[str, str]) -> str:
    """Return fixed words with what they mean."""
    return "\n".join(f"- `{name}`　{said}" for name, said in words.items())


DRAWN: dict[str, Callable[[], str]] = {
    **{f"round-{name}": partial(round_of, name) for name in BOOKS},
    "round": partial(diagram, ROUND),
    "round-year": lambda: diagram(ROUND.along(YEAR_PATH)),
    "line": partial(diagram, LINE),
    "claim": partial(diagram, CLAIM),
    "notice": partial(diagram, NOTICE),
    "objection": partial(diagram, OBJECTION),
    "filing": partial(diagram, FILING),
    "book-draft": partial(diagram, BOOK_DRAFT),
    "import": partial(diagram, IMPORT),
    "job": partial(diagram, JOB),
    "report": partial(diagram, REPORT),
    "audit": partial(diagram, AUDIT),
    "complaint": partial(diagram, COMPLAINT),
    "policy": partial(diagram, POLICY),
    "transfer": partial(diagram, TRANSFER),
    "reorganisation": partial(diagram, REORGANISATION),
    "ballot": partial(diagram, BALLOT),
    "evaluation": partial(diagram, EVALUATION),
    "outcome": partial(diagram, OUTCOME),
    "api": api,
    "scopes": partial(named, SCOPES),
    "events": partial(named, EVENTS),
    "tables": tables,
    "metrics": metrics,
    "commands": commands,
}


def filled(text: str) -> str:
    """Return a document with each of its drawn parts as the code gives it now."""
    return BLOCK.sub(lambda found: f"{found[1]}{DRAWN[found[2]]()}\n{found[3]}", text)


def main() -> None:
    """Write the drawn parts of every document anew."""
    for path in sorted(DOCS.rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        if (now := filled(text)) != text:
            path.write_text(now, encoding="utf-8")


if __name__ == "__main__":
    main()
