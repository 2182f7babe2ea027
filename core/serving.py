"""Serving people: waitress with the job runner as a child that ends with it."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask
from waitress.server import create_server

from core.refusals import Unavailable
from core.settings import Settings

THREADS = 8
GRACE_SECONDS = 10


def serve(app: Flask, say: Callable[[str], None], *, app_path: str = "wsgi") -> None:
    """Serve on HOST:PORT until interrupted; `Unavailable` where the port is taken.

    `app_path` is what the job runner, a process of its own, loads the same application from.
    """
    settings: Settings = app.extensions["settings"]
    with _listening(settings.host, settings.port) as listener, _worker(app, app_path):
        server = create_server(
            app,
            sockets=[listener],
            threads=THREADS,
            ident=None,
            max_request_body_size=app.config["MAX_CONTENT_LENGTH"] + 1024 * 1024,
            # a proxy in front writes these headers; without one nobody may
            clear_untrusted_proxy_headers=settings.trusted_proxies == 0,
        )
        say(f"已启动：http://{settings.host}:{settings.port}/ ，按 Ctrl+C 结束。")
        server.run()


def _listening(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        reason = error.strerror or error
        raise Unavailable(f"{host}:{port} 不能监听（{reason}）。请先停掉占用它的程序，或换一个 PORT。") from error


@contextmanager
def _worker(app: Flask, app_path: str) -> Iterator[None]:
    """The job runner beside the server: it reads a pipe from here and ends when the pipe closes, however this dies."""
    command = [sys.executable, "-m", "flask", "--app", app_path, "worker", "--with-parent"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, cwd=app.root_path) as child:  # noqa: S603 our own
        try:
            yield
        finally:
            if child.stdin is not None:
                child.stdin.close()
            try:
                child.wait(GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
