"""A county's own sign-in, against a small provider on loopback that checks what arrives and answers as told."""

import base64
import hashlib
import json
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from redis import Redis

from services.api.app import create_app
from shared.db.session import Db, acting
from shared.domain.errors import NotNow
from shared.usecases.browsers import Opened
from shared.usecases.county_sign_ins import CountyProvider, lead_there, returned, sign_in_from_county
from shared.usecases.drafts import keep_draft
from tests.api.people import Person
from tests.builders import Branch, a_county
from tests.usecases.people import SECRET, a_number, a_signer

# A provider is started on loopback: with ./jifen test --all.
pytestmark = pytest.mark.long

KEY, OTHER_KEY = RSAKey.generate_key(2048, {"kid": "a"}), RSAKey.generate_key(2048, {"kid": "a"})
BACK = "https://jifen.example/sign-in/county/back"


@dataclass
class Provider:
    """The county's sign-in; `says` is put over the claims, `asked` is what a browser was led there with."""

    issuer: str = ""
    says: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: KEY)
    algorithm: str = "RS256"
    asked: dict[str, str] = field(default_factory=dict)
    codes: set[str] = field(default_factory=set)

    def described(self) -> dict[str, str]:
        """What it says of itself."""
        parts = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return {"issuer": self.issuer, **{name: f"{self.issuer}/{path}" for name, path in parts.items()}}

    def authorize(self, address: str) -> str:
        """Let somebody sign in there; return the code with which they are sent back."""
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert self.asked["response_type"] == "code"
        assert self.asked["redirect_uri"] == BACK
        assert "openid" in self.asked["scope"].split()
        assert self.asked["code_challenge_method"] == "S256"
        self.codes.add("the code")
        return "the code"

    def token(self, form: dict[str, str], authorization: str) -> dict[str, str] | None:
        """Exchange a code, once, for whoever knows the client's secret and the verifier."""
        right = base64.b64encode(b"jifen:the client's secret").decode()
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        known = form.get("code") in self.codes and form.get("redirect_uri") == BACK
        if authorization != f"Basic {right}" or challenge != self.asked["code_challenge"] or not known:
            return None
        self.codes.clear()
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": "jifen", "sub": "1", "iat": now, "exp": now + 60}
        claims |= {"nonce": self.asked["nonce"], **self.says}
        signed = jwt.encode({"alg": self.algorithm, "kid": "a"}, claims, self.key, algorithms=[self.algorithm])
        return {"id_token": signed, "access_token": "x", "token_type": "Bearer"}


@pytest.fixture
def there() -> Iterator[Provider]:
    """The provider, serving on loopback."""
    provider = Provider()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say({"keys": [KEY.as_dict(private=False)]} if self.path == "/keys" else provider.described())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._say(provider.token(form, self.headers.get("authorization", "")))

        def _say(self, answer: Any) -> None:
            self.send_response(200 if answer else 400)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    yield provider
    server.shutdown()
    server.server_close()


@pytest.fixture
def county(there: Provider) -> CountyProvider:
    """It, as an operator has set it."""
    return CountyProvider(there.issuer, "jifen", "the client's secret", "phone_number", frozenset({"otp"}), BACK)


@pytest.fixture
def cache(redis_url: str) -> Iterator[Redis]:
    """Where it is kept what a browser was led away with."""
    redis: Redis = Redis.from_url(redis_url)
    yield redis
    redis.close()


@pytest.fixture(scope="module")
def branch(db: Db) -> Branch:
    """A branch whose people have accounts."""
    return a_county(db, members=12)[0]


def round_trip(there: Provider, county: CountyProvider, cache: Redis, **says: Any) -> dict[str, Any]:
    """Be led there, sign in, and come back."""
    there.says = says
    address, state = lead_there(county, cache)
    code = there.authorize(address)
    return returned(county, cache, state, there.asked["state"], code).claims


def opened(db: Db, county: CountyProvider, claims: dict[str, Any]) -> Opened | None:
    """Sign in with what the county has said."""
    with db.begin() as session:
        return sign_in_from_county(session, county, claims, "电脑")


def test_whom_the_county_recognises_is_signed_in_by_their_telephone(
    db: Db, there: Provider, county: CountyProvider, cache: Redis, branch: Branch
) -> None:
    member, number = branch.members.pop(), a_number()
    a_signer(db, branch, member, number)

    done = opened(db, county, round_trip(there, county, cache, phone_number=f"+86 {number}"))
    assert done is not None
    assert (done.signed_in.person_name, done.signed_in.means) == (member.name, "county")


