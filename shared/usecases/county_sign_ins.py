"""A county's own sign-in by OpenID Connect: code flow with PKCE, state, nonce, the issuer's keys."""

import json
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from redis import Redis
from sqlalchemy.orm import Session

from shared.domain.errors import NotNow
from shared.usecases.accounts import accounts_named, entered
from shared.usecases.browsers import Opened, begin

# Never "none", and never one whose key is the client's secret.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
PATIENCE_S, LEEWAY_S, UNDERWAY_S = 5.0, 60, 600


@dataclass(frozen=True, slots=True)
class CountyProvider:
    """Whom the county's people sign in with. `claim` holds a telephone or member's number.

    `second` are the words in the token's `amr` or `acr` that count as a second factor given there.
    """

    issuer: str
    client_id: str
    client_secret: str
    claim: str
    second: frozenset[str]
    back_to: str


@dataclass(frozen=True, slots=True)
class Returned:
    """What the county says of who came back, and the page from which they were led there."""

    claims: dict[str, Any]
    back: str


def lead_there(provider: CountyProvider, cache: Redis, back: str = "/") -> tuple[str, str]:
    """Return the address to which a browser is led, and the state that it keeps in a cookie meanwhile."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    cache.set(_key(state), json.dumps([nonce, verifier, back]), ex=UNDERWAY_S)
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": provider.back_to,
        "scope": "openid profile phone",
        "state": state,
        "nonce": nonce,
        "code_challenge": create_s256_code_challenge(verifier),
        "code_challenge_method": "S256",
    }
    return f"{_described(provider)['authorization_endpoint']}?{urlencode(asked)}", state


def returned(provider: CountyProvider, cache: Redis, kept: str, state: str, code: str) -> Returned:
    """Return what the county says of who came back with a code; NotNow where anything about it is not right.

    `kept` is the state in the browser's own cookie: a code that somebody else began opens nothing here.
    """
    begun = cache.getdel(_key(state)) if state and secrets.compare_digest(kept.encode(), state.encode()) else None
    if begun is None:
        raise NotNow("县统一登录没有走完，或者隔得太久了，请重新登录。")
    nonce, verifier, back = json.loads(str(begun, "utf-8") if isinstance(begun, bytes) else str(begun))
    try:
        return Returned(_exchanged(provider, code, verifier, nonce), back)
    except (httpx.HTTPError, JoseError, KeyError, ValueError) as fault:
        raise NotNow("县统一登录没有成功，请重新登录，或者用电话号码和密码登录。") from fault


def sign_in_from_county(
    session: Session, provider: CountyProvider, claims: dict[str, Any], device: str
) -> Opened | None:
    """Sign in whom the county has recognised; None where that is no account of ours, or more than one."""
    named = accounts_named(session, str(claims.get(provider.claim, "")))
    if len(named) != 1:
        return None
    said = claims.get("amr", [])
    given = {*(said if isinstance(said, list) else []), claims.get("acr")}
    level = "full" if given & provider.second else "password"
    return begin(session, entered(session, named[0]), "county", device, level)


def _exchanged(provider: CountyProvider, code: str, verifier: str, nonce: str) -> dict[str, Any]:
    described = _described(provider)
    answer = httpx.post(
        described["token_endpoint"],
        data={
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": provider.back_to,
            "code_verifier": verifier,
        },
        auth=(provider.client_id, provider.client_secret),
        timeout=PATIENCE_S,
    ).raise_for_status()
    keys = httpx.get(described["jwks_uri"], timeout=PATIENCE_S).raise_for_status().json()
    token = jwt.decode(answer.json()["id_token"], KeySet.import_key_set(keys), algorithms=ALGORITHMS)
    checks = jwt.JWTClaimsRegistry(
        leeway=LEEWAY_S,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": provider.client_id},
        exp={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    checks.validate(token.claims)
    if token.claims.get("azp", provider.client_id) != provider.client_id:
        raise ValueError("azp")
    return dict(token.claims)


def _described(provider: CountyProvider) -> dict[str, str]:
    address = f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"
    try:
        described: dict[str, str] = httpx.get(address, timeout=PATIENCE_S).raise_for_status().json()
    except (httpx.HTTPError, ValueError) as fault:
        raise NotNow("县统一登录现在打不开，请用电话号码和密码登录。") from fault
    if described.get("issuer") != provider.issuer:
        raise NotNow("县统一登录的设置不对（issuer 不一致），请联系系统管理员。")
    return described


def _key(state: str) -> str:
    return f"jifen:county-sign-in:{state}"
