"""The demonstration's sign-ins: for every role, random, kept over a second start, and never in a real county."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyotp
import pytest

from services.cli.demonstration.accounts import FILE, provide_accounts
from services.cli.demonstration.cast import NOBODY
from shared.authz.policy import table
from shared.db.session import Db, connect
from shared.domain.errors import Forbidden
from shared.usecases.accounts import sign_in
from shared.usecases.factors import give_code
from shared.usecases.units import found_county
from tests.builders import FOUNDED, founder
from tests.demonstration.conftest import Played

SECRET = "s" * 64
Made = tuple[Db, list[dict[str, Any]], Path]


@pytest.fixture(scope="module")
def made(part_played: Played, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The sign-ins of a demonstration that was played in part."""
    folder, db = tmp_path_factory.mktemp("data"), connect(part_played.urls.app)
    return db, provide_accounts(db, part_played.county_id, folder, SECRET), folder


def test_there_is_one_for_each_role_that_people_hold(made: Made) -> None:
    _, entries, _ = made

    assert {role for role, _ in table()} - NOBODY <= {entry["role"] for entry in entries}
    assert len({entry["sign_in"] for entry in entries}) == len(entries)
    assert len({entry["password"] for entry in entries}) == len(entries)


def test_everybody_gets_in_as_whom_the_file_says(made: Made) -> None:
    db, entries, folder = made

    assert json.loads((folder / FILE).read_text("utf-8")) == entries
    assert (folder / FILE).stat().st_mode & 0o077 == 0
    for entry in entries:
        with db.begin() as session:
            opened = sign_in(session, entry["sign_in"], entry["password"], "")
            assert opened is not None, entry
            if entry["totp_secret"]:
                assert opened.signed_in.awaits == "code", entry
                code = pyotp.TOTP(entry["totp_secret"]).now()
                opened = give_code(session, SECRET.encode(), opened.token, code)
            assert opened is not None, entry
            assert opened.signed_in.person_name == entry["name"]
            assert opened.signed_in.awaits in {"", "seat"}
            assert any(entry["role"] in seat.roles for seat in opened.signed_in.seats), entry


def test_a_second_start_finds_them_and_a_lost_file_is_made_anew(made: Made, part_played: Played) -> None:
    db, entries, folder = made

    assert provide_accounts(db, part_played.county_id, folder, SECRET) == entries
    (folder / FILE).unlink()
    again = provide_accounts(db, part_played.county_id, folder, SECRET)
    assert {one["role"] for one in again} >= {role for role, _ in table()} - NOBODY
    with db.begin() as session:
        assert sign_in(session, entries[0]["sign_in"], entries[0]["password"], "") is None


def test_a_real_county_has_none(made: Made, tmp_path: Path) -> None:
    db, _, _ = made
    county_id = uuid4()
    with db.begin() as session:
        found_county(session, founder(county_id), "真实县", f"real-{county_id.hex[:6]}", False, FOUNDED)

    with pytest.raises(Forbidden, match="真实的县没有这样的账号"):
        provide_accounts(db, county_id, tmp_path, SECRET)
    assert not (tmp_path / FILE).exists()
