"""The national algorithms (国密): a chain that goes on by SM3 verifies, and what SM4 has sealed opens."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shared import config
from shared.db.notices import Seal
from shared.db.session import Db
from shared.domain.errors import NotNow
from shared.domain.seals import digest
from shared.usecases import keys, seals
from shared.usecases.corrections import correct_late
from shared.usecases.keys import sealed, unsealed
from shared.usecases.verification import first_wrong
from tests.usecases.stage import DAY, POSTED, Stage, deed

SECRET = b"s" * 32
Switch = Callable[[bool], None]


@pytest.fixture
def national(monkeypatch: pytest.MonkeyPatch) -> Switch:
    """The switch of the installation."""

    def set_to(on: bool) -> None:
        given = replace(config.settings(), national=on)
        for room in (seals, keys):
            monkeypatch.setattr(room, "settings", lambda: given)

    set_to(True)
    return set_to


def test_sm3_gives_the_digest_of_the_standard() -> None:
    assert digest("sm3", b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_what_either_cipher_has_sealed_opens_under_both(national: Switch) -> None:
    owner = uuid4()
    by_sm4 = sealed(SECRET, owner, "JBSWY3DPEHPK3PXP")
    national(False)
    by_aes = sealed(SECRET, owner, "JBSWY3DPEHPK3PXP")

    for kept in (by_sm4, by_aes):
        assert unsealed(SECRET, owner, kept) == "JBSWY3DPEHPK3PXP"
        for secret, whose, changed in (
            (b"x" * 32, owner, kept),
            (SECRET, uuid4(), kept),
            (SECRET, owner, kept[:-1] + bytes([kept[-1] ^ 1])),
        ):
            with pytest.raises(NotNow):
                unsealed(secret, whose, changed)


def test_a_chain_that_goes_on_by_sm3_verifies_as_a_whole(
    db: Db, clockwork: Db, superuser: Session, national: Switch
) -> None:
    stage = Stage(db, clockwork)
    stage.accept(stage.claim(stage.mei))
    national(False)
    stage.publish(POSTED)
    stage.move(POSTED + 20 * DAY)
    national(True)
    stage.do(
        correct_late, "organiser", stage.line(stage.mei).id, deed("D-K05", date(2026, 2, 2)), "支委会〔2026〕9号"
    )
    stage.hang(stage.drafted().id)

    chain = stage.all(select(Seal).order_by(Seal.seq))
    assert [seal.algorithm for seal in chain] == ["sha256", "sm3"]
    assert first_wrong(superuser, stage.county_id) is None

    for change in ("head = repeat('a', 64)", "digest = repeat('b', 64)"):
        superuser.execute(text("SET LOCAL session_replication_role = replica"))
        superuser.execute(text(f"UPDATE seal SET {change} WHERE id = :id"), {"id": chain[1].id})
        finding = first_wrong(superuser, stage.county_id)
        superuser.rollback()
        assert finding is not None, change
        assert finding.wrong.id == chain[1].id
