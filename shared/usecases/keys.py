"""Keys: what is derived from the installation's secret, to keep seeds unreadable and short codes unguessable."""

import hashlib
import hmac
import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.config import settings
from shared.domain.errors import NotNow

NONCE, TAG, SM4_KEY = 12, 16, 16
# Before what SM4 has sealed; what AES has begins with its nonce, which is this once in four thousand million.
SM4_MARK = b"SM4:"
SEEDS = "seeds"


def key_for(secret: bytes, purpose: str) -> bytes:
    """Return the 256-bit key for one purpose; no purpose's key tells anything of another's."""
    return HKDF(SHA256(), 32, salt=None, info=f"jifen {purpose}".encode()).derive(secret)


def digest_of_code(secret: bytes, person_id: UUID, code: str) -> str:
    """Return what is kept of a short code: without the secret, trying all eight digits tells nothing."""
    return hmac.new(key_for(secret, "codes"), person_id.bytes + code.encode(), hashlib.sha256).hexdigest()


def sealed(secret: bytes, owner_id: UUID, plain: str, purpose: str = SEEDS) -> bytes:
    """Return a text that only the secret opens, for one purpose, and only in the row to which it belongs."""
    nonce, key = os.urandom(NONCE), key_for(secret, purpose)
    if settings().national:
        return SM4_MARK + nonce + _sm4(key, nonce, plain.encode(), owner_id.bytes)
    return nonce + AESGCM(key).encrypt(nonce, plain.encode(), owner_id.bytes)


def unsealed(secret: bytes, owner_id: UUID, kept: bytes, purpose: str = SEEDS) -> str:
    """Return the text again, by whichever cipher; NotNow where the installation's secret is another."""
    key, marked = key_for(secret, purpose), kept.removeprefix(SM4_MARK)
    try:
        if len(marked) < len(kept):
            return _unsealed_by_sm4(key, marked[:NONCE], marked[NONCE:], owner_id.bytes).decode()
        return AESGCM(key).decrypt(kept[:NONCE], kept[NONCE:], owner_id.bytes).decode()
    except (InvalidTag, ValueError) as fault:
        raise NotNow("验证码暂时不能用：本系统的密钥换过，请联系系统管理员重新设置。") from fault


def _sm4(key: bytes, nonce: bytes, plain: bytes, whose: bytes) -> bytes:
    by = Cipher(SM4(key[:SM4_KEY]), GCM(nonce)).encryptor()
    by.authenticate_additional_data(whose)
    return by.update(plain) + by.finalize() + by.tag


def _unsealed_by_sm4(key: bytes, nonce: bytes, kept: bytes, whose: bytes) -> bytes:
    by = Cipher(SM4(key[:SM4_KEY]), GCM(nonce, kept[-TAG:])).decryptor()
    by.authenticate_additional_data(whose)
    return by.update(kept[:-TAG]) + by.finalize()
