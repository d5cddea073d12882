"""Doors: how a browser is let in: tried as often as the throttle lets it, then given its token and led on."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import SkipValidation
from litestar.response import Redirect
from redis import Redis
from sqlalchemy.orm import Session, sessionmaker

from services.api.web.envelope import Asked
from services.api.web.forms import Form, local
from services.api.web.sessions import COOKIE, STEPS, Db
from shared.domain.errors import NotNow
from shared.telemetry.tallies import count
from shared.usecases.browsers import Opened
from shared.usecases.throttles import Attempt, let_try, was_right

DEVICE = "device"
TWO_YEARS_S = 2 * 365 * 24 * 3600
# The first word found in what a browser says of itself; most say several.
SYSTEMS = {"HarmonyOS": "鸿蒙手机", "Android": "安卓手机", "iPhone": "苹果手机", "iPad": "苹果平板"}
PROGRAMS = {"MicroMessenger": "微信", "Edg": "Edge", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}

Way = Callable[[Session, str], Opened | None]
Cache = NamedDependency[SkipValidation[Redis]]
# What codes and seeds are sealed with; and whether the site is reached by HTTPS alone.
Secret = NamedDependency[SkipValidation[bytes]]
Secure = NamedDependency[SkipValidation[bool]]


@dataclass(frozen=True, slots=True)
class Threshold:
    """Where a browser stands before it is let in, or let further in; `word` is the browser's own."""

    request: Asked
    db: sessionmaker[Session]
    cache: Redis
    secret: bytes
    secure: bool
    word: str

    @property
    def device(self) -> str:
        """What the browser is called for its owner: 安卓手机 · 微信."""
        agent = self.request.headers.get("user-agent", "")
        system = next((name for word, name in SYSTEMS.items() if word in agent), "电脑")
        return f"{system} · {next((name for word, name in PROGRAMS.items() if word in agent), '浏览器')}"

    def tried(self, form: Form, name: str, wrong: str, way: Way) -> Opened | None:
        """Try a way in once under this name; None where the form now says what is wrong, or how long to wait."""
        if not form.validate():
            return None
        client = self.request.client
        attempt = Attempt(name, client.host if client else "", self.word)
        try:
            let_try(self.cache, attempt)
            with self.db.begin() as session:
                opened = way(session, self.device)
        except NotNow as refusal:
            count("sign_ins", "throttled")
            form.refuse(refusal)
            return None
        if opened is None:
            count("sign_ins", "wrong")
            form.refuse(NotNow(wrong))
            return None
        count("sign_ins", "let_in")
        was_right(self.cache, attempt)
        return opened

    def onward(self, opened: Opened, back: str = "/") -> Redirect:
        """Lead on to what is still awaited, else back to where somebody came from, with the new token."""
        step, actor = STEPS.get(opened.signed_in.awaits), opened.signed_in.actor
        address = local(back) if step is None else f"{step}?{urlencode({'back': local(back)})}"
        if actor is not None and actor.roles == {"relative"}:
            # All that a relative can do here is done for somebody.
            address = "/acting-for"
        return Redirect(address, status_code=303, cookies=self.cookies(opened))

    def cookies(self, opened: Opened) -> list[Cookie]:
        """Return the token's cookie, until the browser is closed, and the browser's own word, for two years."""
        return [self._cookie(COOKIE, opened.token, None), self._cookie(DEVICE, self.word, TWO_YEARS_S)]

    def _cookie(self, name: str, value: str, max_age: int | None) -> Cookie:
        return Cookie(
            key=name, value=value, path="/", max_age=max_age, httponly=True, secure=self.secure, samesite="lax"
        )


def provide_door(request: Asked, db: Db, cache: Cache, secret: Secret, secure: Secure) -> Threshold:
    """Return the threshold on which this request's browser stands."""
    word = request.cookies.get(DEVICE, "") or secrets.token_urlsafe(24)
    return Threshold(request, db, cache, secret, secure, word)


Door = NamedDependency[SkipValidation[Threshold]]
