"""The panel's door: password and second factor, for the three alone, closed after a quarter of an hour."""

import pytest
from sqlalchemy import func, update
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from services.admin.cookies import NAME
from services.admin.envelope import HEADERS
from shared.db.session import Db, enter
from shared.db.sign_ins import SignIn
from shared.domain.roles import ADMINISTRATORS
from tests.admin.people import HOST, Browser, a_browser, a_code_of, an_administrator, signed_in
from tests.api.people import token_of
from tests.builders import Branch
from tests.usecases.people import PASSWORD, a_number, a_signer

PAGES = [
    "/",
    "/tree",
    "/unit/list",
    "/person/list",
    "/history/list",
    "/unit/details/1",
    "/acts/found/1",
    "/nowhere",
]


@pytest.mark.parametrize("role", ADMINISTRATORS)
def test_each_of_the_three_signs_in_with_password_and_factor(
    panel: ASGIApp, db: Db, branch: Branch, role: str
) -> None:
    assert "工作情况" in signed_in(panel, db, branch, role).opens("/")


def test_a_password_alone_opens_nothing(stranger: Browser, db: Db, branch: Branch) -> None:
    _, signer = an_administrator(db, branch, "system_administrator")
    stranger.sends("/sign-in", name=signer.name, password=PASSWORD)

    assert "验证码" in stranger.opens("/sign-in/code")
    assert "只给系统管理员" in stranger.opens("/unit/list")
    assert "验证码不对" in stranger.sends("/sign-in/code", 422, code="000000")
    assert "只给系统管理员" in stranger.opens("/")


def test_unknown_and_wrong_read_the_same(stranger: Browser, db: Db, branch: Branch) -> None:
    _, signer = an_administrator(db, branch, "system_administrator")

    wrong = stranger.sends("/sign-in", 422, name=signer.name, password="不是这个密码吧")
    unknown = stranger.sends("/sign-in", 422, name=a_number(), password="不是这个密码吧")
    assert wrong == unknown


def test_who_tries_too_often_is_told_to_wait(stranger: Browser) -> None:
    name = a_number()
    said = [stranger.sends("/sign-in", 422, name=name, password="不是这个密码吧") for _ in range(6)]

    assert "试的次数太多了" in said[-1]


@pytest.mark.parametrize("role", ["secretary", "recorder"])
def test_who_is_none_of_the_three_is_refused(stranger: Browser, db: Db, branch: Branch, role: str) -> None:
    number = a_number()
    a_signer(db, branch, branch[role], number)

    said = stranger.sends("/sign-in", 422, name=number, password=PASSWORD)
    assert "管理后台只给系统管理员、安全管理员和审计管理员用" in said
    assert NAME not in stranger.client.cookies


def test_a_sign_in_of_the_site_does_not_open_the_panel(stranger: Browser, db: Db, branch: Branch) -> None:
    actor, _ = an_administrator(db, branch, "system_administrator")
    token = token_of(db, actor)

    for cookie in (token, f"{token}.", f"{token}.{'0' * 64}"):
        stranger.client.cookies.set(NAME, cookie, domain="panel.test")
        assert "只给系统管理员" in stranger.opens("/")


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_is_led_to_the_door_from_everywhere(stranger: Browser, path: str) -> None:
    answer = stranger.client.get(path, follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert stranger.client.post(path, headers={"Origin": HOST}).status_code == 401


def test_a_crawl_of_every_route_finds_nothing_open(panel: ASGIApp, stranger: Browser) -> None:
    routes = panel.app.app.routes[0].app.routes  # type: ignore[attr-defined]
    paths = {route.path for route in routes} - {"/sign-in", "/sign-in/code", "/sign-out", "/statics"}

    assert len(paths) > 8
    for path in paths:
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            answer = stranger.client.request(method, path, headers={"Origin": HOST}, follow_redirects=False)
            assert answer.status_code in {303, 401}, f"{method} {path}"


def test_after_a_quarter_of_an_hour_without_a_word_one_signs_in_again(
    panel: ASGIApp, db: Db, branch: Branch
) -> None:
    actor, signer = an_administrator(db, branch, "audit_administrator")
    browser = a_browser(panel)
    browser.sends("/sign-in", name=signer.name, password=PASSWORD)
    browser.sends("/sign-in/code", code=a_code_of(db, actor, signer))
    with db.begin() as session:
        enter(session, actor.county_id, [actor.unit_id], actor.person_id)
        mine = update(SignIn).filter_by(person_id=actor.person_id, ended_at=None)
        earlier = func.make_interval(0, 0, 0, 0, 0, 15)
        session.execute(mine.values(ends_at=SignIn.ends_at - earlier))

    assert "只给系统管理员" in browser.opens("/")


def test_out_is_out_whatever_becomes_of_the_cookie(panel: ASGIApp, db: Db, branch: Branch) -> None:
    browser = signed_in(panel, db, branch, "system_administrator")
    kept = browser.client.cookies[NAME]
    browser.opens("/")
    browser.sends("/sign-out")
    browser.client.cookies.set(NAME, kept, domain="panel.test")

    assert "只给系统管理员" in browser.opens("/")


def test_the_cookie_is_kept_from_scripts_and_from_other_sites(panel: ASGIApp, db: Db, branch: Branch) -> None:
    _, signer = an_administrator(db, branch, "system_administrator")
    client = TestClient(panel, base_url=HOST, follow_redirects=False)
    answer = client.post("/sign-in", data={"name": signer.name, "password": PASSWORD}, headers={"Origin": HOST})

    given = answer.headers["set-cookie"]
    assert {"HttpOnly", "Secure", "SameSite=strict"} <= {part.strip() for part in given.split(";")}


def test_behind_a_proxy_links_still_lead_to_https(panel: ASGIApp) -> None:
    said = TestClient(panel, base_url="http://panel.test").get("/sign-in").text

    assert "https://panel.test/statics/css/tabler.min.css" in said
    assert "http://" not in said


def test_every_answer_carries_the_headers_and_needs_no_script(system: Browser, stranger: Browser) -> None:
    for browser, path in (
        (system, "/"),
        (stranger, "/sign-in"),
        (system, "/nowhere"),
        (stranger, "/statics/css/main.css"),
    ):
        answer = browser.client.get(path)
        assert [name for name in HEADERS if name not in answer.headers] == []
        assert "script" not in answer.headers["content-security-policy"]
        assert "<script" not in answer.text
        assert "style=" not in answer.text or path.endswith(".css")
