"""Retention: files go when their time is over or their owner asks, a stone stays, and all still verifies."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from services.worker.evidence import destroy_all
from shared.authz.actor import Actor
from shared.db.evidence import Evidence
from shared.db.filings import Filing
from shared.db.session import Db, acting
from shared.domain.errors import Forbidden, Invalid, NotFound, NotNow
from shared.domain.retention import USUAL_DAYS
from shared.stores.evidence import Store
from shared.stores.shelves import Folder
from shared.usecases.claims import submit_claim
from shared.usecases.erasures import ask_erasure, grant_erasure, refuse_erasure, see_own_files, withdraw_erasure
from shared.usecases.evidence import attach, evidence_of, open_evidence, sweep
from shared.usecases.filings import file_filing, receive_filing, submit_filing
from shared.usecases.opinions import give_opinion
from shared.usecases.retention import kept_days, set_term
from shared.usecases.rights import Kept, kept_about
from shared.usecases.verification import first_wrong
from tests.files import picture
from tests.usecases.stage import DAY, Stage

OVER = datetime(2026, 6, 1, 1, tzinfo=UTC)
TOMORROW = datetime.now(UTC) + timedelta(days=1)
BASIS = "县委组织部〔2026〕12号"


class Branch(Stage):
    """A branch whose member has handed in two photographs for a claim."""

    def __init__(self, db: Db, clockwork: Db, folder: Path) -> None:
        """Hand them in, and have the claim accepted."""
        super().__init__(db, clockwork)
        self.store = Store(Folder(folder))
        self.made = self.claim(self.mei, submit=False)
        for n in range(2):
            kept = self.store.keep(f"梅家照片{n}.png", picture("PNG", (8, 8 + n)))
            self.do(attach, self.mei, self.made.id, kept)
        self.do(submit_claim, self.mei, self.made.id)
        self.do(give_opinion, self.branch.leader_of(self.mei), self.made.id, True, "好")
        self.accept(self.made)

    def end(self) -> None:
        """Take the round to its end: settled, sent up and filed."""
        self.publish()
        self.move(OVER)
        filing = self.all(select(Filing))[0]
        self.do(submit_filing, "secretary", filing.id)
        for step in (receive_filing, file_filing):
            self.do(step, "township_officer", filing.id)

    @property
    def files(self) -> list[Evidence]:
        """The rows of the claim."""
        with acting(self.db, self.county_id, self.unit_id) as session:
            return list(evidence_of(session, self.county_id, self.made.id))

    def destroyed(self) -> int:
        """Let the night pass for this county; return how many of its files have gone until now."""
        destroy_all(self.clockwork)
        there = select(func.count()).select_from(Evidence).where(Evidence.destroyed_under.is_not(None))
        return self.all(there)[0]

    def rights(self) -> Kept:
        """Everything that is kept about the member."""
        with acting(self.db, self.county_id, self.unit_id) as session:
            return kept_about(session, self.who(self.mei))


@pytest.fixture(scope="module")
def young(db: Db, clockwork: Db, tmp_path_factory: pytest.TempPathFactory) -> Branch:
    """A branch whose quarter has just begun."""
    return Branch(db, clockwork, tmp_path_factory.mktemp("evidence"))


@pytest.fixture
def branch(db: Db, clockwork: Db, tmp_path: Path) -> Branch:
    """A village branch."""
    return Branch(db, clockwork, tmp_path)


def test_files_go_when_their_time_is_over_and_everything_still_verifies(
    branch: Branch, superuser: Session
) -> None:
    digests = {file.digest for file in branch.files}
    branch.end()
    branch.move(OVER + (USUAL_DAYS - 1) * DAY)
    assert branch.destroyed() == 0
    branch.move(OVER + (USUAL_DAYS + 1) * DAY)

    assert branch.destroyed() == 2
    with branch.clockwork.begin() as session:
        sweep(session, branch.store, TOMORROW)

    assert list(branch.store.older_than(TOMORROW)) == []
    assert {file.digest for file in branch.files} == digests
    assert {file.destroyed_under for file in branch.files} == {"办结满 365 天"}
    assert {file.name for file in branch.files} == {""}
    assert branch.history(branch.made.id)[-2:] == ["destroy", "destroy"]
    assert first_wrong(superuser, branch.county_id, branch.store) is None
    assert {row["文件"] for row in branch.rights()["附上的材料"]} == {"已按期销毁"}
    with pytest.raises(NotFound, match="已按期销毁（2027年6月2日，办结满 365 天），只留下校验码"):
        branch.do(read, branch.mei, branch.files[0].id)


def test_a_stone_without_the_step_that_set_it_is_found(young: Branch, superuser: Session) -> None:
    file = young.files[0]
    superuser.execute(
        text("UPDATE evidence SET removed_at = now(), destroyed_under = '无', name = '' WHERE id = :id"),
        {"id": file.id},
    )

    finding = first_wrong(superuser, young.county_id)
    superuser.rollback()

    assert finding is not None
    assert (finding.wrong.table, finding.wrong.id) == ("evidence", file.id)


@pytest.mark.long
def test_what_is_still_decided_by_a_file_keeps_it_however_old_it_is(branch: Branch) -> None:
    branch.publish()
    branch.move(OVER + 2 * USUAL_DAYS * DAY)

    assert branch.destroyed() == 0
    with pytest.raises(NotNow, match="还没有办完"):
        branch.do(ask_erasure, branch.mei, "不想留着")


@pytest.mark.long
def test_a_county_lays_down_its_own_term(young: Branch) -> None:
    someone = young.who("secretary")
    officer = Actor(young.county_id, young.county_id, someone.person_id, "周县组", frozenset({"county_officer"}))
    with pytest.raises(Invalid, match=r"180 到 3650.*写明依据"):
        young.do(set_term, officer, 30, " ")
    with pytest.raises(Forbidden):
        young.do(set_term, "secretary", 200, BASIS)
    young.do(set_term, officer, 200, BASIS)
    young.now += timedelta(hours=1)
    young.do(set_term, officer, 180, BASIS)

    with acting(young.db, young.county_id, young.unit_id) as session:
        assert kept_days(session, young.county_id) == 180


@pytest.mark.long
def test_what_a_file_was_cannot_be_changed_nor_brought_back(young: Branch) -> None:
    for change in ("digest = repeat('0', 64)", "size = 1", "added_at = now()"):
        with (
            pytest.raises(DBAPIError, match="stays what it was"),
            acting(young.clockwork, young.county_id, young.unit_id) as session,
        ):
            session.execute(text(f"UPDATE evidence SET {change} WHERE id = :id"), {"id": young.files[0].id})


@pytest.mark.long
def test_a_member_s_request_is_answered_by_the_branch(branch: Branch) -> None:
    branch.end()
    with pytest.raises(Invalid):
        branch.do(ask_erasure, branch.mei, " ")
    with pytest.raises(Forbidden, match="本人"):
        branch.do(ask_erasure, replace(branch.who(branch.mei), acting_for=branch.mei.id), "替她")
    first = branch.do(ask_erasure, branch.mei, "照片里有孩子")
    with pytest.raises(NotNow, match="已经收到"):
        branch.do(ask_erasure, branch.mei, "再说一次")
    with pytest.raises(Invalid):
        branch.do(refuse_erasure, "secretary", first.id, "")
    branch.do(refuse_erasure, "secretary", first.id, "县里正在抽查本期积分")
    with pytest.raises(NotNow):
        branch.do(withdraw_erasure, branch.mei, first.id)
    second = branch.do(ask_erasure, branch.mei, "抽查已经办结")
    with pytest.raises(Forbidden):
        branch.do(grant_erasure, branch.branch.members[1], second.id)

    granted = branch.do(grant_erasure, "secretary", second.id)

    assert granted.files == 2
    assert {file.destroyed_under for file in branch.files} == {"本人2026年6月1日申请，支部同意"}
    with acting(branch.db, branch.county_id, branch.unit_id) as session:
        kept = see_own_files(session, branch.who(branch.mei))
    assert (kept.files, kept.over, kept.waiting) == (0, 0, None)
    assert branch.history(second.id) == ["ask_erasure", "grant"]


def read(session: Session, actor: Actor, evidence_id: UUID, now: datetime) -> object:
    """Open a file."""
    return open_evidence(session, actor, evidence_id)
