"""The middle of the year: the secretary asks, members write, the clock reminds and closes."""

from datetime import UTC, datetime

from sqlalchemy import select

from shared.db.half_years import HalfYear
from shared.db.session import Db, acting
from shared.usecases.papers import paper_of
from shared.usecases.wishes import Wish
from tests.api.conftest import Browser
from tests.api.people import signed_in
from tests.usecases.stage import Stage


def test_a_half_year_goes_from_the_calendar_to_the_paper(browser: Browser, db: Db, clockwork: Db) -> None:
    stage = Stage(db, clockwork, members=1)
    stage.move(datetime(2026, 6, 20, 1, tzinfo=UTC))
    secretary = signed_in(browser.app, db, stage.branch["secretary"])
    mei = signed_in(browser.app, db, stage.who(stage.mei))
    assert "布置半年小结" in secretary.opens("/desk")
    assert "2026年第二季度申报截止" in mei.opens("/plan").replace(" ", "")
    secretary.opens("/half-years")
    assert "8 月 31 日" in secretary.hands_in("/half-years", 422, due_on="2026-9-1")
    secretary.hands_in("/half-years", due_on="2026-7-10")
    (half_year,) = stage.all(select(HalfYear))

    assert "请写半年小结" in mei.opens("/home")
    mei.opens(f"/half-years/{half_year.id}")
    mei.hands_in(f"/half-years/{half_year.id}", words="修好了水渠，带一户种桃")
    stage.move(datetime(2026, 7, 8, 1, tzinfo=UTC))
    told = [set(one.body["persons"]) for one in stage.messages("half_year") if "还有三天" in one.body["text"]]
    assert len(told) == 1
    assert str(stage.mei.person_id) not in told[0]

    stage.move(datetime(2026, 7, 11, 1, tzinfo=UTC))
    assert "已收齐归档" in mei.opens("/half-years")
    assert "带一户种桃" in secretary.opens(f"/half-years/{half_year.id}/all")
    mei.opens(f"/half-years/{half_year.id}/all", 403)
    with acting(db, stage.county_id, stage.unit_id) as session:
        wish = Wish("https://jifen.example", stage.now)
        paper = paper_of(session, stage.branch["secretary"], "half_year", half_year.id, wish)
    assert "带一户种桃" in str(paper.parts)
