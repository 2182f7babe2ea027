"""What a document's signature tells; apart from what looks at it, whose library is large (see `signing.py`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SignatureFound:
    """What a document's signature tells.

    intact        the signed bytes are those that were signed, and the signature is the key's
    covers_whole  nothing was added after it
    trusted       made by one of the certificates asked about
    """

    intact: bool
    covers_whole: bool
    subject: str
    signed_at: datetime | None
    trusted: bool
