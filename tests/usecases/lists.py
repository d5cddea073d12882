"""Lists as officers upload them: a few rows in, what became of each, and back again."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import select

from shared.authz.actor import Actor
from shared.db.imports import ImportRow
from shared.db.members import Member, Person
from shared.db.session import Db, acting
from shared.domain.imports import Grid, Outcome
from shared.usecases.import_pages import faults_of, see_import
from shared.usecases.imports import confirm, undo
from shared.usecases.uploads import upload
from tests.builders import Branch, a_county, set_clock

NOW = datetime(2026, 1, 5, 1, tzinfo=UTC)
HEAD = ["编号", "姓名", "出生年月", "党小组", "手机号"]


@pytest.fixture
def branch(db: Db) -> Branch:
    made = a_county(db, members=2)[0]
    set_clock(db, made.county_id, NOW)
    with acting(db, made.county_id, made.unit_id) as session:
        for one, name in zip(made.members, ("李甲", "李乙"), strict=True):
            there = session.get_one(Member, (made.county_id, one.id))
            there.name = session.get_one(Person, (made.county_id, there.person_id)).name = name
    return made


def sheet(*rows: Sequence[str], head: Sequence[str] = HEAD) -> Grid:
    return Grid("名册", list(enumerate([head, *rows], 1)))


def uploaded(db: Db, actor: Actor, *rows: Sequence[str], kind: str = "roster", head: Sequence[str] = HEAD) -> UUID:
    with acting(db, actor.county_id, actor.unit_id) as session:
        return upload(session, actor, kind, "名册.xlsx", sheet(*rows, head=head), NOW).id


def outcomes(db: Db, actor: Actor, import_id: UUID) -> list[str]:
    with acting(db, actor.county_id, actor.unit_id) as session:
        rows = session.scalars(select(ImportRow).filter_by(import_id=import_id).order_by(ImportRow.line))
        return [str(row.outcome) for row in rows]


def said(db: Db, actor: Actor, import_id: UUID) -> list[str]:
    with acting(db, actor.county_id, actor.unit_id) as session:
        page = see_import(session, actor, import_id, Outcome.WRONG)
        return [str(fault) for row in page.rows for fault in faults_of(row)]


def confirmed(db: Db, actor: Actor, import_id: UUID) -> str:
    """Confirm an import, and return where it stands then."""
    with acting(db, actor.county_id, actor.unit_id) as session:
        return confirm(session, actor, import_id, NOW).state


def undone(db: Db, actor: Actor, import_id: UUID, at: datetime = NOW) -> list[str]:
    """Undo an import, and return why some of it was not."""
    with acting(db, actor.county_id, actor.unit_id) as session:
        undo(session, actor, import_id, at)
        return [f"{row.title}：{row.kept}" for row in see_import(session, actor, import_id).kept]


def member(db: Db, branch: Branch, number: str) -> Member | None:
    with acting(db, branch.county_id, branch.unit_id) as session:
        return session.scalar(select(Member).filter_by(unit_id=branch.unit_id, member_no=number))
