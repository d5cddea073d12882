"""Signing in to the panel: the password, then the second factor, always; and out."""

from collections.abc import Callable
from dataclasses import dataclass

from anyio.to_thread import run_sync
from redis import Redis
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from services.admin.cookies import NAME, keep, token_of
from shared.db.session import Db
from shared.domain.accounts import sign_in_name
from shared.domain.errors import Refusal
from shared.telemetry.standing import withhold
from shared.usecases.administrators import (
    Administrator,
    administrator,
    begin_as_administrator,
    let_administrator_in,
)
from shared.usecases.browsers import Opened, sign_out
from shared.usecases.sign_ins import recognise
from shared.usecases.throttles import Attempt, let_try, was_right

WRONG_PASSWORD = "电话号码或密码不对，请核对后再试。"  # noqa: S105 - a sentence
WRONG_CODE = "验证码不对，或者已经用过。每个码只能用一次，请换一个再试。"
BEGIN_AGAIN = "登录已经结束，请重新登录。"
LONGEST = 200

Way = Callable[[Session], Opened | None]


@dataclass(frozen=True, slots=True)
class Door:
    """The door of the panel: the database behind it, the throttle before it, what cookies are marked with."""

    db: Db
    cache: Redis
    secret: bytes
    secure: bool

    def recognised(self, request: Request) -> Administrator | None:
        """Return the administrator whose browser this is, all the way in."""
        token = token_of(self.secret, request)
        if not token:
            return None
        with self.db.begin() as session:
            return administrator(session, token)

    def routes(self) -> list[Route]:
        """Return where somebody signs in and out."""
        return [
            Route("/sign-in", self.ask_password, name="login"),
            Route("/sign-in", self.take_password, methods=["POST"]),
            Route("/sign-in/code", self.ask_code),
            Route("/sign-in/code", self.take_code, methods=["POST"]),
            Route("/sign-out", self.leave, methods=["POST"], name="logout"),
        ]

    async def ask_password(self, request: Request) -> Response:
        """Ask who somebody is."""
        return await self._ask(request, "password")

    async def take_password(self, request: Request) -> Response:
        """Take name and password."""
        name, password = await _typed(request, "name", "password")

        def way(session: Session) -> Opened | None:
            return begin_as_administrator(session, name, password, "管理后台")

        attempt = Attempt(sign_in_name(name), _address(request), "")
        opened = await run_sync(self._tried, attempt, way, WRONG_PASSWORD)
        if isinstance(opened, str):
            return await self._ask(request, "password", opened, name)
        return keep(RedirectResponse("/sign-in/code", 303), self.secret, opened.token, self.secure)

    async def ask_code(self, request: Request) -> Response:
        """Ask for the second factor."""
        return await self._ask(request, "code")

    async def take_code(self, request: Request) -> Response:
        """Take the second factor, and let them in."""
        (code,) = await _typed(request, "code")
        token = token_of(self.secret, request)
        whom = await run_sync(self._whom, token)
        if whom is None:
            return await self._ask(request, "password", BEGIN_AGAIN)

        def way(session: Session) -> Opened | None:
            return let_administrator_in(session, self.secret, token, code)

        opened = await run_sync(self._tried, Attempt(f"code {whom}", _address(request), ""), way, WRONG_CODE)
        if isinstance(opened, str):
            return await self._ask(request, "code", opened)
        return keep(RedirectResponse("/", 303), self.secret, opened.token, self.secure)

    async def leave(self, request: Request) -> Response:
        """Sign out: the token ends here on the server, whatever becomes of the cookie."""
        await run_sync(self._end, token_of(self.secret, request))
        answer = RedirectResponse("/sign-in", 303)
        answer.delete_cookie(NAME, httponly=True, secure=self.secure, samesite="strict")
        return answer

    def _tried(self, attempt: Attempt, way: Way, wrong: str) -> Opened | str:
        """Try a way in once, or return the sentence that says what is wrong or how long to wait."""
        try:
            let_try(self.cache, attempt)
            with self.db.begin() as session:
                opened = way(session)
        except Refusal as refusal:
            return str(refusal)
        if opened is None:
            return wrong
        was_right(self.cache, attempt)
        return opened

    def _whom(self, token: str) -> str | None:
        with self.db.begin() as session:
            signed_in = recognise(session, token) if token else None
        return str(signed_in.person_id) if signed_in and signed_in.awaits == "code" else None

    def _end(self, token: str) -> None:
        if token:
            with self.db.begin() as session:
                sign_out(session, token)

    async def _ask(self, request: Request, step: str, wrong: str = "", name: str = "") -> Response:
        templates = request.app.state.templates
        given = {"step": step, "wrong": wrong, "name": name}
        answer: Response = await templates.TemplateResponse(request, "sign_in.html", given, 422 if wrong else 200)
        return answer


async def _typed(request: Request, *names: str) -> list[str]:
    form = await request.form(max_files=0, max_fields=10)
    typed = [str(form.get(name, ""))[:LONGEST] for name in names]
    withhold(typed)
    return typed


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
