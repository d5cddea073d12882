"""Papers of a branch's year: every figure on them is the ledger's, and each goes to whoever may see its row."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from shared.authz.actor import Actor
from shared.db.history import History
from shared.db.jobs import JobFile
from shared.db.meetings import Meeting
from shared.db.minutes import Minutes
from shared.db.notices import Notice
from shared.db.objections import Objection
from shared.db.rounds import Round
from shared.db.session import Db, acting
from shared.domain.errors import Forbidden, NotFound, NotNow
from shared.papers.layouts import Paper, Table, in_words
from shared.papers.prints import pdf_of
from shared.papers.workbooks import workbook_of
from shared.usecases.batches import VOLUME, ask_for_branch, papers_of_branch, print_some
from shared.usecases.minutes import fix_minutes, write_minutes
from shared.usecases.papers import KINDS, paper_of
from shared.usecases.wishes import Wish
from tests.builders import Branch
from tests.papers.conftest import fonts  # noqa: F401 - a fixture
from tests.papers.reading import cells, words
from tests.quarters import CLOSES, Quarter, a_full_county

# What takes minutes together: with ./jifen test --all.
pytestmark = pytest.mark.long

ADDRESS = "https://jifen.example"
# Every figure of the ledger, by member and round; those for the year stand apart.
LEDGER = text("""
SELECT m.name, r.period, sum(e.points) FILTER (WHERE e.scope = 'round') AS points, count(*) AS entries
FROM ledger_entry e JOIN member m ON m.county_id = e.county_id AND m.id = e.member_id
JOIN round r ON r.county_id = e.county_id AND r.id = e.round_id
WHERE e.county_id = :county AND e.unit_id = :unit GROUP BY m.name, r.period
""")


@pytest.fixture(scope="module")
def full(db: Db, clockwork: Db) -> Quarter:
    """A branch's quarter with everything in it: claims, an objection upheld, a correction, a filing, the year."""
    return a_full_county(db, clockwork)[0]


def made(db: Db, branch: Branch, name: str, row_id: UUID, by: str | Actor = "recorder", **wish: Any) -> Paper:
    """Make one paper."""
    actor = branch[by] if isinstance(by, str) else by
    with acting(db, branch.county_id, branch.unit_id) as session:
        return paper_of(session, actor, name, row_id, Wish(ADDRESS, CLOSES, **{"year": 2026, **wish}))


def ids(db: Db, branch: Branch, kind: Any, **where: Any) -> list[UUID]:
    """The ids of the branch's rows of a kind."""
    with acting(db, branch.county_id, branch.unit_id) as session:
        own = select(kind.id).filter_by(county_id=branch.county_id, unit_id=branch.unit_id, **where)
        return list(session.scalars(own.order_by(kind.id)))


def ledger(db: Db, branch: Branch) -> list[Any]:
    """The ledger's sums."""
    with acting(db, branch.county_id, branch.unit_id) as session:
        where = {"county": branch.county_id, "unit": branch.unit_id}
        return [row for row in session.execute(LEDGER, where) if row.points is not None]


def table(paper: Paper, place: int = 0) -> Table:
    """A paper's table."""
    return [part for part in paper.parts if isinstance(part, Table)][place]


@pytest.mark.usefixtures("fonts")
def test_every_figure_of_the_overview_is_the_ledgers_as_pdf_and_as_excel(db: Db, full: Quarter) -> None:
    paper = made(db, full.branch, "overview", full.round_id)
    of_ledger = {row.name: row.points for row in ledger(db, full.branch) if row.period == "2026-Q1"}

    rows = table(paper).rows
    assert {row[1]: row[7] for row in rows if row[1] in of_ledger} == of_ledger
    assert all(row[4] + row[5] + row[6] == row[7] for row in rows)  # type: ignore[operator]
    printed, written = words(pdf_of([paper])), cells(workbook_of([paper]))
    for row in rows:
        assert "".join(in_words(cell) for cell in row if cell is not None).replace(" ", "") in printed
        assert any(line[1] == row[1] and line[7] == float(row[7]) for line in written)  # type: ignore[arg-type]
    assert sum(of_ledger.values(), Decimal(0)) == table(paper).sums[7]


