"""`jifen papers`: every paper of the demonstration county, PDF and Excel, into a folder."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.cli.demo import NUMBER, county_of, furnish
from services.cli.installation import installation
from services.cli.site import chosen, site
from shared.authz.actor import Actor
from shared.config import Settings
from shared.db.session import Db, acting, connect
from shared.domain.errors import NotFound, NotNow, Refusal
from shared.papers.fonts import fault, fonts
from shared.papers.layouts import Paper
from shared.papers.prints import pdf_of
from shared.papers.workbooks import workbook_of
from shared.usecases.batches import papers_of_branch
from shared.usecases.demonstrations import is_finished, require_demonstration
from shared.usecases.papers import KINDS, OWN, paper_of
from shared.usecases.places import instant, read_only
from shared.usecases.wishes import Wish

# Who may see every paper of a branch together; in a demonstration county, where everybody is made up.
ROLES = frozenset({"recorder", "secretary", "discipline"})
# The rows that papers belong to, in the order in which a year brings them.
ROWS: Mapping[str, str] = {
    "round": "SELECT id FROM round WHERE county_id = :county AND unit_id = :unit AND length(period) > 4"
    " ORDER BY first_day",
    "year": "SELECT id FROM round WHERE county_id = :county AND unit_id = :unit AND length(period) = 4"
    " ORDER BY period",
    "member": "SELECT id FROM member WHERE county_id = :county AND unit_id = :unit AND exempt_from IS NOT NULL"
    " ORDER BY name_sort",
    "notice": "SELECT id FROM notice WHERE county_id = :county AND unit_id = :unit AND published_at IS NOT NULL"
    " ORDER BY published_at",
    "meeting": "SELECT id FROM meeting WHERE county_id = :county AND unit_id = :unit ORDER BY opened_at",
    "objection": "SELECT id FROM objection WHERE county_id = :county AND unit_id = :unit ORDER BY handed_in_at",
    "filing": "SELECT id FROM filing WHERE county_id = :county AND unit_id = :unit ORDER BY period, number",
    "outcome": "SELECT id FROM outcome_case WHERE county_id = :county AND unit_id = :unit AND measure = 'correct'"
    " ORDER BY proposed_at",
}
BRANCHES = text("SELECT id, name FROM unit WHERE county_id = :county AND kind = 'branch' ORDER BY code")


@dataclass(frozen=True, slots=True)
class Written:
    """A form as it was written for a unit: how many papers in how many bytes."""

    form: str
    papers: int
    bytes: int


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--data", type=click.Path(path_type=Path), help="数据文件夹，默认是仓库里的 data。")
def command(folder: Path, data: Path | None) -> None:
    """把示范县的全部纸面材料写进一个文件夹：每个支部一个文件夹，每种表一份 PDF、一份 Excel。"""
    given = chosen(None, None, None, data)
    missing = fault(given.fonts)
    if missing:
        raise Refusal(missing)
    console = Console()
    if not is_there(given):
        with site(given) as running:
            furnish(running, NUMBER, console)
    with installation(given.data) as urls:
        written = write_all(connect(urls.app), county_of(NUMBER), folder, address_of(given), console)
    show(console, written, folder)
    console.print(fonts(given.fonts).substitutes)


def is_there(given: Settings) -> bool:
    """Whether the demonstration county has been made in this folder, or on the server that is given."""
    if not (given.data.is_dir() or given.database_url):
        return False
    county_id = county_of(NUMBER)
    with installation(given.data) as urls, acting(connect(urls.app), county_id, county_id) as session:
        return is_finished(session, county_id)


def address_of(given: Settings) -> str:
    """Where the codes on the papers lead."""
    return given.address or f"http://{given.host}:{given.port}"


def write_all(db: Db, county_id: UUID, folder: Path, address: str, console: Console) -> list[Written]:
    """Write every unit's papers; refused in a real county, whose papers are printed by its own officers."""
    with db.begin() as session:
        require_demonstration(session, county_id)
    with acting(db, county_id, county_id) as session:
        branches = session.execute(BRANCHES, {"county": county_id}).all()
    written = []
    with Progress(console=console) as progress:
        task = progress.add_task("纸面材料", total=len(branches))
        for branch in branches:
            progress.update(task, description=branch.name)
            written += write_unit(db, county_id, branch.id, folder / branch.name, address)
            progress.advance(task)
    return written


def write_unit(db: Db, county_id: UUID, unit_id: UUID, folder: Path, address: str) -> list[Written]:
    """Write a branch's papers, all of one form in one file."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    with acting(db, county_id, unit_id) as session:
        read_only(session)
        actor = Actor(county_id, unit_id, None, "打印", ROLES)
        wish = Wish(address, instant(session, actor))
        rows = {name: _rows(session, actor, query) for name, query in ROWS.items()}
        for name, kind in KINDS.items():
            papers = list(_papers(session, actor, name, rows, wish))
            if papers:
                pdf, sheets = pdf_of(papers, kind.form), workbook_of(papers)
                (folder / f"{kind.form}.pdf").write_bytes(pdf)
                (folder / f"{kind.form}.xlsx").write_bytes(sheets)
                written.append(Written(kind.form, len(papers), len(pdf) + len(sheets)))
    return written


def _rows(session: Session, actor: Actor, query: str) -> list[UUID]:
    return list(session.scalars(text(query), {"county": actor.county_id, "unit": actor.unit_id}))


def _papers(
    session: Session, actor: Actor, name: str, rows: Mapping[str, list[UUID]], wish: Wish
) -> Iterator[Paper]:
    """Make all papers of one form; what is not due yet, such as the answer to an open objection, is left out."""
    of = KINDS[name].of
    if name in OWN:
        if rows["round"]:
            yield from papers_of_branch(session, actor, name, _whole_year(rows), wish)
        return
    # One chart shows the flow of all rounds.
    for row_id in rows[of][-1:] if name == "flow" else rows[of]:
        try:
            yield paper_of(session, actor, name, row_id, wish)
        except (NotNow, NotFound):
            continue


def _whole_year(rows: Mapping[str, list[UUID]]) -> UUID:
    """The newest year that has ended, else the newest round."""
    return rows["year"][-1] if rows["year"] else rows["round"][-1]


def show(console: Console, written: list[Written], folder: Path) -> None:
    """Print what was written, a line for each form."""
    table = Table("表", title=f"纸面材料在 {folder}", title_justify="left")
    for heading in ("份", "文件", "大小"):
        table.add_column(heading, justify="right")
    for form in dict.fromkeys(one.form for one in written):
        of_form = [one for one in written if one.form == form]
        papers, size = sum(one.papers for one in of_form), sum(one.bytes for one in of_form)
        table.add_row(form, f"{papers}", f"{2 * len(of_form)}", f"{size / 1_000_000:.1f} MB")
    console.print(table)
