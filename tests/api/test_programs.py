"""A county's programs on the page of its system administrator: tokens, addresses, and what could not be told."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import func, update

from shared.authz.actor import Actor
from shared.config import settings
from shared.db.session import Db, acting, enter
from shared.db.webhooks import Telling
from shared.usecases.members import actor_of, add_person, appoint
from tests.api.conftest import Browser
from tests.api.people import Forms, Person, Written, signed_in
from tests.api.v1.programs import Program
from tests.builders import FOUNDED, LONG_AGO, Branch, a_county, founder


@pytest.fixture(autouse=True)
def _with_a_secret_for_webhooks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The installation has a secret that keeps those of its webhooks."""
    monkeypatch.setenv("JIFEN_WEBHOOKS_SECRET", "w" * 32)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def branch(db: Db) -> Branch:
    """A branch of a county that has programs."""
    return a_county(db, members=2)[0]


@pytest.fixture
def admin(browser: Browser, db: Db, branch: Branch) -> Person:
    """The county's system administrator before a browser."""
    return signed_in(browser.app, db, the_administrator(db, branch))


def the_administrator(db: Db, branch: Branch) -> Actor:
    by, county = founder(branch.county_id), branch.county_id
    with acting(db, county, county) as session:
        person = add_person(session, by, county, "管理员程")
        appoint(session, by, county, person.id, "system_administrator", LONG_AGO)
        return actor_of(session, county, county, person.id, FOUNDED.date())


def test_a_service_s_token_tells_how_the_work_stands_and_no_more(
    browser: Browser, admin: Person, branch: Branch
) -> None:
    admin.opens("/programs")
    page = admin.hands_in("/programs/tokens", name="数据大屏", scopes=["overview:see", "round:see"], days="90")
    program = Program(browser.app, next(word for word in page.split() if word.startswith("jf_")))

    me = program.asks("/api/v1/me")
    assert (me["person_id"], me["name"], me["roles"]) == (None, "数据大屏", ["service"])
    assert program.asks("/api/v1/overview")["unit_name"] == "青禾县"
    assert program.asks("/api/v1/rounds")["items"] == []
    assert program.client.get("/api/v1/filings").status_code == 403
    assert program.client.get("/api/v1/members").status_code == 403


def test_a_second_click_makes_no_second_token(admin: Person) -> None:
    admin.opens("/programs")
    form = admin.form("/programs/tokens")
    sent = {**form.fields, "name": "大屏", "scopes": ["round:see"], "days": "30"}

    first, second = (admin.client.post("/programs/tokens", data=sent) for _ in range(2))

    assert "jf_" in first.text
    assert "jf_" not in second.text
    assert second.text.count("<h3>大屏</h3>") == 1


def test_an_address_is_registered_and_its_secret_shown_once(admin: Person) -> None:
    admin.opens("/programs")
    page = admin.hands_in(
        "/programs/webhooks", address="https://county.example/jifen", events=["filing.filed", "claim.decided"]
    )
    assert "whsec_" in page

    page = admin.opens("/programs")
    assert "https://county.example/jifen" in page
    assert "申报已审核、已备案" in page
    assert "whsec_" not in page


def test_its_secret_can_be_renewed_and_is_shown_once_again(admin: Person) -> None:
    admin.opens("/programs")
    sent = {"address": "https://county.example/jifen", "events": ["filing.filed"]}
    first = secret_in(admin.hands_in("/programs/webhooks", **sent))
    renew = next(f.action for f in forms(admin, "/programs") if f.action.endswith("/secret"))

    second = secret_in(admin.hands_in(renew))

    assert first != second
    assert "whsec_" not in admin.opens("/programs")


def secret_in(page: str) -> str:
    (found,) = re.findall(r"whsec_[-\w]+", page)
    return str(found)


@pytest.mark.parametrize(
    "address",
    [
        "http://county.example/",
        "https://127.0.0.1/",
        "https://user:x@county.example/",
        "https://10.0.0.8/",
        "county",
    ],
)
def test_an_address_inside_or_without_tls_is_refused_and_nothing_is_lost(admin: Person, address: str) -> None:
    admin.opens("/programs")

    admin.hands_in("/programs/webhooks", 422, address=address, events=["filing.filed"])

    assert admin.form("/programs/webhooks").fields["address"] == [address]


@pytest.mark.long
def test_what_was_not_heard_stands_there_and_can_be_told_again(admin: Person, db: Db, branch: Branch) -> None:
    admin.opens("/programs")
    admin.hands_in("/programs/webhooks", address="https://county.example/jifen", events=["filing.filed"])
    hook = next(f.action.split("/")[3] for f in forms(admin, "/programs") if f.action.endswith("/end"))
    with db.begin() as session:
        enter(session, branch.county_id, [branch.county_id])
        telling = a_telling(branch, hook)
        session.add(telling)

    page = admin.opens("/programs")
    assert "对方回答 500" in page
    again = next(f.action for f in forms(admin, "/programs") if f.action.endswith("/again"))
    assert "对方回答 500" not in admin.hands_in(again)


def a_telling(branch: Branch, hook: str) -> Telling:
    county = branch.county_id
    return Telling(
        county_id=county,
        unit_id=county,
        webhook_id=hook,
        message_id=county,
        event="filing.filed",
        subject_id=county,
        subject_unit_id=branch.unit_id,
        subject_state="filed",
        happened_at=FOUNDED,
        state="dead",
        due_at=FOUNDED,
        attempts=8,
        error="对方回答 500",
        done_at=FOUNDED,
    )


def forms(person: Person, path: str) -> list[Written]:
    person.opens(path)
    assert person.page is not None
    return Forms(person.page.text).found


@pytest.mark.long
def test_nobody_else_admits_programs(browser: Browser, db: Db, branch: Branch) -> None:
    signed_in(browser.app, db, branch["secretary"]).opens("/programs", 403)


@pytest.mark.long
def test_a_webhook_that_was_ended_drops_what_was_on_its_way(admin: Person, db: Db, branch: Branch) -> None:
    admin.opens("/programs")
    admin.hands_in("/programs/webhooks", address="https://county.example/jifen", events=["filing.filed"])
    end = next(f.action for f in forms(admin, "/programs") if f.action.endswith("/end"))
    with db.begin() as session:
        enter(session, branch.county_id, [branch.county_id])
        session.add(a_telling(branch, end.split("/")[3]))
        session.flush()
        session.execute(update(Telling).values(state="waiting", done_at=None, due_at=func.now()))

    assert "没有登记网址" in admin.hands_in(end)
    with db.begin() as session:
        enter(session, branch.county_id, [branch.county_id])
        assert [one.state for one in session.query(Telling)] == ["dead"]
