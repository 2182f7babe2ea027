"""Fifty people at once: the list of hazards from a real server in a process of its own.

Nothing may fail, and nobody waits long: nineteen in twenty answers within a hundred times what one person alone waits.
"""

from __future__ import annotations

import logging
import multiprocessing
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from waitress.server import create_server

from application import create_app
from benchmarks.measures import LIST, PASSWORD, inspector_of
from core.serving import THREADS
from core.settings import load_settings

CLIENTS: Final = 50
EACH: Final = 10
ALONE: Final = 40
PATIENCE: Final = 60  # seconds


@dataclass(frozen=True, slots=True)
class Crowd:
    """What one person alone waits (median) and what fifty wait (median, and nineteen in twenty), in milliseconds."""

    alone: float
    median: float
    p95: float
    answers: int
    failed: int


def measure_crowd(url: str, instance: Path) -> Crowd:
    """Serve this database and ask for the list, first alone, then all at once; each client keeps its connection."""
    with _served(url, instance) as (port, login):
        cookie = _signed_in(port, login)
        alone = statistics.median(_waits(port, cookie, ALONE))
        with ThreadPoolExecutor(CLIENTS) as pool:
            found = list(pool.map(lambda _client: _waits(port, cookie, EACH), range(CLIENTS)))
    waited = sorted(one for some in found for one in some)
    p95 = waited[int(len(waited) * 0.95)]
    return Crowd(alone, statistics.median(waited), p95, len(waited), CLIENTS * EACH - len(waited))


def print_crowd(one: Crowd) -> None:
    """The line of the table."""
    print(f"\n  {CLIENTS} clients at once, the list: {one.answers} answers, {one.failed} failed")
    print(
        f"  one alone {one.alone:.0f} ms · all at once median {one.median:.0f} ms, 95 % within {one.p95:.0f} ms "
        f"({one.p95 / one.alone:.0f} × one alone)"
    )


@contextmanager
def _served(url: str, instance: Path) -> Iterator[tuple[int, str]]:
    """The port of a server, and the login of somebody who may see the list."""
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(url, instance, there), daemon=True)
    server.start()
    try:
        if not here.poll(PATIENCE):
            raise RuntimeError("the server did not start")
        yield here.recv()
    finally:
        server.terminate()
        server.join()


def _serve(url: str, instance: Path, told: Connection) -> None:
    app = create_app(load_settings(instance, {"DATABASE_URL": url}))
    app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # that fifty wait is what is measured
    server = create_server(app, host="127.0.0.1", port=0, threads=THREADS)
    told.send((int(server.effective_port), inspector_of(app)[0]))
    server.run()


def _signed_in(port: int, login: str) -> str:
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    form = urlencode({"login": login, "password": PASSWORD})
    connection.request("POST", "/login", form, {"Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 302:
        raise RuntimeError(f"signing in was answered with {answer.status}")
    return (answer.getheader("Set-Cookie") or "").partition(";")[0]


def _waits(port: int, cookie: str, times: int) -> list[float]:
    """How long each answer took; one that failed is left out."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    waited = []
    for _ in range(times):
        start = time.perf_counter()
        try:
            connection.request("GET", LIST, headers={"Cookie": cookie})
            answer = connection.getresponse()
            page = answer.read()
        except OSError:
            connection.close()
            continue
        if answer.status == 200 and b"</html>" in page:
            waited.append((time.perf_counter() - start) * 1000)
    connection.close()
    return waited
