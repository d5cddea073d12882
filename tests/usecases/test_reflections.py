"""Reflections: written quarter by quarter by who is away, read by their contact, and then left as they are."""

import pytest

from shared.authz.actor import Actor
from shared.db.members import Member
from shared.db.reflections import Reflection
from shared.db.session import Db, acting
from shared.domain.errors import Forbidden, Invalid, NotFound, NotNow
from shared.usecases.members import actor_of, add_person, appoint, name_contact
from shared.usecases.reflections import read_reflection, reflections_due, reflections_of, write_reflection
from tests.builders import LONG_AGO, founder
from tests.usecases.stage import DAY, Stage

WORDS = "在工地上做钢筋工，参加了工友中的党员学习。"


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A village branch of which Mei works away."""
    made = Stage(db, clockwork)
    with acting(db, made.county_id, made.unit_id) as session:
        session.get_one(Member, (made.county_id, made.mei.id)).class_ = "流动党员"
    return made


@pytest.fixture
def contact(stage: Stage) -> Actor:
    """Who keeps in touch with Mei."""
    by = founder(stage.county_id)
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        person = add_person(session, by, stage.unit_id, "柳永根")
        appoint(session, by, stage.unit_id, person.id, "contact", LONG_AGO)
        who = actor_of(session, stage.county_id, stage.unit_id, person.id, stage.now.date())
    stage.do(name_contact, "secretary", stage.mei.id, who.person_id)
    return who


def test_the_contact_is_told_and_reads_it(stage: Stage, contact: Actor) -> None:
    made = stage.do(write_reflection, stage.mei, "2026-Q1", WORDS)
    assert [message.body["persons"] for message in stage.messages("reflection")] == [[str(contact.person_id)]]
    stage.do(write_reflection, stage.mei, "2026-Q1", WORDS + "寄回了党费。")  # not read yet
    stage.do(read_reflection, contact, made.id)

    with pytest.raises(NotNow, match="已经看过"):
        stage.do(write_reflection, stage.mei, "2026-Q1", WORDS)
    kept = stage.row(Reflection, made.id)
    assert (kept.seen_by, kept.text) == (contact.person_id, WORDS + "寄回了党费。")
    assert stage.history(made.id) == ["write", "write", "read"]


def test_who_only_looks_on_does_not_mark_it_as_read(stage: Stage, contact: Actor) -> None:
    made = stage.do(write_reflection, stage.mei, "2026-Q1", WORDS)
    for other in ("secretary", "organiser", stage.mei):
        stage.do(read_reflection, other, made.id)

    assert stage.row(Reflection, made.id).seen_at is None
    for stranger in ("recorder", stage.branch.members[1]):
        with pytest.raises(Forbidden):
            stage.do(read_reflection, stranger, made.id)
    with pytest.raises(NotFound):
        stage.do(read_reflection, contact, stage.round_id)


def test_without_a_contact_the_secretary_reads_it(stage: Stage) -> None:
    made = stage.do(write_reflection, stage.mei, "2026-Q1", WORDS)
    stage.do(read_reflection, "secretary", made.id)

    assert stage.messages("reflection")[0].body["roles"] == ["secretary"]
    assert stage.row(Reflection, made.id).seen_by == stage.branch["secretary"].person_id


def test_only_who_is_away_writes_and_only_for_this_quarter_or_the_last(stage: Stage) -> None:
    with pytest.raises(Invalid, match="您在本支部，不用填写"):
        stage.do(write_reflection, stage.branch.members[1], "2026-Q1", WORDS)
    for quarter in ("2025-Q3", "2026-Q2", "2026-01", "去年"):
        with pytest.raises(Invalid, match="2025-Q4 或 2026-Q1"):
            stage.do(write_reflection, stage.mei, quarter, WORDS)
    with pytest.raises(Invalid, match="请写明"):
        stage.do(write_reflection, stage.mei, "2026-Q1", " ")

    assert stage.do(write_reflection, stage.mei, "2025-Q4", WORDS)


def test_the_contact_sees_who_has_not_written_yet(stage: Stage, contact: Actor) -> None:
    def due(by: Actor) -> list[tuple[str, bool]]:
        with acting(stage.db, stage.county_id, stage.unit_id) as session:
            listed = reflections_due(session, by, "2026-Q1")
        return [(one.member.name, one.reflection is not None) for one in listed]

    assert due(contact) == [(stage.mei.name, False)]
    stage.do(write_reflection, stage.mei, "2026-Q1", WORDS)
    stage.move(stage.now + DAY)
    assert due(contact) == due(stage.who("secretary")) == [(stage.mei.name, True)]
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        own = reflections_of(session, stage.who(stage.mei), stage.mei.id)
        assert [one.quarter for one in own] == ["2026-Q1"]
        with pytest.raises(Forbidden):
            reflections_of(session, stage.who(stage.branch.members[1]), stage.mei.id)
