"""`jifen papers`: every paper of the demonstration county, PDF and Excel, into a folder."""

import contextlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from PIL import Image
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from services.cli.demo import NUMBER, county_of, furnish
from services.cli.installation import installation
from services.cli.site import chosen, site
from services.cli.summaries import totals_of, units_above
from shared.authz.actor import Actor
from shared.config import Settings
from shared.db.session import Db, acting, connect
from shared.domain.errors import NotFound, NotNow, Refusal
from shared.papers.editable import document_of
from shared.papers.fonts import fault, fonts
from shared.papers.layouts import Paper, Size
from shared.papers.prints import pdf_of, pictures_of
from shared.papers.totals import FORM as TOTAL
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
    "half_year": "SELECT id FROM half_year WHERE county_id = :county AND unit_id = :unit ORDER BY year",
    "member": "SELECT id FROM member WHERE county_id = :county AND unit_id = :unit AND exempt_from IS NOT NULL"
    " ORDER BY name_sort",
    "appraisal": "SELECT id FROM evaluation WHERE county_id = :county AND unit_id = :unit ORDER BY year",
    "notice": "SELECT id FROM notice WHERE county_id = :county AND unit_id = :unit AND published_at IS NOT NULL"
    " ORDER BY published_at",
    "meeting": "SELECT id FROM meeting WHERE county_id = :county AND unit_id = :unit ORDER BY opened_at",
    "objection": "SELECT id FROM objection WHERE county_id = :county AND unit_id = :unit ORDER BY handed_in_at",
    "filing": "SELECT id FROM filing WHERE county_id = :county AND unit_id = :unit ORDER BY period, number",
    "outcome": "SELECT id FROM outcome_case WHERE county_id = :county AND unit_id = :unit AND measure = 'correct'"
    " ORDER BY proposed_at",
}
# As large as they can be read on a page of the documents.
PPI = {Size.A3: 50, Size.A4: 72, Size.A4_WIDE: 72, Size.A5: 90}
BRANCHES = text("SELECT id, name FROM unit WHERE county_id = :county AND kind = 'branch' ORDER BY code")


@dataclass(frozen=True, slots=True)
class Written:
    """A form as it was written for a unit: how many papers, in how many files and bytes."""

    form: str
    papers: int
    files: int
    bytes: int


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--data", type=click.Path(path_type=Path), help="数据文件夹，默认是仓库里的 data。")
@click.option("--pictures", is_flag=True, help="只把每种表的第一页存成图片，给文档用。")
def command(folder: Path, data: Path | None, pictures: bool) -> None:
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
        db, county_id = connect(urls.app), county_of(NUMBER)
        if pictures:
            click.echo(f"{len(write_pictures(db, county_id, folder, address_of(given)))} 张图片在 {folder}")
            return
        show(console, write_all(db, county_id, folder, address_of(given), console), folder)
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
    branches = branches_of(db, county_id)
    written = []
    with Progress(console=console) as progress:
        task = progress.add_task("纸面材料", total=len(branches))
        for branch in branches:
            progress.update(task, description=branch.name)
            written += write_unit(db, county_id, branch.id, folder / branch.name, address)
            progress.advance(task)
    for unit in units_above(db, county_id):
        papers = list(totals_of(db, county_id, unit.id))
        if papers:
            written.append(_written(folder / unit.name, TOTAL, papers, editable=False))
    return written


def branches_of(db: Db, county_id: UUID) -> Sequence[Row[Any]]:
    """Return the branches of a demonstration county."""
    with db.begin() as session:
        require_demonstration(session, county_id)
    with acting(db, county_id, county_id) as session:
        return session.execute(BRANCHES, {"county": county_id}).all()


def write_pictures(db: Db, county_id: UUID, folder: Path, address: str) -> set[str]:
    """Write the first page of the first paper of each form, wherever in the county there is one."""
    folder.mkdir(parents=True, exist_ok=True)
    shown: set[str] = set()
    # Those with a whole year behind them come last in the programme's order, and have most to show.
    for branch in reversed(branches_of(db, county_id)):
        with desk(db, county_id, branch.id, address) as at:
            for name in KINDS.keys() - shown:
                paper = next(at.papers(name), None)
                if paper is not None:
                    _keep_picture(paper, folder / f"{name}.webp")
                    shown.add(name)
        if len(shown) == len(KINDS):
            break
    summed = (paper for unit in units_above(db, county_id) for paper in totals_of(db, county_id, unit.id))
    # The one with most in it: a township's, not that of the unit with a single branch.
    largest = max(summed, key=lambda paper: len(str(paper.parts)), default=None)
    if largest is not None:
        _keep_picture(largest, folder / "summary.webp")
        shown.add("summary")
    return shown


def _keep_picture(paper: Paper, file: Path) -> None:
    picture = Image.open(io.BytesIO(pictures_of(paper, PPI[paper.size])[0]))
    picture.save(file, "WEBP", quality=60, method=6)


def write_unit(db: Db, county_id: UUID, unit_id: UUID, folder: Path, address: str) -> list[Written]:
    """Write a branch's papers, all of one form in one file; what people edit comes as Word too, the newest."""
    written = []
    with desk(db, county_id, unit_id, address) as at:
        for name, kind in KINDS.items():
            papers = list(at.papers(name))
            if papers:
                written.append(_written(folder, kind.form, papers, kind.editable))
    return written


def _written(folder: Path, form: str, papers: Sequence[Paper], editable: bool) -> Written:
    folder.mkdir(parents=True, exist_ok=True)
    files = {"pdf": pdf_of(papers, form), "xlsx": workbook_of(papers)}
    files |= {"docx": document_of(papers[-1])} if editable else {}
    for ending, content in files.items():
        (folder / f"{form}.{ending}").write_bytes(content)
    return Written(form, len(papers), len(files), sum(len(content) for content in files.values()))


@dataclass(frozen=True, slots=True)
class Desk:
    """A branch's rows before whoever prints them."""

    session: Session
    actor: Actor
    wish: Wish
    rows: Mapping[str, list[UUID]]

    def papers(self, name: str) -> Iterator[Paper]:
        """Make all papers of one form; what is not due, such as the answer to an open objection, is left out."""
        if name in OWN:
            if self.rows["round"]:
                yield from papers_of_branch(self.session, self.actor, name, _whole_year(self.rows), self.wish)
            return
        of = self.rows[KINDS[name].of]
        # One chart shows the flow of all rounds.
        for row_id in of[-1:] if name == "flow" else of:
            with contextlib.suppress(NotNow, NotFound):
                yield paper_of(self.session, self.actor, name, row_id, self.wish)


@contextlib.contextmanager
def desk(db: Db, county_id: UUID, unit_id: UUID, address: str) -> Iterator[Desk]:
    """Read a branch's rows in a transaction in which nothing can be written."""
    with acting(db, county_id, unit_id) as session:
        read_only(session)
        actor = Actor(county_id, unit_id, None, "打印", ROLES)
        wish = Wish(address, instant(session, actor))
        given = {"county": county_id, "unit": unit_id}
        rows = {name: list(session.scalars(text(query), given)) for name, query in ROWS.items()}
        yield Desk(session, actor, wish, rows)


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
        table.add_row(form, f"{papers}", f"{sum(one.files for one in of_form)}", f"{size / 1_000_000:.1f} MB")
    console.print(table)