@pytest.mark.usefixtures("fonts")
def test_the_ledger_on_paper_holds_every_entry(db: Db, full: Quarter) -> None:
    paper = made(db, full.branch, "ledger", full.round_id)
    of_ledger = [row for row in ledger(db, full.branch) if row.period == "2026-Q1"]

    assert len(table(paper).rows) == sum(row.entries for row in of_ledger)
    figures = [
        Decimal(in_words(row[5] if row[5] is not None else row[6]).replace("−", "-")) for row in table(paper).rows
    ]
    assert sum(figures) == sum(row.points for row in of_ledger)
    printed = words(pdf_of([paper]))
    assert all(in_words(figure) in printed for figure in figures)


@pytest.mark.usefixtures("fonts")
@pytest.mark.parametrize("name", ["statement", "records", "card", "booklet", "application"])
def test_a_members_papers_say_what_the_ledger_says(db: Db, full: Quarter, name: str) -> None:
    member = full.branch.members[0]
    paper = made(db, full.branch, name, member.id)

    printed = words(pdf_of([paper]))
    assert member.name in printed
    assert member.member_no in printed
    if name != "application":
        points = next(row.points for row in ledger(db, full.branch) if row.name == member.name)
        assert f"{points:.2f}" in printed
        assert any(float(points) in row for row in cells(workbook_of([paper])))


def test_that_an_officer_printed_a_members_points_is_written_down(db: Db, full: Quarter) -> None:
    member = full.branch.members[1]
    before = len(ids(db, full.branch, History, subject_id=member.id, command="look"))

    made(db, full.branch, "statement", member.id)
    made(db, full.branch, "statement", member.id, full.branch.actors[member.id])

    assert len(ids(db, full.branch, History, subject_id=member.id, command="look")) == before + 1


@pytest.mark.parametrize("name", ["statement", "records", "card", "booklet", "application"])
def test_a_member_prints_their_own_papers_and_nobody_elses(db: Db, full: Quarter, name: str) -> None:
    one, other = full.branch.members[:2]

    assert made(db, full.branch, name, one.id, full.branch.actors[one.id])
    with pytest.raises(Forbidden):
        made(db, full.branch, name, other.id, full.branch.actors[one.id])


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.of in {"round", "notice", "year"}])
def test_whoever_keeps_the_record_elsewhere_finds_none_of_the_branchs_papers(
    db: Db, full: Quarter, name: str
) -> None:
    elsewhere = Actor(full.branch.county_id, full.branch.parent_id, None, "外人", frozenset({"recorder"}))
    row = full.notice_id if KINDS[name].of == "notice" else full.round_id
    with acting(db, full.branch.county_id, full.branch.parent_id) as session, pytest.raises((NotFound, Forbidden)):
        paper_of(session, elsewhere, name, row, Wish(ADDRESS, CLOSES))


@pytest.mark.usefixtures("fonts")
def test_a_year_in_numbers_agrees_with_itself(db: Db, full: Quarter) -> None:
    (year,) = ids(db, full.branch, Round, period="2026")

    register = made(db, full.branch, "register", year)
    totals = made(db, full.branch, "totals", year)

    assert table(totals).sums[1] == len(table(register).rows)
    assert "已核对，相符" in words(pdf_of([totals]))
    points = {row.name: row.points for row in ledger(db, full.branch)}
    annual = {row[1]: row[2] for row in table(register).rows}
    assert all(annual[name] == figure for name, figure in points.items())


@pytest.mark.usefixtures("fonts")
def test_the_poster_shows_what_hangs_with_its_code_and_how_to_object(db: Db, full: Quarter) -> None:
    paper = made(db, full.branch, "poster", full.notice_id)
    printed = words(pdf_of([paper]))

    with acting(db, full.branch.county_id, full.branch.unit_id) as session:
        code = session.get_one(Notice, (full.branch.county_id, full.notice_id)).code
    assert f"/n/{code}" in printed
    for said in ("2026年4月14日", "2026年4月21日24:00", "（盖章处）", "实名", "申诉"):
        assert said in printed
    assert all(member.name in printed for member in full.branch.members)
    assert "公示情况" in made(db, full.branch, "report", full.notice_id).title


