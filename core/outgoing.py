"""Calls from this server to others: https only, no redirect followed, no address inside the own network.

Whoever types an address for us must not be able to reach what only this server can. So a name is looked up once, every
address found must be a public one, and the call goes to that very address. The exceptions are servers that the operator
named in the settings: a relay inside, and the one that seals papers (`post_file`), which may also speak plain http.
"""

from __future__ import annotations

import json
import socket
import ssl
import time
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import SplitResult, unquote, urlsplit

from core.delivering import NotDelivered

TIMEOUT: Final = 8  # seconds
LONGEST_ANSWER: Final = 64 * 1024
AT_ONCE: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes


class _Straight(HTTPSConnection):
    """A connection to one address, whatever the name may mean by then; the certificate is the name's."""

    def __init__(self, host: str, port: int, address: str, context: ssl.SSLContext) -> None:
        super().__init__(host, port, timeout=TIMEOUT, context=context)
        self._address = address
        self._closed_by = context

    def connect(self) -> None:
        """Go to the address that was looked up and found fit."""
        plain = socket.create_connection((self._address, self.port), TIMEOUT)
        self.sock = self._closed_by.wrap_socket(plain, server_hostname=self.host)


def post_json(url: str, body: dict[str, Any], *, inside: str = "") -> Answer:
    """Send JSON to another server; `inside` is a `host[:port]` that may lie in the own network.

    Raises `NotDelivered` for what must not be called and for whoever does not answer in time.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise NotDelivered("只向 https 地址发送", is_final=True)
    port, target = parts.port or 443, _target(parts)
    try:
        address = _address_of(parts.hostname, port, is_named=bool(inside) and parts.netloc.lower() == inside)
        line = _Straight(parts.hostname, port, address, ssl.create_default_context())
        try:
            sent = json.dumps(body, ensure_ascii=False).encode()
            line.request("POST", target, sent, {"Content-Type": "application/json; charset=utf-8"})
            answer = line.getresponse()
            return Answer(answer.status, answer.read(LONGEST_ANSWER))
        finally:
            line.close()
    except (OSError, HTTPException, UnicodeError) as error:
        raise NotDelivered(f"对方没有应答（{type(error).__name__}）", is_down=True) from error


def post_file(url: str, data: bytes, headers: Mapping[str, str], *, seconds: float, longest: int) -> Answer:
    """Send bytes to a server named in the settings and take bytes back, all within `seconds`.

    A user named in the address is told by Basic authentication. Raises `NotDelivered` for whoever does not answer, is
    not done in time, or answers more than `longest` bytes.
    """
    parts, until = urlsplit(url), time.monotonic() + seconds
    line = _line_to(parts, seconds)
    try:
        line.request("POST", _target(parts), data, {**headers, **_identity(parts)})
        wire = line.sock  # the connection lets go of it when the server closes after its answer
        answer = line.getresponse()
        return Answer(answer.status, _read(answer, wire, until, longest))
    except TimeoutError as error:
        raise NotDelivered("对方没有按时应答", is_down=True) from error
    except (OSError, HTTPException, UnicodeError) as error:
        raise NotDelivered(f"对方没有应答（{type(error).__name__}）", is_down=True) from error
    finally:
        line.close()


def _line_to(parts: SplitResult, seconds: float) -> HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "https":
        return HTTPSConnection(host, parts.port, timeout=seconds, context=ssl.create_default_context())
    return HTTPConnection(host, parts.port, timeout=seconds)


def _target(parts: SplitResult) -> str:
    return f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"


def _identity(parts: SplitResult) -> dict[str, str]:
    if not parts.username:
        return {}
    known = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Authorization": "Basic " + b64encode(known.encode()).decode("ascii")}


def _read(answer: HTTPResponse, wire: socket.socket, until: float, longest: int) -> bytes:
    """The body, piece by piece: whoever sends a byte a second must not hold us."""
    pieces, size = list[bytes](), 0
    while True:
        if answer.isclosed():  # all of it was read; some versions of Python let go of the connection then
            return b"".join(pieces)
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        wire.settimeout(left)
        piece = answer.read1(AT_ONCE)
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)
        size += len(piece)
        if size > longest:
            raise NotDelivered("对方的应答太长", is_final=True)


def _address_of(host: str, port: int, *, is_named: bool) -> str:
    found = [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not is_named and not all(ip_address(one.partition("%")[0]).is_global for one in found):
        raise NotDelivered("地址指向内部网络，没有发送", is_final=True)
    return found[0]
