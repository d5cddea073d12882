"""What comes in from a spreadsheet goes out into one, and sent back as it is it changes nothing."""

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from shared.db.balances import Balance
from shared.db.claims import Claim, Record
from shared.db.history import History
from shared.db.members import Member, Person
from shared.db.rounds import Round
from shared.db.session import Db, acting
from shared.usecases.rounds import open_round
from tests.api.conftest import Browser
from tests.api.people import Person as Signed
from tests.api.people import signed_in
from tests.api.test_imports import downloaded, here, uploads
from tests.builders import Branch, a_county, founder, set_clock

pytestmark = pytest.mark.long

NOW = datetime(2026, 1, 20, 1, tzinfo=UTC)
NAMES = ("㛃梅", "王𡋾", "阿依古丽·买买提江")
ROSTER, BALANCES = "/imports/new/roster", "/imports/new/balances"
YEARS = (["编号", "姓名", "年度", "年度积分", "等次"], ["001", NAMES[0], "2024", "92.5", "优秀"],
         ["002", NAMES[1], "2024", "-3", ""])  # fmt: skip
DEEDS = (["编号", "姓名", "项目", "日期", "事由", "分数", "会议记录编号"],
         ["001", NAMES[0], "其他贡献", "2026年1月3日", "=HYPERLINK(\"x\")", "2.5", "支委会〔2026〕1号"],
         ["002", NAMES[1], "参加公益劳动", "2026-01-04", "+修桥 三次", "", ""])  # fmt: skip


@pytest.fixture
def branch(db: Db) -> Branch:
    made = a_county(db, "xujiayan", members=3)[0]
    set_clock(db, made.county_id, NOW)
    with acting(db, made.county_id, made.unit_id) as session:
        named = dict(zip((one.id for one in made.members), NAMES, strict=True))
        for there in session.scalars(select(Member).filter_by(unit_id=made.unit_id)):
            name = named.get(there.id, there.name.rstrip("0123456789"))
            there.name = session.get_one(Person, (made.county_id, there.person_id)).name = name
        open_round(session, founder(made.county_id), made.unit_id, "2026-Q1", NOW)
    return made


@pytest.fixture
def recorder(browser: Browser, db: Db, branch: Branch) -> Signed:
    return signed_in(browser.app, db, branch["recorder"])


def as_text(rows: Iterable[list[str]]) -> bytes:
    """A list as a text file, in which nothing is a formula."""
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue().encode()


def brought_in(person: Signed, address: str, rows: tuple[list[str], ...]) -> None:
    """Bring a list in."""
    assert f"新增 {len(rows) - 1} 行" in uploads(person, "表.csv", as_text(rows), address)
    person.hands_in(f"{here(person)}/confirm")


def out_and_in(person: Signed, address: str) -> list[list[str]]:
    """Take a list out and send it back as it is: everything is unchanged. Return its rows."""
    rows, file = downloaded(person, f"{address}/list"), person.client.get(f"{address}/list").content
    said = uploads(person, "表.xlsx", file, address)
    assert all(f"{what} 行" in said for what in ("有错 0", "有变化 0", "新增 0", f"不变 {len(rows) - 1}")), said
    return rows


def counted(db: Db, branch: Branch) -> list[int]:
    with acting(db, branch.county_id, branch.unit_id) as session:
        return [len(session.scalars(select(kind)).all()) for kind in (Member, Balance, Record, Claim)]


def test_what_goes_out_comes_in_as_nothing_new(recorder: Signed, db: Db, branch: Branch) -> None:
    with acting(db, branch.county_id, branch.unit_id) as session:
        round_id = session.scalars(select(Round.id).filter_by(unit_id=branch.unit_id)).one()
    records, claims = (f"/rounds/{round_id}/imports/{kind}" for kind in ("records", "claims"))
    brought_in(recorder, BALANCES, YEARS)
    brought_in(recorder, records, DEEDS)
    brought_in(recorder, claims, DEEDS)
    before = counted(db, branch)

    roster = out_and_in(recorder, ROSTER)
    years = out_and_in(recorder, BALANCES)
    entered, claimed = out_and_in(recorder, records), out_and_in(recorder, claims)

    assert {row[1] for row in roster[1:]} >= set(NAMES)
    assert years[1:] == [list(row) for row in YEARS[1:]]
    for rows in (entered, claimed):
        assert [row[:3] for row in rows[1:]] == [row[:3] for row in DEEDS[1:]]
        assert [row[4:6] for row in rows[1:]] == [row[4:6] for row in DEEDS[1:]]
    # What the committee decides is not the claimant's to say.
    assert [rows[1][6] for rows in (entered, claimed)] == [DEEDS[1][6], ""]
    assert counted(db, branch) == before
    with acting(db, branch.county_id, branch.unit_id) as session:
        taken = session.scalars(select(History.note).filter_by(command="take_out")).all()
        looked = session.scalars(select(History).filter_by(command="look", subject_id=branch.members[0].id)).all()
    assert sorted(note or "" for note in taken)[0] == "以前年度的积分 2 行"
    assert len(looked) == 6

    entered[1][5] = "3"
    assert "同一件事已经有了，是 2.50 分" in uploads(recorder, "表.csv", as_text(entered), records)
    recorder.opens("/imports/new/units/list", 404)
    member = signed_in(recorder.client.app, db, branch.actors[branch.members[1].id])
    member.opens(f"{ROSTER}/list", 403)
