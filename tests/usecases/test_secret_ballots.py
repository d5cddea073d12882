"""Secret ballots attacked: twice, late, by strangers, and by whoever may read every byte of the database."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import create_engine, make_url, select, text
from sqlalchemy.orm import Session

from services.cli.database import Urls
from shared.db.ballots import Ballot, BallotMark
from shared.db.schema import METADATA
from shared.db.session import Db, acting, connect
from shared.domain.ballots import Purpose
from shared.domain.errors import Forbidden, Invalid, NotFound, NotNow
from shared.usecases.appraisals import begin_vote, count_vote, open_evaluation
from shared.usecases.urns import cast_ballot, close_ballot, enter_count, hand_slips
from tests.usecases.people import SECRET
from tests.usecases.stage import Stage

# Six officers, two leaders, three scorers and three ordinary members: fourteen vote.
DUE = 14
GOOD, FAIR = "优秀", "合格"
READABLE = (
    "SELECT name FROM unnest(CAST(:names AS text[])) name WHERE has_table_privilege(quote_ident(name), 'SELECT')"
)


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    return Stage(db, clockwork)


@pytest.fixture
def ballot(stage: Stage) -> UUID:
    """The ballot of an appraisal, open for three days."""
    until = stage.now + timedelta(days=3)
    evaluation = stage.do(open_evaluation, "secretary", 2026, until.date())
    return stage.do(begin_vote, "secretary", SECRET, evaluation.id, Purpose.APPRAISAL, until).id


@pytest.fixture
def superuser(admin_database_url: str, urls: Urls) -> Iterator[Session]:
    engine = create_engine(make_url(admin_database_url).set(database=make_url(urls.app).database))
    with Session(engine) as session:
        yield session
    engine.dispose()


def voters(stage: Stage) -> list[UUID]:
    return [one.id for one in stage.branch.members] + [
        who for who in stage.branch.actors if who not in {one.id for one in stage.branch.members}
    ]


def vote(stage: Stage, ballot: UUID, who: UUID, about: UUID, choice: str) -> None:
    stage.do(cast_ballot, stage.branch.actors[who], SECRET, ballot, {about: choice})


def all_vote(stage: Stage, ballot: UUID) -> None:
    """Everybody but Mei finds Mei good, but for two; Mei abstains."""
    for place, who in enumerate(voters(stage)):
        actor = stage.branch.actors[who]
        slip = {} if who == stage.mei.id else {stage.mei.id: FAIR if place in {3, 7} else GOOD}
        stage.do(cast_ballot, actor, SECRET, ballot, slip)


def test_sums_are_counted_and_nothing_else(stage: Stage, ballot: UUID) -> None:
    all_vote(stage, ballot)
    stage.do(close_ballot, "recorder", ballot)
    stage.do(count_vote, "recorder", SECRET, ballot)

    counted = stage.row(Ballot, ballot)
    assert counted.result is not None
    marks = counted.result[str(stage.mei.id)]
    assert (marks[GOOD], marks[FAIR], sum(marks.values())) == (11, 2, 13)
    assert (counted.due, counted.cast_votes, counted.valid, counted.urn) == (DUE, DUE, True, None)


def test_nobody_votes_twice_or_changes_a_vote(stage: Stage, ballot: UUID) -> None:
    vote(stage, ballot, stage.branch.members[1].id, stage.mei.id, GOOD)

    with pytest.raises(NotNow, match="已经投过票"):
        vote(stage, ballot, stage.branch.members[1].id, stage.mei.id, FAIR)


def test_nobody_votes_late(stage: Stage, ballot: UUID) -> None:
    stage.move(stage.now + timedelta(days=3))

    with pytest.raises(NotNow, match="已经截止"):
        vote(stage, ballot, stage.branch.members[1].id, stage.mei.id, GOOD)


def test_nobody_votes_who_is_not_on_the_roll(stage: Stage, ballot: UUID, superuser: Session) -> None:
    gone = stage.branch.members[2]
    superuser.execute(text("DELETE FROM ballot_mark WHERE person_id = :p"), {"p": gone.person_id})
    superuser.commit()

    with pytest.raises(NotFound):
        stage.do(cast_ballot, "township_officer", SECRET, ballot, {})
    with pytest.raises(Forbidden, match="不在这次投票的名册上"):
        vote(stage, ballot, gone.id, stage.mei.id, GOOD)


def test_a_slip_says_nothing_that_does_not_stand_on_it(stage: Stage, ballot: UUID) -> None:
    who = stage.branch.members[1].id
    for slip in ({uuid4(): GOOD}, {stage.mei.id: "很好"}):
        with pytest.raises(Invalid, match="看不懂"):
            stage.do(cast_ballot, stage.branch.actors[who], SECRET, ballot, slip)
    with pytest.raises(Invalid, match="不能给自己测评"):
        vote(stage, ballot, who, who, GOOD)


def test_voting_does_not_end_while_some_have_time_left(stage: Stage, ballot: UUID) -> None:
    vote(stage, ballot, stage.branch.members[1].id, stage.mei.id, GOOD)

    with pytest.raises(NotNow, match="还有 13 人没有投票"):
        stage.do(close_ballot, "recorder", ballot)


def test_who_has_a_slip_on_paper_has_no_vote_on_a_screen(stage: Stage, ballot: UUID) -> None:
    who = stage.branch.members[1]
    assert stage.do(hand_slips, "recorder", ballot, [who.person_id]) == 1

    with pytest.raises(NotNow, match="领了纸质票"):
        vote(stage, ballot, who.id, stage.mei.id, GOOD)
    with pytest.raises(Invalid, match="领过票"):
        stage.do(hand_slips, "recorder", ballot, [who.person_id])


def test_slips_on_paper_are_counted_alike_by_two(stage: Stage, ballot: UUID) -> None:
    on_paper = [one.person_id for one in stage.branch.members[1:]]
    stage.do(hand_slips, "recorder", ballot, on_paper)
    for who in voters(stage):
        if stage.branch.actors[who].person_id not in on_paper:
            stage.do(cast_ballot, stage.branch.actors[who], SECRET, ballot, {})
    stage.do(close_ballot, "recorder", ballot)
    both = {stage.mei.id: {GOOD: 2}}

    with pytest.raises(Invalid, match="发出纸质票 2 张，收回却有 3 张"):
        stage.do(enter_count, "recorder", SECRET, ballot, 3, both)
    with pytest.raises(Invalid, match="却画了 2 次"):
        stage.do(enter_count, "recorder", SECRET, ballot, 1, both)
    stage.do(enter_count, "recorder", SECRET, ballot, 2, both)
    with pytest.raises(NotNow, match="两个人各自清点"):
        stage.do(count_vote, "recorder", SECRET, ballot)
    stage.do(enter_count, "recorder", SECRET, ballot, 2, both)
    with pytest.raises(NotNow, match="两个人各自清点"):
        stage.do(count_vote, "recorder", SECRET, ballot)
    stage.do(enter_count, "organiser", SECRET, ballot, 2, {stage.mei.id: {GOOD: 1, FAIR: 1}})
    with pytest.raises(NotNow, match="不一致"):
        stage.do(count_vote, "recorder", SECRET, ballot)
    stage.do(enter_count, "organiser", SECRET, ballot, 2, both)
    stage.do(count_vote, "recorder", SECRET, ballot)

    counted = stage.row(Ballot, ballot)
    assert counted.result is not None
    assert (counted.cast_votes, counted.result[str(stage.mei.id)][GOOD]) == (DUE, 2)


def test_a_branch_too_small_to_keep_a_secret_raises_its_hands(stage: Stage, superuser: Session) -> None:
    until = stage.now + timedelta(days=3)
    evaluation = stage.do(open_evaluation, "secretary", 2026, until.date())
    few = "UPDATE member SET probationary = true WHERE unit_id = :u AND member_no NOT IN ('001', '002')"
    superuser.execute(text(few), {"u": stage.unit_id})
    superuser.commit()

    with pytest.raises(NotNow, match="改用举手表决"):
        stage.do(begin_vote, "secretary", SECRET, evaluation.id, Purpose.APPRAISAL, until)


def everything(superuser: Session, stage: Stage) -> dict[str, list[str]]:
    """Every row of the county as text, with what the database knows of its writing."""
    walled = """SELECT tablename FROM pg_tables t WHERE schemaname = 'public' AND EXISTS (
        SELECT FROM information_schema.columns c
        WHERE c.table_name = t.tablename AND c.column_name = 'county_id')"""
    tables = superuser.scalars(text(walled)).all()
    rows = {
        table: list(
            superuser.scalars(
                text(f"SELECT t.xmin::text || t.ctid::text || t::text FROM {table} t WHERE county_id = :c"),
                {"c": stage.county_id},
            )
        )
        for table in sorted(tables)
    }
    superuser.rollback()
    return rows


def test_two_votes_that_differ_leave_databases_that_do_not(stage: Stage, ballot: UUID, superuser: Session) -> None:
    """Whatever is written is told from what another vote would have written by the sealed urn's bytes alone."""
    one, other = stage.branch.members[1:3]
    before = everything(superuser, stage)
    vote(stage, ballot, one.id, stage.mei.id, GOOD)
    after_good = everything(superuser, stage)
    vote(stage, ballot, other.id, stage.mei.id, FAIR)
    after_fair = everything(superuser, stage)

    def grown(a: dict[str, list[str]], b: dict[str, list[str]]) -> dict[str, list[int]]:
        return {
            table: [len(row) for row in sorted(set(b[table]) - set(a[table]))]
            for table in b
            if a[table] != b[table]
        }

    first, second = grown(before, after_good), grown(after_good, after_fair)
    assert set(first) == set(second) == {"ballot", "ballot_mark"}
    assert [len(rows) for rows in first.values()] == [len(rows) for rows in second.values()] == [1, 1]
    # As long one as the other, but for the transaction's number.
    assert abs(first["ballot"][0] - second["ballot"][0]) <= 2
    written = str(after_fair["ballot"]) + str(after_fair["ballot_mark"])
    assert "selected" not in written
    assert all(GOOD not in row and FAIR not in row for row in after_fair["ballot_mark"])


