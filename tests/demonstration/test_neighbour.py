"""The second demonstration county: played to its figures, made from the number too, and unseen by the first."""

import json
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pyotp
import pytest
from celery import Celery
from litestar.testing import TestClient
from sqlalchemy import text

from services.api.app import create_app
from services.cli.database import Urls
from services.cli.demo import county_of, neighbour_of
from services.cli.demonstration.neighbour import STARTS, count_neighbour, missed_there, perform_neighbour
from services.cli.demonstration.stage import Stage
from services.cli.processes import Processes
from shared.db.session import connect
from shared.usecases.verification import verify
from tests.databases import of_its_own
from tests.demonstration.conftest import Command, Played
from tests.worker.rounds import start

pytestmark = pytest.mark.long

NAMES = text(
    "SELECT name FROM member WHERE county_id = :county UNION SELECT name FROM unit WHERE county_id = :county"
)
TOLD = text(
    "SELECT m.member_no, m.name, r.period, l.points, l.state FROM line l JOIN round r ON r.id = l.round_id"
    " JOIN member m ON m.id = l.member_id WHERE l.county_id = :county ORDER BY 1, 2, 3, 4"
)
PAGES = ("/desk", "/units", "/filings", "/books", "/board", "/overview", "/members", "/rounds", "/notices")


def names(played: Played, county_id: UUID) -> set[str]:
    """The names of everybody and everything in a county, but those that both have."""
    with played.verifier.begin() as session:
        return set(session.scalars(NAMES, {"county": county_id}))


def test_its_figures_are_reached_and_stand_under_their_own_heading(
    commanded: Command, whole_played: Played
) -> None:
    with whole_played.verifier.begin() as session:
        there = count_neighbour(session, neighbour_of(1), True)

    assert missed_there(there) == []
    assert "wangxi" not in commanded.printed
    assert list(json.loads(commanded.printed)) == ["township", "systems", "ledger", "deadlines", "elapsed_s"]


def test_nobody_of_one_county_sees_anything_of_the_other(
    commanded: Command, whole_played: Played, redis_url: str
) -> None:
    here, there = names(whole_played, county_of(1)), names(whole_played, neighbour_of(1))
    secret = (commanded.data / "secret").read_text("utf-8").strip()
    app = create_app(connect(whole_played.urls.app), redis_url, secret=secret)
    accounts = json.loads((commanded.data / "demo-accounts.json").read_text("utf-8"))
    asked = [one for one in accounts if one["role"] in {"secretary", "township_officer", "county_officer"}]

    assert {one["unit"] in there for one in asked} == {True, False}
    for account in asked:
        others = here - there if account["unit"] in there else there - here
        with TestClient(app) as browser:
            signs_in(browser, account)
            for page in PAGES:
                said = browser.get(page).text
                assert {name for name in others if name in said} == set(), (account["unit"], page)


def signs_in(browser: TestClient[Any], account: dict[str, Any]) -> None:
    """Sign in through the pages, as the file says."""
    given = {"sign_in": account["sign_in"], "password": account["password"]}
    headers = {"x-csrftoken": browser.get("/sign-in").cookies.get("token") or browser.cookies["token"]}
    browser.post("/sign-in", data=given, headers=headers)
    if account["totp_secret"]:
        code = pyotp.TOTP(account["totp_secret"]).now()
        browser.post("/sign-in/code", data={"code": code}, headers={"x-csrftoken": browser.cookies["token"]})
    assert account["unit"] in browser.get("/desk").text


@pytest.fixture
def drawn(admin_database_url: str, queue_url: str, tmp_path: Path) -> Any:
    """Play it from a number, in a database of its own, and return what it tells."""

    def told(number: int, database: str) -> list[Any]:
        urls = of_its_own(admin_database_url, database)
        county_id = neighbour_of(number)
        play(urls, queue_url, tmp_path / database, county_id, number)
        with connect(urls.verifier).begin() as session:
            assert (
                missed_there(count_neighbour(session, county_id, verify(session, county_id).finding is None)) == []
            )
            return [tuple(row) for row in session.execute(TOLD, {"county": county_id})]

    return told


def play(urls: Urls, queue_url: str, folder: Path, county_id: UUID, number: int) -> None:
    """Play it with a worker and a beat of its own; they are ended afterwards."""
    running = Processes(folder / "logs")
    try:
        start(running, urls, queue_url, folder / "data")
        stage = Stage(
            county_id, connect(urls.app), connect(urls.worker), Celery(broker=queue_url),
            Random(f"{number}:neighbour"), lambda _: None, STARTS,
        )  # fmt: skip
        perform_neighbour(stage)
    finally:
        running.stop()


def test_the_number_decides_who_they_are_and_what_they_do(drawn: Any) -> None:
    once, again, another = drawn(7, "jifen_beside_once"), drawn(7, "jifen_beside_again"), drawn(8, "jifen_beside")

    assert once == again
    assert once != another
    assert len(once) == len(another)
