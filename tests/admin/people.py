"""Administrators before a browser: signed in to the panel as they are in life, opening pages, sending forms."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pyotp
from httpx import Response
from sqlalchemy import update
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from shared.authz.actor import Actor
from shared.db.accounts import Account
from shared.db.session import Db, acting, enter
from shared.usecases.members import actor_of, add_person, appoint
from tests.api.people import Forms, words
from tests.builders import FOUNDED, LONG_AGO, Branch, founder
from tests.usecases.people import PASSWORD, Signer, a_number, a_signer

HOST = "https://panel.test"


@dataclass
class Browser:
    """A browser at the panel's address; it says where its requests come from, as browsers do."""

    client: TestClient
    page: Response | None = None

    def opens(self, path: str, status: int = 200) -> str:
        """Open a page and return what it says."""
        self.page = self.client.get(path)
        assert self.page.status_code == status, f"{path}: {self.page.status_code} {words(self.page.text)[:400]}"
        return words(self.page.text)

    def sends(self, path: str, status: int = 200, origin: str = HOST, **fields: Any) -> str:
        """Fill in the form of the last page that goes to `path`, and send it."""
        written = Forms(self.page.text).found if self.page else []
        form = next((one.fields for one in written if one.action == path), {})
        self.page = self.client.post(path, data={**form, **fields}, headers={"Origin": origin})
        assert self.page.status_code == status, f"{path}: {self.page.status_code} {words(self.page.text)[:400]}"
        return words(self.page.text)


def a_browser(app: ASGIApp) -> Browser:
    """Return a browser of its own."""
    return Browser(TestClient(app, base_url=HOST, raise_server_exceptions=False))


def an_administrator(db: Db, branch: Branch, role: str, unit_id: UUID | None = None) -> tuple[Actor, Signer]:
    """Return one of the three, at the county or another unit, with telephone, password and codes."""
    at, by = unit_id or branch.county_id, founder(branch.county_id)
    with acting(db, branch.county_id, at) as session:
        person = add_person(session, by, at, f"管理员{a_number()}")
        appoint(session, by, at, person.id, role, LONG_AGO)
        actor = actor_of(session, branch.county_id, at, person.id, FOUNDED.date())
    home = Branch(branch.county_id, at, at)
    return actor, a_signer(db, home, actor, a_number())


def signed_in(app: ASGIApp, db: Db, branch: Branch, role: str, unit_id: UUID | None = None) -> Browser:
    """Return a browser in which one of the three has signed in."""
    actor, signer = an_administrator(db, branch, role, unit_id)
    browser = a_browser(app)
    browser.sends("/sign-in", name=signer.name, password=PASSWORD)
    browser.sends("/sign-in/code", code=a_code_of(db, actor, signer))
    return browser


def a_code_of(db: Db, actor: Actor, signer: Signer) -> str:
    """Return their telephone's code; that it was used when it was set up is half a minute ago."""
    with db.begin() as session:
        enter(session, actor.county_id, [actor.unit_id], actor.person_id)
        session.execute(update(Account).filter_by(person_id=actor.person_id).values(totp_step=None))
    return pyotp.TOTP(signer.seed).now()
