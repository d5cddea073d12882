"""Totals: summed up of what was filed and of nothing else, sent on to the county, and proved part by part."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.cli.database import Urls
from shared.authz.actor import Actor
from shared.db.filings import Filing
from shared.db.session import Db, connect
from shared.db.verification.papers import SUMMED
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.packages import faults_of
from shared.usecases.filings import file_filing, receive_filing, return_filing, submit_filing
from shared.usecases.remarks import explain
from shared.usecases.total_papers import total_paper
from shared.usecases.totals import Totals, compile_filing, see_totals
from shared.usecases.verification import verify
from tests.usecases.stage import DAY, POSTED, Stage

TOWN = "township_officer"


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A quarter that has settled and lies packed in the branch."""
    made = Stage(db, clockwork)
    made.accept(made.claim(made.mei))
    made.publish()
    made.move(POSTED + 9 * DAY)
    return made


def county(stage: Stage) -> Actor:
    """Somebody of the county."""
    return replace(stage.who(TOWN), unit_id=stage.county_id, name="县干部", roles=frozenset({"county_officer"}))


def filed(stage: Stage) -> Filing:
    """The branch's package, filed with the township."""
    (filing,) = stage.all(select(Filing))
    stage.do(submit_filing, "secretary", filing.id)
    stage.do(receive_filing, TOWN, filing.id)
    return stage.do(file_filing, TOWN, filing.id)


def totals(stage: Stage, by: Actor | str = TOWN) -> Totals:
    return stage.do(lambda session, actor, period, _: see_totals(session, actor, period), by, "2026-Q1")


def test_what_is_not_filed_does_not_count_and_is_missing(stage: Stage) -> None:
    before = totals(stage)
    filed(stage)
    after = totals(stage)

    assert ([unit.name for unit in before.missing], before.figures.lines) == (["第1村党支部"], 0)
    assert (after.missing, after.figures.lines, after.figures.confirmed) == ([], 14, 1)


def test_a_package_carries_roster_minutes_and_seal(stage: Stage) -> None:
    package = filed(stage).package

    assert [(r["members"], r["scored"], r["exempt"]) for r in package["rosters"]] == [(14, 14, 0)]
    assert [(m["passed"], m["in_favour"]) for m in package["minutes"]] == [(True, 14)]
    assert package["notices"][0]["head"]
    assert faults_of(package) == []


def test_a_townships_own_filing_is_the_sum_and_goes_up_comes_back_and_is_filed(stage: Stage) -> None:
    branch = filed(stage)
    officer = county(stage)

    own = stage.do(compile_filing, TOWN, "2026-Q1")
    stage.do(submit_filing, TOWN, own.id)
    stage.do(receive_filing, officer, own.id)
    stage.do(return_filing, officer, own.id, "合计", "请核对人次")
    stage.do(submit_filing, TOWN, own.id)
    stage.do(receive_filing, officer, own.id)
    done = stage.do(file_filing, officer, own.id)

    (part,) = done.package["parts"]
    assert (part["digest"], part["receipt"]) == (branch.digest, branch.receipt)
    assert done.package["figures"]["lines"] == 14
    assert [one.name for one in totals(stage, officer).missing] == []
    assert totals(stage, officer).figures.branches == 1
    assert [m.body["roles"] for m in stage.messages("filed", stage.branch.parent_id)] == [
        ["township_officer", "recorder"]
    ]


@pytest.mark.long
def test_a_sum_is_made_by_whom_it_is_for_and_of_something_new(stage: Stage) -> None:
    with pytest.raises(NotNow, match="还没有备案的材料"):
        stage.do(compile_filing, TOWN, "2026-Q1")
    filed(stage)
    stage.do(compile_filing, TOWN, "2026-Q1")

    with pytest.raises(NotNow, match="没有变化"):
        stage.do(compile_filing, TOWN, "2026-Q1")
    with pytest.raises(NotNow, match="没有上级单位"):
        stage.do(compile_filing, county(stage), "2026-Q1")
    with pytest.raises(Forbidden):
        stage.do(compile_filing, "secretary", "2026-Q1")
    with pytest.raises(Invalid, match="不是周期"):
        stage.do(compile_filing, TOWN, "去年")


@pytest.mark.long
def test_the_verifier_finds_a_part_that_is_not_what_was_filed(stage: Stage, urls: Urls) -> None:
    filed(stage)
    own = stage.do(compile_filing, TOWN, "2026-Q1")
    verifier = connect(urls.verifier)
    with verifier() as session:
        assert verify(session, stage.county_id).finding is None

    def forge(session: Session, actor: Actor, now: object) -> None:
        held = session.get_one(Filing, (stage.county_id, own.id))
        held.package = {**held.package, "parts": [{**held.package["parts"][0], "receipt": "备0000"}]}

    stage.do(forge, TOWN)
    with verifier() as session:
        wrong = SUMMED.first(session, stage.county_id)
    assert wrong is not None
    assert (wrong.id, wrong.found["receipt"]) == (own.id, "备0000")  # type: ignore[index]


@pytest.mark.long
def test_the_printed_table_has_the_same_sums(stage: Stage) -> None:
    filed(stage)

    paper = stage.do(total_paper, TOWN, "2026-Q1")

    table = next(part for part in paper.parts if hasattr(part, "sums"))
    assert paper.title == "2026年第一季度党员积分备案汇总表"
    assert table.sums[:3] == ("合计", 1, 14)


@pytest.mark.long
def test_a_remark_is_sealed_with_the_package_until_it_goes_up(stage: Stage) -> None:
    (filing,) = stage.all(select(Filing))
    with pytest.raises(Invalid) as refusal:
        stage.do(explain, "secretary", filing.id, {"无此人": "因病", "001": "电话 13800138000"})
    assert len(refusal.value.faults) == 2

    explained = stage.do(explain, "secretary", filing.id, {"001": "  长期在外务工  "})

    assert explained.package["remarks"] == {"001": "长期在外务工"}
    assert explained.digest != filing.digest
    filed(stage)
    with pytest.raises(NotNow, match="已备案"):
        stage.do(explain, "secretary", filing.id, {"001": "另一个说法"})
