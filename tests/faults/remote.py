"""A server as a process of its own, and a browser that reaches it over the wire."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.serving import make_server
from werkzeug.test import stream_encode_multipart
from werkzeug.wrappers import Response

from core.settings import Settings
from tests.architecture.sources import ROOT
from tests.databases import TEST_SECRETS

PATIENCE = 60

_SERVER = """\
from pathlib import Path
from application import create_app
from core.settings import load_settings
from tests.clocks import FixedClock
app = create_app(load_settings(Path({instance!r}), {given!r}), clock=FixedClock())
app.config["CHEAP_PASSWORDS"] = True
"""


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(settings: Settings, folder: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """`flask serve` on the database of these settings, its clock standing at the tests' moment; killed at the end."""
    port = free_port()
    given = {"DATABASE_URL": settings.database_url, "PORT": str(port), **TEST_SECRETS}
    place = folder / "server.py"
    place.write_text(_SERVER.format(instance=str(settings.instance), given=given), "utf-8")
    command = [sys.executable, "-W", "error", "-m", "flask", "--app", str(place), "serve"]
    environment = os.environ | {"PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            assert "已启动" in server.stdout.readline()
            yield server, port
        finally:
            server.kill()


@dataclass(frozen=True)
class Remote:
    """Stands where a test's visitor expects the application; each browser has its own cookies."""

    port: int

    def test_client(self) -> RemoteClient:
        """A browser without cookies yet."""
        return RemoteClient(self.port)


class RemoteClient:
    """Fetches and posts over HTTP, keeps cookies, follows nothing; one connection for each request."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}

    def get(self, url: str, *, buffered: bool = True) -> Response:
        """Fetch a page; always read to its end."""
        return self._ask("GET", url, b"", {})

    def post(self, url: str, *, data: dict[str, Any], content_type: str) -> Response:
        """Send a form as a browser would, photos and all."""
        values = [(name, one) for name, many in data.items() for one in (many if isinstance(many, list) else [many])]
        stream, length, boundary = stream_encode_multipart(MultiDict(values))
        body = stream.read(length)
        return self._ask("POST", url, body, {"Content-Type": f'{content_type}; boundary="{boundary}"'})

    def _ask(self, method: str, url: str, body: bytes, headers: dict[str, str]) -> Response:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, url, body, headers | {"Cookie": cookies})
            answer = connection.getresponse()
            found = Response(answer.read(), answer.status, answer.getheaders())
        finally:
            connection.close()
        for line in found.headers.getlist("Set-Cookie"):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return found


@contextmanager
def in_threads(app: Flask) -> Iterator[int]:
    """The test's own application, each request in a thread of its own; the port it listens on."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.port
    finally:
        server.shutdown()
        thread.join(PATIENCE)
        server.server_close()
