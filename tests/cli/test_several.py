"""Several processes that serve pages: whoever signs in at one is known at the other, and a form counts once."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from sqlalchemy import func, select

from services.api.web.sessions import COOKIE
from services.cli.database import Urls
from services.cli.engines.start import Engines, free_port
from services.cli.processes import Processes
from services.cli.site import await_answer, programs
from shared.config import read_settings
from shared.db.complaints import Complaint
from shared.db.session import Db, acting
from tests.api.people import Forms, token_of
from tests.builders import Branch, a_county

pytestmark = pytest.mark.long


@pytest.fixture
def sites(urls: Urls, redis_url: str, tmp_path: Path) -> Iterator[list[httpx.Client]]:
    """Two browsers of one person, each at a process of its own."""
    processes = Processes(tmp_path / "logs")
    clients = []
    try:
        for n in range(2):
            port = free_port()
            given = read_settings({"JIFEN_DATA": str(tmp_path), "JIFEN_PORT": str(port), "JIFEN_SECRET": "s" * 64})
            (api,) = (one for one in programs(urls, Engines("", redis_url, tmp_path), given) if one.name == "api")
            processes.start(replace(api, name=f"api-{n}"))
            await_answer(processes, f"api-{n}", "127.0.0.1", port)
            clients.append(httpx.Client(base_url=f"http://127.0.0.1:{port}", follow_redirects=True))
        yield clients
    finally:
        for client in clients:
            client.close()
        processes.stop()


def test_two_processes_know_the_same_person_and_take_a_form_once(db: Db, sites: list[httpx.Client]) -> None:
    branch = a_county(db)[0]
    token = token_of(db, branch.actors[branch.members[0].id])
    one, other = sites
    page = _signed_in(one, token).get("/complaints")
    form = next(form for form in Forms(page.text).found if urlsplit(form.action).path == "/complaints")
    sent = {**form.fields, "kind": "suggestion", "text": "公示栏的字太小"}
    _signed_in(other, token).cookies.set("token", one.cookies["token"])

    answers = [client.post("/complaints", data=sent) for client in (one, other, other)]

    assert [answer.status_code for answer in answers] == [200, 200, 200], answers[1].text[:600]
    assert _written(db, branch) == 1


def _signed_in(client: httpx.Client, token: str) -> httpx.Client:
    client.cookies.set(COOKIE, token)
    return client


def _written(db: Db, branch: Branch) -> int:
    with acting(db, branch.county_id, branch.parent_id) as session:
        return session.scalar(select(func.count()).select_from(Complaint)) or 0