def test_the_urn_opens_for_nobody_without_the_installation_s_secret(stage: Stage, ballot: UUID) -> None:
    all_vote(stage, ballot)
    stage.do(close_ballot, "recorder", ballot)

    with pytest.raises(NotNow):
        stage.do(count_vote, "recorder", b"another installation's secret, 3", ballot)


def test_no_interim_sum_can_be_read(stage: Stage, ballot: UUID) -> None:
    """The same vote seals to other bytes each time: neither equal urns nor differences tell anything."""
    urns = [stage.row(Ballot, ballot).urn]
    for who in voters(stage)[1:5]:
        vote(stage, ballot, who, stage.mei.id, GOOD)
        urns.append(stage.row(Ballot, ballot).urn)

    assert len(set(urns)) == len(urns)
    assert len({len(urn or b"") for urn in urns}) == 1


def test_marks_tell_no_order_and_no_time(stage: Stage, ballot: UUID, superuser: Session) -> None:
    all_vote(stage, ballot)
    stage.do(close_ballot, "recorder", ballot)
    stage.do(count_vote, "recorder", SECRET, ballot)

    writers = superuser.scalars(
        text("SELECT DISTINCT xmin::text FROM ballot_mark WHERE ballot_id = :b"), {"b": ballot}
    ).all()
    assert len(writers) == 1
    assert {column.name for column in BallotMark.__table__.columns} == {
        *("county_id", "id", "unit_id", "ballot_id", "person_id", "way")
    }


