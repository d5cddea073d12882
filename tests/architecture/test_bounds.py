"""Bounds: what no number and no switch of ours may be looser than; tighter is a decision, looser a slip."""

import re
import ssl
from datetime import timedelta

import pytest

from services.admin.app import from_settings as panel_from
from services.api.app import form_tokens
from services.api.app import from_settings as pages_from
from services.api.web import uploads
from services.worker import webhooks
from services.worker.app import SETTINGS
from shared.config import read_settings
from shared.domain import evidence, passwords, roles, tokens
from shared.papers.workbooks import SAFE
from shared.stores import reencoding, workbooks
from shared.usecases import browsers, cards, county_sign_ins, factors, throttles
from tests.architecture.test_layout import python, text

MIB = 1024 * 1024
ADDRESSES = {name: "postgresql://nobody@127.0.0.1:1/none" for name in ("DATABASE_URL", "ADMIN_DATABASE_URL")}
# Each as it is, and as loose as it may ever be.
AT_MOST = {
    "a sign-in lasts": (browsers.LONGEST, timedelta(hours=12)),
    "a sign-in rests": (browsers.IDLE, timedelta(minutes=30)),
    "browsers at once": (browsers.MOST, 5),
    "a code told in person counts": (cards.VALID, timedelta(minutes=15)),
    "tries before one waits": (throttles.FREE, 5),
    "tries of a network": (throttles.NETWORK_BURST, 200),
    "tries of all the world": (throttles.WORLD_BURST, 60),
    "letters of a network": (throttles.LETTERS, 20),
    "calls of a program in a minute": (throttles.CALLS / throttles.CALLS_S, 10),
    "guesses of a network in a minute": (throttles.GUESSES / throttles.CALLS_S, 1),
    "a browser is known": (throttles.REMEMBER_S, 180 * 24 * 3600),
    "a program's token counts": (tokens.LONGEST, timedelta(days=365)),
    "tokens at once": (tokens.MOST, 20),
    "a sign-in at the county's is under way": (county_sign_ins.UNDERWAY_S, 600),
    "clocks differ": (county_sign_ins.LEEWAY_S, 60),
    "what a password may be long": (passwords.LONGEST, 128),
    "a file": (evidence.MOST_BYTES, 10 * MIB),
    "a file with its form": (uploads.UPLOAD_BYTES, 12 * MIB),
    "files of one thing": (evidence.MOST_FILES, 6),
    "files of a member": (evidence.MOST_OF_A_MEMBER, 60 * MIB),
    "pixels": (evidence.MOST_PIXELS, 40_000_000),
    "pages of a PDF": (evidence.MOST_PAGES, 50),
    "memory of who reads a file": (reencoding.MEMORY_BYTES, 1024 * MIB),
    "seconds of who reads a file": (reencoding.CPU_S, 20),
    "a workbook": (workbooks.MOST_BYTES, 10 * MIB),
    "a workbook unpacked": (workbooks.MOST_UNPACKED, 150 * MIB),
    "a webhook waits": (webhooks.WAITS_S, 5),
}
AT_LEAST = {
    "a password": (passwords.SHORTEST, 8),
    "digits of a code told in person": (cards.DIGITS, 8),
    "digits of a recovery code": (factors.RECOVERY[1], 10),
    "digits of a printed code": (factors.PRINTED[1], 8),
    "one waits at first, in milliseconds": (throttles.FIRST_WAIT_MS, 30_000),
    "one waits in the end": (throttles.LONGEST_WAIT_MS, 900_000),
    "wrong tries are remembered": (throttles.FORGET_MS, 24 * 3600 * 1000),
}


@pytest.mark.parametrize("what", AT_MOST)
def test_no_limit_is_wider_than_agreed(what: str) -> None:
    now, most = AT_MOST[what]
    assert now <= most  # type: ignore[operator]


@pytest.mark.parametrize("what", AT_LEAST)
def test_no_limit_is_lower_than_agreed(what: str) -> None:
    now, least = AT_LEAST[what]
    assert now >= least


def test_whoever_decides_about_others_needs_a_second_factor() -> None:
    deciding = set(roles.WORDS) - {"recorder", "office", "group_leader", "village_head", "scorer", "contact"}
    deciding -= {"observer", "clock", "service", "villager", "relative", "member"}

    assert deciding <= roles.NEED_FACTOR


def test_a_provider_s_word_is_taken_by_its_own_key_alone() -> None:
    assert county_sign_ins.ALGORITHMS
    assert not [name for name in county_sign_ins.ALGORITHMS if name == "none" or name.startswith("HS")]


def test_what_is_not_set_is_set_safely() -> None:
    given = read_settings({})

    assert given.host == "127.0.0.1"
    assert not given.webhooks_private
    assert read_settings({"JIFEN_WEBHOOKS_PRIVATE": "maybe"}).webhooks_private is False


@pytest.mark.parametrize("start", [pages_from, panel_from])
@pytest.mark.parametrize("secret", [{}, {"JIFEN_SECRET": "a" * 31}], ids=["none", "short"])
def test_nothing_starts_without_a_long_secret(start: object, secret: dict[str, str]) -> None:
    with pytest.raises(RuntimeError, match="JIFEN_SECRET"):
        start(read_settings({**ADDRESSES, **secret, "REDIS_URL": "redis://127.0.0.1:1"}))  # type: ignore[operator]


def test_a_workbook_takes_a_text_for_a_text() -> None:
    # Beside writing each text as one: either holds where the other is forgotten.
    assert not any(SAFE[f"strings_to_{what}"] for what in ("formulas", "urls", "numbers"))


def test_nobody_controls_a_worker_from_afar() -> None:
    assert SETTINGS["worker_enable_remote_control"] is False


def test_the_token_of_a_form_is_kept_from_scripts_and_from_other_sites() -> None:
    config = form_tokens("secret", True)

    assert (config.cookie_httponly, config.cookie_samesite, config.cookie_secure) == (True, "strict", True)


def test_certificates_are_checked_wherever_we_call() -> None:
    context = webhooks.tls()
    code = "".join(text(name) for name in python("services", "shared"))

    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert not re.findall(r"verify\s*=\s*False|CERT_NONE|_create_unverified|check_hostname\s*=\s*False", code)
    assert not re.findall(r"follow_redirects\s*=\s*True", code)