@pytest.mark.usefixtures("fonts")
def test_a_meetings_minutes_say_who_came_and_how_they_voted(db: Db, full: Quarter) -> None:
    for meeting in ids(db, full.branch, Meeting):
        printed = words(pdf_of([made(db, full.branch, "minutes", meeting, "secretary")]))
        assert all(said in printed for said in ("应到", "实到", "主持人：", "记录人：", "还没有定稿"))


@pytest.mark.usefixtures("fonts")
def test_fixed_minutes_are_printed_word_for_word_with_their_digest(db: Db, full: Quarter) -> None:
    branch = full.branch
    meeting = ids(db, branch, Meeting)[0]
    with acting(db, branch.county_id, branch.unit_id) as session:
        write_minutes(session, branch["recorder"], meeting, "村部二楼", "会上念了积分。\n大家没有意见。", CLOSES)
        fix_minutes(session, branch["secretary"], meeting, CLOSES)
        minutes = session.scalars(select(Minutes).filter_by(meeting_id=meeting)).one()

    printed = words(pdf_of([made(db, branch, "minutes", meeting, "secretary")]))

    assert minutes.text
    assert minutes.digest
    assert f"校验码{minutes.digest[:16]}" in printed
    for line in minutes.text.split("\n")[1:]:
        assert "".join(line.split()).replace("：", "") in printed.replace("：", ""), line


@pytest.mark.usefixtures("fonts")
def test_an_objector_is_given_three_papers(db: Db, full: Quarter) -> None:
    (objection, *_) = ids(db, full.branch, Objection)

    acceptance, feedback, answer = (
        words(pdf_of([made(db, full.branch, name, objection, "secretary")]))
        for name in ("acceptance", "feedback", "answer")
    )
    assert "已经受理" in acceptance
    assert "调查" in feedback
    assert "异议成立" in answer


def test_the_flow_is_that_of_the_branchs_own_book(db: Db, full: Quarter) -> None:
    steps = made(db, full.branch, "flow", full.round_id).parts[0].steps  # type: ignore[union-attr]

    titles = [step.title for step in steps]
    assert titles[0] == "申报登记"
    assert titles.index("公示") < titles.index("登记入账") < titles.index("上报备案")


def test_a_batch_holds_everybody_once_and_is_printed_in_volumes(db: Db, full: Quarter) -> None:
    branch, wish = full.branch, Wish(ADDRESS, CLOSES, 2026)
    with acting(db, branch.county_id, branch.unit_id) as session:
        papers = papers_of_branch(session, branch["recorder"], "statement", full.round_id, wish)
        names = [str(part.pairs[0][1]) for paper in papers for part in paper.parts[:1]]  # type: ignore[union-attr]

    assert sorted(names) == sorted(set(names))
    assert {member.name for member in branch.members} <= set(names)
    assert len(papers) < VOLUME


@pytest.mark.usefixtures("fonts")
def test_a_batch_is_kept_for_who_asked_for_it(db: Db, full: Quarter) -> None:
    branch, wish = full.branch, Wish(ADDRESS, CLOSES, 2026)
    with acting(db, branch.county_id, branch.unit_id) as session:
        job = ask_for_branch(session, branch["recorder"], "card", full.round_id, wish)
        session.flush()
        came = print_some(session, branch["recorder"], job, CLOSES)
        file = session.scalars(select(JobFile).filter_by(county_id=branch.county_id, job_id=job.id)).one()
        printed = words(file.content)

    assert came.finished
    assert all(member.name in printed for member in branch.members)


def test_only_whoever_keeps_the_record_prints_for_everybody(db: Db, full: Quarter) -> None:
    branch = full.branch
    with acting(db, branch.county_id, branch.unit_id) as session, pytest.raises(Forbidden):
        ask_for_branch(session, branch.actors[branch.members[0].id], "card", full.round_id, Wish(ADDRESS, CLOSES))


def test_no_paper_has_another_name(db: Db, full: Quarter) -> None:
    with pytest.raises(NotFound):
        made(db, full.branch, "passport", full.round_id)


def test_nothing_is_printed_of_a_year_without_points(db: Db, full: Quarter) -> None:
    with pytest.raises((NotFound, NotNow)):
        made(db, full.branch, "card", full.branch.members[0].id, year=2019)
