"""The application as a whole: it refuses to start unsafe, and every answer carries the same protection."""

import re
from collections.abc import Iterator

import pytest
from litestar import get
from litestar.params import FromPath
from sqlalchemy import make_url, text
from sqlalchemy.exc import InternalError

from services.api.app import create_app, from_settings
from services.api.routes import ROUTES
from services.api.web.permissions import OPEN, declarations
from services.api.web.refusals import STATUS
from services.cli.database import Urls
from shared.authz import policy
from shared.config import read_settings
from shared.db.session import Db, connect
from shared.domain.errors import Forbidden, Invalid, NotFound, NotNow, Refusal
from shared.usecases.places import read_only, unit_place, visit
from tests.api.conftest import Browser
from tests.quarters import Quarter


@get("/silent", sync_to_thread=False)
def silent() -> str:
    """A handler that does not say who may come."""
    return ""


@get("/fails/{kind:str}", opt=OPEN, sync_to_thread=False)
def fails(kind: FromPath[str]) -> str:
    """A handler that fails as it is told."""
    faults: dict[str, Exception] = {
        "404": NotFound("没有这一行。"),
        "403": Forbidden("这一步不是您的。"),
        "409": NotNow("现在不能这样办。"),
        "422": Invalid("要写明理由"),
        "500": RuntimeError("password=secret"),
    }
    raise faults[kind]


def test_a_handler_without_a_permission_does_not_start(db: Db, redis_url: str) -> None:
    with pytest.raises(RuntimeError, match=r"没有声明权限.*silent"):
        create_app(db, redis_url, [silent])


def test_every_handler_declares_who_may_come(browser: Browser) -> None:
    declared = [(route.path, permission) for route, _, permission in declarations(browser.app)]

    assert {path for path, permission in declared if permission == "open"} == {
        "/",
        "/display",
        "/static/{name:str}",
        # Who has the number and the code of a receipt reads what became of it.
        "/answers",
        # Where people sign in, and out: whoever they are is asked there.
        "/sign-in",
        "/sign-in/handed",
        "/sign-in/county",
        "/sign-in/county/back",
        "/card/{token:str}",
        "/sign-out",
        "/health/live",
        "/health/ready",
        "/metrics",
        # What the API is, not what is in it.
        "/api/openapi.json",
        "/api/v1",
        "/api/v1/openapi.json",
    }
    assert len(declared) == sum(len(one.paths) for one in ROUTES)


def test_a_superuser_is_refused(urls: Urls, admin_database_url: str, redis_url: str) -> None:
    superuser = make_url(admin_database_url).set(database=make_url(urls.app).database)

    with pytest.raises(RuntimeError, match="超级用户"):
        create_app(connect(superuser.render_as_string(hide_password=False)), redis_url)


def test_an_owner_and_who_bypasses_the_walls_are_refused(urls: Urls, redis_url: str) -> None:
    with pytest.raises(RuntimeError, match="拥有数据表"):
        create_app(connect(urls.migrator), redis_url)
    with pytest.raises(RuntimeError, match="绕过行级安全"):
        create_app(connect(urls.backup), redis_url)


def test_an_empty_policy_is_refused(
    db: Db, redis_url: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path_factory.mktemp("policies")
    (empty / "model.conf").write_text((policy.POLICIES / "model.conf").read_text("utf-8"), "utf-8")
    (empty / "roles.csv").write_text("", "utf-8")
    monkeypatch.setattr(policy, "POLICIES", empty)
    policy.enforcer.cache_clear()
    try:
        with pytest.raises(RuntimeError, match="没有策略不能启动"):
            create_app(db, redis_url)
    finally:
        policy.enforcer.cache_clear()


def test_an_environment_without_addresses_is_named() -> None:
    with pytest.raises(RuntimeError, match="DATABASE_URL"):
        from_settings(read_settings({}))


@pytest.fixture(scope="module")
def failing(db: Db, redis_url: str) -> Iterator[Browser]:
    """The application with a handler more, which fails."""
    with Browser(create_app(db, redis_url, [fails]), raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize("kind", ["404", "403", "409", "422", "500"])
def test_an_error_is_a_chinese_page_without_its_inside(failing: Browser, kind: str) -> None:
    answer = failing.get(f"/fails/{kind}")

    assert answer.status_code == int(kind)
    assert '<html lang="zh-CN">' in answer.text
    assert "Traceback" not in answer.text
    assert "secret" not in answer.text
    assert (answer.headers["X-Request-ID"] in answer.text) is (kind == "500")


def test_every_refusal_has_a_status() -> None:
    own = {kind for kind in Refusal.__subclasses__() if kind.__module__ == Refusal.__module__}

    assert set(STATUS) == own


@pytest.mark.parametrize(
    "address", ["/", "/nowhere", "/health/live", "/metrics", "/board/nowhere", "/static/other"]
)
def test_every_answer_carries_the_same_protection(browser: Browser, address: str) -> None:
    headers = browser.get(address).headers

    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "script-src 'self';" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    for bound in ("form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'", "connect-src 'self'"):
        assert bound in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert headers["Cache-Control"] == "no-store"
    assert len(headers["X-Request-ID"]) == 16


def test_a_wrong_method_is_answered_in_chinese_too(browser: Browser) -> None:
    answer = browser.post("/")

    assert answer.status_code == 405
    assert "不接受这种操作" in answer.text


def test_pages_need_no_script_no_inline_style_and_nothing_from_elsewhere(
    browser: Browser, disputed: Quarter, settled: Quarter
) -> None:
    branch = settled.branch
    for address in (
        "/",
        f"/board/{disputed.branch.unit_id}",
        f"/overview/{branch.county_id}",
        f"/members/{branch.members[0].id}/statement",
    ):
        page = browser.get(address).text
        assert not re.search(r"<script(?! src=./static/)|<style|\sstyle=|\son\w+=|https?://", page)
        assert '<meta name="robots" content="noindex, nofollow">' in page
        assert len(page.encode()) < 200_000


def test_size_and_colours_stand_on_the_root_and_are_remembered(browser: Browser) -> None:
    answer = browser.get("/display", params={"size": "xl", "theme": "contrast", "back": "/nowhere"})
    browser.cookies.clear()

    assert '<html lang="zh-CN" data-size="xl" data-theme="contrast">' in answer.text
    assert answer.url.path == "/nowhere"


@pytest.mark.parametrize(
    "back", ["//evil.example", "/\\evil.example", "https://evil.example", "/\tx", "javascript:0"]
)
def test_a_choice_never_leads_off_the_site(browser: Browser, back: str) -> None:
    answer = browser.get("/display", params={"back": back, "size": "<x>"}, follow_redirects=False)
    browser.cookies.clear()

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/"
    assert "display=-;" in answer.headers["Set-Cookie"]


def test_the_database_itself_refuses_to_write_for_a_page(db: Db, disputed: Quarter) -> None:
    with db.begin() as session:
        read_only(session)
        visit(session, unit_place(session, str(disputed.branch.unit_id)))
        with pytest.raises(InternalError, match="read-only"):
            session.execute(text("UPDATE member SET name = 'x'"))
        session.rollback()
