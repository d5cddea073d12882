"""Programs before the JSON API: each with a token of somebody's, a new key for every act, and no browser."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import func

from shared.authz.actor import Actor
from shared.db.accounts import Account
from shared.db.session import Db, enter
from shared.usecases.tokens import Wanted, make_token, offered_to


class Program:
    """A program with a token, or with none."""

    def __init__(self, app: Litestar, token: str = "") -> None:
        self.client = TestClient(app, raise_server_exceptions=False)
        if token:
            self.client.headers["Authorization"] = f"Bearer {token}"

    def asks(self, path: str, status: int = 200, **given: Any) -> Any:
        """Ask and return the answer's JSON."""
        answer = self.client.get(path, **given)
        assert answer.status_code == status, f"{path}: {answer.status_code} {answer.text[:600]}"
        return answer.json()

    def acts(self, path: str, sent: Any = None, status: int = 200, key: str = "", **headers: str) -> Any:
        """Have something done and return the answer's JSON."""
        answer = self.posts(path, sent, key, **headers)
        assert answer.status_code == status, f"{path}: {answer.status_code} {answer.text[:600]}"
        return answer.json()

    def sends(self, path: str, files: Sequence[tuple[str, bytes]], status: int = 201, key: str = "") -> Any:
        """Join files to something and return the answer's JSON."""
        given = {"Idempotency-Key": key or str(uuid4())}
        answer = self.client.post(path, files=[("files", one) for one in files], headers=given)
        assert answer.status_code == status, f"{path}: {answer.status_code} {answer.text[:600]}"
        return answer.json()

    def posts(self, path: str, sent: Any = None, key: str = "", **headers: str) -> Response:
        """Have something done and return the whole answer; header names are written with underlines."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        given = {"Idempotency-Key": key or str(uuid4()), **named}
        return (
            self.client.post(path, json=sent, headers=given)
            if sent is not None
            else self.client.post(path, headers=given)
        )


def program_of(app: Litestar, db: Db, actor: Actor, scopes: list[str] | None = None) -> Program:
    """Return somebody's program; it may do all that they may, but for what is named."""
    return Program(app, token_for(db, actor, scopes))


def token_for(db: Db, actor: Actor, scopes: list[str] | None = None, days: int = 30) -> str:
    """Make a token behind the page on which people make it, which has tests of its own."""
    with db.begin() as session:
        enter(session, actor.county_id, [actor.unit_id], actor.person_id)
        if session.query(Account).filter_by(person_id=actor.person_id).one_or_none() is None:
            mine = {"county_id": actor.county_id, "unit_id": actor.unit_id, "person_id": actor.person_id}
            session.add(Account(**mine, opened_at=func.clock_timestamp()))
            session.flush()
        wanted = Wanted("测试程序", scopes if scopes is not None else offered_to(actor), days)
        return make_token(session, actor, wanted, "full")
