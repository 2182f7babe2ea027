"""Keyed hash chains: each event's digest covers its content and the digest before it.

Pure. The key stands outside the database, so that whoever can write the tables still cannot write a history that
verifies. The hash is replaceable (SM3 where the field asks for it).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives import hashes, hmac

START = "0" * 64

_HASHES: dict[str, type[hashes.HashAlgorithm]] = {"sha256": hashes.SHA256, "sm3": hashes.SM3}


def canonical(content: Mapping[str, Any]) -> bytes:
    """The same bytes for the same content, whatever the order of its keys."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Chain:
    """Links events with one key and one hash."""

    key: bytes
    hash_name: str = "sha256"

    def link(self, previous: str, content: Mapping[str, Any]) -> str:
        """The digest (64 hex digits) of this content after the previous digest."""
        return self.seal(previous.encode() + b"\n" + canonical(content))

    def seal(self, data: bytes) -> str:
        """The keyed digest of bytes."""
        mac = _keyed(self.key, self.hash_name).copy()
        mac.update(data)
        return mac.finalize().hex()


@lru_cache(maxsize=8)
def _keyed(key: bytes, hash_name: str) -> hmac.HMAC:
    """The state of the hash once it has taken the key: a copy costs a quarter of taking it anew."""
    return hmac.HMAC(key, _HASHES[hash_name]())


def digest(data: bytes, hash_name: str = "sha256") -> str:
    """The plain digest (64 hex digits) of bytes: of files, and of the text a signer saw."""
    if hash_name == "sha256":
        return hashlib.sha256(data).hexdigest()
    plain = hashes.Hash(_HASHES[hash_name]())
    plain.update(data)
    return plain.finalize().hex()
