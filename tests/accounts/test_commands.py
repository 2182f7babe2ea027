"""`flask user create` and `flask user reset`."""

from __future__ import annotations

import re

from click.testing import Result
from flask import Flask

from tests.accounts.world import World, log_in


def run(app: Flask, *words: str) -> Result:
    """Run a command of the application."""
    return app.test_cli_runner().invoke(args=["user", *words])


def password_in(answer: Result) -> str:
    """The one-time password a command printed."""
    found = re.search(r"一次性密码 (\S+)", answer.output)
    assert found is not None, answer.output
    return found.group(1)


def test_an_official_is_made_with_a_one_time_password(world: World, app: Flask) -> None:
    answer = run(app, "create", "QJ-01", "--role", "inspector", "--org", "QJ-YJ", "--name", "检查·䶮")
    assert answer.exit_code == 0, answer.output
    entered = log_in(app.test_client(), "qj-01", password_in(answer))
    assert entered.location == "/me/password?next=/"


def test_a_principal_is_made_for_an_enterprise_by_its_code(world: World, app: Flask) -> None:
    answer = run(app, "create", "boss", "--role", "principal", "--org", "91350100M000100Y43")
    assert answer.exit_code == 0, answer.output


def test_system_administrators_are_made_here_one_role_each(world: World, app: Flask) -> None:
    answer = run(app, "create", "admin-2", "--role", "system_admin")
    assert answer.exit_code == 0, answer.output
    assert "不属于任何单位" in run(app, "create", "admin-3", "--role", "auditor", "--org", "QJ-YJ").output


def test_what_cannot_be_made_is_said_in_a_sentence(sqlite_world: World, sqlite_app: Flask) -> None:
    for words, sentence in (
        (("worker", "--role", "inspector", "--org", "QJ-YJ"), "登录名已有。"),
        (("new-1", "--role", "inspector", "--org", "NIRGENDS"), "没有代码为“NIRGENDS”的监管单位"),
        (("new-1", "--role", "worker"), "没有代码为“”的企业"),
        (("x", "--role", "inspector", "--org", "QJ-YJ"), "2 到 40 个字符"),
    ):
        answer = run(sqlite_app, "create", *words)
        assert answer.exit_code == 1, words
        assert sentence in answer.output, words
        assert "Traceback" not in answer.output
    assert run(sqlite_app, "create", "new-1", "--role", "emperor").exit_code == 2


def test_a_reset_prints_a_new_one_time_password(world: World, app: Flask) -> None:
    answer = run(app, "reset", "auditor")
    assert answer.exit_code == 0, answer.output
    assert log_in(app.test_client(), "auditor", password_in(answer)).status_code == 302
    assert run(app, "reset", "nobody").exit_code == 1
