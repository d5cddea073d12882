"""Forms lose nothing and do nothing twice: time runs out, people go back, click twice, or come second."""

from datetime import date

import pytest
from playwright.sync_api import Page
from sqlalchemy import make_url, select, text

from services.cli.database import Urls
from shared.authz.actor import Actor
from shared.db.claims import Claim
from shared.db.members import Member
from shared.db.session import Db, connect
from tests.browser.conftest import Opens
from tests.browser.officers import Committee
from tests.browser.players import Player
from tests.usecases.people import PASSWORD, a_number, a_signer
from tests.usecases.stage import Stage

# Minutes, or many pictures of one page: with ./jifen test --all.
pytestmark = pytest.mark.long

ITEM = "/claims/new/D-A4"
JANUARY = date(2026, 1, 2)


@pytest.fixture(scope="module")
def stage(db: Db, clockwork: Db) -> Stage:
    """A branch that collects claims, each test's by a member of their own."""
    return Stage(db, clockwork, members=8)


@pytest.fixture
def member(stage: Stage) -> Member:
    """Somebody who has claimed nothing yet."""
    return stage.branch.members.pop()


def claims_of(stage: Stage, member: Member) -> list[str]:
    """Return the words of a member's claims."""
    return stage.all(select(Claim.text).filter_by(member_id=member.id))


def run_out(admin_database_url: str, urls: Urls, actor: Actor) -> None:
    """Let somebody's session have stood idle for too long."""
    owner = make_url(admin_database_url).set(database=make_url(urls.app).database)
    with connect(owner.render_as_string(hide_password=False)).begin() as session:
        idle = text("UPDATE sign_in SET seen_at = seen_at - interval '1 hour' WHERE person_id = :person")
        session.execute(idle, {"person": actor.person_id})


def written(page: Page, words: str) -> Player:
    """Fill in a claim without sending it."""
    player = Player(page)
    player.fills(happened_on=JANUARY, text=words)
    return player


@pytest.mark.parametrize("javascript", [True, False])
def test_what_was_typed_is_there_again_after_signing_in(
    opens: Opens, stage: Stage, member: Member, admin_database_url: str, urls: Urls, javascript: bool
) -> None:
    number, actor = a_number(), stage.who(member)
    a_signer(stage.db, stage.branch, member, number)
    player = written(opens(actor, ITEM, javascript=javascript), "讲了一堂党课，二十三人听")
    run_out(admin_database_url, urls, actor)

    assert "登录" in player.presses("下一步")
    player.fills(sign_in=number, password=PASSWORD)
    player.presses("登录")

    assert player.page.url.endswith(ITEM)
    assert player.page.get_by_label("做了什么").input_value() == "讲了一堂党课，二十三人听"
    assert player.page.get_by_label("日", exact=True).input_value() == "2"
    assert "已经放回表里" in player.reads()
    player.presses("下一步")
    assert claims_of(stage, member) == ["讲了一堂党课，二十三人听"]


@pytest.mark.parametrize("javascript", [True, False])
def test_going_back_and_sending_again_claims_nothing_twice(
    opens: Opens, stage: Stage, member: Member, javascript: bool
) -> None:
    player = written(opens(stage.who(member), ITEM, javascript=javascript), "讲党课")
    player.presses("下一步")
    player.follows("下一步")
    player.presses("提交申报")

    player.page.go_back()
    player.presses("提交申报")
    assert (
        "申报已提交" in player.reads()
        or "已经提交" in player.reads()
        or player.page.locator("[data-errors]").count()
    )
    assert claims_of(stage, member) == ["讲党课"]
    assert stage.all(select(Claim.state).filter_by(member_id=member.id)) == ["submitted"]


def test_a_double_click_is_one_claim(opens: Opens, stage: Stage, member: Member) -> None:
    player = written(opens(stage.who(member), ITEM), "讲党课")

    with player.page.expect_navigation(url="**/evidence"):
        player.page.get_by_role("button", name="下一步").dblclick()

    assert claims_of(stage, member) == ["讲党课"]


def test_who_comes_second_reads_what_the_first_has_decided(opens: Opens, stage: Stage, member: Member) -> None:
    claim = stage.claim(member)
    first, second = (
        Committee(opens(stage.who(role), f"/claims/{claim.id}")) for role in ("organiser", "secretary")
    )
    first.fills(accept_minute="支委会〔2026〕1号")
    first.presses("认定")
    second.page.locator("summary", has_text="不予认定").click()
    second.fills(refuse_reason="没有材料", refuse_minute="支委会〔2026〕2号")

    said = second.presses("不予认定")

    assert f"已由{stage.who('organiser').name}于" in said
    assert "您的意见没有写入" in said
    assert second.page.locator('[name="refuse_reason"]').input_value() == "没有材料"
    assert stage.row(Claim, claim.id).state == "accepted"
