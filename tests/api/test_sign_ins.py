"""Signing in through pages: as people do it, with old phones, codes told in person and cards."""

from collections.abc import Iterator
from datetime import date

import pyotp
import pytest
from litestar import Litestar

from services.api.web.sessions import COOKIE
from shared.authz.actor import Actor
from shared.db.session import Db, acting
from shared.usecases.cards import issue_card
from shared.usecases.members import appoint
from shared.usecases.proxies import name_relative
from shared.usecases.sign_ins import new_token
from tests.api.people import Forms, Person, signed_in
from tests.builders import LONG_AGO, Branch, a_county, founder
from tests.usecases.people import NOW, PASSWORD, a_code, a_number, a_signer, whose, with_telephone


@pytest.fixture(scope="module")
def branch(db: Db) -> Branch:
    """A branch whose people sign in."""
    return a_county(db, members=30)[0]


@pytest.fixture
def number() -> str:
    """A telephone number that nobody else has."""
    return a_number()


@pytest.fixture
def person(app: Litestar) -> Iterator[Person]:
    """Somebody before a browser, not signed in; each test's from a network of its own."""
    somebody = Person(app)
    with somebody.client:
        yield somebody


def fills(person: Person, number: str, password: str = PASSWORD, status: int = 200) -> str:
    """Open the sign-in page and fill it in."""
    person.opens("/sign-in")
    return person.hands_in("/sign-in", status, sign_in=number, password=password)


def test_a_member_signs_in_with_telephone_and_password_and_out_again(
    person: Person, db: Db, branch: Branch, number: str
) -> None:
    a_signer(db, branch, branch.members.pop(), number)
    fills(person, f" {number[:3]}-{number[3:]}")

    assert "第1村党支部 · 党员" in person.opens("/account")
    token = person.client.cookies[COOKIE]
    person.hands_in("/sign-out")
    assert "登录" in person.opens("/account")
    person.client.cookies.set(COOKIE, token)
    assert "电话号码或党员编号" in person.opens("/account")


def test_unknown_and_wrong_read_the_same(person: Person, db: Db, branch: Branch, number: str) -> None:
    a_signer(db, branch, branch.members.pop(), number)

    wrong = fills(person, number, "不是这个密码吧", 422)
    unknown = fills(person, a_number(), "不是这个密码吧", 422)
    assert wrong == unknown
    assert "电话号码（党员编号）或密码不对" in wrong


def test_the_cookies_are_kept_from_scripts_and_from_other_sites(
    person: Person, db: Db, branch: Branch, number: str
) -> None:
    a_signer(db, branch, branch.members.pop(), number)
    person.opens("/sign-in")
    answer = person.client.post(
        "/sign-in",
        data={**person.form("/sign-in").fields, "sign_in": number, "password": PASSWORD},
        follow_redirects=False,
    )

    assert answer.status_code == 303
    given = [value for name, value in answer.headers.multi_items() if name == "set-cookie" and "sign_in=" in value]
    assert len(given) == 1
    assert "HttpOnly" in given[0]
    assert "SameSite=lax" in given[0]


def test_a_planted_cookie_does_not_become_a_sign_in(person: Person, db: Db, branch: Branch, number: str) -> None:
    a_signer(db, branch, branch.members.pop(), number)
    planted = new_token(branch.county_id)
    person.client.cookies.set(COOKIE, planted)
    person.opens("/sign-in")
    answer = person.client.post(
        "/sign-in",
        data={**person.form("/sign-in").fields, "sign_in": number, "password": PASSWORD},
        follow_redirects=False,
    )

    given = answer.cookies[COOKIE]
    assert given != planted
    assert whose(db, planted) is None
    assert whose(db, given) is not None


def test_one_goes_back_to_the_page_that_one_came_from_but_never_to_another_site(
    person: Person, db: Db, branch: Branch, number: str
) -> None:
    a_signer(db, branch, branch.members.pop(), number)
    person.opens("/account")
    person.hands_in("/sign-in", sign_in=number, password=PASSWORD)
    assert person.page is not None
    assert person.page.url.path == "/account"

    person.hands_in("/sign-out")
    person.opens("/sign-in?back=//elsewhere.example")
    assert person.form("/sign-in").fields["back"] == ["/"]


def test_a_secretary_sets_up_a_telephone_and_signs_in_with_it(
    person: Person, app: Litestar, db: Db, branch: Branch, number: str
) -> None:
    secretary = branch["secretary"]
    assert secretary.person_id is not None
    with_telephone(db, branch, secretary.person_id, number)
    person.opens("/sign-in/handed")
    page = person.hands_in("/sign-in/handed", sign_in=number, code=a_code(db, branch, secretary.person_id))
    seed = page.split("把这串字母输进去：")[1].split()[0]
    page = person.hands_in("/account/code", code=pyotp.TOTP(seed).now())
    assert "恢复码" in page
    recovery = page.split("每个只能用一次。")[1].split("抄好了")[0].split()
    assert len(recovery) == 20
    person.opens("/account/password")
    person.hands_in("/account/password", new_password=PASSWORD, again_password=PASSWORD)

    again = Person(app)
    assert "填写验证码" in fills(again, number)
    assert "填写验证码" in again.opens("/account")
    again.opens("/sign-in/code")
    assert "验证码不对" in again.hands_in("/sign-in/code", 422, code="000000")
    again.hands_in("/sign-in/code", code="".join(recovery[:2]))
    assert "恢复码还有 9 个" in again.opens("/account")


