"""Keys: what is derived from the installation's secret, to keep seeds unreadable and short codes unguessable."""

import hashlib
import hmac
import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.domain.errors import NotNow

NONCE = 12
SEEDS = "seeds"


def key_for(secret: bytes, purpose: str) -> bytes:
    """Return the 256-bit key for one purpose; no purpose's key tells anything of another's."""
    return HKDF(SHA256(), 32, salt=None, info=f"jifen {purpose}".encode()).derive(secret)


def digest_of_code(secret: bytes, person_id: UUID, code: str) -> str:
    """Return what is kept of a short code: without the secret, trying all eight digits tells nothing."""
    return hmac.new(key_for(secret, "codes"), person_id.bytes + code.encode(), hashlib.sha256).hexdigest()


def sealed(secret: bytes, owner_id: UUID, plain: str, purpose: str = SEEDS) -> bytes:
    """Return a text that only the secret opens, for one purpose, and only in the row to which it belongs."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key_for(secret, purpose)).encrypt(nonce, plain.encode(), owner_id.bytes)


def unsealed(secret: bytes, owner_id: UUID, kept: bytes, purpose: str = SEEDS) -> str:
    """Return the text again; NotNow where the installation's secret is not the one that sealed it."""
    try:
        return AESGCM(key_for(secret, purpose)).decrypt(kept[:NONCE], kept[NONCE:], owner_id.bytes).decode()
    except (InvalidTag, ValueError) as fault:
        raise NotNow("验证码暂时不能用：本系统的密钥换过，请联系系统管理员重新设置。") from fault
