"""Callers: whoever has no token that counts gets nowhere, and one that counts opens what it was given for."""

import base64
from datetime import timedelta
from uuid import uuid4

import pytest
from redis import Redis
from sqlalchemy import func, select, update

from shared.db.accounts import Account
from shared.db.session import Db, acting, enter
from shared.db.tokens import Token
from shared.db.units import Holding
from shared.domain.errors import Forbidden, Invalid
from shared.usecases import throttles
from shared.usecases.sign_ins import digest_of
from shared.usecases.tokens import Wanted, make_service_token, make_token, own_tokens, revoke_token
from tests.api.conftest import Browser
from tests.api.people import signed_in
from tests.api.v1.programs import Program, program_of, token_for
from tests.builders import Branch, a_county, founder

ME = "/api/v1/me"


@pytest.fixture
def branch(db: Db) -> Branch:
    """A branch in which nothing has happened."""
    return a_county(db, members=2)[0]


def kept(db: Db, branch: Branch, token: str) -> Token:
    with db.begin() as session:
        enter(session, branch.county_id, [branch.unit_id], branch["secretary"].person_id)
        return session.scalars(select(Token).filter_by(digest=digest_of(token))).one()


def change(db: Db, branch: Branch, token: str, **values: object) -> None:
    with db.begin() as session:
        enter(session, branch.county_id, [branch.unit_id], branch["secretary"].person_id)
        session.execute(update(Token).filter_by(digest=digest_of(token)).values(**values))


def test_a_token_acts_as_its_person_in_one_unit(browser: Browser, db: Db, branch: Branch) -> None:
    secretary = branch["secretary"]

    told = program_of(browser.app, db, secretary, ["filing:see"]).asks(ME)

    assert told["person_id"] == str(secretary.person_id)
    assert (told["unit_id"], set(told["roles"])) == (str(branch.unit_id), set(secretary.roles))
    assert told["scopes"] == ["filing:see"]


@pytest.mark.parametrize(
    "given",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer jf_",
        "Bearer jf_nonsense",
        "Bearer jf_" + base64.urlsafe_b64encode(b"\0" * 48).decode(),
        "Basic dXNlcjpwYXNz",
        "Bearer " + "A" * 5000,
        "Bearer jf_😀".encode().decode("latin-1"),
    ],
)
def test_what_is_no_token_is_told_so_and_nothing_more(browser: Browser, given: str) -> None:
    answer = Program(browser.app).client.get(ME, headers=[(b"Authorization", given.encode("latin-1"))])

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["title"] == "没有有效的令牌"


def test_a_browser_s_cookie_opens_nothing_here(browser: Browser, db: Db, branch: Branch) -> None:
    person = signed_in(browser.app, db, branch["secretary"])

    assert person.client.get(ME).status_code == 401
    assert (
        person.client.post("/api/v1/claims", json={}, headers={"Idempotency-Key": "abcdefgh"}).status_code == 401
    )


def test_a_token_of_another_s_making_counts_no_more_once_it_is_revoked_ended_or_disabled(
    browser: Browser, db: Db, branch: Branch
) -> None:
    secretary = branch["secretary"]
    tokens = [token_for(db, secretary, ["filing:see"]) for _ in range(3)]
    programs = [Program(browser.app, token) for token in tokens]
    for one in programs:
        one.asks(ME)

    with db.begin() as session:
        enter(session, branch.county_id, [branch.unit_id], secretary.person_id)
        revoke_token(session, secretary, kept(db, branch, tokens[0]).id)
    change(db, branch, tokens[1], ends_at=func.clock_timestamp() - timedelta(seconds=1))

    assert [one.client.get(ME).status_code for one in programs] == [401, 401, 200]
    with db.begin() as session:
        enter(session, branch.county_id, [branch.unit_id], secretary.person_id)
        session.execute(update(Account).filter_by(person_id=secretary.person_id).values(disabled_at=func.now()))
    assert programs[2].client.get(ME).status_code == 401


