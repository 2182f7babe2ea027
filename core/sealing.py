"""Secrets that must be read again are encrypted at rest; those that need only be recognised are kept as fingerprints.

Both use keys made from `CHAIN_KEY`, which stands outside the database and never changes (`SECRET_KEY` may be changed
to end all sessions, and must not take the second factors of everybody with it). One key for each purpose.
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from core.settings import Settings

NONCE = 12  # bytes, as GCM wants them; a new random one for each sealing


class Unreadable(Exception):
    """What was sealed cannot be opened: another key, another owner, or changed."""


def seal(plain: bytes, *, purpose: str, owner: str) -> str:
    """Encrypt for one purpose and one owner; opened for no other."""
    nonce = secrets.token_bytes(NONCE)
    closed = AESGCM(_key(purpose)).encrypt(nonce, plain, owner.encode())
    return urlsafe_b64encode(nonce + closed).decode()


def unseal(sealed: str, *, purpose: str, owner: str) -> bytes:
    """What was sealed; raises `Unreadable`."""
    try:
        raw = urlsafe_b64decode(sealed.encode())
        return AESGCM(_key(purpose)).decrypt(raw[:NONCE], raw[NONCE:], owner.encode())
    except (InvalidTag, NotBase64, ValueError) as error:
        raise Unreadable(purpose) from error


def fingerprint(plain: str, *, purpose: str, owner: str) -> str:
    """A keyed digest (64 hex digits) by which a long random secret is recognised and from which it cannot be had."""
    mac = hmac.HMAC(_key(purpose), hashes.SHA256())
    mac.update(f"{owner}\n{plain}".encode())
    return mac.finalize().hex()


def _key(purpose: str) -> bytes:
    settings: Settings = current_app.extensions["settings"]
    made = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=f"hazard-register {purpose}".encode())
    return made.derive(settings.chain_key)