def test_no_history_says_who_voted(stage: Stage, ballot: UUID) -> None:
    vote(stage, ballot, stage.branch.members[1].id, stage.mei.id, GOOD)

    assert stage.history(ballot) == ["open"]
    marked = stage.all(select(BallotMark).filter_by(ballot_id=ballot).where(BallotMark.way.is_not(None)))
    assert [one.person_id for one in marked] == [stage.branch.members[1].person_id]


@pytest.mark.long
@pytest.mark.parametrize("login", ["app", "worker", "verifier", "backup", "admin"])
def test_no_login_of_the_database_reads_who_voted_what(stage: Stage, ballot: UUID, urls: Urls, login: str) -> None:
    """What each may read names the voters and, once counted, the sums; a vote stands beside nobody's name."""
    one, other = stage.branch.members[1:3]
    vote(stage, ballot, one.id, stage.mei.id, GOOD)
    vote(stage, ballot, other.id, stage.mei.id, FAIR)

    db = connect(getattr(urls, login))
    opened = acting(db, stage.county_id, stage.unit_id) if login in {"app", "worker"} else db.begin()
    with opened as session:
        for table in session.scalars(text(READABLE), {"names": list(METADATA.tables)}).all():
            rows = session.scalars(text(f'SELECT t::text FROM "{table}" t')).all()
            with_a_vote = [row for row in rows if GOOD in row or FAIR in row]
            assert not [row for row in with_a_vote if str(one.person_id) in row or str(other.person_id) in row], (
                table
            )
            if table == "ballot":
                assert not [row for row in rows if "selected" in row]