def test_a_right_that_is_taken_away_is_gone_with_the_next_call(browser: Browser, db: Db, branch: Branch) -> None:
    program = program_of(browser.app, db, branch["recorder"], ["record:see", "claim:see"])
    rounds = f"/api/v1/rounds/{uuid4()}/records"
    assert program.client.get(rounds).status_code == 404

    with acting(db, branch.county_id, branch.unit_id) as session:
        ended = update(Holding).filter_by(person_id=branch["recorder"].person_id, role="recorder")
        session.execute(ended.values(until=Holding.since))

    assert program.client.get(rounds).status_code == 403
    assert program.asks(ME)["roles"] == ["member"]


def test_a_token_does_what_it_was_given_for_and_no_more(browser: Browser, db: Db, branch: Branch) -> None:
    program = program_of(browser.app, db, branch["recorder"], ["record:see"])

    told = program.asks("/api/v1/members", 403)

    assert "看名册" in told["detail"]
    assert "member:see" in told["detail"]
    assert program.acts(f"/api/v1/rounds/{uuid4()}/records", {"records": []}, 403)["status"] == 403


def test_nobody_gives_a_program_what_is_not_theirs(db: Db, branch: Branch) -> None:
    mei = branch.actors[branch.members[0].id]

    with pytest.raises(Invalid) as wrong:
        token_for(db, mei, ["filing:file"], days=366)

    assert len(wrong.value.faults) == 2
    with pytest.raises(Forbidden, match="验证码"), db.begin() as session:
        make_token(session, branch["secretary"], Wanted("程序", ["filing:see"], 30), "password")


def test_what_was_made_with_a_password_alone_opens_no_office_later(
    browser: Browser, db: Db, branch: Branch
) -> None:
    token = token_for(db, branch["secretary"], ["filing:see"])
    change(db, branch, token, level="password")

    assert Program(browser.app, token).client.get(ME).status_code == 401


def test_only_its_digest_is_kept_and_the_day_of_its_last_use(browser: Browser, db: Db, branch: Branch) -> None:
    token = token_for(db, branch["secretary"], ["filing:see"])
    before = kept(db, branch, token)
    Program(browser.app, token).asks(ME)
    after = kept(db, branch, token)

    assert token.startswith("jf_")
    assert token not in str(vars(after))
    assert before.last_used_on is None
    assert after.last_used_on is not None
    with db.begin() as session:
        enter(session, branch.county_id, [branch.unit_id], branch["secretary"].person_id)
        (one,) = own_tokens(session, branch["secretary"])
    assert one.last_used_on == after.last_used_on


def test_a_service_is_told_how_the_work_stands_and_never_points(browser: Browser, db: Db, branch: Branch) -> None:
    admin = founder(branch.county_id)
    with acting(db, branch.county_id, branch.county_id) as session:
        with pytest.raises(Invalid):
            make_service_token(session, admin, branch.county_id, Wanted("数据大屏", ["filing:see"], 30))
        with pytest.raises(Forbidden):
            make_service_token(session, branch["secretary"], branch.county_id, Wanted("大屏", ["round:see"], 30))


def test_who_calls_too_often_is_told_when_to_come_back(
    browser: Browser, db: Db, branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttles, "CALLS", 3)
    program = program_of(browser.app, db, branch["secretary"], ["filing:see"])

    answers = [program.client.get(ME) for _ in range(5)]

    assert [one.status_code for one in answers] == [200, 200, 200, 429, 429]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
    assert answers[-1].json()["title"] == "请求太多"


def test_who_guesses_is_held_off_and_who_knows_is_not(
    browser: Browser, db: Db, branch: Branch, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttles, "GUESSES", 2)
    Redis.from_url(redis_url).delete(throttles._key("guesses", throttles.network_of("testclient")))
    known = program_of(browser.app, db, branch["secretary"], ["filing:see"])
    stranger = Program(browser.app, "jf_" + "A" * 64)

    assert [stranger.client.get(ME).status_code for _ in range(4)] == [401, 401, 429, 429]
    assert known.asks(ME)
    Redis.from_url(redis_url).delete(throttles._key("guesses", throttles.network_of("testclient")))
