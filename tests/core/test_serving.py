"""The server answers, its job runner works beside it, and the runner ends with it however it dies."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.request import urlopen

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.db import db, unit_of_work
from core.models import OutboxMessage
from core.outbox import tell
from core.refusals import Unavailable
from core.serving import serve
from core.settings import Settings, load_settings
from tests.clocks import FixedClock
from tests.conftest import running
from tests.databases import TEST_SECRETS, Databases

ROOT = Path(__file__).parents[2]
PATIENCE = 30


def wait_for(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in listed]


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@dataclass(frozen=True)
class Installation:
    """One on disk, for processes of their own: where they load it from, and the same as settings."""

    app_path: str
    settings: Settings

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a command of it."""
        command = [sys.executable, "-W", "error", "-m", "flask", "--app", self.app_path, *words]
        environment = os.environ | {"PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": "1"}
        return subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )


@pytest.fixture
def installation(databases: Databases, tmp_path: Path) -> Installation:
    """A filled one, with its own instance folder and port."""
    given = {"DATABASE_URL": databases.filled("sqlite", tmp_path).url, "PORT": str(free_port()), **TEST_SECRETS}
    place = tmp_path / "server.py"
    place.write_text(
        "from pathlib import Path\n"
        "from application import create_app\n"
        "from core.settings import load_settings\n"
        f"app = create_app(load_settings(Path({str(tmp_path / 'instance')!r}), {given!r}))\n"
    )
    return Installation(str(place), load_settings(tmp_path / "instance", given))


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks at processes the way Linux shows them")
def test_server_and_runner_live_and_die_together(installation: Installation) -> None:
    port = installation.settings.port
    with installation.start("serve") as server:
        assert server.stdout is not None
        assert server.stdout.readline().strip() == f"已启动：http://127.0.0.1:{port}/ ，按 Ctrl+C 结束。"
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=PATIENCE) as answer:
            assert answer.status == 200
            assert "waitress" not in str(answer.headers).lower()
        runners = children(server.pid)
        assert len(runners) == 1
        wait_for((installation.settings.instance / "jobs.db").exists)
        assert all(is_running(runner) for runner in runners)
        server.kill()
        server.wait(PATIENCE)
        wait_for(lambda: not any(is_running(runner) for runner in runners))


def test_a_runner_does_what_waits_and_ends_when_its_parent_closes_the_pipe(
    installation: Installation, clock: FixedClock
) -> None:
    for app in running(installation.settings, clock):
        with app.app_context():
            with unit_of_work():
                tell([1], "due", "隐患将到期", now=clock())
            app.extensions["jobs"].soon("outbox")
            with installation.start("worker", "--with-parent") as runner:
                wait_for(lambda: waiting() == 0)
                assert runner.stdin is not None
                runner.stdin.close()
                assert runner.wait(PATIENCE) == 0
            app.extensions["jobs"].queue.storage.close()


def waiting() -> int | None:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(OutboxMessage).where(OutboxMessage.sent_at.is_(None)))


def test_a_port_that_is_taken_is_one_sentence(sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        settings = replace(sqlite_app.extensions["settings"], port=other.getsockname()[1])
        monkeypatch.setitem(sqlite_app.extensions, "settings", settings)
        with pytest.raises(Unavailable, match="不能监听"):
            serve(sqlite_app, said.append)
        assert said == []
