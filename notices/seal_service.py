"""The hook for an external seal service (电子签章系统): `SEAL_URL`. It gets the paper and gives it back sealed.

    POST <SEAL_URL>      Content-Type: application/pdf, body: the paper
    X-Office-Code        the code of the issuing office
    X-Document-Digest    SHA-256 of the body, hexadecimal
    X-Reason             what is signed, percent-encoded UTF-8
    Authorization        Basic, where the address names a user

The answer is 200 with the sealed PDF as body, within `SECONDS`. It must be the paper itself with something added at its
end (an incremental update) that holds a signature, and must show what the paper showed: whatever is issued was drawn
here. Chinese algorithms (SM2) are the service's matter; they cannot be checked here, so only their place is.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final
from urllib.parse import quote

from pyhanko.pdf_utils.generic import ArrayObject
from pyhanko.pdf_utils.reader import PdfFileReader

from core.delivering import NotDelivered
from core.outgoing import post_file
from notices.pdf_signatures import UNREADABLE
from notices.signing import SealRefused

SECONDS: Final = 10  # a form waits for it
MOST_ADDED: Final = 4 * 1024 * 1024  # bytes: a seal's picture and certificates
WAY_OUT: Final = "没有签发。请稍后再试；仍然不行的，请系统管理员检查外部签章系统。"

_SIGNATURE: Final = re.compile(rb"/ByteRange\s*\[")
_END: Final = re.compile(rb"%%EOF\s*\Z")
_log = logging.getLogger(__name__)


def sealed_outside(pdf: bytes, url: str, *, office_code: str, reason: str) -> bytes:
    """The paper as the service sealed it; `SealRefused` in words for everything else."""
    headers = {
        "Content-Type": "application/pdf",
        "X-Office-Code": quote(office_code),
        "X-Document-Digest": hashlib.sha256(pdf).hexdigest(),
        "X-Reason": quote(reason),
    }
    try:
        answer = post_file(url, pdf, headers, seconds=SECONDS, longest=len(pdf) + MOST_ADDED)
    except NotDelivered as failure:
        raise SealRefused(f"外部签章系统没有盖章：{failure.reason}。{WAY_OUT}") from failure
    if answer.status != 200:
        raise SealRefused(f"外部签章系统没有盖章（答复 {answer.status}）。{WAY_OUT}")
    if fault := _fault(pdf, answer.body):
        _log.error("seal service: %s", fault)
        raise SealRefused(f"外部签章系统送回的文件{fault}。{WAY_OUT}")
    return answer.body


def _fault(pdf: bytes, sealed: bytes) -> str:
    if not sealed.startswith(pdf):
        return "不是送去的那一份"
    added = sealed[len(pdf) :]
    if not _SIGNATURE.search(added) or not _END.search(sealed):
        return "没有签章"
    try:
        return "" if list(_shown(pdf)) == list(_shown(sealed)) else "改动了正文"
    except UNREADABLE:
        return "打不开"


def _shown(data: bytes) -> Iterator[bytes]:
    """The content of each page: a seal is laid over it as an annotation and leaves it as it is."""
    reader = PdfFileReader(BytesIO(data))
    for number in range(int(reader.root["/Pages"]["/Count"])):
        page, _resources = reader.find_page_for_modification(number)  # type: ignore[no-untyped-call]
        content: Any = page.get_object()["/Contents"]
        parts = content if isinstance(content, ArrayObject) else [content]
        yield b"\n".join(part.data for part in parts)
