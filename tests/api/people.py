"""People before a browser: signed in, opening pages, and handing in the forms that stand on them."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import func

from services.api.web.sessions import COOKIE
from shared.authz.actor import Actor
from shared.db.accounts import Account
from shared.db.session import Db, enter
from shared.db.sign_ins import SignIn
from shared.usecases.sign_ins import digest_of, new_token

HOUR = func.make_interval(0, 0, 0, 0, 12)


@dataclass
class Written:
    """A form as it stands on a page: where it goes, and what its fields hold."""

    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)


class Forms(HTMLParser):
    """The forms of a page, with what a browser would send of them untouched."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Written] = []
        self._open: Written | None = None
        self._area: str | None = None
        self._select: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        have = {name: value or "" for name, value in given}
        if tag == "form" and have.get("method") == "post":
            self._open = Written(have.get("action", ""))
            self.found.append(self._open)
        if self._open is None:
            return
        name = have.get("name", "")
        if (
            tag == "input"
            and name
            and (have.get("type") not in {"radio", "checkbox", "file"} or "checked" in have)
        ):
            self._open.fields.setdefault(name, []).append(have.get("value", "on"))
        elif tag == "textarea" and name:
            self._area = name
            self._open.fields[name] = [""]
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in have or self._select not in self._open.fields):
            self._open.fields[self._select] = [have.get("value", "")]

    def handle_data(self, data: str) -> None:
        if self._open is not None and self._area:
            self._open.fields[self._area][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea":
            if self._open is not None and self._area:
                # The line end after the tag is the markup's, not the writer's.
                self._open.fields[self._area][0] = self._open.fields[self._area][0].removeprefix("\r\n")
            self._area = None
        elif tag == "select":
            self._select = None


class Person:
    """Somebody with a browser of their own; `page` is what they last saw."""

    def __init__(self, app: Litestar, token: str = "") -> None:
        self.client = TestClient(app, raise_server_exceptions=False)
        if token:
            self.client.cookies.set(COOKIE, token)
        self.page: Response | None = None

    def opens(self, path: str, status: int = 200) -> str:
        """Open a page and return it, without the line ends that templates leave."""
        self.page = self.client.get(path)
        assert self.page.status_code == status, f"{path}: {self.page.status_code} {words(self.page.text)[:600]}"
        return words(self.page.text)

    def hands_in(self, action: str, status: int = 200, /, **fields: Any) -> str:
        """Fill in the form of the last page that goes to `action`, send it, and return the page that follows."""
        form = self.form(action)
        sent = {**form.fields, **{name: _values(value) for name, value in fields.items() if value is not None}}
        self.page = self.client.post(action, data=sent)
        assert self.page.status_code == status, f"{action}: {self.page.status_code} {words(self.page.text)[:600]}"
        return words(self.page.text)

    def form(self, action: str) -> Written:
        """Return the form of the last page that goes to `action`."""
        forms = self.forms()
        found = [form for form in forms if form.action == action]
        assert found, f"no form for {action}, only for {[form.action for form in forms]}"
        return found[0]

    def forms(self) -> list[Written]:
        """Return the forms of the last page."""
        assert self.page is not None, "no page has been opened"
        return Forms(self.page.text).found


def signed_in(app: Litestar, db: Db, actor: Actor) -> Person:
    """Return this person before a browser in which they have signed in fully and chosen their seat."""
    return Person(app, token_of(db, actor))


def token_of(db: Db, actor: Actor) -> str:
    """Sign an actor in behind the door that people come through, which has tests of its own."""
    assert actor.person_id is not None
    token = new_token(actor.county_id)
    now = func.clock_timestamp()
    mine = {"county_id": actor.county_id, "unit_id": actor.unit_id, "person_id": actor.person_id}
    with db.begin() as session:
        enter(session, actor.county_id, [actor.unit_id], actor.person_id)
        if session.query(Account).filter_by(person_id=actor.person_id).one_or_none() is None:
            session.add(Account(**mine, opened_at=now))
            session.flush()
        session.add(
            SignIn(
                **mine,
                digest=digest_of(token),
                means="password",
                level="full",
                roles=",".join(sorted(actor.roles)),
                device="测试",
                made_at=now,
                # For as long as the longest journey takes: who has to show it again has tests of its own.
                proved_at=now + HOUR,
                seen_at=now,
                ends_at=now + HOUR,
            )
        )
    return token


def words(page: str) -> str:
    """Return what a page says: its text without tags, blanks drawn together."""
    main = re.sub(r"(?s)<(script|style)[^>]*>.*?</\1>", "", page)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)).strip()


def _values(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]
