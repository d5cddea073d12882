"""Lookups: who has no account hears what became of a letter or a paper objection, by number and code alone."""

from collections.abc import Iterator

import pytest
from litestar import Litestar
from redis import Redis
from sqlalchemy import select

from shared.db.complaints import Complaint
from shared.db.session import Db
from shared.usecases.answers import Remedy, answer_objection
from shared.usecases.complaints import answer_complaint
from shared.usecases.lookups import code_for
from shared.usecases.objections import OnPaper, Statement, enter_paper_objection
from shared.usecases.suspensions import operator, suspend
from shared.usecases.throttles import letters_from
from tests.api.people import Person, signed_in
from tests.usecases.people import SECRET
from tests.usecases.stage import Stage


@pytest.fixture(scope="module")
def stage(db: Db, clockwork: Db) -> Stage:
    """A branch about which somebody writes."""
    return Stage(db, clockwork)


@pytest.fixture
def stranger(app: Litestar, redis_url: str) -> Iterator[Person]:
    """Somebody without an account; what others wrote from this address does not count."""
    Redis.from_url(redis_url).delete(letters_from("testclient"))
    person = Person(app)
    with person.client:
        yield person


def writes(stranger: Person, stage: Stage) -> tuple[str, str]:
    """Write a letter; the number and the code of its receipt."""
    stranger.opens("/complaints")
    said = stranger.hands_in(
        "/complaints", about=str(stage.unit_id), kind="complaint", text="公示栏没有灯，晚上看不清。"
    )
    number, _, rest = said.partition("查询码： ")
    return next(word for word in number.split() if word.startswith("诉")), "".join(rest.split()[:2])


def test_a_stranger_hears_the_answer_by_number_and_code_and_by_nothing_less(
    stranger: Person, stage: Stage
) -> None:
    number, code = writes(stranger, stage)
    stranger.opens("/answers")
    assert "还没有答复" in stranger.hands_in("/answers", number=number, code=f"{code[:4]} {code[4:]}")

    town = stage.who("township_officer")
    letter = stage.all(select(Complaint).filter_by(number=number), town.unit_id)[0]
    stage.do(answer_complaint, town, letter.id, "已经装了灯。")
    stranger.opens("/answers")
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    assert "没有查到" in stranger.hands_in("/answers", 422, number=number, code=wrong)
    assert "已经装了灯" in stranger.hands_in("/answers", number=number, code=code)


def test_codes_differ_by_letter_and_by_installation(stage: Stage) -> None:
    assert code_for(SECRET, stage.unit_id) == code_for(SECRET, stage.unit_id)
    assert code_for(SECRET, stage.unit_id) != code_for(SECRET, stage.county_id)
    assert code_for(SECRET, stage.unit_id) != code_for(b"another installation's secret of 32", stage.unit_id)


@pytest.mark.long
def test_a_villager_s_paper_receipt_leads_to_the_answer(
    app: Litestar, stranger: Person, db: Db, clockwork: Db
) -> None:
    stage = Stage(db, clockwork)
    stage.accept(stage.claim(stage.mei))
    stage.publish()
    brought = Statement("少记了一次", stage.branch.members[1].name), OnPaper(stage.now, ("甲", "乙"))
    objection = stage.do(enter_paper_objection, "recorder", stage.line(stage.mei).id, *brought)
    online = stage.object(stage.branch.members[2], stage.mei)
    recorder = signed_in(app, db, stage.who("recorder"))
    assert "不用回执" in recorder.opens(f"/inquiries/{online.id}/receipt", 409)

    assert "回执和查询码" in recorder.opens(f"/inquiries/{objection.id}")
    code = recorder.opens(f"/inquiries/{objection.id}/receipt").partition("查询码： ")[2].split()[:2]
    stage.investigate(objection.id)
    stage.do(answer_objection, "secretary", objection.id, False, "经查没有少记。", Remedy())

    stranger.opens("/answers")
    assert "经查没有少记" in stranger.hands_in("/answers", number=objection.number, code="".join(code))


@pytest.mark.long
def test_a_suspended_county_says_so_on_its_board_and_takes_no_letter(
    stranger: Person, db: Db, clockwork: Db
) -> None:
    stage = Stage(db, clockwork)
    with clockwork.begin() as session:
        suspend(session, operator(stage.county_id, "值班员"), "suspended", "机构改革，停用到6月底。", stage.now)

    assert "现在只能看，不能办理。 机构改革，停用到6月底。" in stranger.opens(f"/board/{stage.unit_id}")
    stranger.opens("/complaints")
    said = stranger.hands_in("/complaints", 422, about=str(stage.unit_id), kind="complaint", text="没有灯。")
    assert "机构改革，停用到6月底。" in said
