"""The demonstration's sign-ins, at least one for each role: made once, at random, and written down."""

import json
import os
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import UUID

import pyotp
from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from services.cli.demonstration.cast import Part, cast, holders
from shared.db.session import Db
from shared.domain.roles import in_words
from shared.usecases.accounts import accounts_named, holds_office
from shared.usecases.demonstrations import let_try_out, require_demonstration
from shared.usecases.passwords import hash_of, is_right

FILE = "demo-accounts.json"
Entry = dict[str, Any]


def provide_accounts(db: Db, counties: Sequence[UUID], folder: Path, secret: str) -> list[Entry]:
    """Return the sign-ins of the demonstration counties, made and written into the folder if not there yet.

    The first county has one for each role, the others those whom they have. Refused in a real county: no such file
    or account is ever made for one.
    """
    for county_id in counties:
        with db.begin() as session:
            require_demonstration(session, county_id)
    return _kept(db, folder / FILE) or _made(db, counties, folder / FILE, secret)


def show_accounts(console: Console, entries: Sequence[Entry]) -> None:
    """Print them, one line each."""
    table = Table(title=f"登录用的账号（也在数据文件夹的 {FILE} 里）", title_justify="left")
    for head in ("身份", "单位", "姓名", "登录名", "密码", "验证码密钥"):
        table.add_column(head, no_wrap=head in {"登录名", "密码"})
    for entry in entries:
        words = in_words([entry["role"]]) or entry["role"]
        seed = entry["totp_secret"] or ""
        table.add_row(words, entry["unit"], entry["name"], entry["sign_in"], entry["password"], seed)
    console.print(table)


def _kept(db: Db, file: Path) -> list[Entry]:
    """What was written down before, if it is this county's: the last one opens with its password."""
    if not file.exists():
        return []
    entries: list[Entry] = json.loads(file.read_text("utf-8"))
    with db.begin() as session:
        known = accounts_named(session, entries[-1]["sign_in"])
    return entries if any(is_right(one.password_hash, entries[-1]["password"]) for one in known) else []


def _made(db: Db, counties: Sequence[UUID], file: Path, secret: str) -> list[Entry]:
    entries: list[Entry] = []
    for county_id, give in zip(counties, (cast, *(holders,) * len(counties)), strict=False):
        entries += _opened(db, county_id, give, secret)
    file.touch(mode=0o600)
    file.write_text(json.dumps(entries, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return entries


def _opened(db: Db, county_id: UUID, give: Callable[[Session, UUID], list[Part]], secret: str) -> list[Entry]:
    with db.begin() as session:
        parts = give(session, county_id)
        entries = [_entry(part, holds_office(session, county_id, part.person_id)) for part in parts]
        # A hash costs 50 ms of a core on purpose.
        with ThreadPoolExecutor(os.cpu_count()) as cores:
            hashes = cores.map(hash_of, [entry["password"] for entry in entries])
        for part, entry, hashed in zip(parts, entries, hashes, strict=True):
            seed = entry["totp_secret"]
            let_try_out(session, secret.encode(), county_id, part.unit_id, part.person_id, hashed, seed)
    return entries


def _entry(part: Part, needs_codes: bool) -> Entry:
    return {
        "role": part.role,
        "unit": part.unit,
        "name": part.name,
        "sign_in": part.sign_in,
        "password": secrets.token_urlsafe(9),
        "totp_secret": pyotp.random_base32() if needs_codes else None,
    }