def test_a_card_and_four_digits_sign_a_member_in(person: Person, db: Db, branch: Branch, number: str) -> None:
    member = branch.members.pop()
    with_telephone(db, branch, member.person_id, number)
    with acting(db, branch.county_id, branch.unit_id) as session:
        token = issue_card(session, branch["recorder"], member.id, NOW)

    assert member.name not in person.opens(f"/card/{token}")
    assert "数字不对" in person.hands_in(f"/card/{token}", 422, digits="0000" if number[-4:] != "0000" else "1111")
    person.hands_in(f"/card/{token}", digits=number[-4:])
    assert member.name in person.opens("/account")


def test_what_is_wrong_with_a_new_password_is_said_all_at_once(
    person: Person, db: Db, branch: Branch, number: str
) -> None:
    a_signer(db, branch, branch.members.pop(), number)
    fills(person, number)
    person.opens("/account/password")

    page = person.hands_in(
        "/account/password", 422, old_password="不对", new_password=number, again_password=number
    )
    assert "现在的密码不对" in page
    assert "自己的电话号码" in page


def test_the_township_gives_a_branch_s_officer_a_code_and_a_printed_list(
    app: Litestar, db: Db, branch: Branch, number: str
) -> None:
    publicity = branch["publicity"]
    assert publicity.person_id is not None
    with_telephone(db, branch, publicity.person_id, number)
    town = signed_in(app, db, branch.above["township_officer"])
    assert publicity.name in town.opens("/officers")
    printed = town.hands_in(f"/officers/{publicity.person_id}/codes")
    codes = printed.split("宣传委员、党员")[-1].split("离开这一页")[0].split() or []
    town.opens("/officers")
    code = town.hands_in(f"/officers/{publicity.person_id}/code").split("编号")[1].split()[:2]

    officer = Person(app)
    officer.opens("/sign-in/handed")
    assert "填写验证码" in officer.hands_in("/sign-in/handed", sign_in=number, code="".join(code))
    officer.opens("/sign-in/code")
    officer.hands_in("/sign-in/code", code="".join(codes[-2:]))
    assert "还有 19 个没有用过" in officer.opens("/account")


def test_what_a_branch_does_not_have_below_it_it_does_not_see(app: Litestar, db: Db, branch: Branch) -> None:
    signed_in(app, db, branch["recorder"]).opens("/officers", 403)
    town = signed_in(app, db, branch.above["township_officer"])
    town.opens("/officers")
    form = town.form(f"/officers/{branch['publicity'].person_id}/code")
    answer = town.client.post(f"/officers/{branch.members[0].person_id}/code", data=form.fields)

    assert answer.status_code == 404


def test_the_system_administrator_closes_an_officer_s_account_and_opens_it_again(
    app: Litestar, db: Db, branch: Branch, number: str
) -> None:
    clerk = branch.members.pop()
    with acting(db, branch.county_id, branch.county_id) as session:
        role = "system_administrator"
        appoint(session, founder(branch.county_id), branch.county_id, clerk.person_id, role, LONG_AGO)
    keys = Actor(branch.county_id, branch.county_id, clerk.person_id, clerk.name, frozenset({role}))
    admin, officer = signed_in(app, db, keys), signed_in(app, db, branch["publicity"])
    officer.opens("/desk")
    address = f"/officers/{branch['publicity'].person_id}"
    assert "停用或恢复登录" in admin.opens("/officers")

    admin.opens(f"{address}/account")
    assert "的登录已停用" in admin.hands_in(f"{address}/disable")
    assert "登录" in officer.opens("/desk").split()[0]
    assert "停用" in admin.hands_in(f"{address}/enable")


def test_a_relative_whom_the_branch_enters_and_the_member_names_acts_for_them_on_every_page(
    app: Litestar, db: Db, branch: Branch, number: str
) -> None:
    member = branch.members.pop()
    recorder = signed_in(app, db, branch["recorder"])
    recorder.opens("/relatives")
    assert "请填写家人的电话号码" in recorder.hands_in("/relatives", 422, name="鲁春香", telephone="没有")
    assert "鲁春香" in recorder.hands_in("/relatives", name="鲁春香", telephone=number)
    action = next(one.action for one in Forms(recorder.page.text).found if one.action.endswith("/code"))  # type: ignore[union-attr]
    code = recorder.hands_in(action).split("编号")[1].split()[:2]
    with acting(db, branch.county_id, branch.unit_id) as session:
        name_relative(session, branch.actors[member.id], "鲁春香", number, date(2026, 6, 1), NOW)

    relative = Person(app)
    relative.opens("/sign-in/handed")
    assert f"代{member.name}办理" in relative.hands_in("/sign-in/handed", sign_in=number, code="".join(code))
    relative.hands_in("/acting-for", member=member.id)
    assert f"您正在代 {member.name} 办理" in relative.opens("/account")
    relative.hands_in("/acting-for/end")
    assert "您正在代" not in relative.opens("/account")


def test_the_county_s_sign_in_is_offered_only_where_there_is_one(person: Person) -> None:
    assert "县统一登录" not in person.opens("/sign-in")
    person.opens("/sign-in/county")
    assert person.page is not None
    assert person.page.url.path == "/sign-in"
