"""The migrations make exactly the models' tables, on both databases, and can be taken back with data in them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import CheckConstraint, func, inspect, select

from accounts.models import Enterprise
from core.backup import write_backup
from core.db import db, unit_of_work
from core.files import store_file
from core.restore import read_backup
from core.scope import everything
from core.search import is_derived
from core.verification import verify
from tests.clocks import FixedClock
from tests.conftest import running, settings_for
from tests.core.subjects import make_histories
from tests.databases import Databases, TestDatabase

MIGRATIONS = Path(__file__).parents[2] / "migrations"


@pytest.fixture
def bare(empty_database: TestDatabase, tmp_path: Path, clock: FixedClock) -> Iterator[Flask]:
    """The application on a database without tables, its context pushed."""
    for app in running(settings_for(empty_database, tmp_path / "instance"), clock):
        with app.app_context():
            yield app


def differences() -> list[object]:
    """What the models have and the database has not, and the other way round."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"compare_type": True, "include_name": lambda name, kind, _p: kind != "table" or not is_derived(name)},
        )
        return list(compare_metadata(context, db.metadata))


def tables() -> set[str]:
    return {name for name in inspect(db.engine).get_table_names() if not is_derived(name)} - {"alembic_version"}


def revisions() -> list[str]:
    """All revisions, the newest first."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]


def test_there_is_one_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


def test_from_nothing_the_migrations_make_the_models_tables(bare: Flask) -> None:
    upgrade()
    assert tables() == set(db.metadata.tables)
    assert differences() == []


def test_the_migrations_make_every_check_of_the_models(bare: Flask) -> None:
    upgrade()
    wanted = {
        str(check.name)
        for table in db.metadata.tables.values()
        for check in table.constraints
        if isinstance(check, CheckConstraint)
    }
    inspector = inspect(db.engine)
    assert {check["name"] for table in tables() for check in inspector.get_check_constraints(table)} == wanted
    assert len(wanted) > 20


def test_a_backup_comes_back_into_a_database_without_tables(
    bare: Flask, databases: Databases, tmp_path: Path, clock: FixedClock
) -> None:
    upgrade()
    fill(clock)
    write_backup(tmp_path / "b.zip", clock())
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for app in running(settings_for(databases.empty("sqlite", elsewhere), elsewhere), clock):
        with app.app_context():
            read_backup(tmp_path / "b.zip", clock())
            assert verify().is_whole
            assert differences() == []


def test_upgrading_twice_changes_nothing(bare: Flask) -> None:
    upgrade()
    upgrade()
    assert differences() == []


def test_down_and_up_again_with_data_in_it(bare: Flask, clock: FixedClock) -> None:
    upgrade()
    fill(clock)
    for revision in [*revisions()[1:], "base"]:
        downgrade(revision=revision)
    assert tables() == set()
    upgrade()
    assert differences() == []
    fill(clock)


def test_one_step_down_and_up_keeps_the_histories(bare: Flask, clock: FixedClock) -> None:
    upgrade()
    fill(clock)
    if len(revisions()) > 1:
        downgrade()
        upgrade()
    assert verify().is_whole
    with everything("tests"):
        assert db.session.scalar(select(func.count()).select_from(Enterprise)) == 3


def fill(clock: FixedClock) -> None:
    make_histories(clock())
    with unit_of_work():
        store_file(b"\xff\xd8\xff", "image/jpeg", clock())
    db.session.remove()
