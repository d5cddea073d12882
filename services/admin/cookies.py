"""Cookies: a panel's sign-in is told by a cookie of its own, which no cookie of the site can stand in for."""

import hmac

from starlette.requests import Request
from starlette.responses import Response

from shared.usecases.keys import key_for

# Browsers send cookies to every port of a host: the site next door must not open the panel.
NAME = "panel"


def seal(secret: bytes, token: str) -> str:
    """Return what the browser keeps: the token with a mark that only the panel makes."""
    return f"{token}.{_mark(secret, 'panel cookies', token)}"


def token_of(secret: bytes, request: Request) -> str:
    """Return the token that the panel has given this browser, or nothing."""
    token, _, mark = request.cookies.get(NAME, "").rpartition(".")
    return token if hmac.compare_digest(mark, _mark(secret, "panel cookies", token)) else ""


def form_key(secret: bytes, request: Request) -> str:
    """Return what each form of a page carries: another site cannot know it, another sign-in has another."""
    return _mark(secret, "panel forms", token_of(secret, request))


def keep(answer: Response, secret: bytes, token: str, secure: bool) -> Response:
    """Give the browser its token, until it is closed; never sent along with what another site asks for."""
    answer.set_cookie(NAME, seal(secret, token), httponly=True, secure=secure, samesite="strict")
    return answer


def _mark(secret: bytes, purpose: str, token: str) -> str:
    return hmac.new(key_for(secret, purpose), token.encode(), "sha256").hexdigest()
