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


def _made(played: Played, folder: Path) -> tuple[Db, list[dict[str, Any]]]:
    db = connect(played.urls.app)
    return db, provide_accounts(db, [played.county_id], folder, SECRET)


def there_is_a_sign_in_for_each_role_that_people_hold(played: Played, folder: Path) -> None:
    _, entries = _made(played, folder)

    assert {role for role, _ in table()} - NOBODY <= {entry["role"] for entry in entries}
    assert len({entry["sign_in"] for entry in entries}) == len(entries)
    assert len({entry["password"] for entry in entries}) == len(entries)


def everybody_gets_in_as_whom_the_file_says(played: Played, folder: Path) -> None:
    db, entries = _made(played, folder)

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


def a_second_start_finds_the_sign_ins_and_a_lost_file_is_made_anew(played: Played, folder: Path) -> None:
    db, entries = _made(played, folder)

    assert provide_accounts(db, [played.county_id], folder, SECRET) == entries
    (folder / FILE).unlink()
    again = provide_accounts(db, [played.county_id], folder, SECRET)
    assert {one["role"] for one in again} >= {role for role, _ in table()} - NOBODY
    with db.begin() as session:
        assert sign_in(session, entries[0]["sign_in"], entries[0]["password"], "") is None


def a_real_county_has_no_such_sign_ins(played: Played, folder: Path) -> None:
    db, county_id = connect(played.urls.app), uuid4()
    with db.begin() as session:
        found_county(session, founder(county_id), "真实县", f"real-{county_id.hex[:6]}", False, FOUNDED)

    with pytest.raises(Forbidden, match="真实的县没有这样的账号"):
        provide_accounts(db, [county_id], folder, SECRET)
    assert not (folder / FILE).exists()


FACTS = (
    there_is_a_sign_in_for_each_role_that_people_hold,
    everybody_gets_in_as_whom_the_file_says,
    a_second_start_finds_the_sign_ins_and_a_lost_file_is_made_anew,
    a_real_county_has_no_such_sign_ins,
)
