"""Clients: members before a browser who file claims and object, and try again until they have an answer."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from threading import Event
from uuid import UUID

import httpx

from services.api.web.sessions import COOKIE
from shared.authz.actor import Actor
from tests.api.people import Forms, words
from tests.faults.log import Act, Log, Told

PAUSE_S = 0.3
# As long as somebody presses the button again; what has no answer by then is unknown.
PATIENCE_S = 45.0
ITEMS = ("D-A4", "D-A5")


class Refused(Exception):
    """The product has said no, in a sentence."""


class Client:
    """A member with a browser. Whatever breaks is tried again with the same form, as somebody reloads a page."""

    def __init__(self, address: str, actor: Actor, token: str, log: Log, ended: Event) -> None:
        self.actor, self.log, self.ended = actor, log, ended
        self.http = httpx.Client(base_url=address, cookies={COOKIE: token}, timeout=10, follow_redirects=True)

    def file_claims(self, chance: Random, day: tuple[int, int, int]) -> None:
        """File one claim after the other until the time is over."""
        number = 0
        while not self.ended.is_set():
            number += 1
            item = chance.choice(ITEMS)
            self._note("claim", f"{number}", lambda token, item=item: self._claim(item, token, day))  # type: ignore[misc]
            time.sleep(chance.random() * PAUSE_S)

    def object_to(self, lines: list[UUID], chance: Random) -> None:
        """Object to one line after the other until there is none left, or the time is over."""
        for number, line_id in enumerate(lines):
            if self.ended.is_set():
                return
            self._note("objection", f"{number}", lambda token, line_id=line_id: self._object(line_id, token))  # type: ignore[misc]
            time.sleep(chance.random() * PAUSE_S)

    def _note(self, kind: str, number: str, act: Callable[[str], None]) -> None:
        token = f"{kind}-{self.actor.member_id}-{number}."
        begun, told, said = datetime.now(UTC), Told.DONE, ""
        try:
            act(token)
        except Refused as refusal:
            told, said = Told.REFUSED, str(refusal)
        except TimeoutError:
            told = Told.UNKNOWN
        self.log.add(Act(kind, token, self.actor.unit_id, begun, datetime.now(UTC), told, said))

    def _claim(self, item: str, token: str, day: tuple[int, int, int]) -> None:
        self._opens(f"/claims/new/{item}")
        fields = {"happened_on": [str(part) for part in day], "text": [token]}
        begun = self._hands_in(f"/claims/new/{item}", fields)
        claim = str(begun.url.path).removesuffix("/evidence")
        self._opens(f"{claim}/check")
        self._hands_in(f"{claim}/submit", {})

    def _object(self, line_id: UUID, token: str) -> None:
        address = f"/objections/new/{line_id}"
        self._opens(address)
        self._hands_in(address, {"text": [token], "right": ["应当多记一次"]})
        self._hands_in(address, {})

    def _opens(self, path: str) -> httpx.Response:
        self.page = self._until(lambda: self.http.get(path))
        return self.page

    def _hands_in(self, action: str, fields: dict[str, list[str]]) -> httpx.Response:
        form = next((form for form in Forms(self.page.text).found if form.action == action), None)
        if form is None:
            raise Refused(words(self.page.text)[-400:])
        sent = {**form.fields, **fields}
        self.page = self._until(lambda: self.http.post(action, data=sent))
        return self.page

    def _until(self, ask: Callable[[], httpx.Response]) -> httpx.Response:
        """Ask until there is an answer: yes, or a refusal; what broke off is asked again just so."""
        ends = time.monotonic() + PATIENCE_S
        while time.monotonic() < ends:
            try:
                answer = ask()
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code < 400:
                return answer
            if answer is not None and answer.status_code < 500:
                raise Refused(words(answer.text)[-400:])
            time.sleep(0.2)
        raise TimeoutError