def test_a_second_factor_counts_only_where_the_setting_trusts_its_word(
    db: Db, there: Provider, county: CountyProvider, cache: Redis, branch: Branch
) -> None:
    number = a_number()
    a_signer(db, branch, branch["secretary"], number)

    plain = opened(db, county, round_trip(there, county, cache, phone_number=number, amr=["pwd"]))
    full = opened(db, county, round_trip(there, county, cache, phone_number=number, amr=["pwd", "otp"]))
    assert plain is not None
    assert full is not None
    assert (plain.signed_in.awaits, full.signed_in.awaits) == ("code", "")


def test_a_telephone_that_is_nobody_s_or_a_family_s_opens_nothing(
    db: Db, there: Provider, county: CountyProvider, cache: Redis, branch: Branch
) -> None:
    number = a_number()
    for _ in range(2):
        a_signer(db, branch, branch.members.pop(), number)

    assert opened(db, county, {"phone_number": number}) is None
    assert opened(db, county, {"phone_number": "13100099999"}) is None
    assert opened(db, county, {}) is None


@pytest.mark.parametrize(
    "says",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another client"},
        {"nonce": "another nonce"},
        {"exp": 1},
        {"azp": "another client"},
    ],
)
def test_a_token_that_is_not_for_this_sign_in_is_refused(
    there: Provider, county: CountyProvider, cache: Redis, says: dict[str, Any]
) -> None:
    with pytest.raises(NotNow, match="没有成功"):
        round_trip(there, county, cache, phone_number="13100000000", **says)


def test_a_token_signed_by_another_key_is_refused(there: Provider, county: CountyProvider, cache: Redis) -> None:
    there.key = OTHER_KEY

    with pytest.raises(NotNow, match="没有成功"):
        round_trip(there, county, cache, phone_number="13100000000")


def test_who_does_not_know_the_client_s_secret_gets_nothing(
    there: Provider, county: CountyProvider, cache: Redis
) -> None:
    with pytest.raises(NotNow, match="没有成功"):
        round_trip(there, replace(county, client_secret="guessed"), cache)


def test_a_state_is_the_browser_s_own_and_counts_once(
    there: Provider, county: CountyProvider, cache: Redis
) -> None:
    address, state = lead_there(county, cache)
    code = there.authorize(address)
    with pytest.raises(NotNow, match="没有走完"):
        returned(county, cache, "another browser's", state, code)
    with pytest.raises(NotNow, match="没有走完"):
        returned(county, cache, "", "", code)
    there.says = {"phone_number": "13100000000"}

    assert returned(county, cache, state, state, code).claims["phone_number"] == "13100000000"
    with pytest.raises(NotNow, match="没有走完"):
        returned(county, cache, state, state, code)


def test_a_provider_that_is_away_or_is_another_is_said_in_words(cache: Redis, county: CountyProvider) -> None:
    with pytest.raises(NotNow, match="打不开"):
        lead_there(replace(county, issuer="http://127.0.0.1:1"), cache)
    with pytest.raises(NotNow, match="issuer"):
        lead_there(replace(county, issuer=f"{county.issuer}/"), cache)


def test_whoever_was_sent_to_sign_in_comes_back_to_their_form_with_what_they_had_typed(
    db: Db, there: Provider, county: CountyProvider, redis_url: str, branch: Branch
) -> None:
    member, number = branch.members.pop(), a_number()
    a_signer(db, branch, member, number)
    person = Person(create_app(db, redis_url, secret=SECRET.decode(), county=county))
    form, said = "/complaints?about=board", "公示栏太高，老同志看不清。"
    with acting(db, branch.county_id, branch.unit_id) as session:
        keep_draft(session, branch.actors[member.id], form, {"text": [said]})

    person.opens(f"/sign-in?{urlencode({'back': form, 'kept': 'yes'})}")
    assert person.page is not None
    link = unescape(re.findall(r'href="(/sign-in/county[^"]*)"', person.page.text)[0])
    there.says, led = {"phone_number": number}, person.client.get(link, follow_redirects=False)
    code = there.authorize(led.headers["location"])
    back = person.client.get(f"/sign-in/county/back?{urlencode({'state': there.asked['state'], 'code': code})}")

    assert (back.status_code, back.url.path, back.url.query) == (200, "/complaints", b"about=board")
    assert said in back.text
