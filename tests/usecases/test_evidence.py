"""Evidence: who may add files to what, how many, who may read them, and what is swept away."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.db.evidence import Evidence
from shared.db.session import Db, acting
from shared.domain.errors import Forbidden, Invalid, NotFound, NotNow
from shared.domain.evidence import MIB, MediaType, SubjectKind
from shared.domain.reports import ReportKind, Seen
from shared.stores.evidence import Kept, Store
from shared.stores.shelves import Folder
from shared.usecases.claims import submit_claim
from shared.usecases.evidence import attach, attach_to, detach, evidence_of, open_evidence, sweep
from shared.usecases.reports import report, set_report_aside
from shared.usecases.verification import first_wrong
from tests.files import picture
from tests.usecases.stage import Stage

LATER = datetime.now(UTC) + timedelta(days=2)
KEPT = Kept("照片.jpg", MediaType.JPEG, MIB, "a" * 64, "b" * 64)


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A village branch that collects claims."""
    return Stage(db, clockwork)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(Folder(tmp_path))


def read(stage: Stage, by: Actor, evidence: Evidence) -> tuple[str, str, str]:
    with acting(stage.db, by.county_id, by.unit_id) as session:
        name, media_type, digest = open_evidence(session, by, evidence.id)
        return name, media_type, digest


def test_evidence_goes_to_a_claim_that_is_still_the_members_own_to_change(stage: Stage) -> None:
    claim = stage.claim(stage.mei, submit=False)

    with pytest.raises(Forbidden):
        stage.do(attach, stage.branch.members[1], claim.id, KEPT)
    stage.do(attach, stage.mei, claim.id, KEPT)
    stage.do(submit_claim, stage.mei, claim.id)
    with pytest.raises(NotNow, match="不能再改附件"):
        stage.do(attach, stage.mei, claim.id, KEPT)

    assert stage.history(claim.id) == ["attach", "submit"]


def test_a_file_is_taken_back_while_the_claim_is_a_draft(stage: Stage) -> None:
    claim = stage.claim(stage.mei, submit=False)
    first, second = (stage.do(attach, stage.mei, claim.id, KEPT) for _ in range(2))

    with pytest.raises(Forbidden):
        stage.do(detach, stage.branch.members[1], first.id)
    stage.do(detach, stage.mei, first.id)
    stage.do(detach, stage.mei, first.id)
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        left = evidence_of(session, stage.county_id, claim.id)
    stage.do(submit_claim, stage.mei, claim.id)

    assert [one.id for one in left] == [second.id]
    assert stage.history(claim.id) == ["attach", "attach", "detach", "submit"]
    with pytest.raises(NotFound, match="已被撤下"):
        read(stage, stage.who(stage.mei), first)
    with pytest.raises(NotNow):
        stage.do(detach, stage.mei, second.id)


def test_all_that_is_too_much_is_said_at_once(stage: Stage) -> None:
    claim, other = (stage.claim(stage.mei, submit=False) for _ in range(2))
    for _ in range(6):
        stage.do(attach, stage.mei, claim.id, KEPT)

    with pytest.raises(Invalid) as refused:
        stage.do(attach, stage.mei, claim.id, replace(KEPT, size=55 * MIB))
    with pytest.raises(Invalid, match=r"合计最多 60 MB，已用 6\.0 MB"):
        stage.do(attach, stage.mei, other.id, replace(KEPT, size=55 * MIB))

    assert len(refused.value.faults) == 2
    stage.do(attach, stage.branch.members[1], stage.claim(stage.branch.members[1], submit=False).id, KEPT)


