"""A rule book on its way into force: drafted by some, approved by another, from a round's first day on."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from shared.authz.actor import Actor
from shared.db.book_drafts import BookDraft, BookEdition
from shared.db.rules import Adoption, IssuedBook, book_for
from shared.db.session import Db, acting
from shared.domain.book_drafts import BookDraftState
from shared.domain.errors import Forbidden, Invalid, NotFound, NotNow
from shared.usecases.book_approvals import approve_draft, return_draft, submit_draft, withdraw_draft
from shared.usecases.book_drafts import reading_of, start_from_example, start_next, start_overlay
from shared.usecases.book_edits import change_item, change_sections, change_text, drop_item, restore_item
from shared.usecases.members import actor_of, add_person, appoint
from tests.builders import FOUNDED, LONG_AGO, Branch, a_county, founder, set_clock

# What takes minutes together: with ./jifen test --all.
pytestmark = pytest.mark.long

NOW = datetime(2026, 2, 3, 1, tzinfo=UTC)
NEXT = date(2026, 4, 1)


def officer(db: Db, county_id: UUID, unit_id: UUID, role: str, name: str) -> Actor:
    """Appoint one more officer somewhere."""
    by = founder(county_id)
    with acting(db, county_id, unit_id) as session:
        person = add_person(session, by, unit_id, name)
        appoint(session, by, unit_id, person.id, role, LONG_AGO)
        return actor_of(session, county_id, unit_id, person.id, FOUNDED.date())


class County:
    """A county with two officers at each level, and one branch below a township."""

    def __init__(self, db: Db) -> None:
        self.db = db
        self.branches = a_county(db, branches=2)
        self.branch: Branch = self.branches[0]
        self.id, self.town = self.branch.county_id, self.branch.parent_id
        set_clock(db, self.id, NOW)
        self.lin, self.qiu = (officer(db, self.id, self.id, "county_officer", n) for n in ("林颂", "丘禾"))
        self.tao, self.mo = (officer(db, self.id, self.town, "township_officer", n) for n in ("陶真", "莫原"))

    def do(self, step: Callable[..., Any], by: Actor, *args: Any, now: datetime = NOW) -> Any:
        with acting(self.db, self.id, by.unit_id) as session:
            return step(session, by, *args, now)

    def plan(self, by: Actor) -> UUID:
        with acting(self.db, self.id, by.unit_id) as session:
            return session.scalars(select(IssuedBook.id).filter_by(county_id=self.id, name="county-plan")).one()

    def drafted(self, by: Actor) -> BookDraft:
        """Begin the next version of the county's plan, or a unit's overlay of it."""
        start = start_next if by.unit_id == self.id else start_overlay
        draft: BookDraft = self.do(start, by, self.plan(by))
        return draft

    def item(self, by: Actor, draft: BookDraft, name: str, **more: Any) -> BookDraft:
        """Change an item in the newest edition."""
        with acting(self.db, self.id, by.unit_id) as session:
            draft = session.get_one(BookDraft, (self.id, draft.id))
            values = reading_of(session, by, draft).item(name) or {"id": name}
            return change_item(session, by, draft.id, draft.edition, {**values, **more}, NOW)

    def approved(self, draft: BookDraft, by: Actor, other: Actor) -> IssuedBook:
        self.do(submit_draft, by, draft.id)
        issued: IssuedBook = self.do(approve_draft, other, draft.id)
        return issued

    def used_on(self, branch: Branch, day: date) -> UUID | None:
        with acting(self.db, self.id, branch.unit_id) as session:
            used = book_for(session, self.id, branch.unit_id, day)
            return used.id if used else None


@pytest.fixture(scope="module")
def shared_county(db: Db) -> County:
    return County(db)


@pytest.fixture
def county(db: Db) -> County:
    return County(db)


def test_the_next_version_begins_with_the_next_round_from_the_text_that_was_written(county: County) -> None:
    draft = county.drafted(county.lin)

    with acting(county.db, county.id, county.id) as session:
        reading = reading_of(session, county.lin, draft)
    assert (draft.name, draft.version, draft.state) == ("county-plan", 2, BookDraftState.DRAFTING)
    assert (reading.book.version, reading.book.effective_from) == (2, NEXT)
    assert reading.errors == []


def test_a_version_is_put_in_force_by_another_for_all_that_use_the_one_before(county: County) -> None:
    draft = county.item(county.lin, county.drafted(county.lin), "D-B5", points=3)
    before = county.used_on(county.branch, date(2026, 1, 1))

    issued = county.approved(draft, county.lin, county.qiu)

    for branch in county.branches:
        assert county.used_on(branch, date(2026, 3, 31)) == before
        assert county.used_on(branch, NEXT) == issued.id


def test_nobody_approves_what_they_wrote_or_handed_in(county: County) -> None:
    draft = county.item(county.qiu, county.drafted(county.lin), "D-B5", points=3)
    county.do(submit_draft, county.lin, draft.id)

    for author in (county.lin, county.qiu):
        with pytest.raises(Forbidden, match="没有参加起草"):
            county.do(approve_draft, author, draft.id)


@pytest.mark.parametrize("whose", ["lin", "qiu"])
def test_the_database_itself_wants_a_second_person(county: County, whose: str) -> None:
    draft = county.item(county.qiu, county.drafted(county.lin), "D-B5", points=3)
    county.do(submit_draft, county.lin, draft.id)
    approver = getattr(county, whose).person_id

    with (
        pytest.raises(DatabaseError, match=r"two_people|one who wrote it"),
        acting(county.db, county.id, county.id) as session,
    ):
        session.get_one(BookDraft, (county.id, draft.id)).approved_by = approver


def test_two_who_change_different_clauses_both_count(county: County) -> None:
    draft = county.drafted(county.lin)
    county.item(county.lin, draft, "D-B5", points=3)
    with acting(county.db, county.id, county.id) as session:
        values = reading_of(session, county.qiu, draft).item("D-B6")
        change_item(session, county.qiu, draft.id, 1, {**(values or {}), "points": 2}, NOW)

    with acting(county.db, county.id, county.id) as session:
        book = reading_of(session, county.lin, session.get_one(BookDraft, (county.id, draft.id))).book
    assert (book.items["D-B5"].points, book.items["D-B6"].points) == (Decimal(3), Decimal(2))


def test_the_second_to_change_a_clause_is_told_what_the_first_changed_and_overwrites_nothing(
    county: County,
) -> None:
    draft = county.drafted(county.lin)
    county.item(county.lin, draft, "D-B5", points=3)

    with pytest.raises(NotNow, match=r"林颂改过这里：第12项 D-B5 参加志愿服务活动：每次 2 分 → 3 分"):
        county.do(change_item, county.qiu, draft.id, 1, {"id": "D-B5", "kind": "bonus", "points": 1, "title": "x"})
    with pytest.raises(NotNow, match="林颂改过"):
        county.do(change_text, county.qiu, draft.id, 1, "book: county-plan")


def test_every_edition_is_kept_with_who_saved_it_and_what_it_changed(county: County) -> None:
    draft = county.item(county.qiu, county.drafted(county.lin), "D-B5", points=3)

    with acting(county.db, county.id, county.id) as session:
        editions = session.scalars(select(BookEdition).filter_by(draft_id=draft.id).order_by(BookEdition.edition))
        kept = [(one.edition, one.person_name, one.said) for one in editions]
    assert kept == [
        (1, "林颂", "从第 1 版起草"),
        (2, "丘禾", "第12项 D-B5 参加志愿服务活动：每次 2 分 → 3 分"),
    ]


def test_a_draft_with_faults_is_kept_but_not_handed_in(county: County) -> None:
    draft = county.item(county.lin, county.drafted(county.lin), "D-B5", points=None, range=None)

    with pytest.raises(Invalid, match="分值不明"):
        county.do(submit_draft, county.lin, draft.id)


@pytest.mark.parametrize(
    ("day", "sentence"), [("2026-01-01", "已经到了或过去了"), ("2026-05-01", "不是每季度的第一天.*2026年7月1日")]
)
def test_a_version_never_comes_into_force_backwards_or_within_a_round(
    county: County, day: str, sentence: str
) -> None:
    draft = county.drafted(county.lin)
    county.do(change_sections, county.lin, draft.id, 1, {"effective_from": day})

    with pytest.raises(Invalid, match=sentence):
        county.do(submit_draft, county.lin, draft.id)


def test_the_day_is_looked_at_again_when_it_is_approved(county: County) -> None:
    draft = county.drafted(county.lin)
    county.do(submit_draft, county.lin, draft.id)

    with pytest.raises(Invalid, match="已经到了或过去了"):
        county.do(approve_draft, county.qiu, draft.id, now=datetime(2026, 4, 2, tzinfo=UTC))


def test_the_database_lets_no_version_come_into_force_before_the_one_it_follows(county: County) -> None:
    issued = county.approved(county.drafted(county.lin), county.lin, county.qiu)

    earlier = {"county_id": county.id, "unit_id": county.branch.unit_id, "since": date(2026, 3, 1)}
    with (
        pytest.raises(DatabaseError, match="before the one that it follows"),
        acting(county.db, county.id, county.branch.unit_id) as session,
    ):
        session.add(Adoption(book_id=issued.id, **earlier))


def test_what_is_returned_says_why_and_can_be_changed_and_handed_in_again(county: County) -> None:
    draft = county.drafted(county.lin)
    county.do(submit_draft, county.lin, draft.id)
    with pytest.raises(NotNow, match="待审批"):
        county.item(county.lin, draft, "D-B5", points=3)

    with pytest.raises(Invalid, match="退回要写明"):
        county.do(return_draft, county.qiu, draft.id, " ")
    county.do(return_draft, county.qiu, draft.id, "志愿服务分值偏低")
    county.approved(county.item(county.lin, draft, "D-B5", points=3), county.lin, county.qiu)


def test_a_withdrawn_draft_makes_room_for_another(county: County) -> None:
    draft = county.drafted(county.lin)
    with pytest.raises(NotNow, match="已经有一份草稿"):
        county.drafted(county.qiu)

    county.do(withdraw_draft, county.lin, draft.id)
    assert county.drafted(county.qiu).version == 2


def test_what_a_draft_is_known_by_stays(county: County) -> None:
    draft = county.drafted(county.lin)
    with acting(county.db, county.id, county.id) as session:
        written = reading_of(session, county.lin, draft).text

    with pytest.raises(Invalid, match=r"“version”（版次）由系统填写，应是 2"):
        county.do(change_text, county.lin, draft.id, 1, written.replace("version: 2", "version: 7"))
    with pytest.raises(Invalid, match="第 2 行：不是合法的 YAML"):
        county.do(change_text, county.lin, draft.id, 1, "book: county-plan\nitems: [")
    county.do(change_text, county.lin, draft.id, 1, written.replace("参加志愿服务活动", "志愿服务"))


def test_a_township_lays_its_own_over_the_county_s_plan(county: County) -> None:
    draft = county.drafted(county.tao)
    new = {"kind": "bonus", "points": 2, "aspect": "服务群众", "title": "值守防汛"}
    draft = county.item(county.tao, draft, "T-01", **new)
    draft = county.do(drop_item, county.tao, draft.id, draft.edition, "D-B5")
    draft = county.item(county.tao, draft, "D-B6", points=4)
    issued = county.approved(draft, county.tao, county.mo)

    assert issued.above_id == county.plan(county.tao)
    assert (issued.name, county.used_on(county.branch, NEXT)) == ("county-plan.liuxi", issued.id)


def test_what_the_county_has_locked_is_refused_in_a_sentence(county: County) -> None:
    draft = county.drafted(county.tao)
    with pytest.raises(Forbidden, match=r"D-A1 参加“三会一课”和主题党日”由上级锁定"):
        county.do(drop_item, county.tao, draft.id, 1, "D-A1")

    changed = county.item(county.tao, draft, "D-A1", points=4)
    with pytest.raises(Invalid, match="D-A1”已由上级锁定"):
        county.do(submit_draft, county.tao, changed.id)


def test_what_lies_outside_the_county_s_bounds_is_refused(county: County) -> None:
    draft = county.item(county.tao, county.drafted(county.tao), "D-B5", points=9)

    with pytest.raises(Invalid, match="改在 1 到 3 之间"):
        county.do(submit_draft, county.tao, draft.id)


def test_what_was_dropped_is_taken_up_again(county: County) -> None:
    draft = county.drafted(county.tao)
    draft = county.do(drop_item, county.tao, draft.id, 1, "D-B5")
    draft = county.do(restore_item, county.tao, draft.id, 2, "D-B5")

    with acting(county.db, county.id, county.town) as session:
        assert "D-B5" in reading_of(session, county.tao, draft).book.items


def test_a_branch_lays_its_own_over_the_township_s(county: County) -> None:
    town = county.approved(county.drafted(county.tao), county.tao, county.mo)
    secretary, organiser = county.branch["secretary"], county.branch["organiser"]
    draft = county.do(start_overlay, organiser, town.id)
    draft = county.do(change_sections, organiser, draft.id, 1, {"effective_from": "2026-07-01"})
    draft = county.do(drop_item, organiser, draft.id, 2, "D-B5")
    county.do(submit_draft, organiser, draft.id)
    issued = county.do(approve_draft, secretary, draft.id)

    used = [county.used_on(branch, date(2026, 7, 1)) for branch in county.branches]
    assert used == [issued.id, town.id]


def test_below_the_county_nobody_has_a_book_without_the_county_s(county: County) -> None:
    with pytest.raises(Forbidden, match="在上级细则上增减"):
        county.do(start_from_example, county.tao, "xinba")
    with pytest.raises(NotFound):
        county.do(start_next, county.tao, county.plan(county.tao))


def test_a_county_begins_a_book_from_an_example(county: County) -> None:
    draft = county.do(start_from_example, county.lin, "xinba")

    assert (draft.name, draft.version, draft.inherits) == ("xinba", 1, None)


def test_another_unit_s_draft_is_not_there(shared_county: County) -> None:
    draft = shared_county.drafted(shared_county.lin)

    with pytest.raises(NotFound):
        shared_county.do(submit_draft, shared_county.tao, draft.id)


def test_editions_are_never_changed(shared_county: County, db: Db) -> None:
    with (
        pytest.raises(DatabaseError, match=r"permission denied|append-only"),
        acting(db, shared_county.id, shared_county.id) as session,
    ):
        session.execute(text("UPDATE book_edition SET said = said"))
