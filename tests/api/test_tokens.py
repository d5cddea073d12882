"""Tokens on their page: made with a second factor where one is needed, shown once, revoked."""

import pyotp
import pytest
from litestar import Litestar
from sqlalchemy import select

from services.api.web.sessions import COOKIE
from shared.db.accounts import Account
from shared.db.session import Db, enter
from shared.usecases.browsers import choose_seat
from shared.usecases.factors import give_code
from tests.api.people import Forms, Person, signed_in
from tests.api.v1.programs import Program
from tests.builders import Branch, a_county
from tests.usecases.people import SECRET, a_number, a_signer


@pytest.fixture
def branch(db: Db) -> Branch:
    """A branch whose people have programs."""
    return a_county(db, members=2)[0]


@pytest.fixture
def mei(app: Litestar, db: Db, branch: Branch) -> Person:
    """A member before a browser."""
    return signed_in(app, db, branch.actors[branch.members[0].id])


def token_on(page: str) -> str:
    return next(word for word in page.split() if word.startswith("jf_"))


def test_a_member_makes_a_token_that_is_shown_once_and_revokes_it(app: Litestar, mei: Person) -> None:
    assert "我的程序令牌" in mei.opens("/account")
    page = mei.opens("/account/tokens")
    assert "看积分明细" in page
    assert "备案" not in page
    token = token_on(mei.hands_in("/account/tokens", name="记事本", scopes=["statement:see"], days="30"))
    program = Program(app, token)
    assert program.asks("/api/v1/me")["scopes"] == ["statement:see"]

    listed = mei.opens("/account/tokens")
    assert "记事本" in listed
    assert "最近使用" in listed
    assert token not in mei.page.text  # type: ignore[union-attr]
    revoke = next(form for form in forms_of(mei) if form.endswith("/revoke"))
    assert "记事本" not in mei.hands_in(revoke)
    assert program.client.get("/api/v1/me").status_code == 401


def forms_of(person: Person) -> list[str]:
    assert person.page is not None
    return [form.action for form in Forms(person.page.text).found]


def test_every_fault_is_told_at_once(mei: Person) -> None:
    mei.opens("/account/tokens")

    said = mei.hands_in("/account/tokens", 422, name="", scopes=["filing:file"], days="30")

    assert "请写明给哪个程序用" in said


def test_nobody_gives_what_is_not_theirs(mei: Person) -> None:
    mei.opens("/account/tokens")

    said = mei.hands_in("/account/tokens", 422, name="程序", scopes=["filing:file"], days="30")

    assert "您自己不能办" in said


def test_an_office_asks_for_the_second_factor_once_more(app: Litestar, db: Db, branch: Branch) -> None:
    secretary = branch["secretary"]
    signer = a_signer(db, branch, secretary, a_number())
    with db.begin() as session:
        enter(session, branch.county_id, [branch.unit_id], secretary.person_id)
        account = session.scalars(select(Account).filter_by(person_id=secretary.person_id)).one()
        account.totp_step = None
    with db.begin() as session:
        opened = give_code(session, SECRET, signer.opened().token, pyotp.TOTP(signer.seed).now())
        assert opened is not None
        if opened.signed_in.awaits == "seat":
            opened = choose_seat(session, opened.token, branch.unit_id)
    with db.begin() as session:
        enter(session, branch.county_id, [branch.unit_id], secretary.person_id)
        account = session.scalars(select(Account).filter_by(person_id=secretary.person_id)).one()
        account.totp_step = None
    person = Person(app, opened.token)
    asked = {"name": "县平台", "scopes": ["filing:see"], "days": "365"}

    person.opens("/account/tokens")
    assert "请填写验证码" in person.hands_in("/account/tokens", 422, **asked)
    assert "验证码不对" in person.hands_in("/account/tokens", 422, code="000000", **asked)
    before = signed_in_as(person)
    token = token_on(person.hands_in("/account/tokens", code=pyotp.TOTP(signer.seed).now(), **asked))

    assert set(Program(app, token).asks("/api/v1/me")["roles"]) == set(secretary.roles)
    assert signed_in_as(person) > before


def signed_in_as(person: Person) -> set[str | None]:
    return {one.value for one in person.client.cookies.jar if one.name == COOKIE}