def test_who_may_see_the_claim_may_read_its_files_and_nobody_else(stage: Stage, db: Db, clockwork: Db) -> None:
    claim = stage.claim(stage.mei, submit=False)
    evidence = stage.do(attach, stage.mei, claim.id, KEPT)
    leader = stage.branch.leader_of(stage.mei)
    other_leader = next(one for one in stage.branch.leaders if one.group_id != leader.group_id)

    for reader in (stage.who(stage.mei), stage.who("organiser"), stage.who("recorder"), leader):
        assert read(stage, reader, evidence) == ("照片.jpg", "image/jpeg", "a" * 64)
    for known in (stage.who(stage.branch.members[1]), other_leader):
        with pytest.raises(Forbidden):
            read(stage, known, evidence)
    stranger = Stage(db, clockwork)
    for elsewhere in (stage.branch.above["township_officer"], stranger.who("secretary")):
        with pytest.raises(NotFound):
            read(stage, elsewhere, evidence)


@pytest.mark.long
def test_an_objection_s_files_are_for_who_raised_it_and_who_works_on_it(stage: Stage) -> None:
    stage.accept(stage.claim(stage.mei))
    stage.publish()
    objection = stage.object(stage.mei, stage.branch.members[1])

    with pytest.raises(Forbidden, match="只有提出的人"):
        stage.do(attach_to, stage.branch.members[1], SubjectKind.OBJECTION, objection.id, KEPT)
    evidence = stage.do(attach_to, stage.mei, SubjectKind.OBJECTION, objection.id, KEPT)

    assert read(stage, stage.who(stage.mei), evidence)
    assert read(stage, stage.who("discipline"), evidence)
    with pytest.raises(Forbidden):
        read(stage, stage.who(stage.branch.members[1]), evidence)


@pytest.mark.long
def test_a_report_s_files_are_shown_to_whom_it_concerns(stage: Stage) -> None:
    leader = stage.branch.leader_of(stage.mei)
    told = stage.do(report, leader, stage.mei.id, Seen(ReportKind.CONTRIBUTION, stage.now.date(), "修好了水渠"))
    evidence = stage.do(attach_to, leader, SubjectKind.REPORT, told.id, KEPT)

    assert read(stage, stage.who(stage.mei), evidence)
    assert read(stage, stage.who("recorder"), evidence)
    with pytest.raises(Forbidden):
        read(stage, stage.who(stage.branch.members[1]), evidence)
    stage.do(set_report_aside, "recorder", told.id, "查无此事")
    with pytest.raises(NotNow, match="已经答复或办结"):
        stage.do(attach_to, leader, SubjectKind.REPORT, told.id, KEPT)


@pytest.mark.long
def test_only_files_that_no_row_speaks_of_are_swept_away(
    stage: Stage, store: Store, clockwork: Db, tmp_path: Path
) -> None:
    claim = stage.claim(stage.mei, submit=False)
    named, taken_back, orphan = (store.keep(f"{n}.png", picture("PNG", (n, 9))) for n in (5, 6, 7))
    stage.do(attach, stage.mei, claim.id, named)
    stage.do(detach, stage.mei, stage.do(attach, stage.mei, claim.id, taken_back).id)

    with clockwork.begin() as session:
        assert sweep(session, store, datetime.now(UTC) - timedelta(days=1)) == 0
        assert sweep(session, store, LATER) == 2

    assert list(store.older_than(LATER)) == [named.digest]
    assert orphan.digest not in {file.name for file in tmp_path.rglob("*")}


@pytest.mark.long
def test_a_file_that_was_lost_or_changed_is_found(stage: Stage, store: Store, superuser: Session) -> None:
    claim = stage.claim(stage.mei, submit=False)
    kept = store.keep("照片.jpg", picture())
    evidence = stage.do(attach, stage.mei, claim.id, kept)
    whole = first_wrong(superuser, stage.county_id, store)
    assert whole is None

    store.remove(kept.digest, LATER)
    finding = first_wrong(superuser, stage.county_id, store)

    assert finding is not None
    assert (finding.wrong.table, finding.wrong.id) == ("evidence", evidence.id)
    assert finding.wrong.found == {"digest": None}
